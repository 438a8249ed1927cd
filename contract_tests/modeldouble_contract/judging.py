"""What must hold of every prediction, whichever route answered it."""

import base64
import io
import json
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from PIL import Image

from .exchange import Exchange
from .judge import Judge
from .objects import Meta, Seen, objects_of, size_of
from .truth import Release

_ANY = "any"
_FLAT = 4
_NUMBERED_SINCE = Release.parse("6.73.358")
_MOST_BYTES = 64 * 1024 * 1024


def frames_are(judge: Judge, results: Sequence[Mapping[str, Any]], expected: Sequence[int]) -> bool:
    """Exactly these frames, in this order. Servers before 6.73.358 do not number theirs: they are only counted."""
    found = [one.get("frame_index") for one in results]
    early = judge.release is not None and judge.release < _NUMBERED_SINCE
    return found == list(expected) or (early and found == [None] * len(expected))


def judge_size(judge: Judge, at: Exchange | None, prediction: Mapping[str, Any], size: tuple[int, int]) -> None:
    """The size in the annotation is `size`, (width, height) of the picture that was sent."""
    found = size_of(prediction)
    judge.require(
        found == size, "image.size", expected=f"width {size[0]}, height {size[1]}",
        got=f"width {found[0]}, height {found[1]}", at=at,
    )  # fmt: skip


def judge_objects(judge: Judge, at: Exchange | None, prediction: Mapping[str, Any], meta: Meta) -> None:
    """No object comes twice, classes and shapes are those of the meta, corners are in order, nothing lies outside."""
    width, height = size_of(prediction)
    raw = [json.dumps(one, sort_keys=True) for one in (prediction["annotation"] or {"objects": []})["objects"]]
    judge.require(
        len(set(raw)) == len(raw), "object.twice", expected="each object once", got=f"{len(raw) - len(set(raw))} again",
        at=at,
    )  # fmt: skip
    for one in objects_of(prediction):
        judge.require(
            one.class_name in meta.shapes, "object.class",
            expected=f"one of the classes that the meta announces: {', '.join(meta.shapes)[:200]}",
            got=repr(one.class_name), at=at,
        )  # fmt: skip
        announced = meta.shapes.get(one.class_name, _ANY)
        judge.require(
            announced in (_ANY, one.shape), "object.shape", expected=f"{announced}, as the meta says of its class",
            got=one.shape, at=at,
        )  # fmt: skip
        judge.require(
            _touches(one, width, height), "object.outside", expected=f"something inside {width} x {height} pixels",
            got=f"{one.shape} at {one.points[:4]}", at=at,
        )  # fmt: skip
        if one.shape == "rectangle":
            (left, top), (right, bottom) = one.points
            judge.require(
                left <= right and top <= bottom, "object.corners", expected="[left, top] before [right, bottom]",
                got=str(one.points), at=at,
            )  # fmt: skip


def judge_masks(judge: Judge, at: Exchange | None, prediction: Mapping[str, Any]) -> int:
    """Every mask can be read, is not empty and lies inside the picture; gives how many there were."""
    width, height = size_of(prediction)
    masks = [one["bitmap"] for one in prediction["annotation"]["objects"] if one["geometryType"] == "bitmap"]
    for mask in masks:
        try:
            shape, filled = _opened(mask["data"])
        except (ValueError, zlib.error, OSError, SyntaxError, Image.DecompressionBombError) as error:
            judge.require(
                False, "mask.data", expected="base64 of zlib of a PNG", got=f"{mask['data'][:40]}... ({error})", at=at
            )
            continue
        left, top = mask["origin"]
        judge.require(
            left >= 0 and top >= 0 and left + shape[0] <= width and top + shape[1] <= height, "mask.inside", at=at,
            expected=f"a mask inside {width} x {height} pixels",
            got=f"one of {shape[0]} x {shape[1]} pixels at x {left}, y {top}",
        )  # fmt: skip
        judge.require(filled, "mask.empty", expected="a mask with a pixel in it", got="none", at=at)
    return len(masks)


def _opened(data: str) -> tuple[tuple[int, int], bool]:
    """Width and height of a mask, and whether it has any pixel; what is transparent or black is none."""
    png = zlib.decompressobj().decompress(base64.b64decode(data, validate=True), _MOST_BYTES)
    with Image.open(io.BytesIO(png), formats=["PNG"]) as opened:
        see_through = "transparency" in opened.info or "A" in opened.getbands()
        pixels = opened.convert("RGBA").getchannel("A") if see_through else opened.convert("L")
        return opened.size, pixels.getbbox() is not None


def partly_outside(prediction: Mapping[str, Any]) -> list[Seen]:
    """Objects with a point that lies more than a pixel outside of the picture."""
    width, height = size_of(prediction)
    return [
        one
        for one in objects_of(prediction)
        if any(not (-1 <= x <= width and -1 <= y <= height) for x, y in one.points)
    ]


def _touches(one: Seen, width: int, height: int) -> bool:
    """Some of it lies in the picture. In a very flat one a model that knows no such pictures may well miss it: there,
    only a thing that would lie inside with x and y exchanged counts as outside."""
    if not one.points:
        return True
    flat = max(width, height) > _FLAT * min(width, height)
    xs, ys = [x for x, _ in one.points], [y for _, y in one.points]
    inside = _overlaps(xs, ys, width, height)
    return inside or (flat and not _overlaps(ys, xs, width, height))


def _overlaps(xs: Sequence[float], ys: Sequence[float], width: int, height: int) -> bool:
    return min(xs) <= width and min(ys) <= height and max(xs) >= -1 and max(ys) >= -1
