"""Which pixels a geometry covers. Needs numpy and Pillow."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from modeldouble.errors import BadArgument, MissingExtra
from modeldouble.geometry import Bitmap, Geometry, Graph, Point, Polygon, Polyline, Rectangle
from modeldouble.geometry.bitmap import MOST_PIXELS

try:
    import numpy
    from PIL import Image, ImageDraw
except ImportError:
    raise MissingExtra("masks of geometries", "draw") from None

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray


class Patch(NamedTuple):
    """A part of an image: `mask` is boolean, rows x columns, and begins at `top`, `left`; it lies inside the image."""

    top: int
    left: int
    mask: NDArray[np.bool_]

    @property
    def where(self) -> tuple[slice, slice]:
        """Index of this part in the image's array."""
        rows, cols = self.mask.shape
        return slice(self.top, self.top + rows), slice(self.left, self.left + cols)


def patch_of(geometry: Geometry, size: tuple[int, int]) -> Patch | None:
    """Return the pixels of a geometry inside an image of `size` (height, width); None when there are none.

    Lines are one pixel wide, of keypoints the enabled ones' pixels count, and a geometry of unknown kind has none.
    """
    box = geometry.to_bbox()
    if box is None:
        return None
    whole = _clipped(box, size)
    if whole is None:
        return None
    if whole.area > MOST_PIXELS:
        raise BadArgument("img_size", size, f"masks are made of up to {MOST_PIXELS} pixels")
    mask = _mask_in(geometry, whole)
    return Patch(whole.top, whole.left, mask) if mask.any() else None


def mask_of(geometry: Geometry, size: tuple[int, int]) -> NDArray[np.bool_]:
    """Return the pixels of a geometry as a boolean array of `size` (height, width)."""
    full: NDArray[np.bool_] = numpy.zeros(size, dtype=bool)
    patch = patch_of(geometry, size)
    if patch is not None:
        full[patch.where] = patch.mask
    return full


def _clipped(box: Rectangle, size: tuple[int, int]) -> Rectangle | None:
    top, left = max(0, round(box.top)), max(0, round(box.left))
    bottom, right = min(size[0] - 1, round(box.bottom)), min(size[1] - 1, round(box.right))
    return Rectangle(top, left, bottom, right) if bottom >= top and right >= left else None


def _mask_in(geometry: Geometry, window: Rectangle) -> NDArray[np.bool_]:
    if isinstance(geometry, Rectangle):
        whole: NDArray[np.bool_] = numpy.ones((window.height, window.width), dtype=bool)
        return whole
    if isinstance(geometry, Bitmap):
        top, left = window.top - round(geometry.origin.row), window.left - round(geometry.origin.col)
        return geometry.data[top : top + window.height, left : left + window.width]
    if isinstance(geometry, Polygon):
        filled = _painted(window, [geometry.exterior], closed=True)
        return filled & ~_painted(window, geometry.interior, closed=True)
    if isinstance(geometry, Polyline):
        return _painted(window, [geometry.exterior], closed=False)
    if isinstance(geometry, Graph):
        dots = [[node.location] for node in geometry.nodes.values() if not node.disabled]
        return _painted(window, dots, closed=False)
    return _painted(window, [[geometry]] if isinstance(geometry, Point) else [], closed=False)


def _painted(window: Rectangle, rings: Sequence[Sequence[Point]], closed: bool) -> NDArray[np.bool_]:
    canvas = Image.new("1", (window.width, window.height))
    pen = ImageDraw.Draw(canvas)
    for ring in rings:
        places = [(round(point.col) - window.left, round(point.row) - window.top) for point in ring]
        if closed and len(places) > 2:
            pen.polygon(places, fill=1, outline=1)
        elif len(places) > 1:
            pen.line(places + places[:1] if closed else places, fill=1)
        else:
            pen.point(places, fill=1)
    drawn: NDArray[np.bool_] = numpy.array(canvas, dtype=bool)
    return drawn
