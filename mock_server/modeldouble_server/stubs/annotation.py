"""Annotations as Supervisely JSON: what they say goes out to the letter, what settings act on is read from them."""

import base64
import binascii
import json
import os
import struct
import zlib
from collections.abc import Callable, Mapping, Sequence
from math import ceil, floor
from pathlib import Path
from typing import Any

from ..meta import CONFIDENCE
from ..refusal import shown
from ..scene import Answer, Box, Detection, Tag

_HEADER = struct.Struct(">8x4x4sII")
"""The beginning of a PNG: signature, length and name of the first chunk, width, height."""


def read_annotation(given: Any) -> Answer:
    """The answer of an annotation, given as a mapping, or as the path of a file that has one.

    A whole prediction, `{"annotation": ..., "data": ...}`, is one too; only its annotation is used.
    """
    source = given if isinstance(given, Mapping) else _file(given)
    try:
        plain = json.loads(json.dumps(source, allow_nan=False))
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"annotation is not JSON ({error}); give what Annotation.to_json() gives") from error
    if isinstance(plain, dict) and "objects" not in plain and isinstance(plain.get("annotation"), dict):
        plain = plain["annotation"]
    if not isinstance(plain, dict) or "objects" not in plain:
        raise ValueError('annotation has no "objects"; give an annotation as JSON, such as Annotation.to_json() gives')
    objects = [
        _object(f"annotation.objects[{at}]", one) for at, one in enumerate(_list("annotation", plain, "objects"))
    ]
    return Answer(tuple(objects), tuple(_tags("annotation", plain)), literal=True)


def _file(given: Any) -> Any:
    if not isinstance(given, (str, os.PathLike)):
        raise TypeError(f"annotation is {shown(given)}; give a mapping or the path of a JSON file")
    try:
        return json.loads(Path(given).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ValueError(f"annotation {str(given)!r} cannot be read ({error}); give the path of a JSON file") from error


def _list(where: str, holder: Mapping[str, Any], name: str) -> list[Any]:
    found = holder.get(name, [])
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise ValueError(f"{where}.{name} is {shown(found)}; give a list of objects")
    return found


def _tags(where: str, holder: Mapping[str, Any]) -> list[Tag]:
    tags = []
    for at, one in enumerate(_list(where, holder, "tags")):
        name, value = one.get("name"), one.get("value")
        if not isinstance(name, str) or not (value is None or isinstance(value, (int, float, str))):
            raise ValueError(f"{where}.tags[{at}] is {shown(one)}; give a name, and a number or text as value")
        tags.append(Tag(name, value))
    return tags


def _object(where: str, one: dict[str, Any]) -> Detection:
    title, shape = one.get("classTitle"), one.get("geometryType")
    if not isinstance(title, str) or not title:
        raise ValueError(f"{where}.classTitle is {shown(title)}; give the name of a class")
    if not isinstance(shape, str) or shape not in _BOXES:
        raise ValueError(f"{where}.geometryType is {shown(shape)}; give one of {', '.join(_BOXES)}")
    try:
        box = _BOXES[shape](one)
    except (
        AttributeError,
        KeyError,
        TypeError,
        ValueError,
        OverflowError,
        zlib.error,
        struct.error,
        binascii.Error,
    ) as error:
        raise ValueError(f"{where} is no {shape} ({type(error).__name__}: {error}); give its {_KEYS[shape]}") from error
    tags = _tags(where, one)
    sure = next((tag.value for tag in tags if tag.name == CONFIDENCE and isinstance(tag.value, (int, float))), None)
    return Detection(title, box, sure, tags=tuple(tag for tag in tags if tag.name != CONFIDENCE), verbatim=one)


def _around(points: Sequence[Sequence[float]]) -> Box:
    """Whole pixels that have all of the points."""
    pairs = [(x, y) for x, y in points]
    columns, rows = [x for x, _ in pairs], [y for _, y in pairs]
    return floor(min(columns)), floor(min(rows)), ceil(max(columns)), ceil(max(rows))


def _exterior(least: int, most: int | None = None) -> Callable[[Mapping[str, Any]], Box]:
    def box(one: Mapping[str, Any]) -> Box:
        exterior = one["points"]["exterior"]
        if len(exterior) < least or (most is not None and len(exterior) > most):
            raise ValueError(f"{len(exterior)} points")
        return _around(exterior)

    return box


def _nodes(one: Mapping[str, Any]) -> Box:
    return _around([node["loc"] for node in one["nodes"].values()])


def _bitmap(one: Mapping[str, Any]) -> Box:
    x, y = one["bitmap"]["origin"]
    packed = base64.b64decode(one["bitmap"]["data"], validate=True)
    # The size stands at the beginning; the rest need not be unpacked, however large it is.
    name, width, height = _HEADER.unpack(zlib.decompressobj().decompress(packed, _HEADER.size))
    if name != b"IHDR" or not width or not height:
        raise ValueError("data is no PNG")
    return floor(x), floor(y), floor(x) + width - 1, floor(y) + height - 1


_BOXES: dict[str, Callable[[Mapping[str, Any]], Box]] = {
    "rectangle": _exterior(2, 2), "polygon": _exterior(3), "line": _exterior(2), "point": _exterior(1, 1),
    "bitmap": _bitmap, "graph": _nodes,
}  # fmt: skip
_KEYS = {name: "points.exterior as [x, y]" for name in ("rectangle", "polygon", "line", "point")}
_KEYS |= {"bitmap": "bitmap.origin and bitmap.data", "graph": "nodes with a loc each"}
