"""Predictions of the right shape that are wrong."""

import math
from collections.abc import Callable
from typing import Any

from ..lie import OBJECTS, VIDEO, Changed, Lie, Nth
from . import places
from .places import Json, annotations, boxes, confidences, each, objects, sizes

Change = Callable[[Json], object]
_WHERE = {"image": places.IMAGE, "batch": places.BATCH, "frame": places.POP}


def _corners(change: Callable[[list[list[Any]]], Any]) -> Change:
    def changed(points: Json) -> None:
        points["exterior"] = change(points["exterior"])

    return changed


def _moved(by: float) -> Change:
    return _corners(lambda corners: [[x + by, y + by] for x, y in corners])


def _set(**values: Any) -> Change:
    return lambda one: one.update(values)


def _swap_size(size: Json) -> None:
    size["width"], size["height"] = size["height"], size["width"]


def _scale(size: Json) -> None:
    size["width"], size["height"] = size["width"] // 2, size["height"] // 2


def _twice(annotation: Json) -> None:
    annotation["objects"] += [dict(one) for one in annotation["objects"]]


def _shifted_out(annotation: Json) -> None:
    width = annotation["size"]["width"]
    for one in annotation["objects"]:
        if "points" in one:
            one["points"]["exterior"] = [[x + 2 * width, y] for x, y in one["points"]["exterior"]]


def _relative(annotation: Json) -> None:
    width, height = annotation["size"]["width"], annotation["size"]["height"]
    for one in annotation["objects"]:
        if "points" in one:
            one["points"]["exterior"] = [[x / width, y / height] for x, y in one["points"]["exterior"]]


def _percent(tag: Json) -> None:
    tag["value"] = round(100 * tag["value"], 2)


def _text(tag: Json) -> None:
    tag["value"] = str(tag["value"])


def _other_shape(one: Json) -> None:
    one["geometryType"] = one["shape"] = "polygon" if one["shape"] != "polygon" else "line"


def _unlike_itself(one: Json) -> None:
    one["shape"] = "polygon" if one["geometryType"] != "polygon" else "line"


def _upper(one: Json) -> None:
    one["classTitle"] = one["classTitle"].upper()


EVERYWHERE: tuple[tuple[str, str, places.Place, Change, bool], ...] = (
    ("size-swapped", "width and height are swapped", sizes, _swap_size, False),
    ("size-halved", "sizes are half of the picture's", sizes, _scale, False),
    ("class-unknown", "classes are none of the meta's", objects, _set(classTitle="unicorn"), True),
    ("corners-reversed", "the right bottom corner comes first", boxes, _corners(lambda ends: ends[::-1]), True),
    ("confidence-percent", "confidences are percent", confidences, _percent, True),
    ("objects-doubled", "every object is there twice", annotations, _twice, True),
)
IMAGE_ONLY: tuple[tuple[str, str, places.Place, Change], ...] = (
    ("size-constant", "every picture is 640 x 480", sizes, _set(width=640, height=480)),
    ("size-zero", "sizes are zero", sizes, _set(width=0, height=0)),
    ("size-negative", "widths are negative", sizes, _set(width=-640)),
    ("points-swapped", "y comes before x", boxes, _corners(lambda ends: [[y, x] for x, y in ends])),
    ("corners-crossed", "left and right are swapped", boxes,
        _corners(lambda e: [[e[1][0], e[0][1]], [e[0][0], e[1][1]]])),
    ("corners-three", "a rectangle has three corners", boxes, _corners(lambda ends: [*ends, ends[0]])),
    ("corners-flat", "corners are four numbers in a row", boxes, _corners(lambda ends: [*ends[0], *ends[1]])),
    ("corners-none", "a rectangle has no corners", boxes, _corners(lambda ends: [])),
    ("points-of-three", "points have three numbers", boxes, _corners(lambda ends: [[x, y, 0] for x, y in ends])),
    ("coordinates-negative", "boxes lie far left and above the picture", boxes, _moved(-100_000)),
    ("coordinates-nan", "coordinates are NaN", boxes, _corners(lambda ends: [[math.nan, math.nan]] * 2)),
    ("coordinates-infinite", "the right bottom is infinite", boxes, _corners(lambda ends: [ends[0], [math.inf] * 2])),
    ("coordinates-null", "coordinates are null", boxes, _corners(lambda ends: [[None, None]] * 2)),
    ("coordinates-text", "coordinates are texts", boxes, _corners(lambda ends: [[str(x), str(y)] for x, y in ends])),
    ("boxes-shifted-out", "all boxes lie right of the picture", annotations, _shifted_out),
    ("coordinates-relative", "coordinates are fractions of the picture", annotations, _relative),
    ("class-empty", "class names are empty", objects, _set(classTitle="")),
    ("class-upper-case", "class names are in capitals", objects, _upper),
    ("shape-other-than-the-class", "objects have another shape than their class", objects, _other_shape),
    ("shape-unlike-geometry-type", "shape and geometryType differ", objects, _unlike_itself),
    ("confidence-text", "confidences are texts", confidences, _text),
    ("confidence-above-one", "confidences are 1.5", confidences, _set(value=1.5)),
    ("confidence-negative", "confidences are -0.5", confidences, _set(value=-0.5)),
    ("confidence-nan", "confidences are NaN", confidences, _set(value=math.nan)),
    ("confidence-null", "confidences are null", confidences, _set(value=None)),
    ("confidence-true", "confidences are true", confidences, _set(value=True)),
    ("tag-unknown", "tags are none of the meta's", confidences, _set(name="certainty")),
)  # fmt: skip


def _lie(name: str, what: str, routes: tuple[str, ...], change: Callable[[Any], Any], *needs: str) -> Lie:
    return Lie(name, what, routes, lambda: Changed(change), needs)


def _needs(objects_needed: bool, routes: tuple[str, ...]) -> tuple[str, ...]:
    return (*((OBJECTS,) if objects_needed else ()), *((VIDEO,) if routes == places.POP else ()))


def _unlike(value: Any) -> Any:
    return [each(annotations, _set(objects=[]))(one) for one in value]


LIES = (
    *(
        _lie(f"{where}-{name}", f"{where}: {what}", routes, each(place, change), *_needs(found, routes))
        for name, what, place, change, found in EVERYWHERE
        for where, routes in _WHERE.items()
    ),
    *(_lie(name, what, places.IMAGE, each(place, change), OBJECTS) for name, what, place, change in IMAGE_ONLY),
    Lie(
        "size-swapped-later", "width and height are swapped in every second answer", places.IMAGE,
        lambda: Nth(Changed(each(sizes, _swap_size))),
    ),
    _lie("batch-unlike-image", "a picture has no objects in a batch, and has some alone", places.BATCH, _unlike,
        OBJECTS),
    _lie("frame-coordinates-nan", "frame: coordinates are NaN", places.POP,
         each(boxes, _corners(lambda ends: [[math.nan] * 2] * 2)), OBJECTS, VIDEO),
)  # fmt: skip
