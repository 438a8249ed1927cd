"""What is in a frame of a video: things that come, go on their way, hide for a while, and leave."""

from collections.abc import Sequence

from ..scene import Subject
from .chance import Chance
from .curves import clamped, wave
from .kinds import kind_of
from .things import LEAST_CONFIDENCE, MOST_CONFIDENCE, Thing, cast, placed, spread

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


def frame_things(
    key: tuple[object, ...], themes: Sequence[Sequence[str]], subject: Subject, frame: int
) -> list[Thing]:  # fmt: skip
    """The things that are seen in a frame: nothing but key, hash, size and the frame's number decides."""
    names = cast(Chance(*key, "video", subject.sha256), themes, least=3)
    latest = frame // _APART
    found = []
    for start in range(latest - _OPEN + 1, latest + 1):
        count = Chance(*key, "stretch", subject.sha256, start).whole(1, _MOST)
        for number in range(count):
            place = (start + _OPEN - 1) * _MOST + number
            thing = placed((*key, "track", subject.sha256, place), names, subject, spread(start, number * _BESIDE))
            found.append(_seen(thing._replace(track=place * _NUMBERS + 1, age=frame - start * _APART), subject))
    return [one for one in found if one is not None]


def _seen(thing: Thing, subject: Subject) -> Thing | None:
    """The thing as it is at its age; None before it is born, after it died, and while something hides it."""
    chance = Chance(*thing.key, "life")
    born, dies = chance.whole(0, LIFE // 4), chance.whole(LIFE * 5 // 8, LIFE)
    hidden = chance.whole(LIFE // 3, LIFE * 5 // 6) if chance.unit() < 0.6 else LIFE
    if not born <= thing.age < dies or hidden <= thing.age < hidden + chance.whole(3, 9):
        return None
    moved = _moved(chance, thing, subject)
    across, down = moved.left + moved.width / 2, moved.top + moved.height / 2
    return moved if 0 <= across <= subject.width and 0 <= down <= subject.height else None


def _moved(chance: Chance, thing: Thing, subject: Subject) -> Thing:
    part = thing.age / LIFE - 0.5
    way = chance.between(*kind_of(thing.class_name).speed) * (-1 if thing.leftward else 1)
    grown = 1 + chance.between(-0.3, 0.3) * part
    width, height = thing.width * grown, thing.height * grown
    sure = thing.confidence + 0.05 * wave(thing.age / 50 + chance.unit())
    return thing._replace(
        left=thing.left + (thing.width - width) / 2 + way * part * subject.width,
        # Nearer things are larger and lower: feet go down while the head stays about where it is.
        top=thing.top + (thing.height - height) * 0.7 + 0.01 * subject.height * wave(thing.age / 60 + chance.unit()),
        width=width,
        height=height,
        confidence=clamped(sure, LEAST_CONFIDENCE, MOST_CONFIDENCE),
    )
