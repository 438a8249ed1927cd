"""Sets of pixels, one whole number for each row: what masks and polygons cover, and how much two of them overlap."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ...scene import Box, Geometry, Mask, Point, Polygon


class Raster(NamedTuple):
    """Pixels inside `box`: rows from top to bottom, the rightmost pixel in the lowest bit."""

    box: Box
    rows: tuple[int, ...]

    @property
    def area(self) -> int:
        """How many pixels there are."""
        return sum(row.bit_count() for row in self.rows)


def box_iou(one: Box, other: Box) -> float:
    """Intersection over union of two boxes of inclusive pixels."""
    both = box_intersection(one, other)
    return both / (box_area(one) + box_area(other) - both)


def box_intersection(one: Box, other: Box) -> int:
    """The pixels that two boxes share."""
    across = min(one[2], other[2]) - max(one[0], other[0]) + 1
    down = min(one[3], other[3]) - max(one[1], other[1]) + 1
    return across * down if across > 0 and down > 0 else 0


def intersection(one: Raster, other: Raster) -> int:
    """The pixels that two sets share."""
    if not box_intersection(one.box, other.box):
        return 0
    top, bottom = max(one.box[1], other.box[1]), min(one.box[3], other.box[3])
    right = min(one.box[2], other.box[2])
    mine, yours = one.box[2] - right, other.box[2] - right
    first = one.rows[top - one.box[1] : bottom - one.box[1] + 1]
    second = other.rows[top - other.box[1] : bottom - other.box[1] + 1]
    return sum(((a >> mine) & (b >> yours)).bit_count() for a, b in zip(first, second, strict=True))


def iou(one: Raster, other: Raster) -> float:
    """Intersection over union; of two empty sets it is 0."""
    both = intersection(one, other)
    union = one.area + other.area - both
    return both / union if union else 0.0


def raster(geometry: Geometry | None, box: Box) -> Raster:
    """The pixels of an object; one without mask or polygon fills its box."""
    if isinstance(geometry, Mask):
        return Raster(geometry.box, tuple(rows_of(geometry)))
    if isinstance(geometry, Polygon):
        return _filled(box, (geometry.exterior, *geometry.interior))
    left, top, right, bottom = box
    return Raster(box, ((1 << (right - left + 1)) - 1,) * (bottom - top + 1))


def rows_of(mask: Mask) -> Iterable[int]:
    """The rows of a mask from top to bottom, the rightmost pixel in the lowest bit."""
    width = mask.box[2] - mask.box[0] + 1
    step = (width + 7) // 8
    for at in range(0, step * (mask.box[3] - mask.box[1] + 1), step):
        yield int.from_bytes(mask.bits[at : at + step], "big") >> (8 * step - width)


def mask_of(box: Box, rows: Sequence[int]) -> Mask | None:
    """A mask of rows as `Raster` has them, cut to what is in it; None if nothing is."""
    left, top, right, bottom = box
    seen = [at for at, row in enumerate(rows) if row]
    if not seen:
        return None
    rows, top, bottom = rows[seen[0] : seen[-1] + 1], top + seen[0], top + seen[-1]
    every = 0
    for row in rows:
        every |= row
    spare = (every & -every).bit_length() - 1
    left, right = right + 1 - every.bit_length(), right - spare
    step = (right - left + 8) // 8
    pad = 8 * step - (right - left + 1)
    return Mask((left, top, right, bottom), b"".join((row >> spare << pad).to_bytes(step, "big") for row in rows))


def _filled(box: Box, rings: Sequence[Sequence[Point]]) -> Raster:
    """Pixels whose middle lies in an odd number of rings, corners being those of pixels, as COCO's tools have it.

    Each edge turns over all pixels to the right of it; those inside are turned over an odd number of times.
    """
    left, top, right, bottom = box
    rows = [0] * (bottom - top + 1)
    for ring in rings:
        for (x0, y0), (x1, y1) in zip(ring, (*ring[1:], *ring[:1]), strict=True):
            slope = (x1 - x0) / (y1 - y0) if y1 != y0 else 0.0
            for y in range(max(min(y0, y1), top), min(max(y0, y1), bottom + 1)):
                first = int(x0 + (y + 0.5 - y0) * slope + 0.5)
                rows[y - top] ^= (1 << (right + 1 - min(max(first, left), right + 1))) - 1
    return Raster(box, tuple(rows))


def box_area(box: Box) -> int:
    """The pixels of a box."""
    return (box[2] - box[0] + 1) * (box[3] - box[1] + 1)
