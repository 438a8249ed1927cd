"""From a request to a model to its answer: the fake's own, or that of the release whose dialect the model speaks."""

from collections.abc import Awaitable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from aiohttp import web

from ..answer import Ready, Refusal, WrongMethod
from ..answering import instead
from ..faults.acting import carry_out
from ..faults.damage import Damaged
from ..faults.meeting import meet
from ..faults.orders import Fired
from ..latency.waiting import wait
from ..ledger import Behind, Ledger
from ..metrics import OTHER
from ..model import ModelFailed
from ..refusal import Refused
from ..store import StoreDown
from . import routes
from .call import Call
from .polls import LOOKS, read_ahead
from .start import start_failed

if TYPE_CHECKING:
    from ..latency.latency import Latency


async def serve(call: Call, method: str) -> web.StreamResponse:
    """Answer a request, whatever happens, and note it in the model's journal."""
    model = call.model
    begun = model.timer()
    met = await _meet(call) if model.ledger.shared else model.faults.take(call.route)
    try:
        said = await (_spoken(call, method) if met is None else carry_out(met, call, partial(_spoken, call, method)))
    except Behind:
        raise
    except Exception as error:  # noqa: BLE001 - `instead` logs what nobody has foreseen
        said = instead(error, call.request, call.fake.limits)
    if model.deployment.thawed:
        # The answer is there, and frames may be in it. What cannot be noted now is noted after the next.
        with suppress(Refused, StoreDown):
            await model.ledger.make({"kind": "thaw"})
    if model.joining:
        with suppress(Refused, StoreDown):
            await model.spread_joining()
    _note(call, method, said, met, model.timer() - begun)
    return said


async def _meet(call: Call) -> Fired | None:
    model = call.model
    if not model.faults.running(call.route):
        return None
    job = await read_ahead(call) if call.route in LOOKS else None
    met = await meet(model, call.route, job, lazily=call.unseen is not None)
    if job is not None and job.found is not None:
        # The call is counted, so that it cannot be begun anew, and needs not be.
        call.unseen, call.ahead = None, job if job.key else None
    return met


def _note(call: Call, method: str, said: web.StreamResponse, met: Fired | None, duration: float) -> None:
    model = call.model
    # Of most answers it is plain what they are, where to ask a class of aiohttp's whether it is theirs takes long.
    plain = type(said) is Ready
    status = said.seen if not plain and isinstance(said, Damaged) else said.status
    model.journal.add(
        method, call.route, status, duration, queries=call.queries, received=call.request.content_length, job=call.job,
        stubs=[turn.stub for query in call.queries for turn in query.turns] if call.queries else (),
        fault=None if met is None else met.told(), error=said.why if not plain and isinstance(said, Refusal) else None,
    )  # fmt: skip
    route = call.route if call.route in routes.ROUTES else OTHER
    console = call.fake.console
    console.metrics.count(console.label(model), route, status, duration, met and met.name)


def _spoken(call: Call, method: str) -> Awaitable[web.StreamResponse]:
    """The answer without faults."""
    if call.unseen is not None:
        return _looked(call, method, call.unseen)
    return _answer(call, method) if call.dialect.release is None else _in_dialect(call, method)


async def _looked(call: Call, method: str, ledger: Ledger) -> web.StreamResponse:
    """The answer to a poll, which looks for changes as its job is read; one that reads no job is Behind."""
    looks, said = ledger.looks, None
    try:
        said = await (_answer(call, method) if call.dialect.release is None else _in_dialect(call, method))
    except (Behind, StoreDown):
        raise
    except Exception:
        if ledger.looks != looks:
            raise
    if said is None or ledger.looks == looks:
        raise Behind
    return said


async def _in_dialect(call: Call, method: str) -> web.StreamResponse:
    """A refusal becomes what the release answers."""
    try:
        await call.check_first()
        _check_route(call, method)
        return await _answer(call, method)
    except Refused as refused:
        said = await _said(call, refused.kind, refused.about, refused.text)
        if said is None:
            raise
        if isinstance(refused, WrongMethod):
            said.headers["Allow"] = ", ".join(refused.allowed)
        return said
    except ModelFailed as failed:
        said = await _said(call, "model", f"{failed.kind}({str(failed)!r})", f"{failed.kind}: {failed}")
        if said is None:
            raise
        return said


async def _answer(call: Call, method: str) -> web.StreamResponse:
    spec = call.model.spec
    if spec.replay is None:
        said: web.StreamResponse = await routes.find(call.route, method)(call)
    else:
        said = await spec.replay.serve(call, method, _found)
    if spec.latency is not None and not call.route.endswith("_async"):
        await _take_time(call, spec.latency)
    return said


async def _take_time(call: Call, latency: "Latency") -> None:
    """As long as the model takes for the pictures that are answered at once; a job has its pace."""
    model = call.model
    asked = [one.subject for one in call.queries if one.origin.frames is None]
    pixels, keys = [one.width * one.height for one in asked], [one.sha256 for one in asked]
    await wait(latency.due(pixels, model.clock.now(), call.number, keys), call.fake.sleep, model.clock)


async def _found(call: Call, method: str) -> web.StreamResponse:
    return await routes.find(call.route, method)(call)


def known(call: Call, route: str) -> bool:
    """The release has such a route."""
    return (route in routes.ROUTES or route in routes.LACKING) and call.dialect.serves(route)


def _check_route(call: Call, method: str) -> None:
    if not call.dialect.serves(call.route):
        raise Refused(404, f"route {call.route} is not in release {call.dialect.release}; use a later one", "route")
    methods = routes.ROUTES.get(call.route)
    # No release answers HEAD, not even where it answers GET.
    if method == "HEAD" and methods is not None:
        raise WrongMethod(f"method HEAD is not for {call.route}; send {' or '.join(methods)}", methods)


async def _said(call: Call, kind: str, about: str, why: str) -> web.Response | None:
    spoken = call.dialect.refusal(kind, call.route, about)
    if spoken is None:
        return None
    if spoken.job is not None:
        return await start_failed(call, spoken.job)
    said = Refusal(body=spoken.body, status=spoken.status, headers={"Content-Type": spoken.content_type})
    # A token that is refused may well be a real one.
    said.why = "api_token is refused" if kind == "token" else why
    return said
