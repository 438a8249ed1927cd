"""A fake with limits that a test goes past, and raw sockets to do it with."""

from __future__ import annotations

import io
import json
import logging
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from typing import Any

import pytest
import requests
from PIL import Image

from modeldouble_server import Limits, Server

GENEROUS = 10.0
"""Seconds after which a test gives up: never what is measured."""
HEAD = "POST /{} HTTP/1.1\r\nHost: a\r\nContent-Type: {}\r\n"
FORM = "multipart/form-data; boundary=XX"
FILE = b'--XX\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\n\r\n'
Json = dict[str, Any]


class Guarded:
    """One running fake, what it holds of its callers, and requests to it."""

    def __init__(self, server: Server, stack: ExitStack) -> None:
        self.server, self._stack = server, stack
        self.http = stack.enter_context(requests.Session())
        self.http.trust_env = False

    def send(self, method: str, path: str, **options: Any) -> requests.Response:
        """A request to a path, or to a method of the platform."""
        if "." in path:
            path = f"public/api/v3/{path}"
            options["headers"] = {"x-api-key": self.server.api_token, **options.get("headers", {})}
        return self.http.request(method, f"{self.server.server_address}/{path}", timeout=GENEROUS, **options)

    def post(self, path: str, **keys: Any) -> requests.Response:
        """A request with a state."""
        return self.send("POST", path, json={"state": keys})

    def plug(self) -> socket.socket:
        """A bare connection."""
        address = (self.server.host, self.server.port)
        return self._stack.enter_context(socket.create_connection(address, timeout=GENEROUS))

    def begin(self, path: str = "inference_image", size: int | None = 1000, kind: str = FORM) -> socket.socket:
        """A connection on which a request with a body is under way; without a size, in chunks."""
        plug = self.plug()
        framing = "Transfer-Encoding: chunked" if size is None else f"Content-Length: {size}"
        plug.sendall(f"{HEAD.format(path, kind)}{framing}\r\n\r\n".encode())
        return plug

    def large(self) -> socket.socket:
        """A connection on which the first byte of 30 MB has come, of a picture that its caller asked for."""
        file = io.BytesIO()
        Image.new("RGB", (5000, 2000)).save(file, "BMP")
        body = b'{"id": %d}' % self.server.add_image(file.getvalue(), "large.bmp")
        path = "public/api/v3/images.download HTTP/1.1\r\nx-api-key: " + self.server.api_token + "\r\nX:"
        plug = self.begin(path, len(body), "application/json")
        plug.sendall(body)
        plug.recv(1)
        return plug

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds."""
        end = time.monotonic() + GENEROUS
        while not holds():
            assert time.monotonic() < end
            time.sleep(0.005)

    @property
    def connections(self) -> int:
        """Connections that the server counts."""
        return len(self.gate.all)

    @property
    def uploading(self) -> int:
        """Bytes under way that it counts."""
        held: int = self.gate.uploading.held
        return held

    @property
    def gate(self) -> Any:
        running: Any = self.server._running
        return running.gate


Start = Callable[..., Guarded]


async def at_once(_: float) -> None:
    """No wait for a video's frames."""


@pytest.fixture
def start(caplog: pytest.LogCaptureFixture) -> Iterator[Start]:
    """Start fakes with limits; at the end none may have logged an error, whatever it was asked."""
    with ExitStack() as stack:

        def started(loop: str = "asyncio", **limits: Any) -> Guarded:
            return Guarded(stack.enter_context(Server(limits=Limits(**limits), sleep=at_once, loop=loop)), stack)

        yield started
    assert [one.getMessage() for one in caplog.get_records("call") if one.levelno >= logging.ERROR] == []


@pytest.fixture
def read() -> Callable[[socket.socket], tuple[int, Json, bytes]]:
    """Status, JSON and head of the refusal that comes before a connection is closed."""

    def whole(plug: socket.socket) -> tuple[int, Json, bytes]:
        told = bytearray()
        # Whoever still sends when it is closed is reset, and has what was sent before.
        with suppress(ConnectionResetError):
            while piece := plug.recv(65536):
                told += piece
        head, _, body = bytes(told).partition(b"\r\n\r\n")
        return int(head.split()[1]), json.loads(body), head

    return whole


@pytest.fixture
def png() -> Callable[..., bytes]:
    """Make a picture of one colour."""

    def made(width: int = 40, height: int = 30, color: int = 0) -> bytes:
        file = io.BytesIO()
        Image.new("RGB", (width, height), (color, 0, 7)).save(file, "PNG")
        return file.getvalue()

    return made
