"""When journeys begin: by the clock alone, however long answers take."""

from collections.abc import Iterator
from typing import NamedTuple

_MOST = 10_000_000


class Arrivals(NamedTuple):
    """`rate` journeys a second for `seconds`, begun in turns by `sources` processes: this one is number `source`."""

    rate: float
    seconds: float
    sources: int = 1
    source: int = 0

    def checked(self) -> "Arrivals":
        """Itself; ValueError for what begins nothing or cannot be shared out."""
        if not self.rate > 0:
            raise ValueError(f"--rate is {self.rate:g}; give journeys per second above 0")
        if not self.seconds > 0:
            raise ValueError(f"--seconds is {self.seconds:g}; give seconds above 0")
        if not self.rate * self.seconds <= _MOST:
            raise ValueError(f"--rate times --seconds is {self.rate * self.seconds:g}; give {_MOST:,} journeys at most")
        if not 0 <= self.source < self.sources:
            raise ValueError(f"source {self.source} is none of {self.sources}; start as many workers as --processes")
        return self

    def due(self) -> Iterator[tuple[int, float]]:
        """Number and seconds after the start of this process's journeys, which are evenly spaced over all of them."""
        number = self.source
        while number / self.rate < self.seconds:
            yield number, number / self.rate
            number += self.sources
