"""The only file that touches `aiohttp`: one attempt at one request, on a pooled connection, bounded in time."""

from __future__ import annotations

import asyncio
import json
import math
import time
import zlib
from collections.abc import Awaitable, Callable, Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from modeldouble.aio.limit import Limit
from modeldouble.aio.way import Way, way_to
from modeldouble.answers import Answer
from modeldouble.errors import (
    AnswerLost,
    BadArgument,
    BadSettings,
    DeadlineExceeded,
    MissingExtra,
    ModelDoubleError,
    TimedOut,
    Unreachable,
)
from modeldouble.multipart import Form
from modeldouble.redact import redact
from modeldouble.retry import Kind
from modeldouble.transport import CONNECT_TIMEOUT, LONGEST_ANSWER, READ_TIMEOUT
from modeldouble.wire import Ask

try:
    import aiohttp
except ImportError:
    raise MissingExtra("modeldouble.aio", "async") from None

CONNECTIONS = 256
"""As many requests are under way at once at most; the others wait for a connection."""
# Files up to so many bytes in all are read in the event loop, which costs less than handing them to a thread.
SMALL = 1 << 20
# So many chunks of a form make a piece: 256 KB where the loop reads, 1 MB where a thread does.
PIECE, LARGE_PIECE = 4, 16


class AsyncTransport(Protocol):
    """What the asynchronous client needs of the network.

    Times in seconds; `deadline` is a reading of `clock`, inf for none.
    """

    async def send(self, url: str, ask: Ask, deadline: float) -> Answer:
        """Send a request and return its answer, whatever its status. Raises `Unreachable`, `AnswerLost`, `TimedOut`."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait, in seconds."""
        ...

    def clock(self) -> float:
        """Return a time in seconds that only grows."""
        ...

    async def close(self) -> None:
        """Close idle connections."""
        ...


class AsyncHttpTransport:
    """HTTP/1.1 over `aiohttp`, with one connection pool. For one event loop.

    `connect_timeout` and `read_timeout` are in seconds; the latter is the longest silence while an answer is awaited.
    `connections` is how many requests may be under way at once, to all servers together.
    """

    def __init__(
        self,
        connect_timeout: float = CONNECT_TIMEOUT,
        read_timeout: float = READ_TIMEOUT,
        *,
        connections: int = CONNECTIONS,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if connections < 1:
            raise BadArgument("connections", connections, "give a whole number, at least 1")
        self._connect_timeout = connect_timeout
        self._read_timeout = read_timeout
        self._connections = connections
        self._sleep = sleep
        self._clock = clock
        self._session: aiohttp.ClientSession | None = None
        self._ways: dict[str, Way] = {}

    async def sleep(self, seconds: float) -> None:
        """Wait, in seconds."""
        await self._sleep(seconds)

    def clock(self) -> float:
        """Return a time in seconds that only grows."""
        return self._clock()

    async def close(self) -> None:
        """Close all connections. Later calls open new ones."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def send(self, url: str, ask: Ask, deadline: float) -> Answer:
        """Make one attempt and return the whole answer, whatever its status."""
        form = Form(ask.parts, lambda: self._left(deadline)) if ask.parts else None
        left = self._left(deadline)
        silence = ask.read_timeout or self._read_timeout
        timeout = (min(self._connect_timeout, left), min(silence, left))
        if ask.kind is Kind.ONCE:
            # What must not be repeated must not go out over a connection that was closed while the loop was busy:
            # twice around the loop, and it has heard of that.
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        most = max(LONGEST_ANSWER, silence)
        limit = Limit(left, first=timeout[0], most=timeout[0] + most)
        try:
            with limit:
                return await self._exchange(url, ask, form, timeout, limit, most, deadline)
        except ModelDoubleError:
            raise
        except (aiohttp.ClientError, OSError, ValueError, zlib.error, asyncio.TimeoutError) as error:
            if form is not None and form.failure is not None:
                raise form.failure from None
            self._left(deadline)
            if limit.spent:
                raise _too_slow() from None
            # The cause is left out: its text and its request carry the URL with the session token.
            raise _translated(error, ask.route, url, timeout) from None

    async def _exchange(
        self, url: str, ask: Ask, form: Form | None, timeout: tuple[float, float], limit: Limit, most: float,
        deadline: float,
    ) -> Answer:  # fmt: skip
        way = self._way(url)
        headers, data = _head_and_json(ask, way) if form is None else self._head_and_form(ask, way, form, limit, most)
        try:
            response = await self._pool().post(
                url, data=data, headers=headers, timeout=_times(*timeout), allow_redirects=False, proxy=way.proxy,
                ssl=way.trust or True,
            )  # fmt: skip
            try:
                body = await self._body(response, self._clock() + most, deadline)
            except BaseException:
                response.close()
                raise
            return Answer(response.status, {name.lower(): value for name, value in response.headers.items()}, body)
        finally:
            if isinstance(data, _Upload):
                data.end()

    async def _body(self, response: aiohttp.ClientResponse, end: float, deadline: float) -> bytes:
        pieces, content = [], response.content
        while piece := await content.readany():
            pieces.append(piece)
            self._left(deadline)
            if self._clock() > end:
                raise _too_slow()
        # An answer may come before its request was sent to the end; then that is given up.
        response.release()
        body = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        return _unpacked(body, response.headers.get("Content-Encoding", ""))

    def _head_and_form(
        self, ask: Ask, way: Way, form: Form, limit: Limit, most: float
    ) -> tuple[dict[str, str], _Upload]:
        length = len(form)
        headers = {**way.headers, **ask.headers, "Content-Type": form.content_type, "Content-Length": str(length)}
        by_thread = length > SMALL and sum(part.size for part in ask.parts if isinstance(part.content, Path)) > SMALL
        return headers, _Upload(form, by_thread, limit, self._connect_timeout, most)

    def _left(self, deadline: float) -> float:
        left = deadline - self._clock()
        if left <= 0:
            raise DeadlineExceeded(
                "the deadline has passed before the server had answered. Give more time with deadline="
            )
        return left

    def _way(self, url: str) -> Way:
        host = "/".join(url.split("/", 3)[:3])
        way = self._ways.get(host)
        if way is None:
            way = self._ways[host] = way_to(host)
        return way

    def _pool(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=self._connections, timeout_ceil_threshold=math.inf)
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"Accept-Encoding": "gzip, deflate"},
                auto_decompress=False,
            )
        return self._session


class _Upload(aiohttp.Payload):
    """A form that is read as it is sent. It knows over which connection it goes, and whether all of it went.

    No piece may take longer than `sending` to be sent, nor than `most` to be read; in seconds.
    """

    _autoclose = True
    _connection: asyncio.Transport | None = None

    def __init__(self, form: Form, by_thread: bool, limit: Limit, sending: float, most: float) -> None:
        super().__init__(form, content_type=form.content_type)
        self._by_thread, self._limit, self._sending, self._most = by_thread, limit, sending, most

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        raise TypeError("a form is sent, and not shown")

    async def write(self, writer: Any) -> None:
        await self.write_with_length(writer, None)

    async def write_with_length(self, writer: Any, content_length: int | None) -> None:
        self._connection = writer.transport
        limit, chunks = self._limit, iter(self._value)
        while piece := (await self._read(chunks) if self._by_thread else _some(chunks, PIECE)):
            limit.move(self._sending)
            await writer.write(piece)
        limit.move(self._most)
        self._connection = None

    async def _read(self, chunks: Iterator[bytes]) -> bytes:
        self._limit.move(self._most)
        return await asyncio.get_running_loop().run_in_executor(None, _some, chunks, LARGE_PIECE)

    def end(self) -> None:
        """Drop what was not sent: a connection that is closed goes on trying to send it, to whom may never read it."""
        if self._connection is not None:
            self._connection.abort()


@lru_cache(maxsize=16)
def _times(connect: float, silence: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(None, sock_connect=connect, sock_read=silence, ceil_threshold=math.inf)


def _some(chunks: Iterator[bytes], count: int) -> bytes:
    return b"".join(islice(chunks, count))


def _head_and_json(ask: Ask, way: Way) -> tuple[dict[str, str], bytes]:
    try:
        data = json.dumps(ask.json, allow_nan=False).encode()
    except (TypeError, ValueError) as error:
        raise BadSettings("settings", ask.json, f"they cannot be sent as JSON ({error})") from None
    return {**way.headers, **ask.headers, "Content-Type": "application/json"}, data


def _unpacked(body: bytes, encoding: str) -> bytes:
    if encoding.lower() not in ("gzip", "x-gzip", "deflate"):
        return body
    try:
        # Both forms that have a header.
        return zlib.decompress(body, 32 + zlib.MAX_WBITS)
    except zlib.error:
        if encoding.lower() != "deflate":
            raise
        return zlib.decompress(body, -zlib.MAX_WBITS)


def _translated(error: Exception, route: str, url: str, timeout: tuple[float, float]) -> ModelDoubleError:
    host = redact(url.partition("?")[0])
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return Unreachable(f"no connection to {host} within {timeout[0]:g} s. Is the address right, is the server up?")
    never_sent = (aiohttp.ClientConnectorError, aiohttp.ClientHttpProxyError, aiohttp.InvalidURL)
    if isinstance(error, never_sent):
        return Unreachable(f"no connection to {host} ({redact(str(error))}). Is the server running there?")
    if isinstance(error, TimeoutError | asyncio.TimeoutError):
        limit = "" if math.isinf(timeout[1]) else f" within {timeout[1]:g} s"
        return TimedOut(f"{route} was sent to {host}, no answer came{limit}. Is the server overloaded?")
    return AnswerLost(f"{route} was sent to {host}, but the connection broke before the whole answer had come")


def _too_slow() -> TimedOut:
    return TimedOut("the answer came in too slowly and was given up")
