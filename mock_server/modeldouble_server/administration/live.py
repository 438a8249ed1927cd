"""What happens to a model, as server-sent events: a few times a second, and only what has changed.

Nothing of the server knows that somebody looks: who does asks, and pays for it. So it costs nothing when nobody does.
"""

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from aiohttp import web

from ..fake import Fake
from ..ledger import Lost
from ..model import Model
from ..refusal import Busy
from ..store import StoreDown
from .call import AdminCall
from .watching import Watched

log = logging.getLogger("modeldouble_server")
MOST_STREAMS = 32
_SHARE = 2
"""Of so many connections that the server may have, one may be a stream."""
EVERY = 0.2
_SILENCE = 15.0
_HEADERS = {
    "Cache-Control": "no-store", "Content-Type": "text/event-stream; charset=utf-8",
    "X-Accel-Buffering": "no", "X-Content-Type-Options": "nosniff",
}  # fmt: skip
Write = Callable[[bytes], Awaitable[None]]
Sleep = Callable[[float], Awaitable[None]]


async def stream(call: AdminCall) -> web.StreamResponse:
    """Tell what changes until the caller leaves, the model is taken away or the server ends."""
    console, token, request = call.fake.console, call.token, call.request
    since = call.query({"since": int}).get("since", 0)
    if request.method == "HEAD":
        return web.Response(headers=_HEADERS)
    most = MOST_STREAMS if console.gate is None else max(1, min(MOST_STREAMS, console.gate.most // _SHARE))
    if console.left.is_set():
        raise Busy(503, "the server is ending, and tells nothing more; ask again when one runs")
    if console.streams >= most:
        raise Busy(429, f"{console.streams} streams are open, the limit is {most}; close a page that follows a model")
    console.streams += 1
    try:
        response = web.StreamResponse(headers=_HEADERS)
        await response.prepare(request)
        telling = tell(call.fake, token, since, response.write, lambda: request.transport is None)
        await _until(console.left, telling)
        if console.left.is_set():
            _drop_unread(request)
    finally:
        console.streams -= 1
    return response


async def tell(
    fake: Fake, token: str, since: int, write: Write, is_over: Callable[[], bool], sleep: Sleep = asyncio.sleep,
    now: Callable[[], float] = time.monotonic,
) -> None:  # fmt: skip
    """Write events until the model under a session token is taken away, or nobody reads them any more.

    `since` is as in `Watched`.
    """
    model = fake.models.get(token)
    if model is None:
        await write(event("gone", {}))
        return
    watched, written = Watched(fake, model, since, now), now()
    while not is_over():
        if not await _is_there(fake, token, model):
            await write(event("gone", {}))
            return
        news = await watched.news()
        for one in news:
            await write(event(*one))
        if news:
            written = now()
        elif now() >= written + _SILENCE:
            # So that it is noticed when nobody is there any more.
            await write(b": \n\n")
            written = now()
        await sleep(EVERY)


def event(name: str, told: dict[str, Any]) -> bytes:
    """An event as it goes out."""
    return b"event: %b\ndata: %b\n\n" % (name.encode(), _ENCODER.encode(told).encode())


# To ASCII, in which no text has a line break that would end the event, nor what is no UTF-8.
_ENCODER = json.JSONEncoder(separators=(",", ":"), default=str)


async def _is_there(fake: Fake, token: str, model: Model) -> bool:
    if model.ledger.shared:
        # Others may have changed it, or taken it away.
        with suppress(Lost):
            await fake.tenancy.know(model.number)
    return fake.models.get(token) is model


async def _until(left: asyncio.Event, telling: Awaitable[None]) -> None:
    """Tell until there is nothing more to tell, or the server ends."""
    both = [asyncio.ensure_future(telling), asyncio.ensure_future(left.wait())]
    try:
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in both:
            one.cancel()
        done = await asyncio.gather(*both, return_exceptions=True)
    if isinstance(done[0], Exception) and not isinstance(done[0], (ConnectionError, StoreDown)):
        # Its head is out, so that no other answer can be given any more.
        log.error("a stream failed inside the fake", exc_info=done[0])


def _drop_unread(request: web.Request) -> None:
    # The end of a server would wait for whoever does not read.
    transport = request.transport
    if transport is not None and transport.get_write_buffer_size() > 0:
        transport.abort()
