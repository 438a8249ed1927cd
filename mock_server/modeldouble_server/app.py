"""The aiohttp application: where a path leads, and how a refusal becomes an answer."""

from collections.abc import Awaitable, Callable

from aiohttp import HttpVersion11, hdrs, web

from .administration.noting import noted
from .answer import refusal
from .answering import instead
from .connection import hold
from .ending import Ending
from .fake import Fake
from .faults.damage import Reset
from .forward import forward
from .limits import Limits
from .metrics import PLATFORM, UNKNOWN
from .model import Model
from .openapi import ROUTE as DESCRIPTION
from .openapi import describe
from .page import page
from .paths import Handler, Invite, Paths
from .refusal import Refused, shown
from .serving import dispatch
from .serving.call import Call

ENDING = web.AppKey("ending", Ending)
_Handler = Callable[[Fake, web.Request], Awaitable[web.StreamResponse]]


def make_app(fake: Fake) -> web.Application:
    """An application that serves `fake`."""
    ending = Ending()
    handlers = [(pattern, _entered(fake, ending, handler)) for pattern, handler in _HANDLERS.items()]
    app = web.Application(client_max_size=fake.limits.json_bytes)
    app[ENDING] = ending
    app.router.register_resource(Paths(handlers, _invitation(fake, ending)))
    return app


def _invitation(fake: Fake, ending: Ending) -> Invite:
    async def invite(request: web.Request) -> web.StreamResponse | None:
        """Answer `Expect: 100-continue`, but no invitation to a body that would be refused afterwards."""
        if request.headers["Expect"].lower() != "100-continue":
            return refusal(Refused(417, "Expect is not 100-continue; send 100-continue or nothing"))
        late = ending.refusal()
        if late is not None:
            return late
        try:
            _bound_body(request, fake.limits)
        except Refused as refused:
            return refusal(refused)
        if request.version >= HttpVersion11:
            await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            # Or aiohttp takes the answer for one that is under way already.
            request.writer.output_size = 0
        return None

    return invite


def _entered(fake: Fake, ending: Ending, handler: _Handler) -> Handler:
    async def enter(request: web.Request) -> web.StreamResponse:
        """What a handler answers, or the refusal that becomes of an exception, or of a request that comes too late."""
        if request.transport in fake.stale:
            return Reset()
        if ending.begun and (late := ending.refusal()) is not None:
            return late
        try:
            _bound_body(request, fake.limits)
            said = await handler(fake, request)
        except Exception as error:  # noqa: BLE001 - `instead` logs what nobody has foreseen
            said = instead(error, request, fake.limits)
        return ending.last(said)

    return enter


def _bound_body(request: web.Request, limits: Limits) -> None:
    headers = request.headers
    # Real servers do not decompress either, and aiohttp waits for ever for the end of a broken `deflate`.
    encoding = headers.get(hdrs.CONTENT_ENCODING)
    if encoding is not None and encoding.lower() != "identity":
        raise Refused(400, f"Content-Encoding is {shown(encoding)}; send the body as it is")
    length = request.content_length
    if length is not None and length > limits.body_bytes:
        raise Refused(413, f"body of {length:,} bytes, over the limit of {limits.body_bytes:,}; send less at once")
    if length is None and request.body_exists and not request.content_type.startswith("multipart/"):
        # In chunks, its length is not known, but the most that is read of it. Forms count theirs themselves.
        length = limits.json_bytes
    hold(request, length or 0)


async def _by_token(fake: Fake, request: web.Request) -> web.StreamResponse:
    token = request.match_info["token"]
    if token in fake.apps:
        return await forward(fake.apps[token], request.match_info["route"], request)
    model = fake.models.get(token)
    if model is None:
        nobody = _nobody("no model is served under this session token; ask tasks.info for meta.sessionToken")
        return await noted(nobody, request, fake, UNKNOWN, request.match_info["route"], known=False)
    return await _serve(fake, model, request)


async def _nobody(text: str) -> web.StreamResponse:
    raise Refused(404, text)


async def _platform(fake: Fake, request: web.Request) -> web.StreamResponse:
    from .platform import methods

    method = request.match_info["method"]
    work = methods.handle(fake, method, request)
    return await noted(work, request, fake, PLATFORM, method, known=method in methods.METHODS)


async def _admin(fake: Fake, request: web.Request) -> web.StreamResponse:
    from .administration import routes

    return await routes.serve(fake, request.match_info.get("path", ""), request)


async def _metrics(fake: Fake, request: web.Request) -> web.StreamResponse:
    from .administration import scrape

    return await scrape.serve(fake, request)


async def _at_root(fake: Fake, request: web.Request) -> web.StreamResponse:
    model = fake.root_model
    if not request.match_info["route"] and request.method in ("GET", "HEAD"):
        return page(model)
    if model is None:
        raise Refused(
            404, "no model is served at the root; use the session URL that the server printed when it started"
        )
    return await _serve(fake, model, request)


async def _serve(fake: Fake, model: Model, request: web.Request) -> web.StreamResponse:
    route = request.match_info["route"]
    if route == DESCRIPTION:
        return describe(request.method)
    call = Call(fake, model, request, route)
    if route.endswith("/") and dispatch.known(call, route[:-1]):
        location = request.rel_url.with_path(request.rel_url.path[:-1], keep_query=True)
        return web.Response(status=307, headers={"Location": str(location)})
    return await dispatch.serve(call, request.method)


async def _nowhere(fake: Fake, request: web.Request) -> web.StreamResponse:
    raise web.HTTPNotFound


_HANDLERS: dict[str, _Handler] = {
    "/net/(?P<token>[^{}/]+)/(?P<route>.*)": _by_token,
    "/public/api/v3/(?P<method>.*)": _platform,
    "/__admin": _admin,
    "/__admin/(?P<path>.*)": _admin,
    "/metrics": _metrics,
    "/(?P<route>.*)": _at_root,
    # The star of OPTIONS, and a path with a line break.
    "(?s:.*)": _nowhere,
}
"""By what a whole path looks like, the more exact first."""
