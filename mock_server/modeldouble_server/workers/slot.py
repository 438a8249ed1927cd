"""One socket, the worker that serves it, the one that comes after it, and those that leave."""

from collections.abc import Callable
from typing import NamedTuple, Protocol

from ..refusal import CannotServe
from .backoff import Backoff
from .told import Ready, Refusal, Told


class Child(Protocol):
    """A worker's process."""

    pid: int
    """By which the system knows it."""

    def told(self) -> Told | None:
        """What it has told; None as long as it has told nothing."""

    def status(self) -> int | None:
        """How it ended: an exit status, or the negative number of a signal; None while it runs."""

    def end(self) -> None:
        """Ask it to end."""

    def leave(self) -> None:
        """Ask it to end, as another one has taken its place."""

    def kill(self) -> None:
        """End it as it is."""


class Patience(NamedTuple):
    """Seconds."""

    start: float
    """In which a worker must serve."""
    end: float
    """In which one that was asked to end must have ended."""


class _Phase:
    """A child, and since when it serves, comes or leaves."""

    def __init__(self, child: Child, since: float) -> None:
        self.child, self.since = child, since
        self.is_killed = False

    def kill(self) -> bool:
        """Kill it, once; False: it was killed before."""
        if self.is_killed:
            return False
        self.is_killed = True
        self.child.kill()
        return True


class Slot:
    """One of the parent's. `step` is called again and again, and gives lines that tell a person what happened."""

    def __init__(
        self, name: str, start: Callable[[], Child], shut: Callable[[], None], clock: Callable[[], float],
        patience: Patience,
    ) -> None:  # fmt: skip
        """`start` gives a new child, or raises a CannotServe. After `shut` nobody waits for one that may never come."""
        self.name = name
        self.refusals = 0
        """How many workers did not come to serve."""
        self.refused = ""
        """Why the last of them did not."""
        self.variables: dict[str, str] = {}
        """By which clients find the one that serves."""
        self._start, self._clock, self._patience, self._shut = start, clock, patience, shut
        self._serves: _Phase | None = None
        self._comes: _Phase | None = None
        self._leaves: list[_Phase] = []
        self._due: float | None = None
        self._backoff = Backoff()
        self._lines: list[str] = []

    @property
    def is_moving(self) -> bool:
        """A worker comes or leaves."""
        return self._comes is not None or bool(self._leaves)

    @property
    def is_settled(self) -> bool:
        """One worker serves, and that is all."""
        return self._serves is not None and not self.is_moving

    @property
    def is_empty(self) -> bool:
        """No process is left."""
        return self._serves is None and not self.is_moving

    def begin(self) -> None:
        """Start a worker: beside the one that serves, which leaves when the new one is ready, or in its place."""
        self._due = None
        try:
            self._comes = _Phase(self._start(), self._clock())
        except CannotServe as error:
            self._refuse(str(error))

    def step(self) -> list[str]:
        """Look at the processes, and do what follows from it."""
        if self._due is not None and self._clock() >= self._due:
            self.begin()
        if self._comes is not None:
            self._look_at_coming(self._comes)
        if self._serves is not None:
            self._look_at_serving(self._serves)
        self._look_at_leaving()
        lines, self._lines = self._lines, []
        return lines

    def end(self) -> None:
        """Ask all to end, and start no other."""
        self._due = None
        for one in filter(None, (self._serves, self._comes)):
            one.child.end()
            self._wait_for(one)
        self._serves = self._comes = None

    def kill(self) -> None:
        """End all as they are."""
        for one in filter(None, (self._serves, self._comes, *self._leaves)):
            one.kill()

    def _look_at_coming(self, coming: _Phase) -> None:
        status, told = coming.child.status(), coming.child.told()
        if status is not None:
            self._comes = None
            self._refuse(told.text if isinstance(told, Refusal) else f"{self.name} {_ended(status)} when it started")
        elif isinstance(told, Ready):
            before, self._serves = self._serves, _Phase(coming.child, self._clock())
            self._comes, self.variables = None, told.variables
            if before is not None:
                before.child.leave()
                self._wait_for(before)
        elif self._clock() - coming.since > self._patience.start:
            coming.kill()

    def _look_at_serving(self, serving: _Phase) -> None:
        status = serving.child.status()
        if status is None:
            return
        self._serves = None
        text = f"{self.name} (process {serving.child.pid}) {_ended(status)}"
        self._lines.append(f"{text}; another starts {self._next(self._clock() - serving.since)}")

    def _look_at_leaving(self) -> None:
        self._leaves = [one for one in self._leaves if one.child.status() is None]
        for one in self._leaves:
            if self._clock() - one.since > self._patience.end and one.kill():
                self._lines.append(f"{self.name} (process {one.child.pid}) did not end in time and was killed")

    def _wait_for(self, one: _Phase) -> None:
        self._leaves.append(_Phase(one.child, self._clock()))

    def _refuse(self, text: str) -> None:
        self.refusals += 1
        self.refused = text
        if self._serves is None:
            self._shut()
            self._lines.append(f"{self.name} does not start: {text}; it is tried again {self._next(0.0)}")

    def _next(self, lived: float) -> str:
        """When the next worker is started, unless one comes already."""
        if self._comes is not None:
            return "already"
        pause = self._backoff.pause(lived)
        self._due = self._clock() + pause
        return f"in {pause:g} s" if pause else "now"


def _ended(status: int) -> str:
    return f"was ended by signal {-status}" if status < 0 else f"ended with status {status}"
