"""Plausible boxes for any picture and any frame: nothing is looked at, all of it follows from the content's hash."""

from collections.abc import Sequence

from ..scene import Answer, Detection, Query, Subject
from .chance import Chance

_MOST = 7
_LEAST_CONFIDENCE = 0.05
_TRACK_FRAMES = 60


class Synthetic:
    """A detector of `classes` whose answers depend on `seed` and on the subject's hash, size and frame alone."""

    def __init__(self, classes: Sequence[str], seed: int = 0) -> None:
        self._classes = tuple(classes)
        self._seed = seed

    def predict(self, query: Query) -> Answer:
        """One to seven objects for a picture; for a frame, those whose tracks are on screen then."""
        subject = query.subject
        if not self._classes or subject.width < 1 or subject.height < 1:
            return Answer()
        found = self._frame(subject, subject.frame) if subject.frame is not None else self._picture(subject)
        return Answer(tuple(found))

    def _picture(self, subject: Subject) -> list[Detection]:
        chance = Chance(self._seed, "picture", subject.sha256)
        found = [self._object(chance, subject) for _ in range(chance.whole(1, _MOST))]
        return sorted(found, key=lambda one: -(one.confidence or 0.0))

    def _object(self, chance: Chance, subject: Subject) -> Detection:
        width = chance.between(0.08, 0.55) * subject.width
        height = chance.between(0.10, 0.60) * subject.height
        left = chance.between(0.0, 1.0) * (subject.width - width)
        top = chance.between(0.0, 1.0) * (subject.height - height)
        name = chance.choice(self._classes)
        # The larger of two uniform numbers: more objects that the model is sure of than not, as after training.
        confidence = _LEAST_CONFIDENCE + (0.98 - _LEAST_CONFIDENCE) * max(chance.unit(), chance.unit())
        return Detection(name, _inside(subject, left, top, width, height), round(confidence, 6))

    def _frame(self, subject: Subject, frame: int) -> list[Detection]:
        """Tracks live in stretches of frames that overlap by half: one frame needs two stretches and no history."""
        half = _TRACK_FRAMES // 2
        stretch = frame // half
        return [seen for start in (stretch - 1, stretch) for seen in self._tracks(subject, start, frame - start * half)]

    def _tracks(self, subject: Subject, stretch: int, age: int) -> list[Detection]:
        chance = Chance(self._seed, "tracks", subject.sha256, stretch)
        return [
            seen
            for number in range(chance.whole(1, 3))
            for seen in self._track(subject, stretch, number, age)
        ]  # fmt: skip

    def _track(self, subject: Subject, stretch: int, number: int, age: int) -> list[Detection]:
        chance = Chance(self._seed, "track", subject.sha256, stretch, number)
        one = self._object(chance, subject)
        born, dies = chance.whole(0, _TRACK_FRAMES // 4), chance.whole(_TRACK_FRAMES * 3 // 4, _TRACK_FRAMES)
        if not born <= age < dies:
            return []
        left, top, right, bottom = one.box
        part = age / _TRACK_FRAMES
        across = chance.between(-0.4, 0.4) * subject.width * (part - 0.5)
        sway = chance.between(0.0, 0.03) * subject.height * _wave(part)
        box = _inside(subject, left + across, top + sway, right - left + 1, bottom - top + 1)
        confidence = min(0.99, max(_LEAST_CONFIDENCE, (one.confidence or 0.0) + 0.03 * _wave(part * 3 + chance.unit())))
        return [Detection(one.class_name, box, round(confidence, 6), (stretch + 1) * 4 + number)]


def _wave(turns: float) -> float:
    """A smooth wave in [-1, 1] of period 1. Parabolas, as a sine may differ in its last bit between C libraries."""
    half = turns * 2 % 2
    return 4 * half * (1 - half) if half < 1 else -4 * (half - 1) * (2 - half)


def _inside(subject: Subject, left: float, top: float, width: float, height: float) -> tuple[int, int, int, int]:
    """A box of at least one pixel whose corners are pixels of the subject."""
    x0 = min(max(int(left), 0), subject.width - 1)
    y0 = min(max(int(top), 0), subject.height - 1)
    x1 = min(max(int(left + width) - 1, x0), subject.width - 1)
    y1 = min(max(int(top + height) - 1, y0), subject.height - 1)
    return x0, y0, x1, y1
