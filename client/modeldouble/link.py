"""A server, and the transport over which its courses are gone through."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any, BinaryIO

from modeldouble.course import Apart, Course, Nap, Step, T, drive
from modeldouble.server import FOREVER, Read, Server
from modeldouble.transport import Transport
from modeldouble.wire import Ask

__all__ = ["FOREVER", "Link", "Read", "T"]


class Link:
    """A transport bound to one base URL. `secrets` are cut out of every error that leaves here."""

    def __init__(
        self,
        base: str,
        transport: Transport,
        secrets: tuple[str, ...] = (),
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.transport = transport
        self.server = Server(base, transport.clock, secrets, jitter)

    def detached(self) -> Link:
        """Return a link to the same server over connections of its own."""
        server = self.server
        link = Link(server.base, self.transport.detached(), server.secrets, server.jitter)
        link.server.token = server.token
        return link

    def deadline(self, seconds: float | None) -> float:
        """Return the reading of the clock at which `seconds` from now have passed."""
        return self.server.deadline(seconds)

    def call(self, ask: Ask, read: Read[T], deadline: float = FOREVER) -> T:
        """Send, read, and repeat as far as the kind of request and the deadline allow."""
        return drive(self.server.call(ask, read, deadline), self._do)

    def download(self, ask: Ask, target: BinaryIO, deadline: float = FOREVER) -> None:
        """Write the body of the answer to `target`, from its beginning at every attempt."""
        drive(self.server.download(ask, target, deadline), self._do)

    def run(self, course: Course[T]) -> T:
        """Go through a course and return its value."""
        return drive(course, self._do)

    def _do(self, step: Step) -> Any:
        if isinstance(step, Nap):
            return self.transport.sleep(step.seconds)
        if isinstance(step, Apart):
            return drive(step.course, self._do)
        if step.target is not None:
            return self.transport.download(step.url, step.ask, step.deadline, step.target)
        return self.transport.send(step.url, step.ask, step.deadline)
