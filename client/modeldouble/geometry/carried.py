"""A geometry that this package does not know."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from modeldouble.geometry.vector import Rectangle

_NOT_GEOMETRY = frozenset(
    {"classTitle", "classId", "description", "tags", "id", "labelerLogin", "createdAt", "updatedAt"}
)


class Shape:
    """A geometry that is carried, not interpreted: a cuboid, an alpha mask, or one of a newer release."""

    __slots__ = ("_data", "shape")

    def __init__(self, shape: str, data: Mapping[str, Any]) -> None:
        self.shape = shape
        self._data = deepcopy(dict(data))

    @classmethod
    def of_object(cls, shape: str, data: Mapping[str, Any]) -> Shape:
        """Take from an object's JSON what is not known to be something else."""
        return cls(shape, {key: value for key, value in data.items() if key not in _NOT_GEOMETRY})

    def to_bbox(self) -> Rectangle | None:
        """None: where it lies is not known."""
        return None

    def to_json(self) -> dict[str, Any]:
        """Return the JSON as it came."""
        return deepcopy(self._data)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Shape) and (other.shape, other._data) == (self.shape, self._data)

    def __hash__(self) -> int:
        return hash(self.shape)

    def __repr__(self) -> str:
        return f"Shape({self.shape!r})"
