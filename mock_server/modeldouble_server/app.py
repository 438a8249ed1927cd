"""The aiohttp application: where a path leads, and how a refusal becomes an answer."""

from collections.abc import Awaitable, Callable

from aiohttp import HttpVersion11, web

from .administration.noting import noted
from .answer import refusal
from .answering import answered
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
from .platform import methods
from .refusal import Refused, shown
from .serving import dispatch
from .serving.call import Call

FAKE = web.AppKey("fake", Fake)
ENDING = web.AppKey("ending", Ending)
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_PLATFORM = "/public/api/v3/{method:.*}"


def make_app(fake: Fake) -> web.Application:
    """An application that serves `fake`.

    Three routes with a variable and a dict behind them: aiohttp's router costs a fifth of the throughput at twenty.
    """
    app = web.Application(client_max_size=fake.limits.json_bytes, middlewares=[_answer_refusals])
    app[FAKE] = fake
    app[ENDING] = Ending()
    for path, handler in (
        ("/net/{token}/{route:.*}", _by_token), (_PLATFORM, _platform), ("/__admin", _admin),
        ("/__admin/{path:.*}", _admin), ("/metrics", _metrics), ("/{route:.*}", _at_root),
    ):  # fmt: skip
        app.router.add_route("*", path, handler, expect_handler=_invite_body)
    return app


async def _invite_body(request: web.Request) -> web.StreamResponse | None:
    """Answer `Expect: 100-continue`, but no invitation to a body that would be refused afterwards."""
    if request.headers["Expect"].lower() != "100-continue":
        return refusal(Refused(417, "Expect is not 100-continue; send 100-continue or nothing"))
    late = request.app[ENDING].refusal()
    if late is not None:
        return late
    try:
        _bound_body(request, request.app[FAKE].limits)
    except Refused as refused:
        return refusal(refused)
    if request.version >= HttpVersion11:
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        # Or aiohttp takes the answer for one that is under way already.
        request.writer.output_size = 0
    return None


@web.middleware
async def _answer_refusals(request: web.Request, handler: _Handler) -> web.StreamResponse:
    fake, ending = request.app[FAKE], request.app[ENDING]
    if request.transport in fake.stale:
        return Reset()
    late = ending.refusal()
    if late is not None:
        return late
    return ending.last(await answered(_bounded(request, handler), request, fake.limits))


async def _bounded(request: web.Request, handler: _Handler) -> web.StreamResponse:
    _bound_body(request, request.app[FAKE].limits)
    return await handler(request)


def _bound_body(request: web.Request, limits: Limits) -> None:
    # Real servers do not decompress either, and aiohttp waits for ever for the end of a broken `deflate`.
    encoding = request.headers.get("Content-Encoding", "identity")
    if encoding.lower() != "identity":
        raise Refused(400, f"Content-Encoding is {shown(encoding)}; send the body as it is")
    length = request.content_length
    if length is not None and length > limits.body_bytes:
        raise Refused(413, f"body of {length:,} bytes, over the limit of {limits.body_bytes:,}; send less at once")
    if length is None and request.body_exists and not request.content_type.startswith("multipart/"):
        # In chunks, its length is not known, but the most that is read of it. Forms count theirs themselves.
        length = limits.json_bytes
    hold(request, length or 0)


async def _by_token(request: web.Request) -> web.StreamResponse:
    fake, token = request.app[FAKE], request.match_info["token"]
    if token in fake.apps:
        return await forward(fake.apps[token], request.match_info["route"], request)
    model = fake.models.get(token)
    if model is None:
        nobody = _nobody("no model is served under this session token; ask tasks.info for meta.sessionToken")
        return await noted(nobody, request, fake, UNKNOWN, request.match_info["route"], known=False)
    return await _serve(model, request)


async def _nobody(text: str) -> web.StreamResponse:
    raise Refused(404, text)


async def _platform(request: web.Request) -> web.StreamResponse:
    fake, method = request.app[FAKE], request.match_info["method"]
    work = methods.handle(fake, method, request)
    return await noted(work, request, fake, PLATFORM, method, known=method in methods.METHODS)


async def _admin(request: web.Request) -> web.StreamResponse:
    from .administration import routes

    return await routes.serve(request.app[FAKE], request.match_info.get("path", ""), request)


async def _metrics(request: web.Request) -> web.StreamResponse:
    from .administration import scrape

    return await scrape.serve(request.app[FAKE], request)


async def _at_root(request: web.Request) -> web.StreamResponse:
    model = request.app[FAKE].root_model
    if not request.match_info["route"] and request.method in ("GET", "HEAD"):
        return page(model)
    if model is None:
        raise Refused(
            404, "no model is served at the root; use the session URL that the server printed when it started"
        )
    return await _serve(model, request)


async def _serve(model: Model, request: web.Request) -> web.StreamResponse:
    route = request.match_info["route"]
    if route == DESCRIPTION:
        return describe(request.method)
    call = Call(request.app[FAKE], model, request, route)
    if route.endswith("/") and dispatch.known(call, route[:-1]):
        location = request.rel_url.with_path(request.rel_url.path[:-1], keep_query=True)
        return web.Response(status=307, headers={"Location": str(location)})
    return await dispatch.serve(call, request.method)
