"""What must hold of every prediction, whichever route answered it."""

import base64
import io
import zlib
from collections.abc import Mapping
from typing import Any

from PIL import Image

from .exchange import Exchange
from .judge import Judge
from .objects import Meta, Seen, objects_of, size_of

_ANY = "any"


def judge_size(judge: Judge, at: Exchange | None, prediction: Mapping[str, Any], size: tuple[int, int]) -> None:
    """The size in the annotation is `size`, (width, height) of the picture that was sent."""
    found = size_of(prediction)
    judge.require(
        found == size, "image.size", expected=f"width {size[0]}, height {size[1]}",
        got=f"width {found[0]}, height {found[1]}", at=at,
    )  # fmt: skip


def judge_objects(judge: Judge, at: Exchange | None, prediction: Mapping[str, Any], meta: Meta) -> None:
    """Class names and shapes are those of the meta, corners are in order, nothing lies outside of the picture."""
    width, height = size_of(prediction)
    for one in objects_of(prediction):
        judge.require(
            one.class_name in meta.shapes, "object.class", expected=f"one of the classes {', '.join(meta.shapes)[:200]}",
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
    masks = [one["bitmap"] for one in prediction["annotation"]["objects"] if "bitmap" in one]
    for mask in masks:
        try:
            with Image.open(io.BytesIO(zlib.decompress(base64.b64decode(mask["data"], validate=True)))) as opened:
                shape = opened.size
        except (ValueError, zlib.error, OSError) as error:
            judge.require(
                False, "mask.data", expected="base64 of zlib of a PNG", got=f"{mask['data'][:40]}... ({error})", at=at
            )
            continue
        left, top = mask["origin"]
        judge.require(
            left >= 0 and top >= 0 and left + shape[0] <= width and top + shape[1] <= height, "mask.inside",
            expected=f"a mask inside {width} x {height} pixels", got=f"{shape} at {left}, {top}", at=at,
        )  # fmt: skip
    return len(masks)


def partly_outside(prediction: Mapping[str, Any]) -> list[Seen]:
    """Objects with a point that lies more than a pixel outside of the picture."""
    width, height = size_of(prediction)
    return [
        one
        for one in objects_of(prediction)
        if any(not (-1 <= x <= width and -1 <= y <= height) for x, y in one.points)
    ]


def _touches(one: Seen, width: int, height: int) -> bool:
    if not one.points:
        return True
    left, right = min(x for x, _ in one.points), max(x for x, _ in one.points)
    top, bottom = min(y for _, y in one.points), max(y for _, y in one.points)
    return left <= width and top <= height and right >= -1 and bottom >= -1
