"""What was received of a job, compared with what was announced. Pure, and flat in memory while frames come in order."""

from __future__ import annotations

from typing import NamedTuple


class Balance(NamedTuple):
    """The end of a ledger: `missing` is None when the gap cannot be located."""

    lost: int
    missing: list[int] | None
    unexpected: list[int]


class Ledger:
    """Counts the frames of one job.

    `step` is 1 forward, -1 backward; a `start` of None means: as the first frame says.
    """

    def __init__(self, start: int | None = 0, step: int = 1) -> None:
        self.received = 0
        self._start = start
        self._step = step
        self._run = 0
        self._apart: set[int] = set()
        self._numbered = True
        self._gaps: list[int] = []

    def note(self, frame_index: int | None) -> bool:
        """Book one received frame; False, and nothing booked, if it came before.

        Servers before mid-2025 do not number them: `frame_index` is None, and nobody knows whether it came before.
        """
        if frame_index is None:
            self.received += 1
            self._numbered = False
            return True
        if self._start is None:
            self._start = frame_index
        position = (frame_index - self._start) * self._step
        if 0 <= position < self._run or position in self._apart:
            return False
        self.received += 1
        if position == self._run:
            self._run += 1
            while self._run in self._apart:
                self._apart.discard(self._run)
                self._run += 1
        else:
            self._apart.add(position)
        return True

    def note_gap(self) -> None:
        """Book that the answer to one pop was lost here."""
        if self._gaps[-1:] != [self.received]:
            self._gaps.append(self.received)

    @property
    def has_gap(self) -> bool:
        return bool(self._gaps)

    def balance(self, announced: int) -> Balance:
        """Compare with the number of frames announced."""
        if self._numbered and self.received:
            return self._balance_numbered(announced)
        lost = max(0, announced - self.received)
        if not lost:
            # Of more than were announced some came twice, and others may be missing for it.
            return Balance(0, [] if self.received == announced else None, [])
        if not self.received:
            return Balance(lost, [self._frame(position) for position in range(announced)], [])
        if len(self._gaps) != 1:
            return Balance(lost, None, [])
        gap = self._gaps[0]
        return Balance(lost, [self._frame(position) for position in range(gap, gap + lost)], [])

    def _balance_numbered(self, announced: int) -> Balance:
        missing = [self._frame(p) for p in range(self._run, announced) if p not in self._apart]
        unexpected = sorted(self._frame(p) for p in self._apart if not 0 <= p < announced)
        return Balance(len(missing), missing, unexpected)

    def _frame(self, position: int) -> int:
        return (self._start or 0) + position * self._step
