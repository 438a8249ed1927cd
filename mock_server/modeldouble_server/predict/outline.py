"""Silhouettes: the corners of a thing's shape, from a template of its kind that is bent a little."""

from collections.abc import Sequence
from math import floor

from ..scene import Mask, Point, Polygon, Subject
from .chance import Chance
from .curves import CIRCLE, Place, rounded, total, wave
from .kinds import kind_of
from .raster import covered, packed
from .things import Thing, box_of


def _places(text: str) -> tuple[Place, ...]:
    """Corners from "x y, x y" in hundredths of the box."""
    return tuple((int(x) / 100, int(y) / 100) for x, y in (one.split() for one in text.split(",")))


_HALF_PERSON = _places(
    "50 0, 60 1, 65 6, 63 12, 58 16, 60 18, 80 20, 90 24, 95 34, 100 50, 92 53, 84 43, 77 33, 76 50, 77 72, 74 91,"
    "84 97, 82 100, 62 100, 59 92, 57 74, 51 57"
)
_TEMPLATES: dict[str, tuple[Place, ...]] = {
    "person": (*_HALF_PERSON, *((1 - x, y) for x, y in reversed(_HALF_PERSON[1:]))),
    "car": _places(
        "0 72, 1 48, 12 40, 22 36, 32 8, 42 0, 66 0, 76 6, 86 38, 97 46, 100 74, 94 84, 91 86, 89 97, 82 100, 75 97,"
        "72 86, 30 86, 28 97, 20 100, 13 97, 10 86, 4 82"
    ),
    "boxy": _places(
        "0 50, 0 12, 1 2, 8 0, 50 1, 92 0, 99 2, 100 12, 99 50, 100 88, 99 98, 92 100, 50 99, 8 100, 1 98, 0 88"
    ),
    "cycle": _places(
        "0 74, 3 58, 14 48, 27 50, 27 26, 20 18, 22 10, 38 12, 40 26, 64 24, 60 6, 66 0, 78 2, 76 12, 72 16, 78 47,"
        "90 49, 99 60, 100 76, 94 94, 80 100, 66 94, 60 78, 50 74, 40 80, 36 92, 20 100, 6 94"
    ),
    "winged": _places(
        "0 34, 8 32, 16 44, 38 42, 28 6, 36 0, 60 40, 86 42, 96 46, 100 54, 92 60, 62 62, 44 98, 36 100, 40 62,"
        "18 58, 6 54"
    ),
    "quadruped": _places(
        "0 46, 2 28, 9 23, 24 22, 52 24, 66 17, 76 4, 82 0, 86 5, 92 12, 100 22, 98 29, 86 31, 80 46, 79 64, 80 97,"
        "78 100, 70 100, 69 68, 60 64, 40 64, 30 66, 27 80, 29 98, 26 100, 17 100, 15 72, 8 52, 5 40, 4 58, 1 60"
    ),
    "bottle": _places(
        "38 0, 62 0, 63 8, 61 24, 76 34, 97 44, 100 60, 100 94, 94 100, 6 100, 0 94, 0 60, 3 44, 24 34, 39 24, 37 8"
    ),
}  # fmt: skip
_BEND = 0.03
_BREATH = 80
"""Frames in which a silhouette bends once to and fro."""


def outline(thing: Thing) -> list[Point]:
    """Corners of the thing's silhouette in pixels, which may lie beyond the picture; no two that follow are equal."""
    places = _fitted(_bent(Chance(*thing.key, "shape"), thing))
    width, height = max(thing.width - 1, 0.0), max(thing.height - 1, 0.0)
    return _distinct([(floor(thing.left + x * width + 0.5), floor(thing.top + y * height + 0.5)) for x, y in places])


def silhouette(thing: Thing, subject: Subject) -> Mask | None:
    """What of the silhouette is in the picture; None if nothing is."""
    corners = outline(thing)
    across, down = [x for x, _ in corners], [y for _, y in corners]
    window = (
        max(min(across), 0),
        max(min(down), 0),
        min(max(across), subject.width - 1),
        min(max(down), subject.height - 1),
    )
    seen = window[0] <= window[2] and window[1] <= window[3]
    return packed(covered(corners, window), window) if seen else None


def polygon(thing: Thing, subject: Subject) -> Polygon:
    """The silhouette as a polygon of at least three corners; of the box's, where it is too small for a shape."""
    corners = _distinct([(_cut(x, subject.width), _cut(y, subject.height)) for x, y in outline(thing)])
    if len(corners) > 2:
        return Polygon(tuple(corners))
    left, top, right, bottom = box_of(thing, subject)
    return Polygon(((left, top), (right, top), (right, bottom)))


def _distinct(corners: list[Point]) -> list[Point]:
    return [at for number, at in enumerate(corners) if at != corners[number - 1]] or corners[:1]


def _cut(at: int, end: int) -> int:
    return min(max(at, 0), end - 1)


def _bent(chance: Chance, thing: Thing) -> list[Place]:
    name = kind_of(thing.class_name).outline
    turns = thing.age / _BREATH
    across, down = chance.unit(), chance.unit()
    if name not in _TEMPLATES:
        return _blob(chance, turns, 0.02 if name == "round" else 0.14)
    mirrored = [(1 - x, y) for x, y in _TEMPLATES[name]] if thing.leftward else _TEMPLATES[name]
    return [
        (x + _BEND * wave(y + across + turns), y + _BEND / 2 * wave(x * 1.5 + down + turns))
        for x, y in rounded(mirrored)
    ]


def _blob(chance: Chance, turns: float, roughness: float) -> list[Place]:
    """A circle with dents, fewer and deeper ones first, that wander around it."""
    dents = [(number, roughness / number * chance.between(0.5, 1.5), chance.unit()) for number in (2, 3, 5)]
    found = []
    for at, (x, y) in enumerate(CIRCLE):
        part = at / len(CIRCLE)
        radius = 1 + total(depth * wave(number * part + phase + turns / number) for number, depth, phase in dents)
        found.append((x * radius, y * radius))
    return found


def _fitted(places: Sequence[Place]) -> list[Place]:
    """Places moved and stretched until they touch all sides of a unit square."""
    across, down = [x for x, _ in places], [y for _, y in places]
    left, top = min(across), min(down)
    width, height = max(across) - left, max(down) - top
    return [((x - left) / width, (y - top) / height) for x, y in places]
