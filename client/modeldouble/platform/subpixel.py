"""Coordinates as the platform keeps them, and as annotations have them here. Pure.

In an annotation a coordinate names a pixel. On the wire it is a place on the plane, where pixel 0 reaches from 0 to 1.
A box therefore ends one further right and down there, and a point lies in the middle of its pixel. Clients since
6.73.159 convert so when they write, and back when they have asked with `integerCoords: false`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from math import ceil, floor
from typing import Any

Json = dict[str, Any]
Point = list[float]
Move = Callable[[Point], Point]

_BOXES = ("rectangle", "oriented_bbox")
# A side that covers at least this part of a pixel covers it, says the official client.
_COVERED = 0.3


def to_subpixel(annotation: Mapping[str, Any]) -> Json:
    """Return the annotation with pixels turned into places: box corners right + 1, bottom + 1; points + 0.5."""
    return _converted(annotation, _grown, _centred, _node)


def to_pixel(annotation: Mapping[str, Any]) -> Json:
    """Return the annotation with places turned into the pixels they lie in, which undoes `to_subpixel`.

    A point on the right or lower border of the image goes to its last pixel.
    """
    size = annotation.get("size")
    size = size if isinstance(size, Mapping) else {}
    width, height = size.get("width"), size.get("height")

    def pixel(point: Point) -> Point:
        x, y = point
        return [floor(x) - (x == width), floor(y) - (y == height)]

    return _converted(annotation, _shrunk, pixel, pixel)


def _converted(
    annotation: Mapping[str, Any], box: Callable[[list[Point]], list[Point]], move: Move, node: Move
) -> Json:
    made = deepcopy(dict(annotation))
    for item in made.get("objects") or ():
        points = item.get("points")
        if item.get("geometryType", item.get("shape")) in _BOXES:
            # A turned box has its corners directly under `points`.
            if isinstance(points, dict):
                points["exterior"] = box(points["exterior"])
            else:
                item["points"] = box(points)
            continue
        for ring in (points, *(item.get("parts") or ())):
            if isinstance(ring, dict):
                _move_ring(ring, move)
        for one in (item.get("nodes") or {}).values():
            one["loc"] = node(one["loc"])
    return made


def _move_ring(ring: Json, move: Move) -> None:
    ring["exterior"] = [move(point) for point in ring["exterior"]]
    if "interior" in ring:
        ring["interior"] = [[move(point) for point in hole] for hole in ring["interior"]]


def _centred(point: Point) -> Point:
    return [point[0] + 0.5, point[1] + 0.5]


def _node(point: Point) -> Point:
    # Only keypoints that lie between pixels go to the middle of theirs; the official client does so.
    return [floor(point[0]) + 0.5, floor(point[1]) + 0.5]


def _sides(corners: list[Point]) -> tuple[float, float, float, float]:
    (x1, y1), (x2, y2) = corners
    return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)


def _grown(corners: list[Point]) -> list[Point]:
    left, top, right, bottom = _sides(corners)
    return [[left, top], [right + 1, bottom + 1]]


def _shrunk(corners: list[Point]) -> list[Point]:
    left, top, right, bottom = _sides(corners)
    if floor(left) == floor(right) and floor(top) == floor(bottom):
        return [[floor(left), floor(top)]] * 2
    left, top = _first(left), _first(top)
    return [[left, top], [max(left, _after(right) - 1), max(top, _after(bottom) - 1)]]


def _first(side: float) -> int:
    return ceil(side) if side % 1 >= 1 - _COVERED else floor(side)


def _after(side: float) -> int:
    return ceil(side) if side % 1 >= _COVERED else floor(side)
