"""False detections: second boxes that are half off an object, and boxes in the background, like the labels in size."""

from collections.abc import Sequence

from ...scene import Box, Detection
from ..chance import Chance
from .jitter import enclosing, placed
from .labels import Label, Picture
from .plan import Phantom
from .raster import box_area, box_intersection, box_iou

_TRIES = 32
_SHRINKS_FROM = 12
_MOST_OVERLAP = 0.38
"""With a label of any class, and with what is found of the same class: less than makes it right, or suppressed."""
_NEAR_AN_OBJECT = 0.35


def phantom(picture: Picture, one: Phantom, chance: Chance, found: Sequence[Detection]) -> Detection | None:
    """A detection of what is not there; None in a picture so full that there is no place for one."""
    for attempt in range(_TRIES):
        # Of division alone: the last bit of a power may differ from machine to machine.
        box = _tried(picture, one.like, chance, 1.0 / (1 + max(0, attempt - _SHRINKS_FROM)))
        if _free(picture, one.like.class_name, box, found):
            shape = None if one.like.geometry is None else placed(one.like.geometry, one.like.box, box, 1.0)
            enclosed = box if shape is None else enclosing(shape, box)
            return Detection(one.like.class_name, enclosed, one.confidence, geometry=shape)
    return None


def _tried(picture: Picture, like: Label, chance: Chance, scale: float) -> Box:
    left, top, right, bottom = like.box
    width = _side((right - left + 1) * scale * chance.between(0.8, 1.25), picture.width)
    height = _side((bottom - top + 1) * scale * chance.between(0.8, 1.25), picture.height)
    x, y = chance.whole(0, picture.width - width), chance.whole(0, picture.height - height)
    near = [label for label in picture.labels if label.class_name == like.class_name]
    if near and chance.unit() < _NEAR_AN_OBJECT:
        beside = chance.choice(near).box
        x = _within(beside[0] + round(chance.between(-0.8, 0.8) * width), picture.width - width)
        y = _within(beside[1] + round(chance.between(-0.8, 0.8) * height), picture.height - height)
    return x, y, x + width - 1, y + height - 1


def _free(picture: Picture, class_name: str, box: Box, found: Sequence[Detection]) -> bool:
    for label in picture.labels:
        if label.crowd and box_intersection(box, label.box) > _MOST_OVERLAP * box_area(box):
            return False
        if box_iou(box, label.box) > _MOST_OVERLAP:
            return False
    return all(one.class_name != class_name or box_iou(box, one.box) <= _MOST_OVERLAP for one in found)


def _side(length: float, most: int) -> int:
    return min(max(1, int(length)), most)


def _within(value: int, most: int) -> int:
    return min(max(0, value), most)
