"""Medians, their spread and how sure they are. Pure, and without a distribution that anybody has to believe in."""

import math
from collections.abc import Sequence
from statistics import median, quantiles
from typing import NamedTuple

from .workload import Reading


class Spread(NamedTuple):
    """Median and quartiles of some readings."""

    low: float
    median: float
    high: float
    number: int


class Interval(NamedTuple):
    """Where the median of what was drawn from lies, in 95 of 100 runs."""

    low: float
    high: float


def values(readings: Sequence[Reading], name: str = "") -> list[float]:
    """The values, or those of one of the other measures, NaN where a reading lacks it."""
    return [one.value if not name else one.more.get(name, math.nan) for one in readings]


def spread(numbers: Sequence[float]) -> Spread | None:
    """Median and quartiles; None if there is no number."""
    there = [one for one in numbers if not math.isnan(one)]
    if not there:
        return None
    low, _, high = quantiles(there, n=4, method="inclusive") if len(there) > 1 else there * 3
    return Spread(low, median(there), high, len(there))


def ratios(these: Sequence[float], those: Sequence[float]) -> list[float]:
    """The first over the second, pair by pair; NaN where one is lacking or the second is nothing."""
    return [one / other if other else math.nan for one, other in zip(these, those, strict=True)]


def interval(numbers: Sequence[float]) -> Interval | None:
    """The 95 % interval of the median, from the order of the numbers alone; None if fewer than six are there.

    The median lies below the k-th smallest number with the chance that fewer than k of n coins show heads: the
    binomial distribution, whatever the numbers are drawn from. With 12 numbers it is the third on either side.
    """
    there = sorted(one for one in numbers if not math.isnan(one))
    count, left_out, tail = len(there), 0, 0
    # Whole numbers: the tails on both sides together may have one in twenty of all 2**n outcomes.
    while 20 * 2 * (tail + math.comb(count, left_out)) <= 2**count:
        tail += math.comb(count, left_out)
        left_out += 1
    return Interval(there[left_out - 1], there[-left_out]) if left_out else None


def noise(null: Sequence[float]) -> float:
    """The factor between bare and bare, 1 or more: the end of the median's interval that is further from 1.

    Of fewer than six pairs it is the furthest pair.
    """
    there = [one for one in null if one > 0]
    ends = interval(there) or (Interval(min(there), max(there)) if there else Interval(1.0, 1.0))
    return max(ends.high, 1 / ends.low)


def slope(points: Sequence[tuple[float, float]]) -> float | None:
    """The exponent of growth: the least-squares slope of log(value) over log(size); 0 is flat, 1 grows as the size.

    Sizes and values of zero or less have no logarithm and are left out; None if fewer than two sizes are left.
    """
    there = [(math.log(size), math.log(value)) for size, value in points if size > 0 and value > 0]
    if len({size for size, _ in there}) < 2:
        return None
    middle = sum(size for size, _ in there) / len(there)
    height = sum(value for _, value in there) / len(there)
    across = sum((size - middle) * (value - height) for size, value in there)
    return across / sum((size - middle) ** 2 for size, _ in there)
