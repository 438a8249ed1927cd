"""Sockets that dribble, fall silent or never read: what is awaited ends by the deadline."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from modeldouble import DeadlineExceeded, StartUncertain, TimedOut
from modeldouble.aio import AsyncHttpTransport, AsyncSession
from modeldouble.multipart import Part
from modeldouble.retry import Kind
from modeldouble.wire import Ask

SHORT = 0.2
WATCHDOG = 30.0
"""Seconds after which a call counts as one that never ends; none is measured."""
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
HEALTHY = [b'{"app_name": "slow"}', b'{"classes": [], "tags": []}']

# What is sent at once, and then again and again.
PLAYS = {
    "hangs": (b"", b""),
    "dribbles headers": (b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x"),
    "dribbles a body": (HEAD + b"Content-Length: 1000000\r\n\r\n", b" "),
    "dribbles chunks": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    "dribbles a chunk's size": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"0"),
    "goes on for ever": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
}


class Slow:
    """A socket at which every connection is played to; healthy answers come first, and bodies may stay unread."""

    def __init__(self, play: str, healthy: int = 0, reads: bool = True) -> None:
        self.first, self.again = PLAYS[play]
        self.healthy, self.reads, self.over = HEALTHY[:healthy], reads, threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def _accept(self) -> None:
        self._listening.settimeout(0.05)
        while not self.over.is_set():
            with contextlib.suppress(TimeoutError):
                peer, _ = self._listening.accept()
                peer.settimeout(WATCHDOG)
                self._threads.append(threading.Thread(target=self._serve, args=(peer,), daemon=True))
                self._threads[-1].start()

    def _serve(self, peer: socket.socket) -> None:
        with peer, contextlib.suppress(OSError):
            while self.healthy and peer.recv(65536):
                body = self.healthy.pop(0)
                peer.sendall(HEAD + f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
            if self.reads:
                peer.recv(65536)
            peer.sendall(self.first)
            while not self.over.wait(0.02):
                peer.sendall(self.again)

    def stop(self) -> None:
        self.over.set()
        for thread in self._threads:
            thread.join(WATCHDOG)
        self._listening.close()


@pytest.fixture
def slow() -> Iterator[Callable[..., str]]:
    made: list[Slow] = []

    def make(*arguments: Any) -> str:
        made.append(Slow(*arguments))
        return made[-1].url

    yield make
    for one in made:
        one.stop()


async def ended(call: Awaitable[object]) -> BaseException:
    """What a call raises; that it ends at all is seen from outside."""
    done, _ = await asyncio.wait([asyncio.ensure_future(call)], timeout=WATCHDOG)
    assert done, "it has not ended"
    error = done.pop().exception()
    assert error is not None
    return error


@pytest.mark.parametrize("play", PLAYS)
async def test_a_connection_meets_its_deadline(slow: Callable[..., str], play: str) -> None:
    error = await ended(AsyncSession.connect(session_url=slow(play), deadline=SHORT))
    assert isinstance(error, DeadlineExceeded)


@pytest.mark.parametrize("play", PLAYS)
@pytest.mark.parametrize("call", ["image", "big", "video", "job", "meta"])
async def test_each_kind_of_call_meets_its_deadline(
    slow: Callable[..., str], play: str, call: str, tmp_path: Path
) -> None:
    # The big one fills what the system buffers for a server that does not read.
    (tmp_path / "a.jpg").write_bytes(b"\xff\xd8\xff" + bytes(1 << 24 if call == "big" else 10))
    session = await AsyncSession.connect(session_url=slow(play, 2), deadline=SHORT)
    calls: dict[str, Callable[[], Awaitable[object]]] = {
        "image": lambda: session.inference_image_path(tmp_path / "a.jpg"),
        "big": lambda: session.inference_image_path(tmp_path / "a.jpg"),
        "video": lambda: session.inference_video_id(5),
        "job": lambda: session.inference_video_id_async(5),
        "meta": session.get_model_meta,
    }
    try:
        error = await ended(calls[call]())
    finally:
        await session.close()
    assert isinstance(error, StartUncertain if call == "job" else DeadlineExceeded)


async def test_a_server_that_does_not_read_is_given_up_without_a_deadline(slow: Callable[..., str]) -> None:
    transport, content = AsyncHttpTransport(connect_timeout=SHORT), bytes(1 << 25)
    url = slow("hangs", 0, False)
    ask = Ask("inference_image", Kind.PREDICT, parts=(Part("files", content, len(content), "a.jpg"),))
    error = await ended(transport.send(f"{url}/inference_image", ask, float("inf")))
    assert isinstance(error, TimedOut)
    assert "too slowly" in str(error)
    await transport.close()
