"""The open load: requests come when they come, whether or not the server has answered those before.

A latency is counted from the moment at which the request was meant to be sent. Where it is counted from the sending, a
server that stands still for a second is asked less in that second, and nobody sees it (Gil Tene's "coordinated
omission").
"""

import hashlib
import math
import time
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from .callers import Caller, Callers

_PRECISION = 2**53


def evenly(rate: float, seconds: float) -> list[float]:
    """Moments in seconds from the begin, `rate` of them in each."""
    return [at / rate for at in range(int(rate * seconds))]


def poisson(rate: float, seconds: float, seed: int) -> list[float]:
    """Moments as independent callers choose them: the gaps are exponential, `1 / rate` long on average."""
    moments, now, at = [], 0.0, 0
    while (now := now - math.log(_unit(seed, at)) / rate) < seconds:
        moments.append(now)
        at += 1
    return moments


def _unit(seed: int, at: int) -> float:
    """A number above 0, up to 1, that depends on its place alone."""
    digest = hashlib.sha256(f"{seed}/{at}".encode()).digest()
    return ((int.from_bytes(digest[:8], "big") >> 11) + 1) / _PRECISION


class Line:
    """Requests that are due, in order, and what became of them. It has no clock: who uses it says what time it is."""

    def __init__(self, moments: Sequence[float]) -> None:
        self._later = deque(moments)
        self._due: deque[float] = deque()
        self.latencies: list[float] = []
        """Seconds from when a request was meant to be sent to its answer."""

    def come(self, now: float) -> None:
        """Let come what is due."""
        while self._later and self._later[0] <= now:
            self._due.append(self._later.popleft())

    def take(self) -> float | None:
        """The moment of the next request, which is sent now; None: nothing is due."""
        return self._due.popleft() if self._due else None

    def answered(self, since: float, now: float) -> None:
        """Note an answer to a request that was due at `since`."""
        self.latencies.append(now - since)


class Open(NamedTuple):
    """What came of it: the rate at which requests came, and percentiles of latencies in seconds."""

    rate: float
    answered: int
    p50: float
    p99: float
    longest: float
    seconds: float
    """Until the last answer."""


def opened(callers: Callers, connections: int, moments: Sequence[float]) -> Open:
    """Ask at these moments, in seconds from now; the line is for those that find no connection free."""
    idle = deque(callers.connect(connections))
    line, begin = Line(moments), time.perf_counter()

    def answered(caller: Caller) -> None:
        line.answered(caller.since, time.perf_counter() - begin)
        idle.append(caller)

    def goes_on() -> bool:
        line.come(time.perf_counter() - begin)
        while idle and (since := line.take()) is not None:
            callers.ask(idle.popleft(), since)
        return len(line.latencies) < len(moments)

    callers.answered = answered
    # Without a pause, as a wait for the next moment would end up to a millisecond late.
    callers.run(goes_on, pause=0.0)
    return _told(line.latencies, moments, time.perf_counter() - begin)


def _told(latencies: Sequence[float], moments: Sequence[float], seconds: float) -> Open:
    if not latencies:
        return Open(0.0, 0, 0.0, 0.0, 0.0, seconds)
    rate = len(moments) / moments[-1] if moments[-1] else 0.0
    return Open(rate, len(latencies), percentile(latencies, 0.5), percentile(latencies, 0.99), max(latencies), seconds)


def percentile(values: Sequence[float], share: float) -> float:
    """The least value that at least this share of the values does not exceed."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]
