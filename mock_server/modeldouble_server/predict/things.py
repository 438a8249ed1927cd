"""What is in a picture: classes, places and sizes of its objects, before they have a shape."""

from collections.abc import Iterator, Sequence
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


def echoes(thing: Thing) -> Iterator[Thing]:
    """Up to two doubles that a detector finds beside a thing, and non-maximum suppression takes away."""
    chance = Chance(*thing.key, "echo")
    for number in range((0, 0, 1, 1, 2)[chance.whole(0, 4)]):
        wider, higher = chance.between(0.9, 1.1), chance.between(0.9, 1.1)
        yield thing._replace(
            left=thing.left + chance.between(-0.07, 0.07) * thing.width,
            top=thing.top + chance.between(-0.07, 0.07) * thing.height,
            width=thing.width * wider,
            height=thing.height * higher,
            confidence=max(LEAST_CONFIDENCE, thing.confidence * chance.between(0.35, 0.9)),
            track=None if thing.track is None else thing.track + 1 + number,
        )


def box_of(thing: Thing, subject: Subject) -> Box:
    """The thing's rectangle as a box of at least one pixel, cut to the picture."""
    left, top = _pixel(thing.left, subject.width), _pixel(thing.top, subject.height)
    right = max(left, _pixel(thing.left + thing.width - 1, subject.width))
    return left, top, right, max(top, _pixel(thing.top + thing.height - 1, subject.height))


def _pixel(at: float, end: int) -> int:
    return int(clamped(at + 0.5, 0.0, end - 0.5))


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
