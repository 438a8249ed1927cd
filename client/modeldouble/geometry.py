"""Where an object lies. Pixels; JSON points are [x, y], so x is the column and y the row."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, NamedTuple, Union

from modeldouble.errors import BadArgument


class Rectangle(NamedTuple):
    """A box; the pixels of all four borders belong to it."""

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
        return cls(min(y1, y2), min(x1, x2), max(y1, y2), max(x1, x2))

    @property
    def shape(self) -> str:
        return "rectangle"

    @property
    def width(self) -> int:
        return self.right - self.left + 1

    @property
    def height(self) -> int:
        return self.bottom - self.top + 1

    @property
    def area(self) -> int:
        return self.width * self.height

    def to_json(self) -> dict[str, Any]:
        exterior = [[self.left, self.top], [self.right, self.bottom]]
        return {"points": {"exterior": exterior, "interior": []}, "geometryType": "rectangle", "shape": "rectangle"}


class Shape:
    """A geometry that is carried, not interpreted: polygon, bitmap, line, point, graph, or one of a newer release."""

    __slots__ = ("_data", "shape")

    def __init__(self, shape: str, data: Mapping[str, Any]) -> None:
        self.shape = shape
        self._data = deepcopy(dict(data))

    def to_json(self) -> dict[str, Any]:
        return deepcopy(self._data)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Shape) and (other.shape, other._data) == (self.shape, self._data)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Shape({self.shape!r})"


Geometry = Union[Rectangle, Shape]  # noqa: UP007 - evaluated at run time, also by Python 3.10's get_type_hints

_NOT_GEOMETRY = frozenset(
    {"classTitle", "classId", "description", "tags", "id", "labelerLogin", "createdAt", "updatedAt"}
)


def geometry_of(data: Mapping[str, Any]) -> Geometry:
    """Return the geometry of an object's JSON."""
    shape = str(data.get("geometryType") or data.get("shape") or "")
    if shape == "rectangle":
        return Rectangle.from_json(data)
    return Shape(shape, {key: value for key, value in data.items() if key not in _NOT_GEOMETRY})
