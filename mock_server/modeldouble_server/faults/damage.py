"""Answers that are damaged on the way: written byte by byte to the connection, past aiohttp, which writes none that are
wrong."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from aiohttp import hdrs, web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.http_exceptions import HttpProcessingError

from ..fake import Fake
from ..refusal import Refused
from .line import Line
from .orders import Fired

_PIECES_PER_SECOND = 20
_READ_MOST = 300.0
"""Seconds for which a body that nobody wanted is read, so that its sender sees the fault and no other reset."""
_FRAMING = (hdrs.CONTENT_LENGTH, hdrs.TRANSFER_ENCODING, hdrs.CONNECTION)


class _Bytes(NamedTuple):
    """An answer as it would go on the wire."""

    head: bytes
    """Status line and headers, but for those that frame the body."""
    body: bytes
    length: int
    """Of the body; the answer to a HEAD tells it and has none."""

    def framed(self, length: int) -> bytes:
        """The head with a length and its end."""
        return self.head + f"Content-Length: {length}\r\n\r\n".encode()


class Damaged(web.Response):
    """An answer as the fault makes it. The connection is over after it."""

    def __init__(self, said: web.StreamResponse | None, fired: Fired, fake: Fake) -> None:
        """`said` is what would have been answered; None: nothing."""
        super().__init__(status=200 if said is None else said.status)
        self.said, self.fired, self.fake = said, fired, fake
        silent = fired.name == "reset" and fired.value("when") in ("before", "lost")
        self.seen = 0 if said is None or silent else said.status
        """The status that the caller gets to see; 0: none."""

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        """Write what comes of it, and end the connection."""
        transport = request.transport
        if transport is not None:
            self.fake.held.add(transport)
            try:
                await self._write(request, Line(transport, self.fake.sleep))
            finally:
                self.fake.held.discard(transport)
        # So that aiohttp writes nothing more, and closes the connection.
        raise ConnectionResetError("a fault was ordered")

    async def _write(self, request: web.BaseRequest, line: Line) -> None:
        if self.fired.value("when") != "before":
            await _read_on(request)
        await _WRITING[self.fired.name](self.fired, line, _bytes(self.said, request))


class Reset(web.Response):
    """No answer: the connection is reset."""

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        """End the connection."""
        if request.transport is not None:
            Line(request.transport, asyncio.sleep).reset()
        raise ConnectionResetError("a fault was ordered")


async def _read_on(request: web.BaseRequest) -> None:
    """Take what the caller still sends: unread, it hides that the caller leaves, and turns a close into a reset."""
    try:
        while not request.content.is_eof():
            await asyncio.wait_for(request.content.readany(), _READ_MOST)
    except (Refused, ConnectionError, asyncio.TimeoutError, web.RequestPayloadError, HttpProcessingError):
        # A broken body, or a caller that left or was too slow: nothing more comes.
        return


def _bytes(said: web.StreamResponse | None, request: web.BaseRequest) -> _Bytes:
    if said is None:
        return _Bytes(b"", b"", 0)
    body = said.body if isinstance(said, web.Response) else b""
    content = bytes(body) if isinstance(body, (bytes, bytearray)) else b""
    lines = [f"HTTP/1.{request.version.minor} {said.status} {said.reason or ''}"]
    lines += [f"{name}: {value}" for name, value in said.headers.items() if name not in _FRAMING]
    if hdrs.CONTENT_TYPE not in said.headers:
        lines.append(f"Content-Type: {said.content_type}")
    head = "\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n"
    return _Bytes(head, b"" if request.method == "HEAD" else content, len(content))


async def _reset(fired: Fired, line: Line, said: _Bytes) -> None:
    when = fired.value("when")
    if when in ("during", "after"):
        line.write(said.framed(said.length) + said.body[: len(said.body) // 2 if when == "during" else None])
        await line.arrived()
    line.reset()


async def _hang(fired: Fired, line: Line, said: _Bytes) -> None:
    await line.rest(fired.value("seconds"))
    line.reset()


async def _cut(fired: Fired, line: Line, said: _Bytes) -> None:
    line.write(said.framed(said.length) + said.body[: min(fired.value("at"), max(0, len(said.body) - 1))])


async def _wrong_length(fired: Fired, line: Line, said: _Bytes) -> None:
    line.write(said.framed(max(0, said.length + fired.value("by"))) + said.body)


async def _malformed_chunk(fired: Fired, line: Line, said: _Bytes) -> None:
    half = said.body[: len(said.body) // 2]
    # A chunk of no bytes would be the proper end of the body.
    first = f"{len(half):x}\r\n".encode() + half + b"\r\n" if half else b""
    line.write(said.head + b"Transfer-Encoding: chunked\r\n\r\n" + first + b"none\r\n" + said.body[len(half) :])


async def _dribble(fired: Fired, line: Line, said: _Bytes) -> None:
    line.write(said._replace(head=said.head + b"Connection: close\r\n").framed(said.length))
    await _slowly(fired, line, said.body)


async def _slow_headers(fired: Fired, line: Line, said: _Bytes) -> None:
    await _slowly(fired, line, said._replace(head=said.head + b"Connection: close\r\n").framed(said.length))
    line.write(said.body)


async def _slowly(fired: Fired, line: Line, content: bytes) -> None:
    rate = fired.value("bytes_per_second")
    size = max(1, int(rate / _PIECES_PER_SECOND))
    for at in range(0, len(content), size):
        piece = content[at : at + size]
        await line.rest(len(piece) / rate)
        if line.is_left:
            return
        line.write(piece)


_WRITING: dict[str, Callable[[Fired, Line, _Bytes], Awaitable[None]]] = {
    "reset": _reset, "hang": _hang, "cut": _cut, "wrong_length": _wrong_length, "malformed_chunk": _malformed_chunk,
    "dribble": _dribble, "slow_headers": _slow_headers,
}  # fmt: skip
