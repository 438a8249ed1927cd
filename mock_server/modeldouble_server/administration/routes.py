"""Which path of `/__admin/` is answered by which handler."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from ..answer import WrongMethod, refusal
from ..fake import Fake
from ..refusal import Refused, shown
from . import contract, curl, jobs, journals, live, looks, media, models, orders, overview, stubs, times
from .call import AdminCall, whole
from .guard import Guard, NotAllowed

Handler = Callable[[AdminCall], Awaitable[web.StreamResponse]]

ROUTES: dict[str, dict[str, Handler]] = {
    "": {"GET": overview.index},
    "openapi.json": {"GET": overview.description},
    "server": {"GET": overview.server},
    "journal": {"GET": journals.own, "DELETE": journals.clear_own},
    "contract": {"GET": contract.report},
    "models": {"GET": models.listed, "POST": models.create},
    "models/{id}": {"GET": models.one, "DELETE": models.delete},
    "models/{id}/reset": {"POST": models.reset},
    "models/{id}/stubs": {"GET": stubs.listed, "POST": stubs.add, "DELETE": stubs.clear},
    "models/{id}/stubs/{number}": {"DELETE": stubs.remove},
    "models/{id}/faults": {"GET": orders.listed, "POST": orders.add, "DELETE": orders.clear},
    "models/{id}/faults/{number}": {"DELETE": orders.remove},
    "models/{id}/clock": {"GET": times.clock, "POST": times.advance},
    "models/{id}/latency": {"GET": times.latency, "PUT": times.set_latency, "DELETE": times.no_latency},
    "models/{id}/journal": {"GET": journals.listed, "DELETE": journals.clear},
    "models/{id}/journal/{number}/curl": {"GET": curl.command},
    "models/{id}/live": {"GET": live.stream},
    "models/{id}/jobs": {"GET": jobs.listed},
    "models/{id}/jobs/{uuid}/stop": {"POST": jobs.stop},
    "models/{id}/media": {"GET": media.listed},
    "models/{id}/images/{image_id}": {"GET": media.image},
    "models/{id}/videos/{video_id}/frames/{n}": {"GET": media.frame},
    "models/{id}/pictures": {"POST": media.picture},
    "models/{id}/looks": {"POST": looks.look},
    "models/{id}/received": {"GET": journals.received},
    "models/{id}/misses": {"GET": journals.misses},
    "models/{id}/unused": {"GET": journals.unused},
}
_WITH_BODY = ("POST", "PUT")
_JSON = "application/json"
_BODIES = {"models/{id}/pictures": "application/octet-stream"}
"""Paths whose bodies are no JSON. A page of another site can send neither without asking, but a form and plain text."""
_SECOND = {"images": "{image_id}", "videos": "{video_id}", "jobs": "{uuid}"}
"""What the second thing is called that varies in a path; a number where nothing is said."""


async def serve(fake: Fake, path: str, request: web.Request) -> web.StreamResponse:
    """Answer a request to the admin API, if its caller may use it."""
    try:
        guard(fake).check(request)
    except NotAllowed as refused:
        return not_allowed(refused)
    template, varying = _split(path.rstrip("/"))
    methods = ROUTES.get(template)
    if methods is None:
        raise Refused(404, f"{shown(path)} is not in the admin API; GET /__admin/openapi.json describes it")
    handler = methods.get("GET" if request.method == "HEAD" else request.method)
    if handler is None:
        allowed = [*methods, "HEAD"] if "GET" in methods else list(methods)
        raise WrongMethod(f"method {request.method[:16]} is not for this path; send {' or '.join(methods)}", allowed)
    wanted = _BODIES.get(template, _JSON)
    if request.method in _WITH_BODY and request.body_exists and request.content_type != wanted:
        raise Refused(400, f"Content-Type is {shown(request.content_type)}; send {wanted}")
    if varying[0]:
        await fake.tenancy.know(whole(varying[0]))
    return await handler(AdminCall(fake, request, *varying))


def guard(fake: Fake) -> Guard:
    """Who may ask; a fake that is on no socket of its own has nobody."""
    if fake.console.guard is None:
        raise Refused(404, "the admin API is not served here; start the fake as a Server")
    return fake.console.guard


def not_allowed(refused: NotAllowed) -> web.Response:
    """A 401, which has to say what is wanted."""
    said = refusal(refused)
    said.headers["WWW-Authenticate"] = "Bearer"
    return said


def _split(path: str) -> tuple[str, list[str]]:
    """The path with names for what varies, and what stood there."""
    parts, varying = path.split("/"), ["", "", ""]
    if parts[0] == "models":
        second = _SECOND.get(parts[2], "{number}") if len(parts) > 2 else ""
        for at, name in ((1, "{id}"), (3, second), (5, "{n}")):
            if len(parts) > at:
                varying[at // 2], parts[at] = parts[at], name
    return "/".join(parts), varying
