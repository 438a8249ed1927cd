"""Objects as a test says them: a class name and one shape, in whole pixels of the full image."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..scene import Box, Detection, Geometry, Graph, Point, Polygon, Tag
from .conditions import refused
from .masks import read_mask

Coordinates = Sequence[float]
"""x (to the right), y (down) of a point; left, top, right, bottom of a box."""
Names = Mapping[str, float | str | None] | Sequence[str]
"""Tags: names with values, or names alone."""
_SHAPES = ("box", "polygon", "mask", "keypoints")


def seen(
    class_name: str, *, box: Coordinates | None = None, polygon: Sequence[Coordinates] | None = None,
    holes: Sequence[Sequence[Coordinates]] = (), mask: Any = None, origin: Coordinates | None = None,
    keypoints: Mapping[str, Coordinates] | None = None, confidence: float | None = 1.0, tags: Names | None = None,
) -> Detection:  # fmt: skip
    """An object for `predict`. Exactly one of the four shapes:

    `box`: left, top, right, bottom, inclusive. `polygon`: corners (x, y), with `holes` as lists of corners. `mask`: 0
    and 1, or bool, height x width, as an array or nested lists, or COCO's RLE ({"size": [height, width], "counts":
    ...}); it has the picture's size, or lies with its left top pixel at `origin` (x, y). `keypoints`: names with
    (x, y). `confidence` is from 0 to 1, or None for a model that gives none. Raises TypeError or ValueError.
    """
    if not isinstance(class_name, str) or not class_name:
        raise refused("class_name", class_name, 'give the name of a class, such as "person"', TypeError)
    given = {"box": box, "polygon": polygon, "mask": mask, "keypoints": keypoints}
    named = [name for name, value in given.items() if value is not None]
    if len(named) != 1:
        told = " and ".join(named) or "no shape"
        raise ValueError(f"{class_name!r} has {told}; give one of box=, polygon=, mask= and keypoints=")
    if len(holes) and polygon is None:
        raise refused("holes", holes, "they need polygon=")
    if origin is not None and mask is None:
        raise refused("origin", origin, "it needs mask=")
    place, geometry = _READ[named[0]](given[named[0]], holes, origin)
    labels = read_tags(tags)
    if any(tag.name == "confidence" for tag in labels):
        raise refused("tags", tags, "give the confidence as confidence=")
    return Detection(class_name, place, _confidence(confidence), geometry=geometry, tags=labels)


def read_tags(tags: Names | None) -> tuple[Tag, ...]:
    """Tags with their values."""
    if tags is None:
        return ()
    if isinstance(tags, (str, bytes)) or not isinstance(tags, (Mapping, Sequence)):
        raise refused("tags", tags, 'give names with values, {"cat": 0.9}, or a list of names', TypeError)
    named = tags.items() if isinstance(tags, Mapping) else [(name, None) for name in tags]
    return tuple([_tag(name, value) for name, value in named])


def _tag(name: Any, value: Any) -> Tag:
    if not isinstance(name, str) or not name:
        raise refused("tags", name, "a tag's name is a str", TypeError)
    if value is None or isinstance(value, str):
        return Tag(name, value)
    return Tag(name, _number(f"tags[{name!r}]", value, "give a number, a text or None"))


def _number(argument: str, value: Any, remedy: str) -> float:
    """A number as JSON has it, also out of one of NumPy's; an int stays one."""
    plain = value.item() if hasattr(value, "item") else value
    if isinstance(plain, bool) or not isinstance(plain, (int, float)):
        raise refused(argument, value, remedy, TypeError)
    if not float("-inf") < plain < float("inf"):
        raise refused(argument, value, remedy)
    return plain


def _confidence(value: Any) -> float | None:
    if value is None:
        return None
    remedy = "give a number from 0 to 1, or None for none"
    number = _number("confidence", value, remedy)
    if not 0 <= number <= 1:
        raise refused("confidence", value, remedy)
    return number


def _pixels(argument: str, value: Any, count: int, remedy: str) -> list[int]:
    plain = value.tolist() if hasattr(value, "tolist") else value
    if isinstance(plain, (str, bytes, Mapping)) or not isinstance(plain, Sequence) or len(plain) != count:
        raise refused(argument, value, remedy)
    numbers = [_number(argument, one, remedy) for one in plain]
    if any(one != int(one) for one in numbers):
        raise refused(argument, value, f"{remedy} in whole pixels: round them")
    return [int(one) for one in numbers]


def point(argument: str, value: Any) -> Point:
    """x, y in whole pixels."""
    x, y = _pixels(argument, value, 2, "give x, y")
    return x, y


def _box(value: Any, _holes: Any, _origin: Any) -> tuple[Box, None]:
    left, top, right, bottom = _pixels("box", value, 4, "give left, top, right, bottom")
    if left > right or top > bottom:
        raise refused("box", value, "give left, top, right, bottom, not left, top, width, height")
    return (left, top, right, bottom), None


def _corners(argument: str, value: Any) -> tuple[Point, ...]:
    plain = value.tolist() if hasattr(value, "tolist") else value
    remedy = "give at least three corners as (x, y)"
    if isinstance(plain, (str, bytes, Mapping)) or not isinstance(plain, Sequence):
        raise refused(argument, value, remedy, TypeError)
    corners = [point(f"{argument}[{at}]", one) for at, one in enumerate(plain)]
    if len(corners) > 1 and corners[0] == corners[-1]:
        corners.pop()
    if len(corners) < 3:
        raise refused(argument, value, remedy)
    return tuple(corners)


def _polygon(value: Any, holes: Any, _origin: Any) -> tuple[Box, Polygon]:
    exterior = _corners("polygon", value)
    return enclosing(exterior), Polygon(exterior, tuple(_corners(f"holes[{at}]", one) for at, one in enumerate(holes)))


def _mask(value: Any, _holes: Any, origin: Any) -> tuple[Box, Geometry]:
    mask = read_mask(value, (0, 0) if origin is None else point("origin", origin))
    return mask.box, mask


def _keypoints(value: Any, _holes: Any, _origin: Any) -> tuple[Box, Graph]:
    remedy = 'give names with points, {"nose": (x, y)}'
    if not isinstance(value, Mapping) or not all(isinstance(name, str) and name for name in value):
        raise refused("keypoints", value, remedy, TypeError)
    if not value:
        raise refused("keypoints", value, remedy)
    nodes = tuple((name, point(f"keypoints[{name!r}]", at)) for name, at in value.items())
    return enclosing([at for _, at in nodes]), Graph(nodes)


def enclosing(points: Sequence[Point]) -> Box:
    """The smallest box that has all the points."""
    columns, rows = [x for x, _ in points], [y for _, y in points]
    return min(columns), min(rows), max(columns), max(rows)


_READ: dict[str, Callable[[Any, Any, Any], tuple[Box, Geometry | None]]] = {
    "box": _box, "polygon": _polygon, "mask": _mask, "keypoints": _keypoints,
}  # fmt: skip
