"""A job as the pages of the protocol tell it, written anew: what the fake's own job is held against.

Times are whole ticks, sixty-four a second, which floats carry without an error: nothing is rounded here.
"""

from typing import Any, NamedTuple

Json = dict[str, Any]

TICKS = 64
HANDFUL = 500
"""Results that one pop gives at most."""
MINUTE, HOUR = 60 * TICKS, 3600 * TICKS
_NEVER = 1 << 60


class Life(NamedTuple):
    """One job: what was started, and what has been done to it since."""

    uuid: str
    total: int
    start: int
    preparation: int
    pace: int
    video: bool
    lost: str | None = None
    """The kind of exception with which it failed at its start."""
    stopped: int | None = None
    cleared: int | None = None
    touched: int = 0
    taken: int = 0

    @property
    def end(self) -> int:
        """When the last result is there."""
        return self.start + self.preparation + self.total * self.pace

    def made(self, now: int) -> int:
        """Results that exist, taken or not."""
        until = min(now, _or_never(self.stopped), _or_never(self.cleared))
        if self.lost:
            return 0
        if until >= self.end:
            return self.total
        worked = until - self.start - self.preparation
        return max(0, worked) // self.pace if self.pace else 0

    def ready(self, now: int) -> int:
        """Results that a pop could take."""
        return 0 if self.cleared is not None else self.made(now) - self.taken

    def stage(self, now: int) -> str:
        """A stop in the very moment of the last result still counts as one; a cleared job reads as a finished one."""
        if self.cleared is not None:
            return "Finished"
        if self.lost:
            return "Error"
        if self.stopped is not None and self.stopped <= self.end:
            return "Cancelled"
        if now < min(self.end, self.start + self.preparation):
            return "Preparing model for inference..."
        return "Finished" if now >= self.end else "Running inference..."

    def at_work(self, now: int) -> bool:
        return self.stage(now).endswith("...")

    def finished(self, now: int) -> bool:
        """Nothing more will come out of it."""
        if self.cleared is not None or self.lost:
            return True
        return not self.at_work(now) and self.ready(now) == 0

    @property
    def forgotten(self) -> int:
        """A minute after its clear, or an hour after its end and last use, it is as if it had never been."""
        if self.cleared is not None:
            return self.cleared + MINUTE
        over = self.start if self.lost else min(self.end, _or_never(self.stopped))
        return max(self.touched, over) + HOUR

    def known(self, now: int) -> bool:
        return now < self.forgotten

    def popped(self, now: int) -> "Life":
        """The job after a pop."""
        more = min(HANDFUL, self.ready(now))
        return self._replace(taken=self.taken + more, touched=max(self.touched, now) if more else self.touched)

    def stop(self, now: int) -> "Life":
        """The first stop counts."""
        return self if self.stopped is not None else self._replace(stopped=now, touched=now)

    def clear(self, now: int) -> "Life":
        """The first clear counts."""
        return self if self.cleared is not None else self._replace(cleared=now)


def begun(uuid: str, total: int, now: int, preparation: int, pace: int, video: bool) -> Life:
    """A job that was just started; an empty one needs no preparation."""
    return Life(uuid, total, now, preparation if total else 0, pace, video, touched=now)


def failed(uuid: str, now: int) -> Life:
    """A job over an id that there is not."""
    return Life(uuid, 1, now, 0, TICKS, False, lost="KeyError", touched=now)


def _or_never(moment: int | None) -> int:
    return _NEVER if moment is None else moment
