"""How found objects are off: boxes as far as their overlap with the label is to be, shapes along with their boxes."""

from ...scene import Box, Geometry, Graph, Mask, Point, Polygon
from ..chance import Chance
from .labels import Label, around
from .raster import box_iou, iou, mask_of, raster, rows_of

LEAST_IOU = 0.52
"""A found box overlaps its label by at least this: it counts as found at 0.5, also if rounded otherwise."""
_LEAST_SHAPE_IOU = 0.54
_STEPS = 8
Off = tuple[float, float, float, float]
"""By how much each side is off, as parts of the box's width (left, right) or height (top, bottom)."""


def jittered_box(box: Box, wanted: float, chance: Chance, width: int, height: int) -> Box:
    """A box inside a picture whose overlap (IoU) with `box` is near to `wanted`, as whole pixels allow."""
    raw = [chance.between(-1.0, 1.0) for _ in range(4)]
    most = max(0.01, *map(abs, raw))
    off = (raw[0] / most, raw[1] / most, raw[2] / most, raw[3] / most)
    if box_iou(box, _moved(box, off, 1.0, width, height)) > wanted:
        # The picture's edge stops it from growing; nothing stops it from shrinking.
        off = (abs(off[0]) / 2, abs(off[1]) / 2, -abs(off[2]) / 2, -abs(off[3]) / 2)
    near, far = 0.0, 1.0
    for _ in range(_STEPS):
        middle = (near + far) / 2
        if box_iou(box, _moved(box, off, middle, width, height)) >= wanted:
            near = middle
        else:
            far = middle
    both = [_moved(box, off, amount, width, height) for amount in (near, far)]
    fit = [one for one in both if box_iou(box, one) >= LEAST_IOU]
    return min(fit, key=lambda one: abs(box_iou(box, one) - wanted), default=box)


def jittered_shape(label: Label, box: Box, follow: float) -> tuple[Box, Geometry | None]:
    """The label's geometry in its new box, and the box that encloses it; the overlap never falls below one half."""
    geometry = label.geometry
    if geometry is None:
        return box, None
    if isinstance(geometry, Graph):
        return box, placed(geometry, label.box, box, follow)
    whole = raster(geometry, label.box)
    for amount in (follow, follow / 2, 0.0):
        made = placed(geometry, label.box, box, amount)
        inside = made.box if isinstance(made, Mask) else box
        if made is not None and iou(whole, raster(made, inside)) >= _LEAST_SHAPE_IOU:
            return inside, made
    return label.box, geometry


def placed(geometry: Geometry, old: Box, new: Box, follow: float) -> Geometry | None:
    """A geometry whose box was `old`, in the box `new`.

    What touches a side stays at that side. What lies within moves `follow` times as far as the box did there: 0 leaves
    it in place, 1 stretches it with the box. None for a mask of which nothing remains.
    """
    if isinstance(geometry, Mask):
        return _placed_mask(geometry, old, new, follow)
    if isinstance(geometry, Graph):
        return Graph(tuple((name, _point(at, old, new, follow)) for name, at in geometry.nodes))
    rings = [tuple(_point(at, old, new, follow) for at in ring) for ring in (geometry.exterior, *geometry.interior)]
    return Polygon(rings[0], tuple(rings[1:]))


def enclosing(geometry: Geometry, box: Box) -> Box:
    """The box of a geometry that was made to fill `box`."""
    if isinstance(geometry, Mask):
        return geometry.box
    return around(tuple(at for _, at in geometry.nodes)) if isinstance(geometry, Graph) else box


def _moved(box: Box, off: Off, amount: float, width: int, height: int) -> Box:
    left, top, right, bottom = box
    across, down = (right - left + 1) * amount, (bottom - top + 1) * amount
    x0, x1 = _near(left + off[0] * across), _near(right + off[2] * across)
    y0, y1 = _near(top + off[1] * down), _near(bottom + off[3] * down)
    x0, y0 = min(max(x0, 0), width - 1), min(max(y0, 0), height - 1)
    return x0, y0, min(max(x1, x0), width - 1), min(max(y1, y0), height - 1)


def _point(at: Point, old: Box, new: Box, follow: float) -> Point:
    return (
        _along(at[0], old[0], old[2], new[0], new[2], follow),
        _along(at[1], old[1], old[3], new[1], new[3], follow),
    )


def _along(value: int, low: int, high: int, new_low: int, new_high: int, follow: float) -> int:
    if value <= low:
        return new_low
    if value >= high:
        return new_high
    part = (value - low) / (high - low)
    shift = (new_low - low) * (1 - part) + (new_high - high) * part
    return min(max(_near(value + follow * shift), new_low), new_high)


def _placed_mask(mask: Mask, old: Box, new: Box, follow: float) -> Mask | None:
    columns = [_source(x, old[0], old[2], new[0], new[2], follow) for x in range(new[0], new[2] + 1)]
    width = old[2] - old[0] + 1
    known: dict[int, int] = {}
    for row in {*rows_of(mask)}:
        text = f"{row:0{width}b}"
        known[row] = int("".join([text[at] for at in columns]), 2)
    rows = [known[row] for row in rows_of(mask)]
    lines = [_source(y, old[1], old[3], new[1], new[3], follow) for y in range(new[1], new[3] + 1)]
    return mask_of(new, [rows[at] for at in lines])


def _source(value: int, low: int, high: int, new_low: int, new_high: int, follow: float) -> int:
    """Which column or row of a mask one of the new box shows, counted from the first: `_along`, backwards."""
    if value == new_low:
        return 0
    if value == new_high:
        return high - low
    first, last = low + follow * (new_low - low), high + follow * (new_high - high)
    if last <= first:
        return (high - low) // 2
    part = (value - first) / (last - first)
    return min(max(_near(part * (high - low)), 0), high - low)


def _near(value: float) -> int:
    whole = int(value + 0.5)
    return whole - (whole > value + 0.5)
