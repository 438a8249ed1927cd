"""Targets beside what was measured: met, missed and by how much, or missed by less than bare differs from bare."""

import math
from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple

from .run import Measured, Taken
from .statistics import Interval, interval, noise, ratios, spread, values
from .workload import Growth, Role, Target


class Kind(Enum):
    """What came of a target."""

    MET = "met"
    NOISE = "within the noise"
    MISSED = "missed"
    UNKNOWN = "not measured"


class Verdict(NamedTuple):
    """A target in one case, or a growth over all. `by` is the share of the bound by which it is missed."""

    text: str
    against: str | None
    case: str
    kind: Kind
    found: float = math.nan
    by: float = 0.0
    measure: str = ""
    is_sure: bool = True
    """Of what is met: the bound lies beyond the interval of what was found, or there is no interval."""

    @property
    def told(self) -> str:
        """Met, or by how much not."""
        if self.kind in (Kind.MET, Kind.UNKNOWN):
            return self.kind.value if self.is_sure else f"{self.kind.value}, not surely"
        missed = f"missed by {100 * self.by:.2g} %" if self.by < math.inf else "missed"
        return f"{missed}, {Kind.NOISE.value}" if self.kind is Kind.NOISE else missed

    def __str__(self) -> str:
        return f"{f'{self.case}: ' if self.case else ''}{self.text}: {self.told}"


class Compared(NamedTuple):
    """Ours over another, in one case."""

    ratio: float
    interval: Interval | None


def compared(measured: Measured, other: Taken, case: str, measure: str = "") -> Compared | None:
    """The median ratio of ours over another, pair by pair; None where one of them was not measured."""
    found = _ratios(measured.ours, other, case, measure)
    middle = spread(found)
    return None if middle is None else Compared(middle.median, interval(found))


def compared_null(measured: Measured, case: str, measure: str = "") -> Compared | None:
    """The first limit's second readings over its first ones: what the machine adds by itself."""
    found = _null_ratios(measured, case, measure)
    middle = spread(found)
    return None if middle is None else Compared(middle.median, interval(found))


def verdicts(measured: Measured) -> list[Verdict]:
    """Every target in every case that it is for, then every growth."""
    found = [
        judged_target(measured, target, case.name)
        for target in measured.workload.targets
        for case in measured.workload.cases
        if target.cases is None or case.name in target.cases
    ]
    # Of cases in which the other is not meant to take part, nothing is asked.
    asked = [one for one, wanted in found if wanted]
    return asked + [judged_growth(measured, growth) for growth in measured.workload.growths]


def judged_target(measured: Measured, target: Target, case: str) -> tuple[Verdict, bool]:
    """A target in a case, and whether it is asked for there at all."""
    if target.against is None:
        numbers = values(measured.ours.readings.get(case, ()), target.measure)
        found, ends = spread(numbers), interval(numbers)
        value, slack, wanted = (math.nan if found is None else found.median), 1.0, True
    else:
        other = next(one for one in measured.taken if one.name == target.against)
        ratio = compared(measured, other, case, target.measure)
        value, ends = (math.nan, None) if ratio is None else ratio
        slack = noise(_null_ratios(measured, case, target.measure))
        wanted = bool(other.absent) or case in other.readings
    judged = _judged(target, case, value, target.at_least, target.at_most, slack)
    return judged._replace(is_sure=_is_sure(target, ends)), wanted


def judged_growth(measured: Measured, growth: Growth) -> Verdict:
    """How far the medians of ours lie apart."""
    chosen = growth.cases
    ours = {name: one for name, one in measured.ours.readings.items() if chosen is None or name in chosen}
    found = [spread(values(readings, growth.measure)) for readings in ours.values()]
    middles = [one.median for one in found if one is not None]
    if len(middles) < 2:
        return Verdict(growth.text, None, "", Kind.UNKNOWN)
    if growth.ratio is not None:
        slack = max(noise(_null_ratios(measured, case, growth.measure)) for case in ours)
        grown = max(middles) / min(middles) if min(middles) > 0 else math.inf
        return _judged(growth, "", grown, None, growth.ratio, slack)
    return _judged(growth, "", max(middles) - min(middles), None, growth.difference, 1.0)


def _is_sure(target: Target, ends: Interval | None) -> bool:
    if ends is None:
        return True
    return ends.low >= target.at_least if target.at_least is not None else ends.high <= (target.at_most or 0.0)


def _judged(
    bound: Target | Growth, case: str, value: float, least: float | None, most: float | None, slack: float
) -> Verdict:
    against = bound.against if isinstance(bound, Target) else None
    if math.isnan(value):
        return Verdict(bound.text, against, case, Kind.UNKNOWN, measure=bound.measure)
    if least is not None and value < least:
        by, factor = 1 - value / least, least / value if value > 0 else math.inf
    elif most is not None and value > most:
        factor = value / most if most > 0 else math.inf
        by = factor - 1
    else:
        return Verdict(bound.text, against, case, Kind.MET, value, measure=bound.measure)
    kind = Kind.NOISE if factor <= slack else Kind.MISSED
    return Verdict(bound.text, against, case, kind, value, by, bound.measure)


def _ratios(these: Taken, those: Taken, case: str, measure: str) -> Sequence[float]:
    if case not in these.readings or case not in those.readings:
        return ()
    return ratios(values(these.readings[case], measure), values(those.readings[case], measure))


def _null_ratios(measured: Measured, case: str, measure: str) -> Sequence[float]:
    first = measured.limit
    if first is None or case not in measured.null:
        return ()
    return _ratios(Taken("", Role.LIMIT, measured.null), first, case, measure)
