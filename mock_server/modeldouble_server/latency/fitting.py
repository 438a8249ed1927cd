"""From measured requests to a latency document, and how far it is off on requests that it has not seen."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from .latency import Latency
from .measuring import Cell, Measured
from .reading import read_latency
from .times import LONGEST, Quantiles, quantile

JUDGED = (10, 50, 90, 99)
"""Percentiles."""
_STEPS = 100
_POINTS = 200
_DIGITS = 6
"""Microseconds."""


class Error(NamedTuple):
    """A percentile as it was held out and as the document says, in seconds."""

    seen: float
    said: float

    @property
    def percent(self) -> float:
        """How far the document is over what was seen."""
        if self.seen <= 0:
            return 0.0 if self.said <= 0 else 100.0
        return (self.said / self.seen - 1) * 100


class Judged(NamedTuple):
    """Errors over all kinds of requests together, and the median's of the kind that is told worst."""

    errors: Mapping[int, Error]
    worst: Cell
    worst_p50: Error


def fit(measured: Measured) -> dict[str, Any]:
    """A line by pictures and pixels through the medians, and the quantiles of what is left over it."""
    kinds, seconds = measured.cells, measured.of(held_out=False)
    per_image, per_megapixel = _slopes(kinds, [quantile(sorted(one), 0.5) for one in seconds])
    rests = sorted(
        time - per_image * (one.batch - 1) - per_megapixel * sum(one.pixels) / 1e6
        for one, times in zip(kinds, seconds, strict=True)
        for time in times
    )
    steps = [quantile(rests, at / _STEPS) for at in range(_STEPS + 1)]
    document: dict[str, Any] = {
        "quantiles": [round(min(LONGEST, max(0.0, one)), _DIGITS) for one in steps],
        "per_image": round(per_image, _DIGITS),
        "per_megapixel": round(per_megapixel, _DIGITS),
    }
    cold = _cold_start(measured.first, sorted(seconds[0]))
    return document if cold == 0 else {**document, "cold_start": cold}


def judge(document: Mapping[str, Any], measured: Measured) -> Judged:
    """Compare with the rounds that were held out what the document says, as it is read."""
    latency, seen = read_latency(document, None), measured.of(held_out=True)
    said = [_said(latency, one) for one in measured.cells]
    all_seen, all_said = (sorted(time for times in of for time in times) for of in (seen, said))
    errors = {at: Error(quantile(all_seen, at / 100), quantile(all_said, at / 100)) for at in JUDGED}
    medians = [
        (Error(quantile(sorted(a), 0.5), quantile(b, 0.5)), one)
        for a, b, one in zip(seen, said, measured.cells, strict=True)
    ]
    worst = max(medians, key=lambda pair: abs(pair[0].percent))
    return Judged(errors, worst[1], worst[0])


def _said(latency: Latency, cell: Cell) -> list[float]:
    """Times of one kind of request, evenly over the distribution."""
    terms = latency.terms
    beside = (terms.per_image or 0.0) * (cell.batch - 1) + terms.per_megapixel * sum(cell.pixels) / 1e6
    return [terms.times.at((at + 0.5) / _POINTS) + beside for at in range(_POINTS)]


def _cold_start(first: float, others: Sequence[float]) -> float:
    """What the first call took longer; 0 if another one took as long, as an app's does that was asked before."""
    more = first - quantile(others, 0.5)
    return round(min(LONGEST, more), _DIGITS) if first > 2 * Quantiles(others).at(1.0) else 0.0


def _slopes(kinds: Sequence[Cell], medians: Sequence[float]) -> tuple[float, float]:
    """Seconds for each picture after the first, and for each megapixel; neither is less than 0.

    One that the kinds of requests cannot tell from a constant, or from the other, is 0.
    """
    images = [float(one.batch - 1) for one in kinds]
    megapixels = [sum(one.pixels) / 1e6 for one in kinds]
    # A short time counts as much as a long one, as errors are told in per cent.
    weights = [1 / max(one, 1e-6) ** 2 for one in medians]
    both = _solved([[1.0] * len(kinds), images, megapixels], medians, weights)
    if both is not None and min(both[1:]) >= 0:
        return both[1], both[2]
    single = [(_solved([[1.0] * len(kinds), one], medians, weights), one) for one in (images, megapixels)]
    slopes = [0.0 if found is None else max(0.0, found[1]) for found, _ in single]
    misses = [_miss(slope, one, medians, weights) for slope, (_, one) in zip(slopes, single, strict=True)]
    return (slopes[0], 0.0) if misses[0] <= misses[1] * (1 + 1e-9) else (0.0, slopes[1])


def _miss(slope: float, by: Sequence[float], medians: Sequence[float], weights: Sequence[float]) -> float:
    rests = [one - slope * at for one, at in zip(medians, by, strict=True)]
    base = sum(map(float.__mul__, rests, weights)) / sum(weights)
    return sum(weight * (one - base) * (one - base) for one, weight in zip(rests, weights, strict=True))


def _solved(
    columns: Sequence[Sequence[float]], wanted: Sequence[float], weights: Sequence[float]
) -> list[float] | None:  # fmt: skip
    """Weighted least squares by elimination; None where the columns depend on each other."""
    rows = [
        [sum(w * a * b for w, a, b in zip(weights, one, other, strict=True)) for other in (*columns, wanted)]
        for one in columns
    ]
    for at in range(len(rows)):
        pivot = max(range(at, len(rows)), key=lambda row: abs(rows[row][at]))
        rows[at], rows[pivot] = rows[pivot], rows[at]
        if abs(rows[at][at]) <= 1e-9 * sum(w * a * a for w, a in zip(weights, columns[at], strict=True)):
            return None
        rows[at] = [one / rows[at][at] for one in rows[at]]
        for row in range(len(rows)):
            if row != at:
                rows[row] = [one - rows[row][at] * other for one, other in zip(rows[row], rows[at], strict=True)]
    return [row[-1] for row in rows]
