"""One server: its address, how patient to be with it, and the loop that sends, reads and perhaps repeats."""

from __future__ import annotations

import logging
import math
import random
from collections.abc import Callable, Mapping
from typing import BinaryIO, TypeVar

from modeldouble.errors import DeadlineExceeded, ModelDoubleError
from modeldouble.retry import next_wait
from modeldouble.transport import Transport
from modeldouble.wire import Ask, signed

T = TypeVar("T")
Read = Callable[[int, Mapping[str, str], bytes], T]
"""Turns status, headers and body into a value, or raises."""

FOREVER = math.inf

logger = logging.getLogger("modeldouble")


class Link:
    """A transport bound to one base URL. `secrets` are cut out of every error that leaves here."""

    def __init__(
        self,
        base: str,
        transport: Transport,
        secrets: tuple[str, ...] = (),
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.base = base
        self.transport = transport
        self._secrets = secrets
        self._random = jitter
        self.token: str | None = None
        """Sent with every JSON request, where the server wants that; else requests carry it that need the platform."""

    def detached(self) -> Link:
        """Return a link to the same server over connections of its own."""
        link = Link(self.base, self.transport.detached(), self._secrets, self._random)
        link.token = self.token
        return link

    def deadline(self, seconds: float | None) -> float:
        """Return the reading of the clock at which `seconds` from now have passed."""
        return FOREVER if seconds is None else self.transport.clock() + seconds

    def call(self, ask: Ask, read: Read[T], deadline: float = FOREVER) -> T:
        """Send, read, and repeat as far as the kind of request and the deadline allow."""
        return self._repeat(ask, deadline, lambda: self.once(ask, read, deadline))

    def once(self, ask: Ask, read: Read[T], deadline: float = FOREVER) -> T:
        """Send and read a single time."""
        try:
            return read(*self.transport.send(f"{self.base}/{ask.route}", signed(ask, self.token), deadline))
        except ModelDoubleError as error:
            error.hide(self._secrets)
            raise

    def download(self, ask: Ask, target: BinaryIO, deadline: float = FOREVER) -> None:
        """Write the body of the answer to `target`, from its beginning at every attempt."""

        def attempt() -> None:
            target.seek(0)
            target.truncate()
            try:
                self.transport.download(f"{self.base}/{ask.route}", ask, deadline, target)
            except ModelDoubleError as error:
                error.hide(self._secrets)
                raise

        self._repeat(ask, deadline, attempt)

    def _repeat(self, ask: Ask, deadline: float, attempt: Callable[[], T]) -> T:
        tries = 0
        while True:
            try:
                return attempt()
            except ModelDoubleError as error:
                tries += 1
                left = None if math.isinf(deadline) else deadline - self.transport.clock()
                wait = next_wait(ask.kind, error, tries, left, self._random)
                if wait is None:
                    raise
                logger.warning("%s; next attempt in %.1f s", error, wait)
            self.transport.sleep(wait)


def remaining(link: Link, deadline: float, what: str) -> None:
    """Raise when the deadline has passed."""
    if link.transport.clock() >= deadline:
        raise DeadlineExceeded(f"the deadline has passed while {what}. Give more time with deadline=")
