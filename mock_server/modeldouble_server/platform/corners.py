"""Coordinates of pixels as coordinates from the corner of a pixel, which newer official clients read."""

from typing import Any

from ..world import Entity


def at_corners(annotation: Entity) -> Entity:
    """An annotation in pixels as one whose coordinates count from the corner of the picture's first pixel.

    A rectangle, which names its last pixel, ends a pixel later; a point is the middle of its pixel; a bitmap stays.
    """
    return {**annotation, "objects": [_object(one) for one in annotation.get("objects", [])]}


def _object(one: Entity) -> Entity:
    kind = one.get("geometryType", one.get("shape"))
    if kind == "graph" and isinstance(one.get("nodes"), dict):
        return {**one, "nodes": {name: {**node, "loc": _middle(node["loc"])} for name, node in one["nodes"].items()}}
    points = one.get("points")
    if not isinstance(points, dict):
        return one
    if kind == "rectangle":
        first, last = points["exterior"]
        return {**one, "points": {**points, "exterior": [first, [at + 1 for at in last]]}}
    exterior = [_middle(at) for at in points.get("exterior", [])]
    interior = [[_middle(at) for at in ring] for ring in points.get("interior", [])]
    return {**one, "points": {**points, "exterior": exterior, "interior": interior}}


def _middle(point: Any) -> list[float]:
    return [at + 0.5 for at in point]
