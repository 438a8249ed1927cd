"""One server, however it is reached: its address, its secrets, and the course of a call, with what is repeated."""

from __future__ import annotations

import logging
import math
import random
from collections.abc import Callable, Generator, Mapping
from typing import BinaryIO, TypeVar

from modeldouble.course import Course, Nap, Send, Step
from modeldouble.errors import DeadlineExceeded, ModelDoubleError
from modeldouble.retry import next_wait
from modeldouble.wire import Ask, signed

T = TypeVar("T")
Read = Callable[[int, Mapping[str, str], bytes], T]
"""Turns status, headers and body into a value, or raises."""

FOREVER = math.inf

logger = logging.getLogger("modeldouble")


class Server:
    """A base URL and a clock. `secrets` are cut out of every error that arises here."""

    def __init__(
        self,
        base: str,
        clock: Callable[[], float],
        secrets: tuple[str, ...] = (),
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.base = base
        self.clock = clock
        self.secrets = secrets
        self.jitter = jitter
        self.token: str | None = None
        """Sent with every JSON request, where the server wants that; else requests carry it that need the platform."""

    def deadline(self, seconds: float | None) -> float:
        """Return the reading of the clock at which `seconds` from now have passed."""
        return FOREVER if seconds is None else self.clock() + seconds

    def remaining(self, deadline: float, what: str) -> float:
        """Return the seconds up to the deadline; raise when it has passed."""
        left = deadline - self.clock()
        if left <= 0:
            raise DeadlineExceeded(f"the deadline has passed while {what}. Give more time with deadline=")
        return left

    def call(self, ask: Ask, read: Read[T], deadline: float = FOREVER) -> Course[T]:
        """Send, read, and repeat as far as the kind of request and the deadline allow."""
        return self._repeat(ask, deadline, lambda: self.once(ask, read, deadline))

    def once(self, ask: Ask, read: Read[T], deadline: float = FOREVER) -> Course[T]:
        """Send and read a single time."""
        try:
            return read(*(yield Send(f"{self.base}/{ask.route}", signed(ask, self.token), deadline)))
        except ModelDoubleError as error:
            error.hide(self.secrets)
            raise

    def download(self, ask: Ask, target: BinaryIO, deadline: float = FOREVER) -> Course[None]:
        """Write the body of the answer to `target`, from its beginning at every attempt."""

        def attempt() -> Course[None]:
            target.seek(0)
            target.truncate()
            try:
                yield Send(f"{self.base}/{ask.route}", ask, deadline, target)
            except ModelDoubleError as error:
                error.hide(self.secrets)
                raise

        return self._repeat(ask, deadline, attempt)

    def _repeat(self, ask: Ask, deadline: float, attempt: Callable[[], Course[T]]) -> Generator[Step, object, T]:
        tries = 0
        while True:
            try:
                return (yield from attempt())
            except ModelDoubleError as error:
                tries += 1
                left = None if math.isinf(deadline) else deadline - self.clock()
                wait = next_wait(ask.kind, error, tries, left, self.jitter)
                if wait is None:
                    raise
                logger.warning("%s; next attempt in %.1f s", error, wait)
            yield Nap(wait)
