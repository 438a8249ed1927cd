"""A fake on a free port, and plain sockets to it: what comes over the wire, byte for byte, and how it ended."""

from __future__ import annotations

import json
import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import Any, NamedTuple

import pytest

from modeldouble_server import Clock, ServedModel, Server

GENEROUS = 20.0
"""Seconds after which a test gives up: never what is measured."""
INFO = "get_session_info"


class Seen(NamedTuple):
    """Everything that came until the connection was over, and how it ended: "close" or "reset"."""

    raw: bytes
    end: str

    @property
    def status(self) -> int:
        """The HTTP status."""
        return int(self.raw.split(b" ", 2)[1])

    @property
    def head(self) -> bytes:
        """Status line and headers."""
        return self.raw.partition(b"\r\n\r\n")[0]

    @property
    def body(self) -> bytes:
        """What came behind the headers."""
        return self.raw.partition(b"\r\n\r\n")[2]

    def header(self, name: str) -> str | None:
        """A header's value."""
        lines = [line.partition(b": ") for line in self.head.split(b"\r\n")[1:]]
        return next((value.decode() for key, _, value in lines if key.decode().lower() == name.lower()), None)


class Wire:
    """Plain sockets to one served model."""

    def __init__(self, server: Server, model: ServedModel, slept: list[float]) -> None:
        self.server, self.model, self.slept = server, model, slept
        self.root = f"/net/{model.session_url.rpartition('/')[2]}"

    def connect(self) -> socket.socket:
        """A connection."""
        return socket.create_connection((self.server.host, self.server.port), timeout=GENEROUS)

    def request(
        self, route: str = INFO, body: bytes = b"{}", *, method: str = "POST", version: str = "1.1",
        headers: str = "Connection: close\r\n", path: str | None = None, kind: str = "application/json",
    ) -> bytes:  # fmt: skip
        """The bytes of a request."""
        first = f"{method} {path or f'{self.root}/{route}'} HTTP/{version}\r\nHost: h\r\n{headers}"
        return f"{first}Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body

    def ask(self, route: str = INFO, body: bytes = b"{}", **options: Any) -> Seen:
        """A request on a connection of its own, and all that comes of it."""
        with closing(self.connect()) as connection:
            connection.sendall(self.request(route, body, **options))
            return read_all(connection)

    def state(self, route: str, **keys: Any) -> Seen:
        """A JSON request whose state has these keys."""
        return self.ask(route, json.dumps({"state": keys, "context": {}}).encode())

    def json(self, route: str, **keys: Any) -> Any:
        """The JSON of an answer that must be 200."""
        seen = self.state(route, **keys)
        assert seen.status == 200, seen
        return json.loads(seen.body)

    def form(self, content: bytes = b"", name: str = "a.png", settings: str = "{}") -> bytes:
        """The body of an upload; `FORM` is its content type."""
        part = f'--XX\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'.encode() + content
        more = f'\r\n--XX\r\nContent-Disposition: form-data; name="settings"\r\n\r\n{settings}\r\n--XX--\r\n'
        return part + more.encode()

    def upload(self, content: bytes, route: str = "inference_image", **options: Any) -> Seen:
        """An upload on a connection of its own."""
        return self.ask(route, self.form(content, **options), kind=FORM)

    @property
    def plain(self) -> bytes:
        """The body of the session info, as it is without a fault."""
        return self.model._model.info_body


FORM = "multipart/form-data; boundary=XX"


def read_all(connection: socket.socket) -> Seen:
    """Read to the end, also beyond the first answer."""
    raw = bytearray()
    try:
        while part := connection.recv(65536):
            raw += part
    except ConnectionResetError:
        return Seen(bytes(raw), "reset")
    return Seen(bytes(raw), "close")


def read_one(connection: socket.socket) -> Seen:
    """Read one whole answer that has a Content-Length."""
    raw = b""
    while b"\r\n\r\n" not in raw:
        raw += connection.recv(65536)
    seen = Seen(raw, "open")
    length = int(seen.header("Content-Length") or 0)
    while len(seen.body) < length:
        seen = Seen(seen.raw + connection.recv(65536), "open")
    return seen


Start = Callable[..., Wire]


@pytest.fixture
def start(caplog: pytest.LogCaptureFixture) -> Iterator[Start]:
    """Start fakes whose time stands still; none may log an error, whatever is ordered."""
    with ExitStack() as stack:

        def started(*, real_sleep: bool = False, **options: Any) -> Wire:
            slept: list[float] = []

            async def sleep(seconds: float) -> None:
                slept.append(seconds)

            told = {} if real_sleep else {"sleep": sleep}
            clock = Clock(lambda: 1_700_000_000.0)
            server = stack.enter_context(Server(**{"clock": clock, **told, **options}))
            model = server.add_model()
            stack.callback(model.close)
            return Wire(server, model, slept)

        yield started
    assert [one.getMessage() for one in caplog.get_records("call") if one.levelno >= logging.ERROR] == []


@pytest.fixture
def wire(start: Start) -> Wire:
    """One of the fake's own dialect."""
    return start()
