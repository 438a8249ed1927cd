"""How long to wait between two looks at a job: by the pace seen so far. Pure, times are given in seconds."""

from __future__ import annotations

FIRST = 0.005
LONGEST = 1.0
GROWTH = 1.5


class Pace:
    """Learns how fast results come, and proposes the next wait.

    Before anything was seen the waits grow from a few milliseconds to a second. Later they start at half the time one
    result takes, so that a result is seen soon after it is there and a slow model is not asked a hundred times for
    each.
    """

    def __init__(self, first: float = FIRST, longest: float = LONGEST) -> None:
        self._first = first
        self._longest = longest
        self._seconds_each: float | None = None
        self._last: float | None = None
        self._empty = 0

    def saw(self, items: int, now: float) -> None:
        """Note that a look at time `now` found `items` results."""
        if not items:
            self._empty += 1
            return
        if self._last is not None:
            each = (now - self._last) / items
            self._seconds_each = each if self._seconds_each is None else 0.5 * (each + self._seconds_each)
        self._last = now
        self._empty = 0

    def wait(self) -> float:
        """Return the seconds to wait now; 0 right after results, since more may have come meanwhile."""
        if not self._empty:
            return 0.0
        start = self._first if self._seconds_each is None else max(self._first, self._seconds_each / 2)
        # The exponent is bounded because a float overflows at 1.5 ** 1751.
        return min(start * GROWTH ** min(self._empty - 1, 40), self._longest)
