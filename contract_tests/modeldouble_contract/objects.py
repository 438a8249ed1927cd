"""What a prediction says, read without any library of the client's: sizes, classes, corners, confidences."""

import base64
import math
import struct
import zlib
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

BACKGROUND = "__bg__"
"""A class that real apps of semantic segmentation add to their meta when they first need it."""
THRESHOLDS = ("conf_thres", "conf", "confidence_threshold", "confidence_thresh", "confidence", "score_threshold")
_CONTOURS = frozenset(("rectangle", "polygon", "line", "point"))
_PNG = b"\x89PNG\r\n\x1a\n"


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
    """One object of an annotation. `points` are (x, y) in pixels; of a mask, two corners of its box."""

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
    """Payloads whose shape was judged; those of rare geometries were not, and are left alone."""
    shape = one["geometryType"]
    if shape == "bitmap":
        left, top = one["bitmap"]["origin"]
        width, height = _mask_size(one["bitmap"]["data"])
        yield from ((left, top), (left + width - 1, top + height - 1))
    elif shape == "graph":
        yield from ((x, y) for x, y in (node["loc"] for node in one["nodes"].values()))
    elif shape in _CONTOURS:
        for ring in (one["points"]["exterior"], *one["points"]["interior"]):
            yield from ((x, y) for x, y in ring)


def _mask_size(data: str) -> tuple[int, int]:
    """Width and height as the PNG's head says; one pixel where it cannot be read, which a check of its own finds."""
    try:
        head = zlib.decompressobj().decompress(base64.b64decode(data), 24)
    except (ValueError, zlib.error):
        return 1, 1
    if len(head) < 24 or not head.startswith(_PNG):
        return 1, 1
    width, height = struct.unpack(">II", head[16:24])
    return width, height


def _confidence(one: Mapping[str, Any]) -> float | None:
    values = [tag.get("value") for tag in one.get("tags", []) if tag["name"] == "confidence"]
    found = values[0] if values else None
    return float(found) if isinstance(found, (int, float)) and math.isfinite(found) else None


def threshold_name(defaults: Mapping[str, Any]) -> str | None:
    """The setting that holds the least confidence, if the defaults have one that is known."""
    return next((name for name in THRESHOLDS if type(defaults.get(name)) in (int, float)), None)
