"""Calibrated confidences: of those near c, a part c belongs to objects that are there.

Nothing is drawn: confidences are quantiles of one curve, and which of them are right follows from adding them up.
"""

from math import fsum

LEAST, MOST = 0.02, 0.999
_STEPS = 50


def calibrated(right: int, wrong: int, low: float, high: float) -> tuple[list[float], list[float]]:
    """Confidences in [low, high) of `right` true and `wrong` false detections, each list ascending.

    Their sum is the number of the true ones, as far as the bounds let it: that is what calibrated means.
    """
    count = right + wrong
    bent = _bend(right, count, low, high)
    true: list[float] = []
    false: list[float] = []
    owed = 0.5
    for at in range(count):
        confidence = _confidence((at + 0.5) / count, bent, low, high)
        owed += confidence
        (true if owed >= 1.0 else false).append(confidence)
        owed -= owed >= 1.0
    while len(true) > right:
        false.append(true.pop(0))
    while len(true) < right:
        true.append(false.pop())
    return sorted(true), sorted(false)


def unsure(right: int, low: float, high: float) -> int:
    """How many false detections in [low, high) go with `right` true ones, if confidences are spread evenly."""
    return round(right * 2 / (low + high)) - right if low < high else 0


def _bend(right: int, count: int, low: float, high: float) -> float:
    least, most = 0.0, 1.0
    for _ in range(_STEPS):
        middle = (least + most) / 2
        # Not `sum`, which adds floats in another way since Python 3.12.
        total = fsum(_confidence((at + 0.5) / count, middle, low, high) for at in range(count))
        least, most = (middle, most) if total < right else (least, middle)
    return (least + most) / 2


def _confidence(part: float, bent: float, low: float, high: float) -> float:
    """A curve from `low` at 0 to `high` at 1 that only divides: the same bits on every machine."""
    up = part * bent
    return min(high, low + (high - low) * up / (up + (1.0 - part) * (1.0 - bent)))
