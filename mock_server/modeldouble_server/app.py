"""The aiohttp application: where a path leads, and how a refusal becomes an answer."""

import logging
from collections.abc import Awaitable, Callable

from aiohttp import web

from .answer import refusal
from .fake import Fake
from .model import Model
from .page import page
from .platform import methods
from .refusal import Refused
from .serving import routes
from .serving.call import Call

log = logging.getLogger("modeldouble_server")
FAKE = web.AppKey("fake", Fake)
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_PLATFORM = "/public/api/v3/{method:.*}"


def make_app(fake: Fake) -> web.Application:
    """An application that serves `fake`.

    Three routes with a variable and a dict behind them: aiohttp's router costs a fifth of the throughput at twenty.
    """
    app = web.Application(client_max_size=fake.limits.json_bytes, middlewares=[_answer_refusals])
    app[FAKE] = fake
    app.router.add_route("*", "/net/{token}/{route:.*}", _by_token)
    app.router.add_route("*", _PLATFORM, _platform)
    app.router.add_route("*", "/{route:.*}", _at_root)
    return app


@web.middleware
async def _answer_refusals(request: web.Request, handler: _Handler) -> web.StreamResponse:
    fake = request.app[FAKE]
    try:
        _bound_body(request, fake.limits.body_bytes)
        return await handler(request)
    except Refused as refused:
        return refusal(refused)
    except web.HTTPRequestEntityTooLarge:
        return refusal(Refused(413, f"JSON over the limit of {fake.limits.json_bytes:,} bytes; send less at once"))
    except web.HTTPException:
        raise
    except Exception:  # the last line of defence: a defect of the fake's own must not look like the model's answer
        log.exception("%s %s failed inside the fake", request.method, request.rel_url.raw_path.rpartition("/")[2])
        return refusal(
            Refused(500, "the fake itself failed, which is a defect of modeldouble; its log has the traceback")
        )


def _bound_body(request: web.Request, most: int) -> None:
    length = request.content_length
    if length is not None and length > most:
        raise Refused(413, f"body of {length:,} bytes, over the limit of {most:,}; send less at once")


async def _by_token(request: web.Request) -> web.StreamResponse:
    model = request.app[FAKE].models.get(request.match_info["token"])
    if model is None:
        raise Refused(404, "no model is served under this session token; ask tasks.info for meta.sessionToken")
    return await _serve(model, request)


async def _platform(request: web.Request) -> web.StreamResponse:
    return await methods.handle(request.app[FAKE], request.match_info["method"], request)


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
    if route.endswith("/") and route[:-1] in routes.ROUTES:
        location = request.rel_url.with_path(request.rel_url.path.rstrip("/"), keep_query=True)
        raise web.HTTPTemporaryRedirect(location)
    return await routes.find(route, request.method)(Call(request.app[FAKE], model, request))
