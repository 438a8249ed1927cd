"""Annotations on pictures. Needs Pillow and numpy: `pip install 'modeldouble[draw]'`."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from modeldouble.errors import BadArgument, MissingExtra
from modeldouble.geometry import Bitmap, Graph, Point, Polygon, Polyline, Rectangle
from modeldouble.meta import RGB

try:
    import numpy as np
    from PIL import Image, ImageDraw
except ImportError:
    raise MissingExtra("drawing", "draw") from None

from modeldouble.geometry.raster import patch_of
from modeldouble.plates import Plates

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from modeldouble.annotation import Annotation, Label


class Style(NamedTuple):
    """How to draw; `Annotation.draw_pretty` says what each means."""

    color: RGB | None
    thickness: int | None
    opacity: float
    draw_tags: bool
    fill_rectangles: bool
    draw_class_names: bool

    @classmethod
    def checked(
        cls, color: Iterable[int] | None, thickness: int | None, opacity: float, tags: bool, fill: bool, names: bool
    ) -> Style:
        """Refuse what no picture can be drawn with."""
        rgb = None if color is None else tuple(int(value) for value in color)
        if rgb is not None and (len(rgb) != 3 or any(not 0 <= value <= 255 for value in rgb)):
            raise BadArgument("color", color, "give red, green, blue, each 0 to 255")
        if thickness is not None and not 0 <= thickness <= 200:
            raise BadArgument("thickness", thickness, "give 0 to 200 pixels, or None")
        if not 0 <= opacity <= 1:
            raise BadArgument("opacity", opacity, "give a number from 0 (nothing) to 1 (covers the picture)")
        return cls(None if rgb is None else (rgb[0], rgb[1], rgb[2]), thickness, opacity, tags, fill, names)

    def colour(self, label: Label) -> RGB:
        return self.color or label.obj_class.color

    def pen(self, size: tuple[int, int]) -> int:
        """Return the thickness of outlines on an image of `size` (height, width)."""
        return max(1, round(min(size) / 250)) if self.thickness is None else int(self.thickness)


def draw_on(annotation: Annotation, bitmap: NDArray[np.uint8], style: Style) -> None:
    """Draw on the array itself: first all areas, then all outlines, and the names on top of everything."""
    _check(bitmap, annotation.img_size)
    size = annotation.img_size
    # What each covers is worked out again when needed: the masks of a thousand objects would not fit in memory.
    areas = [(label, _area(label, size)) for label in annotation.labels]
    # Small objects last, or those that lie on large ones would vanish.
    labels = [label for label, area in sorted(areas, key=lambda pair: -pair[1]) if area]
    _fill(bitmap, labels, style)
    # Pillow before 11 makes no image of nothing.
    if not bitmap.size:
        return
    canvas = Image.fromarray(bitmap)
    for label in labels:
        _outline(canvas, label, style)
    if style.draw_class_names or style.draw_tags:
        plates = Plates(canvas)
        # The smallest choose their place first: they have fewest.
        for label in reversed(labels):
            plates.put(_texts(label, style), _reach(label, style.pen(size)), style.colour(label), style.pen(size))
    bitmap[...] = np.asarray(canvas)


def save(bitmap: NDArray[np.uint8], path: str | os.PathLike[str]) -> None:
    """Write an array as an image file; its name's ending tells the format."""
    try:
        Image.fromarray(bitmap).save(path, quality=95)
    except (OSError, ValueError) as error:
        raise BadArgument("output_path", os.fspath(path), f"the picture cannot be written there ({error})") from None


def _check(bitmap: Any, size: tuple[int, int]) -> None:
    if not isinstance(bitmap, np.ndarray) or bitmap.dtype != np.uint8 or bitmap.ndim != 3 or bitmap.shape[2] != 3:
        seen = (bitmap.shape, str(bitmap.dtype)) if isinstance(bitmap, np.ndarray) else type(bitmap).__name__
        raise BadArgument("bitmap", seen, "give an array of uint8, height x width x 3; sly.image.read makes one")
    if not bitmap.flags.writeable:
        raise BadArgument("bitmap", "read-only", "it is drawn on in place; give a copy, bitmap.copy()")
    if bitmap.shape[:2] != size:
        raise BadArgument("bitmap", bitmap.shape, f"the annotation is of an image {size[0]} high and {size[1]} wide")


def _area(label: Label, size: tuple[int, int]) -> int:
    patch = patch_of(label.geometry, size)
    return 0 if patch is None else int(patch.mask.sum())


def _fill(bitmap: NDArray[np.uint8], labels: list[Label], style: Style) -> None:
    # One layer, blended once: where objects overlap the photograph stays as visible as elsewhere.
    kinds = (Polygon, Bitmap, Rectangle) if style.fill_rectangles else (Polygon, Bitmap)
    topmost = np.zeros(bitmap.shape[:2], dtype=np.int32)
    for index, label in enumerate(labels, 1):
        filled = isinstance(label.geometry, kinds)
        patch = patch_of(label.geometry, (bitmap.shape[0], bitmap.shape[1])) if filled else None
        if patch is not None:
            np.copyto(topmost[patch.where], index, where=patch.mask)
    covered = topmost > 0
    palette = np.array([(0, 0, 0), *(style.colour(label) for label in labels)], dtype=np.uint8)
    mixed = bitmap[covered] * (1 - style.opacity) + palette[topmost[covered]] * style.opacity
    bitmap[covered] = np.rint(mixed).astype(np.uint8)


def _outline(canvas: Image.Image, label: Label, style: Style) -> None:
    colour, width = style.colour(label), style.pen((canvas.height, canvas.width))
    geometry, pen = label.geometry, ImageDraw.Draw(canvas)
    if isinstance(geometry, Graph):
        _keypoints(pen, geometry, label.obj_class.edges, colour, max(width, 1))
    elif width == 0:
        return
    elif isinstance(geometry, Rectangle):
        corners = [(geometry.left, geometry.top), (geometry.right, geometry.bottom)]
        pen.rectangle(corners, outline=colour, width=width)
    elif isinstance(geometry, Polygon):
        for ring in (geometry.exterior, *geometry.interior):
            _stroke(pen, (*ring, ring[0]) if ring else (), colour, width)
    elif isinstance(geometry, Polyline):
        _stroke(pen, geometry.exterior, colour, width)
    elif isinstance(geometry, Point):
        _dot(pen, geometry, colour, width * 2)
    elif (patch := patch_of(geometry, (canvas.height, canvas.width))) is not None:
        canvas.paste(colour, (patch.left, patch.top), Image.fromarray(_edge(patch.mask, width)))


def _edge(mask: NDArray[np.bool_], width: int) -> NDArray[np.bool_]:
    """Return the pixels of a mask that lie within `width` of what is not set."""
    inner = mask
    for _ in range(width):
        padded = np.pad(inner, 1)
        inner = inner & padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
    return mask & ~inner


def _stroke(pen: ImageDraw.ImageDraw, points: tuple[Point, ...], colour: RGB, width: int) -> None:
    pen.line([(point.col, point.row) for point in points], fill=colour, width=width, joint="curve")


def _dot(pen: ImageDraw.ImageDraw, point: Point, colour: RGB, radius: int) -> None:
    # A dark rim keeps a dot visible on a ground of its own colour.
    box = (point.col - radius, point.row - radius, point.col + radius, point.row + radius)
    pen.ellipse(box, fill=colour, outline=(0, 0, 0) if radius > 2 else None)


def _reach(label: Label, width: int) -> Rectangle:
    """Return the box with the dots that are drawn around points."""
    box = label.geometry.to_bbox() or Rectangle(0, 0, 0, 0)
    more = width * 2 if isinstance(label.geometry, (Graph, Point)) else 0
    return Rectangle(box.top - more, box.left - more, box.bottom + more, box.right + more)


def _keypoints(pen: ImageDraw.ImageDraw, graph: Graph, edges: list[tuple[str, str]], colour: RGB, width: int) -> None:
    seen = {label: node.location for label, node in graph.nodes.items() if not node.disabled}
    for start, end in edges:
        if start in seen and end in seen:
            _stroke(pen, (seen[start], seen[end]), colour, width)
    for place in seen.values():
        _dot(pen, place, colour, width * 2)


def _texts(label: Label, style: Style) -> list[str]:
    """Return what may stand on the plate, the best first; shorter ones serve when there is no room."""
    name, confidence = label.obj_class.name, label.confidence
    known = ("confidence", "conf", "score") if style.draw_class_names else ()
    others = [tag for tag in label.tags if style.draw_tags and tag.name not in known]
    tags = [tag.name if tag.value is None else f"{tag.name}: {tag.value}" for tag in others]
    score = "" if confidence is None else f" {confidence:.2f}"
    if not style.draw_class_names:
        return [", ".join(tags)] if tags else []
    return [", ".join([name + score, *tags]), name + score, name]
