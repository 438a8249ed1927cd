"""Geometries made of points. Immutable; equal when their coordinates are."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from modeldouble.errors import BadArgument


class Point(NamedTuple):
    """One pixel. `x` is the column, `y` the row; coordinates from other programs may be fractions."""

    row: float
    col: float

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Point:
        """Make it from `{"points": {"exterior": [[x, y]]}}`."""
        points = _points(data, "exterior")
        if len(points) != 1:
            raise BadArgument("points.exterior", data["points"]["exterior"], "a point is [[x, y]]")
        return points[0]

    @property
    def x(self) -> float:
        """The column, in pixels."""
        return self.col

    @property
    def y(self) -> float:
        """The row, in pixels."""
        return self.row

    @property
    def shape(self) -> str:
        """Its name on the wire."""
        return "point"

    def to_bbox(self) -> Rectangle:
        """Return the box around it."""
        return _around([self])

    def to_json(self) -> dict[str, Any]:
        """Return the JSON that `from_json` reads."""
        return _written("point", [self])


class Rectangle(NamedTuple):
    """A box; the pixels of all four borders belong to it, so a box of one pixel has equal corners."""

    top: int
    left: int
    bottom: int
    right: int

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Rectangle:
        """Make it from `{"points": {"exterior": [[left, top], [right, bottom]]}}`; the corners may be swapped."""
        try:
            (x1, y1), (x2, y2) = data["points"]["exterior"]
        except (KeyError, TypeError, ValueError):
            remedy = "a rectangle needs points.exterior = [[left, top], [right, bottom]]"
            raise BadArgument("points", data.get("points"), remedy) from None
        for value in (x1, y1, x2, y2):
            _number(value, data["points"]["exterior"])
        return cls(min(y1, y2), min(x1, x2), max(y1, y2), max(x1, x2))

    @property
    def width(self) -> int:
        """In pixels, both borders counted."""
        return self.right - self.left + 1

    @property
    def height(self) -> int:
        """In pixels, both borders counted."""
        return self.bottom - self.top + 1

    @property
    def area(self) -> int:
        """In pixels."""
        return self.width * self.height

    @property
    def shape(self) -> str:
        """Its name on the wire."""
        return "rectangle"

    def to_bbox(self) -> Rectangle:
        """Return the box around it."""
        return self

    def to_json(self) -> dict[str, Any]:
        """Return the JSON that `from_json` reads."""
        return _written("rectangle", [Point(self.top, self.left), Point(self.bottom, self.right)])


class Polygon(NamedTuple):
    """An outline and its holes, each a tuple of points; the pixels of the outline belong to it."""

    exterior: tuple[Point, ...]
    interior: tuple[tuple[Point, ...], ...] = ()

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Polygon:
        """Make it from `{"points": {"exterior": [[x, y], ...], "interior": [[[x, y], ...], ...]}}`."""
        exterior = _points(data, "exterior")
        if not exterior:
            raise BadArgument("points.exterior", [], "a polygon needs points")
        rings = data["points"].get("interior") or ()
        return cls(exterior, tuple(_points({"points": {"interior": ring}}, "interior") for ring in rings))

    @property
    def shape(self) -> str:
        """Its name on the wire."""
        return "polygon"

    def to_bbox(self) -> Rectangle:
        """Return the box around it."""
        return _around(self.exterior)

    def to_json(self) -> dict[str, Any]:
        """Return the JSON that `from_json` reads."""
        return _written("polygon", self.exterior, self.interior)


class Polyline(NamedTuple):
    """A line through points, one pixel wide. Its name on the wire is "line"."""

    exterior: tuple[Point, ...]

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Polyline:
        """Make it from `{"points": {"exterior": [[x, y], ...]}}`."""
        exterior = _points(data, "exterior")
        if not exterior:
            raise BadArgument("points.exterior", [], "a line needs points")
        return cls(exterior)

    @property
    def shape(self) -> str:
        """Its name on the wire."""
        return "line"

    def to_bbox(self) -> Rectangle:
        """Return the box around it."""
        return _around(self.exterior)

    def to_json(self) -> dict[str, Any]:
        """Return the JSON that `from_json` reads."""
        return _written("line", self.exterior)


class Node(NamedTuple):
    """A keypoint; a disabled one was not seen."""

    location: Point
    disabled: bool = False


class Graph(NamedTuple):
    """Keypoints by label. What joins them is in the class: `label.obj_class.edges`."""

    nodes: Mapping[str, Node]

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Graph:
        """Make it from `{"nodes": {label: {"loc": [x, y]}}}`."""
        nodes = data.get("nodes")
        if not isinstance(nodes, Mapping) or not nodes or not all(isinstance(node, Mapping) for node in nodes.values()):
            raise BadArgument("nodes", nodes, 'a graph needs nodes = {label: {"loc": [x, y]}}')
        return cls(
            {
                str(key): Node(point_of(node.get("loc"), nodes), bool(node.get("disabled", False)))
                for key, node in nodes.items()
            }
        )

    @property
    def shape(self) -> str:
        """Its name on the wire."""
        return "graph"

    def to_bbox(self) -> Rectangle:
        """Return the box around it."""
        return _around([node.location for node in self.nodes.values()])

    def to_json(self) -> dict[str, Any]:
        """Return the JSON that `from_json` reads."""
        off = {"disabled": True}
        nodes = {
            key: {"loc": [node.location.col, node.location.row], **(off if node.disabled else {})}
            for key, node in self.nodes.items()
        }
        return {"nodes": nodes, "geometryType": "graph", "shape": "graph"}


def _number(value: Any, within: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise BadArgument("points", within, "coordinates are finite numbers of pixels")
    return value


def point_of(pair: Any, within: Any) -> Point:
    """Read [x, y]; `within` is what an error shows."""
    if not isinstance(pair, (list, tuple)) or len(pair) != 2:
        raise BadArgument("points", within, "a point is [x, y]")
    return Point(_number(pair[1], within), _number(pair[0], within))


def _points(data: Mapping[str, Any], key: str) -> tuple[Point, ...]:
    points = data.get("points")
    ring = points.get(key) if isinstance(points, Mapping) else None
    if not isinstance(ring, (list, tuple)):
        raise BadArgument("points", points, f"points.{key} is a list of [x, y]")
    return tuple(point_of(pair, ring) for pair in ring)


def _around(points: Iterable[Point]) -> Rectangle:
    known = list(points)
    rows, cols = [point.row for point in known], [point.col for point in known]
    return Rectangle(round(min(rows)), round(min(cols)), round(max(rows)), round(max(cols)))


def _written(shape: str, exterior: Iterable[Point], interior: Iterable[Iterable[Point]] = ()) -> dict[str, Any]:
    rings = [[[point.col, point.row] for point in ring] for ring in interior]
    points = {"exterior": [[point.col, point.row] for point in exterior], "interior": rings}
    return {"points": points, "geometryType": shape, "shape": shape}
