"""Workers that take calls in the order in which they come, so that waiting grows with load."""

import heapq


class Queue:
    """`workers` calls are worked on at a time; None: all of them. Times are the model's clock's, all in seconds.

    The first call takes `cold_start` longer, and so does the first after `idle_after` seconds without work. A queue is
    a handful of numbers, however many calls wait in it.
    """

    def __init__(self, workers: int | None = None, cold_start: float = 0.0, idle_after: float | None = None) -> None:
        self._workers, self._cold_start, self._idle_after = workers, cold_start, idle_after
        self._ends = [] if workers is None else [float("-inf")] * workers
        """When each worker is free, as a heap."""
        self._last_end: float | None = None
        self._last_now = float("-inf")

    def arrive(self, now: float, service: float) -> float:
        """Seconds until a call that comes now and takes `service` is answered: what it waits, and what it takes."""
        self._put_back(now)
        if self._is_cold(now):
            service += self._cold_start
        begins = now if self._workers is None else max(now, self._ends[0])
        waiting = begins - now
        if self._workers is not None:
            heapq.heapreplace(self._ends, begins + service)
        ends = begins + service
        self._last_end = ends if self._last_end is None else max(self._last_end, ends)
        return waiting + service

    def _is_cold(self, now: float) -> bool:
        if self._last_end is None:
            return True
        return self._idle_after is not None and now - self._last_end >= self._idle_after

    def _put_back(self, now: float) -> None:
        """A machine's clock that was set back must not make calls wait for the time that it was set back by."""
        back, self._last_now = self._last_now - now, now
        if back > 0 and self._last_end is not None:
            self._ends = [one - back for one in self._ends]
            self._last_end -= back
