"""The shape of an answer: its keys and JSON types, and where those of two answers differ."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

MISSING, NOTHING_SEEN = "no such key", "could not check: the list is empty"
_FREE = frozenset(("settings", "deploy_params", "botsort", "default", "data", "bitmap", "points", "nodes"))
"""What apps fill in as they like, and geometries, whose insides the checks of the suite judge."""
_INDEX = re.compile(r"\[[0-9]+\]")


class Shape(NamedTuple):
    """A JSON type, with the shapes of an object's keys, and that of a list's first item, None if there is none."""

    type: str
    keys: dict[str, "Shape"] = {}  # noqa: RUF012  nobody changes it
    item: "Shape | None" = None


NO_JSON = Shape("no JSON")


class Difference(NamedTuple):
    """`unseen` tells that one side's list was empty, so that its items could not be compared."""

    where: str
    a: str
    b: str
    unseen: bool = False


def shape_of(value: Any) -> Shape:
    """The shape of a JSON value."""
    if isinstance(value, dict):
        return Shape("object", {key: _inside(key, one) for key, one in value.items()})
    if isinstance(value, list):
        return Shape("list", item=shape_of(value[0]) if value else None)
    kinds = {bool: "boolean", int: "integer", float: "number", str: "string", type(None): "null"}
    return Shape(kinds[type(value)])


def _inside(key: str, value: Any) -> Shape:
    found = shape_of(value)
    return Shape(found.type) if key in _FREE else found


def differences(a: Shape, b: Shape, where: str = "$") -> Iterator[Difference]:
    """Where two shapes differ, named by `named`; what lies below a difference is not told again."""
    path = _named(where, a, b)
    if a.type != b.type:
        yield Difference(path, a.type, b.type)
        return
    for key in sorted({*a.keys, *b.keys}):
        one, other, inside = a.keys.get(key), b.keys.get(key), f"{path}.{key}"
        if one is not None and other is not None:
            yield from differences(one, other, inside)
        else:
            yield Difference(inside, one.type if one else MISSING, other.type if other else MISSING)
    if a.item is not None and b.item is not None:
        yield from differences(a.item, b.item, f"{path}[]")
    elif a.item is not None or b.item is not None:
        # Geometries and settings have no items here, on either side: see _FREE.
        yield Difference(f"{path}[]", _items(a), _items(b), unseen=True)


def _items(shape: Shape) -> str:
    return NOTHING_SEEN if shape.item is None else f"items are {shape.item.type}"


def name(where: str, shape: Shape) -> str:
    """A place that the truth names, such as `$[1].annotation`, in the words that differences use."""
    path, now, known = _named("$", shape), shape, True
    for step in re.findall(r"\[[^\]]*\]|[^.\[]+", where)[1:]:
        listed = _INDEX.fullmatch(step) is not None
        path = f"{path}[]" if listed else f"{path}{step}" if step.startswith("[") else f"{path}.{step}"
        below = now.item if listed else now.keys.get(step.strip("[]'\""))
        known = known and below is not None
        now = below if below is not None else now
        path = _named(path, now) if known else path
    return path


def _named(where: str, *shapes: Shape) -> str:
    """Things that come in many answers are named by what they are."""
    for kind, keys in (("prediction", {"annotation", "data"}), ("object", {"classTitle", "geometryType"})):
        if any(keys <= one.keys.keys() for one in shapes):
            return kind
    return where
