"""Distributions of the seconds that one call takes: each a quantile function of a number from 0 to 1."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from .exact import exponential, logarithm, normal_quantile

LONGEST = 600.0
"""Seconds that a field may say at most, and that one draw gives at most."""
_LEAST = 2.0**-53


class Times(Protocol):
    """Seconds by quantile."""

    def at(self, part: float) -> float:
        """The seconds that this part of the calls does not exceed."""
        ...


class Fixed(NamedTuple):
    """Always the same."""

    seconds: float

    def at(self, part: float) -> float:
        """The seconds, whatever the part."""
        return self.seconds


class Uniform(NamedTuple):
    """Anything between two times, all equally likely."""

    least: float
    most: float

    def at(self, part: float) -> float:
        """From the least at 0 to the most at 1."""
        return self.least + (self.most - self.least) * part


class Lognormal(NamedTuple):
    """Mostly near `p50`, and one call in a hundred over `p99`, as servers are."""

    p50: float
    p99: float

    def at(self, part: float) -> float:
        """p50 at 0.5, p99 at 0.99, and at the end the longest there is."""
        if part >= 1:
            return LONGEST
        spread = logarithm(self.p99 / self.p50) / normal_quantile(0.99)
        power = spread * normal_quantile(max(part, _LEAST))
        # e to 700 is the greatest power of floats, and far over the longest time.
        return min(LONGEST, self.p50 * exponential(max(-700.0, min(700.0, power))))


class Quantiles(NamedTuple):
    """Times that were seen, from the least to the most, in equal steps of probability; in between, a straight line."""

    seconds: Sequence[float]

    def at(self, part: float) -> float:
        """By the two times next to the part."""
        place = min(1.0, part) * (len(self.seconds) - 1)
        below = min(int(place), len(self.seconds) - 2)
        low, high = self.seconds[below], self.seconds[below + 1]
        return low + (high - low) * (place - below)


def quantile(ordered: Sequence[float], part: float) -> float:
    """The quantile of numbers that are sorted, of which there is at least one."""
    return ordered[0] if len(ordered) == 1 else Quantiles(ordered).at(part)
