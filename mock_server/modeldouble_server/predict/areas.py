"""A picture parted into classes: layers from the sky down to the ground with wavy borders, and things before them."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ..scene import Mask, Point, Subject
from .chance import Chance
from .curves import clamped, total, wave
from .kinds import is_thing
from .outline import outline
from .raster import Rows, covered, packed
from .things import Thing

_FROM_TOP_DOWN = (
    "sky,cloud,mountain,building,wall,bridge,tree,forest,vegetation,fence,sea,river,water,sand,grass,terrain,sidewalk,"
    "snow,rug,road,floor,ground"
).split(",")
_MOST_LAYERS = 5
_STEPS = 48
"""Straight pieces of a border."""
_DRIFT = 240
"""Frames in which a border rises and falls once."""


class Scenery(NamedTuple):
    """A model's classes by their part in a picture: layers from the top down, and countable things."""

    layers: tuple[str, ...]
    things: tuple[str, ...]


def scenery(names: Iterable[str]) -> Scenery:
    """Which classes are layers: all but the known things, and the first class if there are no others."""
    names = tuple(dict.fromkeys(names))
    layers = [name for name in names if not is_thing(name)] or list(names[:1])
    layers.sort(key=lambda name: _FROM_TOP_DOWN.index(name) if name in _FROM_TOP_DOWN else len(_FROM_TOP_DOWN))
    return Scenery(tuple(layers), tuple(name for name in names if name not in layers))


def areas(key: tuple[object, ...], of: Scenery, things: Sequence[Thing], subject: Subject) -> dict[str, Mask]:
    """A mask for each class that is seen; every pixel of the picture is in exactly one of them."""
    window = 0, 0, subject.width - 1, subject.height - 1
    left = [(1 << subject.width) - 1] * subject.height
    parts: dict[str, Rows] = {}
    for thing in sorted(things, key=lambda one: -one.top - one.height):
        _take(left, covered(outline(thing), window), parts, thing.class_name)
    names, borders = _borders(Chance(*key, "areas", subject.sha256), of.layers, subject)
    for name, border in zip(reversed(names), reversed(borders), strict=False):
        _take(left, covered(border, window), parts, name)
    _take(left, list(left), parts, names[0])
    masks = ((name, packed(rows, window)) for name, rows in parts.items())
    return {name: mask for name, mask in masks if mask is not None}


def _take(left: Rows, rows: Rows, parts: dict[str, Rows], name: str) -> None:
    """Give a class those of its pixels that nothing before it has taken."""
    own = parts.setdefault(name, [0] * len(left))
    for at, row in enumerate(rows):
        own[at] |= row & left[at]
        left[at] &= ~row


def _borders(chance: Chance, layers: Sequence[str], subject: Subject) -> tuple[list[str], list[list[Point]]]:
    """Some layers from the top down; what is below the upper border of each but the first, as corners."""
    count = min(len(layers), chance.whole(3, _MOST_LAYERS))
    # One of each part of the list, so that there is something of the top, the middle and the ground.
    picks = [chance.whole(at * len(layers) // count, (at + 1) * len(layers) // count - 1) for at in range(count)]
    first, last = chance.between(0.2, 0.4), chance.between(0.55, 0.75)
    heights = [first + (last - first) * at / max(1, count - 2) for at in range(count - 1)]
    return [layers[at] for at in picks], [_below(chance, height, subject) for height in heights]


def _below(chance: Chance, height: float, subject: Subject) -> list[Point]:
    """Corners of all that is under a border, which reaches beyond the picture at both sides and below it."""
    drift = (subject.frame or 0) / _DRIFT
    slope = chance.between(-0.06, 0.06)
    waves = [
        (number, chance.between(0.3, 1.0) * 0.05 / number, chance.unit(), chance.whole(-1, 1))
        for number in (0.7, 1.9, 4.3)
    ]
    corners = []
    for step in range(_STEPS + 1):
        across = step / _STEPS
        moved = total(size * wave(number * across + phase + way * drift) for number, size, phase, way in waves)
        down = clamped(height + slope * (across - 0.5) + moved, 0.0, 1.0)
        corners.append((_far(across, subject.width), _far(down, subject.height)))
    return [*corners, (subject.width, subject.height), (0, subject.height)]


def _far(part: float, length: int) -> int:
    return int(part * length + 0.5)
