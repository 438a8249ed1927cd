"""Non-maximum suppression: of objects that lie too much on each other, the surest stays.

Boxes are compared, also those of masks, polygons and keypoints: so do the models whose settings have an `iou_thres`,
and the serving apps themselves where windows meet.
"""

from collections.abc import Callable, Iterator, Sequence

from ..scene import Box, Detection
from .masks import common

Rivals = Callable[[int, int], bool]
"""Whether two objects, by their places, may suppress each other."""
_Cell = tuple[int, int]


def area(box: Box) -> int:
    """Pixels of a box."""
    left, top, right, bottom = box
    return (right - left + 1) * (bottom - top + 1)


def iou(one: Box, other: Box) -> float:
    """Shared pixels over all pixels of two boxes, from 0 to 1."""
    box = common(one, other)
    if box is None:
        return 0.0
    shared = area(box)
    return shared / (area(one) + area(other) - shared)


def suppressed(found: Sequence[Detection], most: float) -> list[Detection]:
    """What stays, in its order, if no two objects of a class may have an IoU above `most`.

    Greedy, the surest first, as real models do. Since only a surer object suppresses another, leaving out the less
    sure ones first gives the same. Objects without a confidence neither suppress nor are suppressed.
    """
    kept = survivors(found, most, lambda one, other: found[one].class_name == found[other].class_name)
    return [found[at] for at in kept]


def survivors(found: Sequence[Detection], most: float, rivals: Rivals) -> list[int]:
    """The places of the objects that stay, in order. Of two that are equally sure the larger one, then the first."""
    if most >= 1:
        return list(range(len(found)))
    sure = [(-one.confidence, -area(one.box), at) for at, one in enumerate(found) if one.confidence is not None]
    kept = {at for at, one in enumerate(found) if one.confidence is None}
    # Objects that touch share one of these cells, of which each object touches four at most.
    size = _largest([found[at].box for _, _, at in sure])
    near: dict[_Cell, list[int]] = {}
    for _, _, at in sorted(sure):
        cells = list(_cells(found[at].box, size))
        others = (other for cell in cells for other in near.get(cell, ()))
        if not any(rivals(at, other) and iou(found[at].box, found[other].box) > most for other in others):
            kept.add(at)
            for cell in cells:
                near.setdefault(cell, []).append(at)
    return sorted(kept)


def _largest(boxes: Sequence[Box]) -> tuple[int, int]:
    return max((box[2] - box[0] + 1 for box in boxes), default=1), max((box[3] - box[1] + 1 for box in boxes), default=1)


def _cells(box: Box, size: tuple[int, int]) -> Iterator[_Cell]:
    (left, top, right, bottom), (width, height) = box, size
    for column in range(left // width, right // width + 1):
        for row in range(top // height, bottom // height + 1):
            yield column, row
