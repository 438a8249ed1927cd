"""What a comparison came to: one row per difference, and the whole."""

from collections.abc import Mapping
from typing import NamedTuple

SHAPE, STATUS, BEHAVIOUR = "shape", "status and error", "behaviour"
LEVELS = (SHAPE, STATUS, BEHAVIOUR)
A, B, BOTH, NEITHER, UNKNOWN = "A", "B", "both", "neither", "?"


class Row(NamedTuple):
    """One difference. `at` are the answers or checks that show it; `known` are ids of listed deviations like it.

    `keeps` names the side that keeps the truth. It is `?` in a red row: what could not be checked on one side.
    """

    level: str
    what: str
    truth: str
    a: str
    b: str
    keeps: str
    at: tuple[str, ...] = ()
    known: tuple[str, ...] = ()

    @property
    def red(self) -> bool:
        """It could not be checked on one side."""
        return self.keeps == UNKNOWN

    @property
    def equal(self) -> bool:
        """Both sides do the same, which the truth does not allow."""
        return self.keeps == NEITHER and self.a == self.b

    def cells(self) -> tuple[str, str, str, str, str]:
        """What stands in the columns: what, truth, A, B, and who keeps the truth."""
        known = f" [listed: {', '.join(self.known)}]" if self.known else ""
        return f"{self.what}{known}", self.truth, self.a, self.b, "RED" if self.red else self.keeps


class Drift(NamedTuple):
    """A comparison. `compared` counts, for each level, what could be asked of both sides."""

    a: str
    b: str
    release: str
    """Of the truth that both are held to."""
    rows: tuple[Row, ...]
    compared: Mapping[str, int]
    left: tuple[str, ...] = ()
    """What could be checked on neither side, and why."""
    seconds: float = 0.0

    def drifted(self) -> list[Row]:
        """Rows in which A and B differ, or one could not be checked."""
        return [row for row in self.rows if not row.equal]

    def of(self, level: str) -> list[Row]:
        """The differences of a level."""
        return [row for row in self.drifted() if row.level == level]

    def untrue(self) -> list[Row]:
        """Where both do the same, and the truth says otherwise."""
        return [row for row in self.rows if row.equal]

    @property
    def status(self) -> int:
        """0 without a difference, 1 with one or where only one side could be checked, 2 if nothing could be."""
        if not sum(self.compared.values()):
            return 2
        return 1 if self.drifted() else 0

    def verdict(self) -> str:
        """The last word, in one line."""
        if self.status == 2:
            return "COULD NOT COMPARE: no question and no check could be put to both."
        red = sum(row.red for row in self.rows)
        counts = ", ".join(f"{self.compared[level]} of {level}" for level in LEVELS)
        told = f"compared: {counts}"
        told += f"; {len(self.left)} could be checked on neither" if self.left else ""
        told += f"; in {_many(len(self.untrue()), 'thing')} both deviate from the truth" if self.untrue() else ""
        if self.status == 0:
            return f"NO DRIFT: A and B do the same ({told})."
        found = [f"{_many(len(self.of(level)), 'row')} of {level}" for level in LEVELS if self.of(level)]
        could_not = f", {red} of them red: COULD NOT CHECK one side" if red else ""
        return f"DRIFT: {', '.join(found)}{could_not} ({told})."


def merged(rows: list[Row]) -> list[Row]:
    """Rows that say the same of several answers, as one."""
    found: dict[tuple[str, ...], Row] = {}
    for row in rows:
        key = (row.level, row.what, row.truth, row.a, row.b, row.keeps)
        first = found.get(key, row._replace(at=(), known=()))
        known = dict.fromkeys((*first.known, *row.known))
        found[key] = first._replace(at=(*first.at, *(one for one in row.at if one not in first.at)), known=tuple(known))
    return list(found.values())


def keeps(a: bool, b: bool) -> str:
    """Who keeps the truth."""
    return {(True, True): BOTH, (True, False): A, (False, True): B, (False, False): NEITHER}[a, b]


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
