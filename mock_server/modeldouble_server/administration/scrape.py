"""`/metrics`: what Prometheus is told."""

from aiohttp import web

from ..answer import WrongMethod
from ..fake import Fake
from ..metrics import CONTENT_TYPE, Gauges
from .guard import NotAllowed
from .routes import guard, not_allowed

_JOBS_MOST, _MODELS_MOST = 10_000, 200
"""Jobs and models that a scrape looks at: it must not become the load that it measures."""


async def serve(fake: Fake, request: web.Request) -> web.Response:
    """All metrics, as text."""
    try:
        guard(fake).check(request)
    except NotAllowed as refused:
        return not_allowed(refused)
    if request.method not in ("GET", "HEAD"):
        raise WrongMethod(f"method {request.method[:16]} is not for /metrics; send GET", ["GET", "HEAD"])
    body = fake.console.metrics.text(await _gauges(fake))
    return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE, "Cache-Control": "no-store"})


async def _gauges(fake: Fake) -> Gauges:
    console, models = fake.console, list(fake.models.values())
    journals = [console.journal, *(one.journal for one in models)]
    return Gauges(
        len(models), await _jobs(fake), sum(one.held_bytes for one in journals), sum(one.kept for one in journals),
        None if console.gate is None else console.gate.uploading.held,
        None if console.gate is None else len(console.gate.all),
    )  # fmt: skip


async def _jobs(fake: Fake) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    left = _JOBS_MOST
    for model in list(fake.models.values())[:_MODELS_MOST]:
        label = fake.console.label(model)
        for state, count in (await model.board.states(max(1, left))).items():
            found[label, state] = found.get((label, state), 0) + count
            left -= count
    return found
