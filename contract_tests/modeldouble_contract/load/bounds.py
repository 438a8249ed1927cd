"""Whether the figures of a run are within its bounds, and whether there are figures at all."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

REQUEST, JOURNEY = "POST", "journey"
BEGUN, WHOLE = "begun late", "whole"
WITHIN, FOUND, UNCHECKED = 0, 1, 2


class Row(NamedTuple):
    """One kind of request, or of what is measured about journeys. `p50` and `p99` are milliseconds."""

    kind: str
    name: str
    requests: int
    failures: int
    p50: float
    p99: float
    per_second: float = 0.0

    @property
    def errors(self) -> float:
        """The share that failed, 0 to 1."""
        return self.failures / self.requests if self.requests else 0.0


class Bounds(NamedTuple):
    """`p99_ms` bounds each kind of request, `errors` the share of each and of journeys; `late_ms` the load itself."""

    p99_ms: float | None = None
    errors: float = 0.0
    late_ms: float = 500.0

    def checked(self) -> "Bounds":
        """Itself; ValueError for what bounds nothing."""
        if self.p99_ms is not None and not self.p99_ms > 0:
            raise ValueError(f"--p99-ms is {self.p99_ms:g}; give milliseconds above 0")
        if not 0 <= self.errors <= 1:
            raise ValueError(f"--errors is {self.errors:g}; give a share from 0 to 1, such as 0.01")
        if not self.late_ms > 0:
            raise ValueError(f"--late-ms is {self.late_ms:g}; give milliseconds above 0")
        return self


class Verdict(NamedTuple):
    """An exit status and the sentences that give its reason."""

    status: int
    sentences: Sequence[str]


def judge(rows: Iterable[Row], bounds: Bounds, wanted: int) -> Verdict:
    """0 if all is within bounds, 1 with a sentence for each that is not, 2 where the run says nothing.

    `wanted` is how many journeys had to begin, and to end, in one way or the other.
    """
    given = list(rows)
    asked = [row for row in given if row.kind == REQUEST and row.requests]
    if not asked:
        return Verdict(UNCHECKED, ["no request was sent, so nothing was checked; see the log of Locust"])
    found = [text for row in asked for text in _slow(row, bounds)]
    found += [text for row in given if row.name != BEGUN for text in _failed(row, bounds)]
    told = [*_cut_short(given, wanted), *_late(given, bounds)]
    if found:
        return Verdict(FOUND, found + told)
    return Verdict(UNCHECKED, told) if told else Verdict(WITHIN, [_fine(asked, bounds)])


def _cut_short(given: Sequence[Row], wanted: int) -> Iterable[str]:
    for name, what in ((BEGUN, "began"), (WHOLE, "came to an end")):
        count = sum(row.requests for row in given if row.kind == JOURNEY and row.name == name)
        if count != wanted:
            yield f"{count:,} of {wanted:,} journeys {what}: a process of the load was ended or broke, see its log"


def _late(given: Sequence[Row], bounds: Bounds) -> Iterable[str]:
    for row in given:
        if row.kind == JOURNEY and row.name == BEGUN and row.p99 > bounds.late_ms:
            yield (
                f"journeys began up to {row.p99:g} ms late (p99, bound {bounds.late_ms:g} ms): this machine cannot hold"
                " the rate, and the figures are its own; give more --processes, more machines, or a lower --rate"
            )


def _slow(row: Row, bounds: Bounds) -> Iterable[str]:
    if bounds.p99_ms is not None and row.p99 > bounds.p99_ms:
        yield f"{row.name}: p99 is {row.p99:g} ms, over the bound of {bounds.p99_ms:g} ms"


def _failed(row: Row, bounds: Bounds) -> Iterable[str]:
    if row.errors > bounds.errors:
        share = f"{100 * row.errors:.3g} % of {row.requests:,} failed, over the bound of {100 * bounds.errors:.3g} %"
        yield f"{_named(row)}: {share}"


def _named(row: Row) -> str:
    return row.name if row.kind == REQUEST else f"{row.kind}, {row.name}"


def _fine(asked: Sequence[Row], bounds: Bounds) -> str:
    slowest = max(asked, key=lambda row: row.p99)
    speed = "" if bounds.p99_ms is None else f", the slowest p99 ({slowest.name}) is {slowest.p99:g} ms"
    return f"{sum(row.requests for row in asked):,} requests are within the bounds{speed}"
