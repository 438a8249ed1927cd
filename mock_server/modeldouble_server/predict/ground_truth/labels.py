"""The labels of a dataset: annotations as the platform has them, of a COCO folder or a downloaded project."""

import base64
import binascii
import io
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ...bring import coco
from ...bring.found import FoundImage, FoundProject, Root
from ...bring.project import find
from ...limits import Limits
from ...meta import ANY, CONFIDENCE, RECTANGLE, ClassSpec, Meta, Node, Skeleton, TagSpec
from ...refusal import Refused, shown
from ...scene import Box, Geometry, Graph, Mask, Point, Polygon, Tag

SMALL, MEDIUM, LARGE = "small", "medium", "large"
# https://cocodataset.org/#detection-eval: areas in pixels.
_MEDIUM_AREA, _LARGE_AREA = 32 * 32, 96 * 96
_COLOR = "#710F8A"
_CROWD = "iscrowd"
_NO_TAGS = (CONFIDENCE, _CROWD)
"""What a label says with these is not said of a prediction: that has a confidence of its own."""
Json = Mapping[str, Any]


class Label(NamedTuple):
    """One labelled object. `box` encloses `geometry`; a crowd is neither found nor missed."""

    class_name: str
    box: Box
    geometry: Geometry | None = None
    crowd: bool = False
    tags: tuple[Tag, ...] = ()

    @property
    def size(self) -> str:
        """small, medium or large, as COCO divides them."""
        area = area_of(self)
        return SMALL if area < _MEDIUM_AREA else MEDIUM if area < _LARGE_AREA else LARGE


class Picture(NamedTuple):
    """One labelled picture; width and height are in pixels."""

    sha256: str
    name: str
    width: int
    height: int
    labels: tuple[Label, ...] = ()
    tags: tuple[Tag, ...] = ()


def read_labels(path: Path, limits: Limits) -> tuple[Meta, list[Picture]]:
    """Classes and labelled pictures of a COCO folder, of one COCO file beside its pictures, or of a project's folder.

    ValueError for anything that cannot be read, and for a folder in which nothing is labelled by any file.
    """
    try:
        found = _found(path, limits)
    except Refused as error:
        raise ValueError(error.text) from error
    images = [image for dataset in found.datasets for image in dataset.images]
    if not found.meta.get("classes") and all(image.annotation is None for image in images):
        raise ValueError(f"{path} has no labels: give a COCO file of instances, its folder, or a project's folder")
    return _meta(found.meta), [_picture(image, limits.pixels) for image in images]


def area_of(label: Label) -> float:
    """The area of an object in pixels: of its mask or polygon, otherwise of its box."""
    if isinstance(label.geometry, Mask):
        return int.from_bytes(label.geometry.bits, "big").bit_count()
    if isinstance(label.geometry, Polygon):
        holes = sum(_area(ring) for ring in label.geometry.interior)
        return max(0.0, _area(label.geometry.exterior) - holes)
    left, top, right, bottom = label.box
    return (right - left + 1) * (bottom - top + 1)


def around(points: tuple[Point, ...]) -> Box:
    """The box that encloses points, at least one."""
    across, down = [x for x, _ in points], [y for _, y in points]
    return min(across), min(down), max(across), max(down)


def _area(ring: tuple[Point, ...]) -> float:
    following = (*ring[1:], *ring[:1])
    return abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in zip(ring, following, strict=True))) / 2


def _found(path: Path, limits: Limits) -> FoundProject:
    if path.is_file():
        return coco.read(Root(path.parent, limits.pixels, limits.entities), [path.resolve()])
    return find(path, limits)


def _meta(raw: Json) -> Meta:
    tags = (
        TagSpec(str(one.get("name")), str(one.get("value_type", "none")), str(one.get("color", _COLOR)))
        for one in raw.get("tags", [])
        if one.get("name") not in _NO_TAGS
    )
    return Meta(tuple(_class(one) for one in raw.get("classes", [])), (TagSpec(CONFIDENCE), *tags))


def _class(raw: Json) -> ClassSpec:
    shape = raw.get("shape", ANY)
    nodes = (raw.get("geometry_config") or {}).get("nodes") or {}
    if shape != "graph" or not nodes:
        return ClassSpec(str(raw.get("title")), str(raw.get("color", _COLOR)), str(shape))
    edges = (raw.get("geometry_config") or {}).get("edges") or []
    made = [Node(str(key), *_loc(node)) for key, node in nodes.items()]
    pairs = tuple((str(one["src"]), str(one["dst"])) for one in edges)
    return ClassSpec(str(raw.get("title")), str(raw.get("color", _COLOR)), "graph", Skeleton(tuple(made), pairs))


def _loc(node: Json) -> tuple[float, float]:
    x, y = node["loc"]
    return float(x), float(y)


def _picture(image: FoundImage, pixels: int) -> Picture:
    facts, annotation = image.facts, image.annotation or {}
    labels = []
    for at, one in enumerate(annotation.get("objects", [])):
        try:
            labels.append(_label(one, facts.width, facts.height, pixels))
        except (KeyError, TypeError, ValueError, OSError, SyntaxError, zlib.error, binascii.Error) as error:
            raise ValueError(
                f"{image.path}: objects[{at}] is {shown(one)}, whose geometry cannot be read ({str(error)[:120]});"
                " mend it or take it out"
            ) from error
    return Picture(facts.sha256, image.name, facts.width, facts.height, tuple(filter(None, labels)), _tags(annotation))


def _tags(raw: Json) -> tuple[Tag, ...]:
    kept = (one for one in raw.get("tags", []) if one["name"] not in _NO_TAGS)
    return tuple(Tag(str(one["name"]), one.get("value")) for one in kept)


def _label(raw: Json, width: int, height: int, pixels: int) -> Label | None:
    """None for an object that lies outside of the picture, and for shapes that are no object, such as points."""
    names = [str(tag["name"]) for tag in raw.get("tags", [])]
    tags = _tags(raw)
    made = _shape(raw, pixels)
    if made is None:
        return None
    (left, top, right, bottom), geometry = made
    if geometry is None:
        left, top, right, bottom = max(left, 0), max(top, 0), min(right, width - 1), min(bottom, height - 1)
    inside = 0 <= left <= right < width and 0 <= top <= bottom < height
    box = (left, top, right, bottom)
    return Label(str(raw["classTitle"]), box, geometry, _CROWD in names, tags) if inside else None


def _shape(raw: Json, pixels: int) -> tuple[Box, Geometry | None] | None:
    kind = raw.get("geometryType", raw.get("shape"))
    if kind == RECTANGLE:
        return around(_points(raw["points"]["exterior"])), None
    if kind == "polygon":
        rings = tuple(_points(ring) for ring in raw["points"].get("interior", []))
        polygon = Polygon(_points(raw["points"]["exterior"]), rings)
        return around(polygon.exterior), polygon
    if kind == "graph":
        graph = Graph(tuple((str(key), _points([node["loc"]])[0]) for key, node in raw["nodes"].items()))
        return (around(tuple(at for _, at in graph.nodes)), graph) if graph.nodes else None
    if kind == "bitmap":
        mask = _mask(raw["bitmap"], pixels)
        return None if mask is None else (mask.box, mask)
    return None


def _points(raw: Any) -> tuple[Point, ...]:
    return tuple((round(float(x)), round(float(y))) for x, y in raw)


def _mask(raw: Json, pixels: int) -> Mask | None:
    """The platform's bitmap: where it lies, and base64 of zlib of a PNG, whose alpha is the mask if it has one."""
    from PIL import Image

    unpacker = zlib.decompressobj()
    png = unpacker.decompress(base64.b64decode(raw["data"]), 4 * pixels + 4096)
    with Image.open(io.BytesIO(png), formats=("PNG",)) as image:
        if image.width * image.height > pixels:
            raise ValueError(f"a mask of {image.width} x {image.height} pixels")
        plain = image.getchannel("A") if "A" in image.getbands() else image.convert("L")
    seen = plain.point([0] + [255] * 255, "1")
    box = seen.getbbox()
    if box is None:
        return None
    x, y = (int(value) for value in raw["origin"])
    left, top, right, bottom = box
    return Mask((x + left, y + top, x + right - 1, y + bottom - 1), seen.crop(box).tobytes())
