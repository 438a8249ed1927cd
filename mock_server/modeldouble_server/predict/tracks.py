"""What is in a frame of a video: things that come, go on their way, hide for a while, and leave."""

from collections.abc import Sequence
from typing import NamedTuple

from ..scene import Subject
from .chance import Chance
from .curves import clamped, wave
from .kinds import kind_of
from .things import LEAST_CONFIDENCE, MOST_CONFIDENCE, Echo, Thing, cast, echoed, echoes_of, placed, spread

LIFE = 120
"""Frames of a stretch, in which a track is born and dies."""
_APART = 30
"""Frames from one stretch's start to the next one's: one frame needs four stretches and no history."""
_OPEN = LIFE // _APART
_MOST = 3
_BESIDE = 0.29
"""How far from each other things of one stretch are, in widths of the picture."""
_NUMBERS = 3
"""Track numbers of a thing: its own, and two of its doubles."""
_REMEMBERED = 256
"""Stretches that are remembered; with more, they are forgotten all."""


class _Motion(NamedTuple):
    """How a thing goes through its life."""

    way: float
    """Widths of the picture to the right."""
    growth: float
    unsure: float
    """Where in its wave the confidence begins."""
    bobbing: float
    """Where in its wave the height begins."""


class _Life(NamedTuple):
    """What a thing does in its stretch. All of it is drawn before any frame is looked at."""

    thing: Thing
    born: int
    dies: int
    hidden: int
    """Its age when something hides it."""
    back: int
    before: _Motion
    after: _Motion
    """Its motion from `hidden` on: how long it is hidden was drawn first."""
    echoes: tuple[Echo, ...]


_Stretch = tuple[_Life, ...]


class Tracks:
    """The things of videos. Nothing but key, hash, size and the frame's number decides. Safe in threads."""

    def __init__(self, key: tuple[object, ...], themes: Sequence[Sequence[str]]) -> None:
        self._key = key
        self._themes = themes
        self._stretches: dict[tuple[str, int, int, int], _Stretch] = {}

    def things(self, subject: Subject, frame: int, doubled: bool = False) -> list[Thing]:
        """The things that are seen in a frame; `doubled`: each with its doubles behind it."""
        found = []
        latest = frame // _APART
        for start in range(latest - _OPEN + 1, latest + 1):
            age = frame - start * _APART
            for life in self._stretch(subject, start):
                if (thing := _seen(life, age, subject)) is not None:
                    found.append(thing)
                    if doubled:
                        found += [echoed(thing, number, one) for number, one in enumerate(life.echoes)]
        return found

    def _stretch(self, subject: Subject, start: int) -> _Stretch:
        place = (subject.sha256, subject.width, subject.height, start)
        known = self._stretches.get(place)
        if known is None:
            if len(self._stretches) >= _REMEMBERED:
                self._stretches = {}
            known = self._stretches[place] = tuple(self._lives(subject, start))
        return known

    def _lives(self, subject: Subject, start: int) -> list[_Life]:
        names = cast(Chance(*self._key, "video", subject.sha256), self._themes, least=3)
        count = Chance(*self._key, "stretch", subject.sha256, start).whole(1, _MOST)
        first = (start + _OPEN - 1) * _MOST
        return [
            _life(
                placed(
                    (*self._key, "track", subject.sha256, first + at), names, subject, spread(start, at * _BESIDE)
                )._replace(track=(first + at) * _NUMBERS + 1)
            )
            for at in range(count)
        ]


def _life(thing: Thing) -> _Life:
    chance = Chance(*thing.key, "life")
    born, dies = chance.whole(0, LIFE // 4), chance.whole(LIFE * 5 // 8, LIFE)
    hidden = chance.whole(LIFE // 3, LIFE * 5 // 6) if chance.unit() < 0.6 else LIFE
    drawn = [chance.unit() for _ in range(5)]
    back = hidden + 3 + int(drawn[0] * 7)
    motions = _motion(thing, drawn), _motion(thing, drawn[1:])
    return _Life(thing, born, dies, hidden, back, *motions, echoes_of(thing))


def _motion(thing: Thing, drawn: Sequence[float]) -> _Motion:
    slowest, fastest = kind_of(thing.class_name).speed
    way = (slowest + (fastest - slowest) * drawn[0]) * (-1 if thing.leftward else 1)
    return _Motion(way, -0.3 + 0.6 * drawn[1], drawn[2], drawn[3])


def _seen(life: _Life, age: int, subject: Subject) -> Thing | None:
    """The thing as it is at its age; None before it is born, after it died, and while something hides it."""
    if not life.born <= age < life.dies or life.hidden <= age < life.back:
        return None
    moved = _moved(life.thing, life.after if life.hidden <= age else life.before, age, subject)
    across, down = moved.left + moved.width / 2, moved.top + moved.height / 2
    return moved if 0 <= across <= subject.width and 0 <= down <= subject.height else None


def _moved(thing: Thing, motion: _Motion, age: int, subject: Subject) -> Thing:
    name, left, top, wide, high, sure, key, leftward, track, _ = thing
    part = age / LIFE - 0.5
    grown = 1 + motion.growth * part
    width, height = wide * grown, high * grown
    # Nearer things are larger and lower: feet go down while the head stays about where it is.
    top = top + (high - height) * 0.7 + 0.01 * subject.height * wave(age / 60 + motion.bobbing)
    sure = clamped(sure + 0.05 * wave(age / 50 + motion.unsure), LEAST_CONFIDENCE, MOST_CONFIDENCE)
    left = left + (wide - width) / 2 + motion.way * part * subject.width
    return Thing(name, left, top, width, height, sure, key, leftward, track, age)
