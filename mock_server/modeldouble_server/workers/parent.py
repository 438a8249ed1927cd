"""The parent of workers: starts them, starts them again, restarts them when it is asked to, and ends with them."""

import signal
import time
from collections.abc import Callable, Sequence

from ..refusal import CannotServe
from .rolling import Roll
from .slot import Slot

_LOOK_EVERY = 0.05
_MORE = 5.0
"""Seconds that a process which was killed is given to be gone."""
RESTARTS: tuple[signal.Signals, ...] = tuple(one for one in signal.Signals if one.name == "SIGHUP")
"""The signals that ask for a rolling restart: one, or none on Windows."""


class Wishes:
    """What signals asked for, to be given to `signals`. It is noted only: the parent looks."""

    def __init__(self) -> None:
        self.end: int | None = None
        """The first signal that asked to end."""
        self.at_once: int | None = None
        """The second one."""
        self.restart = False

    def __call__(self, got: int) -> None:
        """Take a signal."""
        if got in RESTARTS:
            self.restart = True
        elif self.end is None:
            self.end = got
        else:
            self.at_once = got


class Parent:
    """Of some slots: `start`, then `serve`, and `end` in any case. `say` is given lines that a person should read."""

    def __init__(
        self, slots: Sequence[Slot], wishes: Wishes, say: Callable[[str], None],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:  # fmt: skip
        self._slots, self._wishes, self._say, self._sleep = slots, wishes, say, sleep
        self._roll: Roll | None = None

    def start(self) -> dict[str, str] | None:
        """Start all, and give the variables by which clients find them once all serve; None: it shall end already.

        One that cannot serve is a CannotServe with its own text.
        """
        for slot in self._slots:
            slot.begin()
        while self._wishes.end is None:
            # What one has to say is raised, or of no interest yet.
            self._step()
            for slot in self._slots:
                if slot.refusals:
                    raise CannotServe(slot.refused)
            if all(slot.is_settled for slot in self._slots):
                return self._slots[0].variables
            self._sleep(_LOOK_EVERY)
        return None

    def serve(self) -> None:
        """Return when it shall end."""
        while self._wishes.end is None:
            for line in self._step():
                self._say(line)
            self._restart()
            self._sleep(_LOOK_EVERY)

    def end(self, patience: float) -> int:
        """End all workers, in order or at once as was asked for; the exit status. Who is left after `patience` seconds
        is killed."""
        for slot in self._slots:
            slot.end()
        left = (patience + _MORE) / _LOOK_EVERY
        while not all(slot.is_empty for slot in self._slots) and left > 0:
            if self._wishes.at_once is not None:
                for slot in self._slots:
                    slot.kill()
            for line in self._step():
                self._say(line)
            self._sleep(_LOOK_EVERY)
            left -= 1
        return 0 if self._wishes.at_once is None else 128 + self._wishes.at_once

    def _step(self) -> list[str]:
        return [line for slot in self._slots for line in slot.step()]

    def _restart(self) -> None:
        if self._roll is None:
            if not self._wishes.restart:
                return
            # One that comes while workers are being restarted asks for another round: files may have changed since.
            self._wishes.restart, self._roll = False, Roll(self._slots)
            self._say(f"{len(self._slots)} workers are restarted, one after the other")
        over = self._roll.step()
        if over is not None:
            self._roll = None
            self._say(over)
