"""Answers that are damaged on the way: written byte by byte to the connection, past aiohttp, which writes none that are
wrong."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Callable
from http import HTTPStatus

from aiohttp import hdrs, web
from aiohttp.abc import AbstractStreamWriter

from ..fake import Sleep
from .orders import Fired

_LOOK_EVERY = 0.05
_PIECES_PER_SECOND = 20
_RESET = struct.pack("ii", 1, 0)
_Writing = Callable[["Damaged", asyncio.Transport, bytes, bytes], AsyncIterator[bytes]]


class Damaged(web.Response):
    """An answer as the fault makes it. The connection is over after it."""

    def __init__(self, said: web.StreamResponse | None, fired: Fired, sleep: Sleep) -> None:
        """`said` is what would have been answered; None: nothing."""
        super().__init__(status=200 if said is None else said.status)
        self.said, self.fired, self.sleep = said, fired, sleep
        silent = fired.name == "reset" and fired.value("when") in ("before", "lost")
        self.seen = 0 if said is None or silent else said.status
        """The status that the caller gets to see; 0: none."""

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        """Write what comes of it, and end the connection."""
        transport = request.transport
        if transport is not None:
            head, body = _bytes(self.said, request.version.minor)
            async for piece in _WRITING[self.fired.name](self, transport, head, body):
                if transport.is_closing():
                    break
                transport.write(piece)
        # So that aiohttp writes nothing more, and closes the connection.
        raise ConnectionResetError("a fault was ordered")


class Reset(web.Response):
    """No answer: the connection is reset."""

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        """End the connection."""
        if request.transport is not None:
            reset(request.transport)
        raise ConnectionResetError("a fault was ordered")


def reset(transport: asyncio.Transport) -> None:
    """End a connection with a reset and not with a close."""
    inner = transport.get_extra_info("socket")
    if inner is not None and not transport.is_closing():
        inner.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    transport.abort()


def _bytes(said: web.StreamResponse | None, minor: int) -> tuple[bytes, bytes]:
    """Status line with headers, without the empty line, and body of an answer."""
    if said is None:
        return b"", b""
    body = said.body if isinstance(said, web.Response) else b""
    content = bytes(body) if isinstance(body, (bytes, bytearray)) else b""
    reason = said.reason or HTTPStatus(said.status).phrase
    lines = [f"HTTP/1.{minor} {said.status} {reason}"]
    lines += [f"{name}: {value}" for name, value in said.headers.items() if name not in _FRAMING]
    if hdrs.CONTENT_TYPE not in said.headers:
        lines.append(f"Content-Type: {said.content_type}")
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n", content


_FRAMING = (hdrs.CONTENT_LENGTH, hdrs.TRANSFER_ENCODING, hdrs.CONNECTION)


def _framed(head: bytes, length: int) -> bytes:
    return head + f"Content-Length: {length}\r\n\r\n".encode()


async def _reset(answer: Damaged, transport: asyncio.Transport, head: bytes, body: bytes) -> AsyncIterator[bytes]:
    when = answer.fired.value("when")
    if when in ("during", "after"):
        yield _framed(head, len(body)) + body[: len(body) // 2 if when == "during" else len(body)]
        await _flushed(transport)
    reset(transport)


async def _hang(answer: Damaged, transport: asyncio.Transport, head: bytes, body: bytes) -> AsyncIterator[bytes]:
    seconds = answer.fired.value("seconds")
    if seconds is not None:
        await answer.sleep(seconds)
    while seconds is None and not transport.is_closing():
        await asyncio.sleep(_LOOK_EVERY)
    reset(transport)
    yield b""


async def _cut(answer: Damaged, transport: asyncio.Transport, head: bytes, body: bytes) -> AsyncIterator[bytes]:
    yield _framed(head, len(body)) + body[: answer.fired.value("at")]


async def _wrong_length(
    answer: Damaged, transport: asyncio.Transport, head: bytes, body: bytes
) -> AsyncIterator[bytes]:
    yield _framed(head, max(0, len(body) + answer.fired.value("by"))) + body


async def _malformed_chunk(
    answer: Damaged, transport: asyncio.Transport, head: bytes, body: bytes
) -> AsyncIterator[bytes]:
    half = body[: len(body) // 2]
    yield head + b"Transfer-Encoding: chunked\r\n\r\n" + f"{len(half):x}\r\n".encode() + half + b"\r\nnone\r\n"
    yield body[len(half) :]


async def _dribble(answer: Damaged, transport: asyncio.Transport, head: bytes, body: bytes) -> AsyncIterator[bytes]:
    yield _framed(head + b"Connection: close\r\n", len(body))
    async for piece in _slowly(body, answer):
        yield piece


async def _slow_headers(
    answer: Damaged, transport: asyncio.Transport, head: bytes, body: bytes
) -> AsyncIterator[bytes]:
    async for piece in _slowly(_framed(head + b"Connection: close\r\n", len(body)), answer):
        yield piece
    yield body


async def _slowly(content: bytes, answer: Damaged) -> AsyncIterator[bytes]:
    rate = answer.fired.value("bytes_per_second")
    size = max(1, int(rate / _PIECES_PER_SECOND))
    for at in range(0, len(content), size):
        piece = content[at : at + size]
        await answer.sleep(len(piece) / rate)
        yield piece


async def _flushed(transport: asyncio.Transport) -> None:
    while transport.get_write_buffer_size() and not transport.is_closing():
        await asyncio.sleep(_LOOK_EVERY)


_WRITING: dict[str, _Writing] = {
    "reset": _reset, "hang": _hang, "cut": _cut, "wrong_length": _wrong_length, "malformed_chunk": _malformed_chunk,
    "dribble": _dribble, "slow_headers": _slow_headers,
}  # fmt: skip
