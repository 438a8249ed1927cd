"""Connections that ask: each has one request under way at most, and every answer is looked at.

A loop of its own over a selector, so that the load does not stand on the machinery of the servers that it measures. How
busy it was itself is told with each reading, as `load_share`.
"""

import selectors
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import cycle
from typing import NamedTuple

from .wire import MARK, Head, Heads, NotUnderstood, Request

_HEAD_END = b"\r\n\r\n"
_CHUNK = 256 * 1024
_READ = selectors.EVENT_READ
_BOTH = selectors.EVENT_READ | selectors.EVENT_WRITE
_PATIENCE = 60.0


class Wanted(NamedTuple):
    """What every answer must be."""

    status: int = 200
    body: bytes | None = None
    """The first one of each connection, byte by byte; all others have its length. None: anything."""
    least: int = 0
    """Bytes that every body has at least."""


class Wrong(Exception):
    """An answer that is not what it must be, or none: whatever was measured is worth nothing."""


class Caller:
    """One connection."""

    def __init__(self, callers: "Callers", opened: socket.socket) -> None:
        self.socket = opened
        self.answer = Head(0, 0, False)
        """The head of the last answer."""
        self.since = 0.0
        """When its request was meant to be sent, on whatever clock."""
        self.is_gone = False
        self._callers = callers
        self._is_asking = False
        self._missing = 0
        self._kept: list[bytes] = []
        self._head = b""
        self._unsent: list[memoryview] = []

    def ask(self, request: Request, number: int) -> None:
        """Send a request; the callers hear of its answer."""
        self._is_asking = True
        content, mark = request
        if mark is None:
            sent = self._send(content)
            if sent < len(content):
                self._wait_with(memoryview(content)[sent:])
            return
        # In two, as to join ten megabytes to sixteen bytes would cost more than what is measured here.
        first = content[:mark] + str(number).encode().zfill(len(MARK))
        self._wait_with(memoryview(first), memoryview(content)[mark + len(MARK) :])

    def _wait_with(self, *parts: memoryview) -> None:
        self._unsent = list(parts)
        self._callers.selector.modify(self.socket, _BOTH, self)

    def _send(self, content: "bytes | memoryview") -> int:
        try:
            return self.socket.send(content)
        except BlockingIOError:
            return 0
        except OSError as error:
            raise Wrong(f"a request could not be sent: {error}") from error

    def be_ready(self, events: int) -> None:
        """Send what is left, and take what came."""
        if self._unsent:
            self._send_on()
        if events & _READ:
            self._receive()

    def _send_on(self) -> None:
        while self._unsent:
            sent = self._send(self._unsent[0])
            if sent < len(self._unsent[0]):
                self._unsent[0] = self._unsent[0][sent:]
                return
            del self._unsent[0]
        self._callers.selector.modify(self.socket, _READ, self)

    def _receive(self) -> None:
        try:
            data = self.socket.recv(_CHUNK)
        except BlockingIOError:
            return
        except OSError as error:
            raise Wrong(f"a connection broke: {error}") from error
        if not data:
            self._end()
        elif self._missing:
            self._take(data)
        else:
            self._begin(self._head + data if self._head else data)

    def _end(self) -> None:
        if self._is_asking:
            raise Wrong("a connection ended before its answer did")
        self.close()

    def _begin(self, data: bytes) -> None:
        end = data.find(_HEAD_END)
        if end < 0:
            self._head = data
            return
        self._head = b""
        try:
            self.answer = self._callers.heads.read(data[:end])
        except NotUnderstood as error:
            raise Wrong(str(error)) from error
        self._missing = self.answer.length
        self._take(data[end + 4 :])

    def _take(self, body: bytes) -> None:
        self._missing -= len(body)
        if self._callers.keeps:
            self._kept.append(body)
        if self._missing > 0:
            return
        if self._missing < 0 or not self._is_asking:
            raise Wrong(f"{-self._missing} bytes came that belong to no answer")
        self._is_asking = False
        kept, self._kept = b"".join(self._kept), []
        self._callers.take(self, kept)

    def close(self) -> None:
        """End the connection."""
        self.is_gone = True
        self._callers.forget(self)
        self.socket.close()


class Callers:
    """All connections to one server. Whatever is not as it should be is raised as `Wrong`.

    `requests` come round and round; `numbers` mark them.
    """

    def __init__(self, port: int, requests: Sequence[Request], wanted: Wanted, numbers: Iterator[int]) -> None:
        self._port, self._wanted, self._numbers = port, wanted, numbers
        self._requests = cycle(requests)
        self._all: dict[Caller, None] = {}
        self._heard = time.perf_counter()
        self.selector = selectors.DefaultSelector()
        self.heads = Heads()
        self.keeps = True
        """Whether bodies are looked at: those of the first round are."""
        self.bodies: list[bytes] | None = None
        """If it is a list, all bodies are kept in it."""
        self.count = 0
        """Answers that came, all as wanted."""
        self.answered: Callable[[Caller], None] = lambda _caller: None
        """What is done when a connection has its answer."""

    def connect(self, count: int) -> list[Caller]:
        """So many connections, each of which has had one answer."""
        callers = [self._connected() for _ in range(count)]
        for caller in callers:
            self.ask(caller)
        self.run(lambda: self.count < count)
        self.keeps = self.bodies is not None
        return callers

    def _connected(self) -> Caller:
        opened = socket.create_connection(("127.0.0.1", self._port), _PATIENCE)
        opened.setblocking(False)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        caller = Caller(self, opened)
        self._all[caller] = None
        self.selector.register(opened, _READ, caller)
        return caller

    def run(self, goes_on: Callable[[], bool], pause: float = 0.05) -> None:
        """Send and receive for as long as `goes_on` says; not without an answer for ever.

        It is asked after each pause of so many seconds at most.
        """
        self._heard = time.perf_counter()
        while goes_on():
            self._turn(pause)
            if time.perf_counter() - self._heard > _PATIENCE:
                raise Wrong(f"no answer came for {_PATIENCE:g} s")

    def _turn(self, seconds: float) -> None:
        for key, events in self.selector.select(seconds):
            key.data.be_ready(events)

    def ask(self, caller: Caller, since: float = 0.0) -> None:
        """Send the next request, on a new connection if the server has closed this one."""
        if caller.is_gone:
            caller = self._connected()
        caller.since = since
        caller.ask(next(self._requests), next(self._numbers))

    def take(self, caller: Caller, body: bytes) -> None:
        """Look at an answer."""
        status, length, closes = caller.answer
        wanted = self._wanted
        if status != wanted.status or length < wanted.least:
            raise Wrong(f"an answer has status {status} and {length:,} bytes, which is not wanted: {body[:500]!r}")
        if wanted.body is not None and (length != len(wanted.body) or (self.keeps and body != wanted.body)):
            raise Wrong(f"an answer of {length:,} bytes is not what is wanted: {body[:500]!r}")
        self.count += 1
        self._heard = time.perf_counter()
        if self.bodies is not None:
            self.bodies.append(body)
        if closes:
            caller.close()
        self.answered(caller)

    def forget(self, caller: Caller) -> None:
        """Listen to a connection no longer."""
        if self._all.pop(caller, self) is None:
            self.selector.unregister(caller.socket)

    def close(self) -> None:
        """End all connections."""
        for caller in list(self._all):
            caller.close()
        self.selector.close()
