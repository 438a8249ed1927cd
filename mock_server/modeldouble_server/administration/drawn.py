"""What a model answered, as it can be drawn: pixels, colours and names, whatever form the answer came in."""

import base64
import io
import math
import struct
import zlib
from collections.abc import Iterable, Mapping
from typing import Any

from ..geometry import SIGNATURE, chunk
from ..meta import CONFIDENCE, ClassSpec, Meta, shape_of
from ..scene import Answer, Detection, Geometry, Graph, Mask, Point, Polygon, Tag
from ..stubs.annotation import read_annotation

Json = dict[str, Any]
Size = tuple[int, int]
_GREY = "#808080"
"""Of a class that is not in the meta."""
_PALETTE, _ALPHA = b"\0\0\0\xff\xff\xff", b"\0\xff"
_UNREADABLE = (
    AttributeError, IndexError, KeyError, OSError, SyntaxError, TypeError, ValueError, struct.error, zlib.error,
)  # fmt: skip
_CHUNKS = 65536
"""Bytes that a PNG may have beside its pixels."""
_POINTS = ("polygon", "line", "point")
_HEAD = b"IHDR"
_MASKS = 4


class Unpacking:
    """How many pixels of packed masks may be unpacked, for each mask and for all: a few bytes can be millions."""

    def __init__(self, most: int) -> None:
        self.most, self.left = most, _MASKS * most

    def take(self, pixels: int) -> None:
        """ValueError: they are too many."""
        if pixels > min(self.most, self.left):
            raise ValueError("it has too many pixels")
        self.left -= pixels


def drawn(found: Answer, meta: Meta, size: Size, frame: int | None, unpacking: Unpacking) -> Json:
    """One picture or frame of `size` (width, height). Of masks that `unpacking` refuses the box alone is told."""
    classes = {one.name: one for one in meta.classes}
    objects, tags = (found.objects, found.tags) if found.prediction is None else _recorded(found.prediction, size)
    told = [_object(one, classes.get(one.class_name), size, unpacking) for one in objects]
    return {"frame": frame, "objects": told, "tags": [_tag(one) for one in tags]}


def _object(one: Detection, known: ClassSpec | None, size: Size, unpacking: Unpacking) -> Json:
    shape = shape_of(one)
    if one.verbatim is None:
        more = _geometry(one.geometry, known)
    else:
        # As it goes out, whatever was read from it when it was told.
        one = _read(one.verbatim, size)
        more = _verbatim(one.verbatim or {}, shape, known, unpacking)
    return {
        "class": one.class_name, "color": _GREY if known is None else known.color, "confidence": _sure(one.confidence),
        "track": one.track, "shape": shape, "box": list(one.box), **more, "tags": [_tag(tag) for tag in one.tags],
    }  # fmt: skip


def _sure(confidence: float | None) -> float | None:
    return confidence if confidence is None or math.isfinite(confidence) else None


def _tag(one: Tag) -> Json:
    # Python reads and writes numbers that JSON does not have.
    value = one.value if not isinstance(one.value, float) or math.isfinite(one.value) else str(one.value)
    return {"name": one.name, "value": value}


def _geometry(geometry: Geometry | None, known: ClassSpec | None) -> Json:
    if isinstance(geometry, Polygon):
        return {"polygon": {"exterior": _points(geometry.exterior), "interior": [*map(_points, geometry.interior)]}}
    if isinstance(geometry, Mask):
        left, top, right, bottom = geometry.box
        return {"mask": _mask((left, top), (right - left + 1, bottom - top + 1), geometry.bits)}
    if isinstance(geometry, Graph):
        return _graph({name: list(at) for name, at in geometry.nodes}, known)
    return {}


def _points(points: Iterable[Point]) -> list[list[int]]:
    return [list(one) for one in points]


def _graph(nodes: Mapping[str, list[float]], known: ClassSpec | None) -> Json:
    edges = () if known is None or known.skeleton is None else known.skeleton.edges
    return {
        "keypoints": [{"name": name, "x": at[0], "y": at[1]} for name, at in nodes.items()],
        "edges": [list(one) for one in edges if one[0] in nodes and one[1] in nodes],
    }


def _mask(corner: Point, size: Size, bits: bytes) -> Json:
    """A PNG of one bit per pixel: white where the object is, and nothing elsewhere."""
    row = (size[0] + 7) // 8
    # Each row begins with the number of its filter: none.
    rows = b"".join(b"\0" + bits[at : at + row] for at in range(0, row * size[1], row))
    header = struct.pack(">IIBBBBB", *size, 1, 3, 0, 0, 0)
    parts = (("IHDR", header), ("PLTE", _PALETTE), ("tRNS", _ALPHA), ("IDAT", zlib.compress(rows)), ("IEND", b""))
    png = base64.b64encode(SIGNATURE + b"".join(chunk(*one) for one in parts)).decode()
    return {"left": corner[0], "top": corner[1], "width": size[0], "height": size[1], "png": png}


def _recorded(prediction: Mapping[str, Any], size: Size) -> tuple[list[Detection], list[Tag]]:
    """The objects and tags of a prediction that a real app gave, of which nothing is certain."""
    annotation = prediction.get("annotation")
    annotation = annotation if isinstance(annotation, Mapping) else {}
    tags = [Tag(str(one["name"]), _value(one)) for one in _objects(annotation, "tags") if "name" in one]
    return [_read(one, size) for one in _objects(annotation, "objects")], tags


def _objects(holder: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = holder.get(name)
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


def _value(tag: Mapping[str, Any]) -> float | str | None:
    value = tag.get("value")
    return value if value is None or isinstance(value, (int, float, str)) else str(value)


def _read(given: Mapping[str, Any], size: Size) -> Detection:
    """An object of an annotation. What cannot be read of it, such as a shape that the fake lacks, has the whole picture
    as its box."""
    try:
        return read_annotation({"objects": [given]}).objects[0]
    except ValueError:
        tags = [Tag(str(one["name"]), _value(one)) for one in _objects(given, "tags") if "name" in one]
        sure = next((one.value for one in tags if one.name == CONFIDENCE and isinstance(one.value, (int, float))), None)
        others = tuple(one for one in tags if one.name != CONFIDENCE)
        whole = (0, 0, size[0] - 1, size[1] - 1)
        return Detection(str(given.get("classTitle")), whole, sure, tags=others, verbatim=given)


def _verbatim(given: Mapping[str, Any], shape: str, known: ClassSpec | None, unpacking: Unpacking) -> Json:
    try:
        if shape in _POINTS:
            points = given["points"]
            return {"polygon": {"exterior": _pairs(points["exterior"]), "interior": _holes(points.get("interior"))}}
        if shape == "graph":
            return _graph({str(name): _pairs([one["loc"]])[0] for name, one in given["nodes"].items()}, known)
        return {"mask": _bitmap(given["bitmap"], unpacking)} if shape == "bitmap" else {}
    except _UNREADABLE:
        # Its box is drawn: how an annotation is wrong is not for a picture of it to tell.
        return {}


def _pairs(points: Any) -> list[list[float]]:
    pairs = [[x, y] for x, y in points]
    if not all(type(one) in (int, float) and math.isfinite(one) for pair in pairs for one in pair):
        raise TypeError("a coordinate is no number")
    return pairs


def _holes(interior: Any) -> list[list[list[float]]]:
    return [_pairs(one) for one in interior or ()]


def _bitmap(bitmap: Mapping[str, Any], unpacking: Unpacking) -> Json:
    from PIL import Image

    packed = base64.b64decode(bitmap["data"], validate=True)
    # Of more, the picture is not whole, and cannot be read.
    content = zlib.decompressobj().decompress(packed, unpacking.most + _CHUNKS)
    width, height = struct.unpack_from(">II", content, 16)
    # Of two heads, Pillow would go by the last.
    if content.find(_HEAD) != len(SIGNATURE) + 4 or content.rfind(_HEAD) != len(SIGNATURE) + 4:
        raise ValueError("it does not begin with its only head")
    unpacking.take(width * height)
    with Image.open(io.BytesIO(content), formats=("PNG",)) as image:
        found = image.convert("RGBA").getchannel("A") if image.has_transparency_data else image.convert("L")
    bits = found.point(lambda level: 255 if level else 0).convert("1", dither=Image.Dither.NONE)
    x, y = bitmap["origin"]
    return _mask((int(x), int(y)), bits.size, bits.tobytes())
