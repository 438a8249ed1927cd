"""Smooth curves of exact arithmetic: +, -, *, / and sqrt alone, as sin and cos may differ between C libraries."""

from collections.abc import Iterable, Sequence
from math import sqrt

Place = tuple[float, float]
"""x, y in any unit."""
_HALVINGS = 4


def wave(turns: float) -> float:
    """A smooth wave in [-1, 1] of period 1, made of parabolas: 0 at 0, 1 at 0.25, -1 at 0.75."""
    half = turns * 2 % 2
    return 4 * half * (1 - half) if half < 1 else -4 * (half - 1) * (2 - half)


def eased(part: float) -> float:
    """From 0 to 1 for `part` from 0 to 1, level at both ends."""
    return part * part * (3 - 2 * part)


def clamped(value: float, low: float, high: float) -> float:
    """`value`, or the end of the range that is nearest to it."""
    return low if value < low else high if value > high else value


def total(values: Iterable[float]) -> float:
    """The sum from left to right. `sum` rounds otherwise since Python 3.12, and answers would differ in a last bit."""
    found = 0.0
    for value in values:
        found += value
    return found


def _circle() -> tuple[Place, ...]:
    across, down = 0.0, 1.0
    for _ in range(_HALVINGS):
        across, down = sqrt((1 + across) / 2), sqrt((1 - across) / 2)
    places = [(1.0, 0.0)]
    for _ in range((4 << _HALVINGS) - 1):
        x, y = places[-1]
        places.append((x * across - y * down, x * down + y * across))
    return tuple(places)


CIRCLE = _circle()
"""64 places on the unit circle, at equal angles, from the right downwards."""


def rounded(corners: Sequence[Place], times: int = 2) -> list[Place]:
    """A closed line whose corners are cut off, each to two at a quarter of its sides (after Chaikin)."""
    places = list(corners)
    for _ in range(times):
        pairs = zip(places, places[1:] + places[:1], strict=True)
        places = [cut for one, other in pairs for cut in (_between(one, other, 0.25), _between(one, other, 0.75))]
    return places


def _between(one: Place, other: Place, part: float) -> Place:
    return one[0] + (other[0] - one[0]) * part, one[1] + (other[1] - one[1]) * part
