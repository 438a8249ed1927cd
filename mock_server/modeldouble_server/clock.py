"""Time as an argument: epoch seconds that a test may push forward."""

import math
import time
from collections.abc import Callable


class Clock:
    """Epoch seconds of one tenant, `offset` ahead of its source.

    Times are epoch and not monotonic, so that a record written by one process can be read by another.
    """

    def __init__(self, source: Callable[[], float] = time.time) -> None:
        self._source = source
        self.offset = 0.0

    def now(self) -> float:
        """Seconds since the epoch, as this tenant sees them."""
        return self._source() + self.offset

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass at once; time never goes back, so a negative number is a ValueError."""
        if not 0 <= seconds < math.inf:
            raise ValueError(f"seconds={seconds!r}: time cannot go back, nor to its end; give a number of at least 0")
        self.offset += seconds
