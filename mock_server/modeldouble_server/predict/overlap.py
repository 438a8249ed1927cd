"""Non-maximum suppression: of objects that lie too much on each other, the surest stays.

Boxes are compared, also those of masks, polygons and keypoints: so do the models whose settings have an `iou_thres`,
and the serving apps themselves where windows meet.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from ..scene import Box, Detection

Rivals = Callable[[int, int], bool]
"""Whether two objects, by their places, may suppress each other."""
_Cell = tuple[int, int]
_FEW = 16
"""Objects of a class that are compared with each other sooner than each is put where its neighbours are."""


def area(box: Box) -> int:
    """Pixels of a box."""
    left, top, right, bottom = box
    return (right - left + 1) * (bottom - top + 1)


def iou(one: Box, other: Box) -> float:
    """Shared pixels over all pixels of two boxes, from 0 to 1."""
    width = min(one[2], other[2]) - max(one[0], other[0]) + 1
    height = min(one[3], other[3]) - max(one[1], other[1]) + 1
    if width < 1 or height < 1:
        return 0.0
    shared = width * height
    return shared / (area(one) + area(other) - shared)


def suppressed(found: Sequence[Detection], most: float) -> list[Detection]:
    """What stays, in its order, if no two objects of a class may have an IoU above `most`.

    Greedy, the surest first, as real models do. Since only a surer object suppresses another, leaving out the less
    sure ones first gives the same. Objects without a confidence neither suppress nor are suppressed.
    """
    if most >= 1:
        return list(found)
    classes: dict[str, list[int]] = {}
    for at, one in enumerate(found):
        classes.setdefault(one.class_name, []).append(at)
    kept = [at for places in classes.values() for at in _of_class(found, places, most)]
    return [found[at] for at in sorted(kept)]


def _of_class(found: Sequence[Detection], places: list[int], most: float) -> list[int]:
    """The places that stay of those of one class."""
    if len(places) == 1:
        return places
    if len(places) > _FEW:
        return [places[at] for at in survivors([found[at] for at in places], most, lambda _one, _other: True)]
    kept = [at for at in places if found[at].confidence is None]
    boxes: list[Box] = []
    for _, _, at in _surest_first(found, places):
        box = found[at].box
        if not any([iou(box, other) > most for other in boxes]):
            boxes.append(box)
            kept.append(at)
    return kept


def _surest_first(found: Sequence[Detection], places: Iterable[int]) -> list[tuple[float, int, int]]:
    """Of the objects with a confidence what they are sorted by: that, their size, and last their place."""
    seen = [(found[at], at) for at in places]
    return sorted([(-one.confidence, -area(one.box), at) for one, at in seen if one.confidence is not None])


def survivors(found: Sequence[Detection], most: float, rivals: Rivals) -> list[int]:
    """The places of the objects that stay, in order. Of two that are equally sure the larger one, then the first."""
    if most >= 1:
        return list(range(len(found)))
    sure = _surest_first(found, range(len(found)))
    kept = {at for at, one in enumerate(found) if one.confidence is None}
    size = _reach([found[at].box for _, _, at in sure], most)
    near: dict[_Cell, list[int]] = {}
    for _, _, at in sure:
        box = found[at].box
        column, row = _cell(box, size)
        others = (other for cell in _around(column, row) for other in near.get(cell, ()))
        if not any(rivals(at, other) and iou(box, found[other].box) > most for other in others):
            kept.add(at)
            near.setdefault((column, row), []).append(at)
    return sorted(kept)


def _reach(boxes: Sequence[Box], most: float) -> tuple[int, int]:
    """How far apart, at most, the middles of two boxes are whose IoU is above `most`, in halves of a pixel.

    The shared width is more than `most` times that of the wider box, so their middles are closer than what is left of
    it; the same goes for heights. So who looks for rivals need not look at everybody.
    """
    width = max((box[2] - box[0] + 1 for box in boxes), default=1)
    height = max((box[3] - box[1] + 1 for box in boxes), default=1)
    return int(2 * (1 - most) * width) + 1, int(2 * (1 - most) * height) + 1


def _cell(box: Box, size: tuple[int, int]) -> _Cell:
    return (box[0] + box[2]) // size[0], (box[1] + box[3]) // size[1]


def _around(column: int, row: int) -> Iterator[_Cell]:
    return ((column + right, row + down) for right in (-1, 0, 1) for down in (-1, 0, 1))
