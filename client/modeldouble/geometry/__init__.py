"""Where an object lies. Pixels; a JSON point is [x, y], so x is the column and y the row.

Constructors take rows first, as the official SDK's do: `Point(row, col)`, `Rectangle(top, left, bottom, right)`.
Every geometry has `shape` (its name on the wire), `to_bbox()`, `to_json()` and `from_json()`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Union

from modeldouble.errors import BadArgument
from modeldouble.geometry.bitmap import Bitmap
from modeldouble.geometry.carried import Shape
from modeldouble.geometry.vector import Graph, Node, Point, Polygon, Polyline, Rectangle

__all__ = [
    "Bitmap",
    "Geometry",
    "Graph",
    "Node",
    "Point",
    "Polygon",
    "Polyline",
    "Rectangle",
    "Shape",
    "geometry_of",
    "shape_name",
]

# Evaluated at run time, also by Python 3.10's get_type_hints.
Geometry = Union[Rectangle, Polygon, Polyline, Point, Bitmap, Graph, Shape]  # noqa: UP007

_KINDS: dict[str, type[Rectangle | Polygon | Polyline | Point | Bitmap | Graph]] = {
    "rectangle": Rectangle,
    "polygon": Polygon,
    "line": Polyline,
    "point": Point,
    "bitmap": Bitmap,
    "graph": Graph,
}


def geometry_of(data: Mapping[str, Any]) -> Geometry:
    """Return the geometry of an object's JSON; of an unknown kind, a `Shape` that loses nothing.

    Raises `BadArgument` when a known kind lacks its coordinates.
    """
    shape = str(data.get("geometryType") or data.get("shape") or "")
    kind = _KINDS.get(shape)
    return Shape.of_object(shape, data) if kind is None else kind.from_json(data)


def shape_name(kind: type[Any]) -> str:
    """Return the name on the wire of a type of geometry, such as `Rectangle`."""
    found = next((name for name, known in _KINDS.items() if known is kind), None)
    if found is None:
        raise BadArgument(
            "shape", kind, f"give one of {', '.join(known.__name__ for known in _KINDS.values())}, or a name"
        )
    return found
