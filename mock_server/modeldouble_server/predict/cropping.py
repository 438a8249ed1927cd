"""What of an object lies inside a region of the picture, still in coordinates of the full picture."""

from collections.abc import Iterable, Sequence

from ..scene import Box, Detection, Graph, Mask, Point, Polygon
from . import masks
from .masks import common

_SIDES = ((0, 1, 0), (1, 1, 1), (0, -1, 2), (1, -1, 3))
"""Of each side of a region: which coordinate it bounds, in which direction its inside lies, and its place in a Box."""


def cropped(found: Iterable[Detection], region: Box) -> list[Detection]:
    """The parts of the objects inside the region; objects that have none drop out."""
    return [part for part in (part_of(one, region) for one in found) if part is not None]


def part_of(one: Detection, region: Box) -> Detection | None:
    """The part of an object inside the region, or None.

    An object whose box lies inside is left as it is. Of one that is cut the fields tell what it is now, so it loses
    its `verbatim`. Boxes are cut to the pixels that they share with the region, masks and polygons are cut and get a
    tight box, and keypoints outside the region are not seen.
    """
    box = common(one.box, region)
    if box is None or box == one.box:
        return None if box is None else one
    if one.geometry is None:
        return one._replace(box=box, verbatim=None)
    if isinstance(one.geometry, Mask):
        mask = masks.cropped(one.geometry, region)
        return None if mask is None else one._replace(box=mask.box, geometry=mask, verbatim=None)
    if isinstance(one.geometry, Polygon):
        polygon = clipped(one.geometry, region)
        tight = None if polygon is None else _bounds(polygon.exterior)
        return None if tight is None else one._replace(box=tight, geometry=polygon, verbatim=None)
    nodes = tuple(node for node in one.geometry.nodes if _inside(node[1], region))
    return one._replace(box=box, geometry=Graph(nodes), verbatim=None) if nodes else None


def clipped(polygon: Polygon, region: Box) -> Polygon | None:
    """A polygon cut to a region, or None if no area of it is left.

    Sutherland and Hodgman's way: parts of a concave polygon stay joined by lines along the region's border. Corners
    that arise are rounded to whole pixels.
    """
    exterior = _cut(polygon.exterior, region)
    interior = [hole for hole in (_cut(ring, region) for ring in polygon.interior) if hole]
    # A region inside a hole has nothing of the polygon.
    if not exterior or (interior and _twice_area(exterior) <= sum(map(_twice_area, interior))):
        return None
    return Polygon(exterior, tuple(interior))


def _cut(ring: tuple[Point, ...], region: Box) -> tuple[Point, ...]:
    if all(_inside(point, region) for point in ring):
        return ring
    points: Sequence[Point] = ring
    for axis, direction, side in _SIDES:
        points = _cut_at(points, axis, direction, region[side])
    distinct = tuple(point for at, point in enumerate(points) if point != points[at - 1])
    return distinct if _has_area(distinct) else ()


def _cut_at(points: Sequence[Point], axis: int, direction: int, limit: int) -> list[Point]:
    kept: list[Point] = []
    for at, point in enumerate(points):
        before = points[at - 1]
        inside, was_inside = (direction * (one[axis] - limit) >= 0 for one in (point, before))
        if inside != was_inside:
            kept.append(_crossing(before, point, axis, limit))
        if inside:
            kept.append(point)
    return kept


def _crossing(one: Point, other: Point, axis: int, limit: int) -> Point:
    """Where a line crosses a side, in whole pixels, which are exact and the same in both directions of the line."""
    across = 1 - axis
    length, part = other[axis] - one[axis], limit - one[axis]
    at = one[across] + (2 * part * (other[across] - one[across]) + length) // (2 * length)
    return (limit, at) if axis == 0 else (at, limit)


def _has_area(points: Sequence[Point]) -> bool:
    """Whether the points are not all on one line."""
    if len(points) < 3:
        return False
    (x0, y0), (x1, y1) = points[0], points[1]
    return any((x1 - x0) * (y - y0) != (y1 - y0) * (x - x0) for x, y in points[2:])


def _twice_area(points: Sequence[Point]) -> int:
    return abs(sum(points[at - 1][0] * y - x * points[at - 1][1] for at, (x, y) in enumerate(points)))


def _bounds(points: Sequence[Point]) -> Box:
    across, down = [x for x, _ in points], [y for _, y in points]
    return min(across), min(down), max(across), max(down)


def _inside(point: Point, region: Box) -> bool:
    return region[0] <= point[0] <= region[2] and region[1] <= point[1] <= region[3]
