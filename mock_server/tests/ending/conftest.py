"""Servers that are told to end while something is under way, and sockets that see every byte of what comes of it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from functools import cached_property
from pathlib import Path
from queue import Queue
from typing import Any

import pytest

from modeldouble_server import Server
from modeldouble_server.default_world import VIDEO_ID

GENEROUS = 40.0
"""Seconds after which a test gives up: never what is measured."""
MAIN = """
import signal
# A shell has the commands that it runs in the background ignore it.
signal.signal(signal.SIGINT, signal.default_int_handler)
from modeldouble_server.cli import main
main()
"""
WARNED = ("-W", "default::ResourceWarning", "-W", "default::RuntimeWarning")


class Answer:
    """An answer as it came: status, headers in lower case, body."""

    def __init__(self, head: bytes, body: bytes) -> None:
        first, *lines = head.decode("latin-1").split("\r\n")
        self.status = int(first.split()[1])
        self.headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        self.body = body

    @property
    def whole(self) -> bool:
        """As many bytes came as were announced."""
        return int(self.headers["content-length"]) == len(self.body)


class Wire:
    """One connection to a server."""

    def __init__(self, port: int, small: bool = False) -> None:
        """`small`: hardly anything fits between the two, so that a server waits for its reader."""
        self.socket = socket.socket()
        if small:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        self.socket.settimeout(GENEROUS)
        self.socket.connect(("127.0.0.1", port))
        self._rest = b""

    def send(self, data: bytes) -> None:
        """Bytes as they are."""
        self.socket.sendall(data)

    def head(self) -> bytes:
        """The head of an answer, without the empty line."""
        while b"\r\n\r\n" not in self._rest:
            got = self.socket.recv(65536)
            assert got, f"closed after {self._rest!r}"
            self._rest += got
        head, _, self._rest = self._rest.partition(b"\r\n\r\n")
        return head

    def answer(self) -> Answer:
        """A whole answer."""
        answer = Answer(self.head(), b"")
        return self.rest_of(answer)

    def rest_of(self, answer: Answer) -> Answer:
        """An answer whose head was read, and now as much of its body as comes."""
        wanted, came = int(answer.headers["content-length"]), bytearray(self._rest)
        while len(came) < wanted and (got := self.socket.recv(65536)):
            came += got
        answer.body, self._rest = bytes(came[:wanted]), bytes(came[wanted:])
        return answer

    def everything(self) -> bytes:
        """What comes until the server closes."""
        return self._rest + b"".join(iter(lambda: self.socket.recv(65536), b""))

    def ask(self, request: bytes) -> Answer:
        """Send, and read the answer."""
        self.send(request)
        return self.answer()

    def unread(self, data: bytes) -> None:
        """Put bytes back that were read."""
        self._rest = data + self._rest

    def is_closed(self) -> bool:
        """The server ended the connection in order, without a byte more."""
        return self._rest == b"" and self.socket.recv(1) == b""


def get(path: str) -> bytes:
    """A GET that keeps the connection."""
    return f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()


def post(route: str, state: Any, *more: str) -> tuple[bytes, bytes]:
    """Head and body of a question to the default model."""
    body = json.dumps({"state": state, "context": {}}).encode()
    lines = (f"POST /{route} HTTP/1.1", "Host: x", "Content-Type: application/json", f"Content-Length: {len(body)}")
    return ("\r\n".join([*lines, *more]) + "\r\n\r\n").encode(), body


VIDEO = post("inference_video_id", {"videoId": VIDEO_ID, "startFrameIndex": 0, "framesCount": 10})
LIVE = get("/livez")


def refuses(port: int) -> bool:
    """Nobody listens on the port any more; asked until it is so."""
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=GENEROUS).close()
            time.sleep(0.002)
        except ConnectionError:
            return True


class Held:
    """The sleep of a server whose requests are held until they are let go."""

    def __init__(self) -> None:
        self.inside = threading.Semaphore(0)
        self._free = threading.Event()

    async def sleep(self, seconds: float) -> None:
        """As `Server` takes it."""
        self.inside.release()
        while not self._free.is_set():
            await asyncio.sleep(0.005)

    def let_go(self) -> None:
        """Finish them all."""
        self._free.set()


class Ending:
    """A server in this process that can be told to end while the test goes on."""

    def __init__(self, stack: ExitStack, **options: Any) -> None:
        self.held = Held()
        self.server = Server(sleep=self.held.sleep, **options).start()
        self._stack = stack
        self._thread = threading.Thread(target=self.server.stop)
        stack.callback(self.server.stop)

    def wire(self, small: bool = False) -> Wire:
        """A new connection."""
        wire = Wire(self.server.port, small)
        self._stack.callback(wire.socket.close)
        return wire

    def under_way(self) -> Wire:
        """A connection with a request that is being answered."""
        wire = self.wire()
        wire.send(b"".join(VIDEO))
        assert self.held.inside.acquire(timeout=GENEROUS)
        return wire

    def begin(self) -> None:
        """Tell the server to end; it has begun to when this returns."""
        self._thread.start()
        assert refuses(self.server.port)

    def ended(self) -> bool:
        """It ends by itself."""
        self._thread.join(GENEROUS)
        return not self._thread.is_alive()


@pytest.fixture
def ending() -> Iterator[Callable[..., Ending]]:
    """Servers by the options of `Server`."""
    with ExitStack() as stack:
        yield lambda **options: Ending(stack, **options)


class Process:
    """A command of ours that runs: what it prints, how it ends, and that it complains of nothing."""

    def __init__(self, command: list[str], folder: Path) -> None:
        self._errors = (folder / "stderr.txt").open("w+b")
        self._wires: list[Wire] = []
        line = [sys.executable, *WARNED, "-c", MAIN, *command]
        self.process = subprocess.Popen(
            line, cwd=folder, stdout=subprocess.PIPE, stderr=self._errors, text=True, start_new_session=True
        )
        self._lines = Queue[str]()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line.rstrip("\n"))
        self._lines.put("")

    def line(self) -> str:
        """The next line on stdout; empty at the end."""
        return self._lines.get(timeout=GENEROUS)

    @cached_property
    def port(self) -> int:
        """The port, once all five lines were printed."""
        first, *_ = (self.line() for _ in range(5))
        return int(first.rpartition(":")[2])

    def wire(self) -> Wire:
        """A new connection."""
        wire = Wire(self.port)
        self._wires.append(wire)
        return wire

    def signal(self, number: int) -> None:
        """Send a signal."""
        self.process.send_signal(number)

    def status(self) -> int:
        """The exit status; nothing may stand on stderr."""
        status = self.process.wait(GENEROUS)
        assert self.errors() == ""
        return status

    def errors(self) -> str:
        """What stands on stderr."""
        self._errors.seek(0)
        return self._errors.read().decode()

    def close(self) -> None:
        """Leave nothing behind, a command that it ran included: they are a session of their own."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(GENEROUS)
        self._reader.join(GENEROUS)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self._errors.close()
        for wire in self._wires:
            wire.socket.close()


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Callable[..., Process]]:
    """Run `modeldouble` with these arguments, in a folder of its own."""
    with ExitStack() as stack:

        def start(*command: str) -> Process:
            process = Process(list(command), tmp_path)
            stack.callback(process.close)
            return process

        yield start


@pytest.fixture
def slow(tmp_path: Path) -> Path:
    """A scenario whose model takes a second and a half for a picture."""
    path = tmp_path / "slow.yaml"
    path.write_text("models:\n  - {preset: detection, latency: 1.5}\n", "utf-8")
    return path


def is_gone(pid: int) -> bool:
    """No process has the id, not even one that nobody waited for."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False
