"""Geometries and objects in the form in which annotations carry them; coordinates are [x, y]."""

import base64
import struct
import zlib
from typing import Any

from .meta import CONFIDENCE, shape_of
from .scene import Box, Detection, Geometry, Graph, Mask, Point, Polygon, Tag

Json = dict[str, Any]
SIGNATURE = b"\x89PNG\r\n\x1a\n"
_LEVEL = 6


def object_json(one: Detection) -> Json:
    """An object of an annotation. Rectangles are [left, top], [right, bottom], inclusive."""
    if one.verbatim is not None:
        return dict(one.verbatim)
    confidence = [] if one.confidence is None else [Tag(CONFIDENCE, one.confidence)]
    shape = shape_of(one)
    return {
        "classTitle": one.class_name,
        "description": "",
        "tags": [tag_json(tag) for tag in (*confidence, *one.tags)],
        **_geometry(one.geometry, one.box),
        "geometryType": shape,
        "shape": shape,
        "nnCreated": True,
        "nnUpdated": True,
    }


def tag_json(tag: Tag) -> Json:
    """A tag; one without a value has no key for it."""
    return {"name": tag.name} if tag.value is None else {"name": tag.name, "value": tag.value}


def box_json(box: Box) -> Json:
    """A rectangle's geometry."""
    left, top, right, bottom = box
    return {"points": {"exterior": [[left, top], [right, bottom]], "interior": []}}


def _geometry(geometry: Geometry | None, box: Box) -> Json:
    if isinstance(geometry, Polygon):
        return {"points": {"exterior": _points(geometry.exterior), "interior": [*map(_points, geometry.interior)]}}
    if isinstance(geometry, Graph):
        return {"nodes": {name: {"loc": list(at)} for name, at in geometry.nodes}}
    if isinstance(geometry, Mask):
        return {"bitmap": {"origin": list(geometry.box[:2]), "data": _bitmap(geometry)}}
    return box_json(box)


def _points(points: tuple[Point, ...]) -> list[list[int]]:
    return [list(one) for one in points]


def _bitmap(mask: Mask) -> str:
    """base64 of zlib of a PNG of one bit per pixel, which needs no library whose releases pack it differently."""
    left, top, right, bottom = mask.box
    width, height = right - left + 1, bottom - top + 1
    row = (width + 7) // 8
    # Each row begins with the number of its filter: none.
    rows = b"".join(b"\0" + mask.bits[at : at + row] for at in range(0, row * height, row))
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    parts = (("IHDR", header), ("IDAT", zlib.compress(rows, _LEVEL)), ("IEND", b""))
    return base64.b64encode(zlib.compress(SIGNATURE + b"".join(chunk(*one) for one in parts), _LEVEL)).decode()


def chunk(name: str, content: bytes) -> bytes:
    """A chunk of a PNG."""
    named = name.encode() + content
    return struct.pack(">I", len(content)) + named + struct.pack(">I", zlib.crc32(named))
