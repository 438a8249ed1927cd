"""How alike two answers are. A model may be a little random; an answer to another picture is not a little random."""

from collections.abc import Sequence

from .objects import Seen

_SAME = 0.5


def likeness(some: Sequence[Seen], others: Sequence[Seen], sure: float = 0.0) -> float:
    """Share of objects, 0 to 1, that have a partner of their class with an intersection over union of a half.

    Objects without a partner do not count where their confidence is below `sure`: a model that pads a batch sees them
    or does not.
    """
    free, alone, matched = list(others), [], 0
    for one in some:
        partner = next((other for other in free if _alike(one, other)), None)
        if partner is None:
            alone.append(one)
        else:
            free.remove(partner)
            matched += 1
    lost = max(sum(one.confidence is None or one.confidence >= sure for one in side) for side in (alone, free))
    return matched / (matched + lost) if matched + lost else 1.0


def equal(some: Sequence[Seen], others: Sequence[Seen], pixels: float = 1.0, confidence: float = 0.01) -> bool:
    """The same objects in the same order, within a pixel and a hundredth."""
    return len(some) == len(others) and all(
        one.class_name == other.class_name
        and len(one.points) == len(other.points)
        and all(_near(p, q, pixels) for p, q in zip(one.points, other.points, strict=True))
        and abs((one.confidence or 0.0) - (other.confidence or 0.0)) <= confidence
        for one, other in zip(some, others, strict=True)
    )  # fmt: skip


def _near(one: tuple[float, float], other: tuple[float, float], pixels: float) -> bool:
    return abs(one[0] - other[0]) <= pixels and abs(one[1] - other[1]) <= pixels


def _alike(one: Seen, other: Seen) -> bool:
    return one.class_name == other.class_name and one.shape == other.shape and _overlap(one, other) >= _SAME


def _overlap(one: Seen, other: Seen) -> float:
    """Intersection over union of the boxes around the points, inclusive pixels. A single point has a box as well."""
    a, b = _box(one), _box(other)
    width = min(a[2], b[2]) - max(a[0], b[0]) + 1
    height = min(a[3], b[3]) - max(a[1], b[1]) + 1
    common = max(0.0, width) * max(0.0, height)
    return common / (_area(a) + _area(b) - common)


def _box(one: Seen) -> tuple[float, float, float, float]:
    xs, ys = [x for x, _ in one.points] or [0.0], [y for _, y in one.points] or [0.0]
    return min(xs), min(ys), max(xs), max(ys)


def _area(box: tuple[float, float, float, float]) -> float:
    return (abs(box[2] - box[0]) + 1) * (abs(box[3] - box[1]) + 1)
