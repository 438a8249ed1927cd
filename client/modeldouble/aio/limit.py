"""A time that what a task waits for must not outlast, and that can be moved while it waits."""

from __future__ import annotations

import asyncio
import sys
from types import TracebackType

FOREVER = float("inf")


class Limit:
    """`with Limit(seconds) as limit:` raises TimeoutError when the time has passed.

    It is up after `most` already, if that is less, and looks whether it is so after `first`, in seconds too, so that a
    wait which is moved there needs no other timer. `limit.move(less)` gives the next wait so many seconds from then on,
    of those that are left. One timer of the event loop serves for all: as long as the time only moves on, it is left
    alone and looks again when it fires.
    """

    def __init__(self, seconds: float, first: float = FOREVER, most: float = FOREVER) -> None:
        self.spent = False
        self._seconds, self._first, self._most = seconds, first, most
        self._handle: asyncio.TimerHandle | None = None

    def __enter__(self) -> Limit:
        task = asyncio.current_task()
        assert task is not None
        self._task = task
        self._loop = task.get_loop()
        self._cancelled_before = task.cancelling() if sys.version_info >= (3, 11) else 0
        now = self._loop.time()
        self._end = now + self._seconds
        self._when = min(self._end, now + self._most)
        look = min(self._when, now + self._first)
        if look != FOREVER:
            self._handle = self._loop.call_at(look, self._look)
        return self

    def move(self, seconds: float) -> None:
        """Let the time be up in so many seconds from now, or when all of it has passed."""
        self._when = min(self._end, self._loop.time() + seconds)
        if self._when != FOREVER and (self._handle is None or self._when < self._handle.when()):
            self._arm()

    def _arm(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
        self._handle = self._loop.call_at(self._when, self._look)

    def _look(self) -> None:
        self._handle = None
        if self._when > self._loop.time():
            if self._when != FOREVER:
                self._arm()
            return
        self.spent = True
        self._task.cancel()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._handle is not None:
            self._handle.cancel()
        if not self.spent:
            return
        # Somebody else may have cancelled the task at the same time: that must not be swallowed.
        others = sys.version_info >= (3, 11) and self._task.uncancel() > self._cancelled_before
        if kind is asyncio.CancelledError and not others:
            raise TimeoutError from error
