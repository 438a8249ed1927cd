"""What is in a picture: classes, places and sizes of its objects, before they have a shape."""

from collections.abc import Iterable, Sequence
from math import sqrt
from typing import NamedTuple

from ..scene import Box, Subject
from .chance import Chance
from .curves import clamped
from .kinds import AIR, ANYWHERE, GROUND, Kind, kind_of

LEAST_CONFIDENCE, MOST_CONFIDENCE = 0.05, 0.98
_MOST = 7
_GOLDEN, _WHOLE = 618_034, 1_000_000
"""Multiples of the golden section are spread evenly, however many there are."""


class Thing(NamedTuple):
    """An object without its shape: a rectangle in fractions of pixels, which may reach beyond the picture."""

    class_name: str
    left: float
    top: float
    width: float
    height: float
    confidence: float
    key: tuple[object, ...]
    """What its chances are drawn from, each with a word after it."""
    leftward: bool
    """Which way it faces, and goes in a video."""
    track: int | None = None
    age: int = 0
    """Frames since its stretch of the video began."""


def cast(chance: Chance, themes: Sequence[Sequence[str]], least: int = 1) -> tuple[str, ...]:
    """Up to four classes that are seen together; one that is drawn twice is seen twice as often."""
    theme = chance.choice(themes)
    return tuple(chance.choice(theme) for _ in range(chance.whole(least, 4)))


def picture_things(key: tuple[object, ...], themes: Sequence[Sequence[str]], subject: Subject) -> list[Thing]:
    """One to seven things of a picture."""
    chance = Chance(*key, "picture", subject.sha256)
    names, count, start = cast(chance, themes), chance.whole(1, _MOST), chance.unit()
    return [placed((*key, "thing", subject.sha256, at), names, subject, spread(at, start)) for at in range(count)]


def spread(at: int, start: float = 0.0) -> float:
    """A place from 0 to 1 for the thing of a number: those of neighbouring numbers are far from each other."""
    return (at * _GOLDEN % _WHOLE / _WHOLE + start) % 1


def placed(key: tuple[object, ...], names: Sequence[str], subject: Subject, across: float) -> Thing:
    """A thing of one of the classes; `across`, from 0 to 1, is how far to the right it is."""
    chance = Chance(*key)
    name = chance.choice(names)
    kind = kind_of(name)
    size = chance.unit()
    width, height = _extent(kind, size, chance.between(*kind.width), subject)
    left = clamped(across + chance.between(-0.05, 0.05), 0.0, 1.0) * (subject.width - width)
    top = _down(kind, size, chance.unit()) * (subject.height - height)
    # The larger of two uniform numbers: more objects that the model is sure of than not, as after training.
    sure = max(chance.unit(), chance.unit())
    confidence = LEAST_CONFIDENCE + (MOST_CONFIDENCE - LEAST_CONFIDENCE) * sure
    return Thing(name, left, top, width, height, confidence, key, chance.unit() < 0.5)


class Echo(NamedTuple):
    """How a double differs from its thing: factors of its width, height and confidence, and by how many of its widths
    and heights it is moved."""

    width: float
    height: float
    left: float
    top: float
    confidence: float


def echoes_of(thing: Thing) -> tuple[Echo, ...]:
    """Up to two doubles that a detector finds beside a thing, and non-maximum suppression takes away."""
    chance = Chance(*thing.key, "echo")
    return tuple(
        [
            Echo(
                chance.between(0.9, 1.1), chance.between(0.9, 1.1), chance.between(-0.07, 0.07),
                chance.between(-0.07, 0.07), chance.between(0.35, 0.9),
            )
            for _ in range((0, 0, 1, 1, 2)[chance.whole(0, 4)])
        ]
    )  # fmt: skip


def echoed(thing: Thing, number: int, echo: Echo) -> Thing:
    """A thing's double; `number` is 0 for the first one."""
    name, left, top, width, height, sure, key, leftward, track, age = thing
    sure = max(LEAST_CONFIDENCE, sure * echo.confidence)
    left, top = left + echo.left * width, top + echo.top * height
    track = None if track is None else track + 1 + number
    return Thing(name, left, top, width * echo.width, height * echo.height, sure, key, leftward, track, age)


def doubled(things: Iterable[Thing]) -> list[Thing]:
    """Things, each with its doubles behind it."""
    found = []
    for thing in things:
        found.append(thing)
        found += [echoed(thing, number, one) for number, one in enumerate(echoes_of(thing))]
    return found


def box_of(thing: Thing, subject: Subject) -> Box:
    """The thing's rectangle as a box of at least one pixel, cut to the picture."""
    left, right = _span(thing.left, thing.width, subject.width - 0.5)
    top, bottom = _span(thing.top, thing.height, subject.height - 0.5)
    return left, top, right, bottom


def _span(start: float, length: float, last: float) -> tuple[int, int]:
    """The first and the last pixel; every object of every frame has two, so nothing is called here."""
    begin, end = start + 0.5, start + length - 1 + 0.5
    first = 0 if begin < 0.0 else int(last if begin > last else begin)
    final = 0 if end < 0.0 else int(last if end > last else end)
    return first, final if final > first else first


def _extent(kind: Kind, size: float, aspect: float, subject: Subject) -> tuple[float, float]:
    low, high = kind.height
    height = (low + (high - low) * size) * sqrt(subject.width * subject.height)
    shrunk = min(1.0, 0.95 * subject.height / height, 0.85 * subject.width / (height * aspect))
    return height * aspect * shrunk, height * shrunk


def _down(kind: Kind, size: float, chance: float) -> float:
    """How far down a thing is, from 0 to 1: what stands on the ground is lower the nearer, so the larger, it is."""
    if kind.place == ANYWHERE:
        return chance
    if kind.place == AIR:
        return 0.02 + 0.6 * chance
    if kind.place == GROUND:
        return 0.62 + 0.26 * size + 0.1 * chance
    return 0.5 + 0.45 * chance
