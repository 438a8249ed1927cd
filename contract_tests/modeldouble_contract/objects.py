"""What a prediction says, read without any library of the client's: sizes, classes, corners, confidences."""

import math
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple


class Meta(NamedTuple):
    """Class names with their shapes, and names of tags, as the model announces them."""

    shapes: Mapping[str, str]
    tags: frozenset[str]


def read_meta(value: Any) -> Meta:
    """Read a project meta whose shape was judged; empty where it deviated."""
    found = value if isinstance(value, dict) else {}
    shapes = {one["title"]: one["shape"] for one in found.get("classes", [])}
    return Meta(shapes, frozenset(one["name"] for one in found.get("tags", [])))


class Seen(NamedTuple):
    """One object of an annotation. `points` are (x, y) in pixels; of a mask, its origin only."""

    class_name: str
    shape: str
    points: tuple[tuple[float, float], ...]
    confidence: float | None


def objects_of(prediction: Mapping[str, Any]) -> list[Seen]:
    """The objects of a prediction; none where a target sent the annotation elsewhere (it is null then)."""
    annotation = prediction["annotation"] or {"objects": []}
    return [_seen(one) for one in annotation["objects"]]


def size_of(prediction: Mapping[str, Any]) -> tuple[int, int]:
    """Width and height of the picture that was inferred."""
    size = prediction["annotation"]["size"]
    return size["width"], size["height"]


def _seen(one: Mapping[str, Any]) -> Seen:
    return Seen(one["classTitle"], one["geometryType"], tuple(_points(one)), _confidence(one))


def _points(one: Mapping[str, Any]) -> Iterator[tuple[float, float]]:
    if "bitmap" in one:
        yield tuple(one["bitmap"]["origin"])  # type: ignore[misc]  # two numbers, as its shape was judged
    for ring in (one["points"]["exterior"], *one["points"]["interior"]) if "points" in one else ():
        # An interior is a ring of points; the exterior is one itself.
        yield from ((x, y) for x, y in ring)
    for node in one.get("nodes", {}).values():
        yield tuple(node["loc"])


def _confidence(one: Mapping[str, Any]) -> float | None:
    values = [tag.get("value") for tag in one.get("tags", []) if tag["name"] == "confidence"]
    found = values[0] if values else None
    return float(found) if isinstance(found, (int, float)) and math.isfinite(found) else None
