"""Which path of `/__admin/` is answered by which handler."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from ..answer import WrongMethod, refusal
from ..fake import Fake
from ..refusal import Refused, shown
from . import journals, models, orders, overview, stubs, times
from .call import AdminCall, whole
from .guard import Guard, NotAllowed

Handler = Callable[[AdminCall], Awaitable[web.Response]]

ROUTES: dict[str, dict[str, Handler]] = {
    "": {"GET": overview.index},
    "openapi.json": {"GET": overview.description},
    "server": {"GET": overview.server},
    "journal": {"GET": journals.own, "DELETE": journals.clear_own},
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
    "models/{id}/received": {"GET": journals.received},
    "models/{id}/misses": {"GET": journals.misses},
    "models/{id}/unused": {"GET": journals.unused},
}
_JSON = ("POST", "PUT")


async def serve(fake: Fake, path: str, request: web.Request) -> web.StreamResponse:
    """Answer a request to the admin API, if its caller may use it."""
    try:
        guard(fake).check(request)
    except NotAllowed as refused:
        return not_allowed(refused)
    template, model_id, number = _split(path.rstrip("/"))
    methods = ROUTES.get(template)
    if methods is None:
        raise Refused(404, f"{shown(path)} is not in the admin API; GET /__admin/openapi.json describes it")
    handler = methods.get("GET" if request.method == "HEAD" else request.method)
    if handler is None:
        allowed = [*methods, "HEAD"] if "GET" in methods else list(methods)
        raise WrongMethod(f"method {request.method[:16]} is not for this path; send {' or '.join(methods)}", allowed)
    # A page of another site can send a form or plain text without asking; JSON it cannot.
    if request.method in _JSON and request.body_exists and request.content_type != "application/json":
        raise Refused(400, f"Content-Type is {shown(request.content_type)}; send application/json")
    if model_id:
        await fake.tenancy.know(whole(model_id))
    return await handler(AdminCall(fake, request, model_id, number))


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


def _split(path: str) -> tuple[str, str, str]:
    """The path with names for what varies, and what stood there."""
    parts, varying = path.split("/"), ["", ""]
    if parts[0] == "models":
        for at, name in ((1, "{id}"), (3, "{number}")):
            if len(parts) > at:
                varying[at // 2], parts[at] = parts[at], name
    return "/".join(parts), varying[0], varying[1]
