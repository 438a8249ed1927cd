"""The entrance: where a path leads, and how a refusal becomes an answer."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from aiohttp import HttpVersion11, hdrs, web

from .administration.noting import noted
from .answer import refusal
from .answering import instead
from .connection import hold
from .ending import Ending
from .fake import Fake
from .faults.damage import Reset
from .forward import forward
from .ledger import Behind
from .limits import Limits
from .metrics import PLATFORM, UNKNOWN
from .model import Model
from .openapi import ROUTE as DESCRIPTION
from .openapi import describe
from .page import at_root, part
from .paths import Names, Paths
from .readiness import WATCHED, catch_up_all_the_same, model_all_the_same
from .refusal import Refused, shown
from .serving import dispatch
from .serving.call import Call
from .serving.polls import LOOKS

_Handler = Callable[[Fake, web.Request, Names], Awaitable[web.StreamResponse]]


class App(NamedTuple):
    """What serves a fake, and how that ends."""

    server: web.Server
    ending: Ending


def make_app(fake: Fake) -> App:
    """What serves `fake`, on the loop that runs.

    aiohttp's server without its application, whose router, signals and middlewares cost each request more than most
    answers do.
    """
    ending = Ending()
    server = web.Server(_entered(fake, ending), request_factory=_requests(fake.limits))  # type: ignore[arg-type]
    return App(server, ending)


def _requests(limits: Limits) -> Callable[..., web.Request]:
    loop, most = asyncio.get_running_loop(), limits.json_bytes

    def make(message: Any, payload: Any, protocol: Any, writer: Any, task: Any) -> web.Request:
        return web.Request(message, payload, protocol, writer, task, loop, client_max_size=most)

    return make


def _entered(fake: Fake, ending: Ending) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    paths, limits, stale = Paths(list(_HANDLERS.items())), fake.limits, fake.stale

    async def enter(request: web.Request) -> web.StreamResponse:
        """What a handler answers, or the refusal that becomes of an exception, or of a request that comes too late."""
        if request.headers.get(hdrs.EXPECT) and (refused := await _invite(request, ending, limits)) is not None:
            return refused
        if stale and request.transport in stale:
            return Reset()
        if ending.begun and (late := ending.refusal()) is not None:
            return late
        try:
            _bound_body(request, limits)
            handler, named = paths.find(request.rel_url)
            said = await handler(fake, request, named)
        except Exception as error:  # noqa: BLE001 - `instead` logs what nobody has foreseen
            said = instead(error, request, limits)
        return ending.last(said)

    return enter


async def _invite(request: web.Request, ending: Ending, limits: Limits) -> web.StreamResponse | None:
    """Answer `Expect: 100-continue`, but no invitation to a body that would be refused afterwards."""
    if request.headers[hdrs.EXPECT].lower() != "100-continue":
        return refusal(Refused(417, "Expect is not 100-continue; send 100-continue or nothing"))
    late = ending.refusal()
    if late is not None:
        return late
    try:
        _bound_body(request, limits)
    except Refused as refused:
        return refusal(refused)
    if request.version >= HttpVersion11:
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        # Or aiohttp takes the answer for one that is under way already.
        request.writer.output_size = 0
    await request.writer.drain()
    return None


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


async def _by_token(fake: Fake, request: web.Request, named: Names) -> web.StreamResponse:
    token, route = named["token"], named["route"]
    if token in fake.apps:
        return await forward(fake.apps[token], route, request)
    if route in WATCHED:
        model = await model_all_the_same(fake, token)
    else:
        model = await fake.tenancy.model(token, lazily=route in LOOKS)
    if model is None:
        return await _by_nobody(fake, request, route)
    if route in LOOKS:
        return await _poll(Call(fake, model, request, route), token)
    return await _serve(fake, model, request, route)


async def _poll(call: Call, token: str) -> web.StreamResponse:
    """Answer a poll, anew where it shows that others have changed the model."""
    if call.model.ledger.is_due:
        call.unseen = call.model.ledger
    try:
        return await dispatch.serve(call, call.request.method)
    except Behind:
        model = await call.fake.tenancy.model(token)
    if model is None:
        return await _by_nobody(call.fake, call.request, call.route)
    return await dispatch.serve(call.again(model), call.request.method)


async def _by_nobody(fake: Fake, request: web.Request, route: str) -> web.StreamResponse:
    nobody = _nobody("no model is served under this session token; ask tasks.info for meta.sessionToken")
    return await noted(nobody, request, fake, UNKNOWN, route, known=False)


async def _nobody(text: str) -> web.StreamResponse:
    raise Refused(404, text)


async def _platform(fake: Fake, request: web.Request, named: Names) -> web.StreamResponse:
    from .platform import methods

    method = named["method"]
    work = methods.handle(fake, method, request)
    return await noted(work, request, fake, PLATFORM, method, known=method in methods.METHODS)


async def _admin(fake: Fake, request: web.Request, named: Names) -> web.StreamResponse:
    from .administration import routes

    return await routes.serve(fake, named.get("path", ""), request)


async def _metrics(fake: Fake, request: web.Request, named: Names) -> web.StreamResponse:
    from .administration import scrape

    return await scrape.serve(fake, request)


async def _page(fake: Fake, request: web.Request, named: Names) -> web.StreamResponse:
    return part(request, named["name"])


async def _at_root(fake: Fake, request: web.Request, named: Names) -> web.StreamResponse:
    model = fake.root_model
    if not named["route"] and request.method in ("GET", "HEAD"):
        return at_root(request, model)
    if model is None:
        raise Refused(
            404, "no model is served at the root; use the session URL that the server printed when it started"
        )
    # The operator's, who is never taken away.
    await (catch_up_all_the_same(model) if named["route"] in WATCHED else model.ledger.catch_up())
    return await _serve(fake, model, request, named["route"])


async def _serve(fake: Fake, model: Model, request: web.Request, route: str) -> web.StreamResponse:
    if route == DESCRIPTION:
        return describe(request.method)
    call = Call(fake, model, request, route)
    if route.endswith("/") and dispatch.known(call, route[:-1]):
        location = request.rel_url.with_path(request.rel_url.path[:-1], keep_query=True)
        return web.Response(status=307, headers={"Location": str(location)})
    return await dispatch.serve(call, request.method)


async def _nowhere(fake: Fake, request: web.Request, named: Names) -> web.StreamResponse:
    raise web.HTTPNotFound


_HANDLERS: dict[str, _Handler] = {
    "/net/(?P<token>[^{}/]+)/(?P<route>.*)": _by_token,
    "/public/api/v3/(?P<method>.*)": _platform,
    "/__admin": _admin,
    "/__admin/(?P<path>.*)": _admin,
    "/metrics": _metrics,
    "/__page/(?P<name>.*)": _page,
    "/(?P<route>.*)": _at_root,
    # The star of OPTIONS, and a path with a line break.
    "(?s:.*)": _nowhere,
}
"""By what a whole path looks like, the more exact first."""
