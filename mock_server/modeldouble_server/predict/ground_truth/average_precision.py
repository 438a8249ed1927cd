"""Mean average precision as COCO measures it, in plain Python: the fit needs it where no pycocotools is installed."""

from bisect import bisect_left
from collections.abc import Sequence
from math import fsum
from typing import NamedTuple

from ...scene import Box
from .raster import Raster, box_area, box_intersection, box_iou, intersection, iou

Shape = Box | Raster
"""What overlaps are measured of: boxes, or the pixels of masks and polygons."""
THRESHOLDS = tuple((50 + 5 * at) / 100 for at in range(10))
_RECALLS = 101
_MOST = 100


class Truth(NamedTuple):
    """An object that is there; a crowd takes any number of detections, which then count neither way."""

    class_name: str
    shape: Shape
    crowd: bool = False


class Guess(NamedTuple):
    """A detection."""

    class_name: str
    shape: Shape
    confidence: float


class Scene(NamedTuple):
    """What is in one picture and what was found in it."""

    truths: Sequence[Truth]
    guesses: Sequence[Guess]


class Verdict(NamedTuple):
    """One detection at one threshold: right, wrong, or (None) over a crowd, so that it does not count."""

    confidence: float
    right: bool | None


def overlap(shape: Shape, truth: Truth) -> float:
    """Intersection over union with a truth; over a crowd, the part of the shape that lies in it."""
    if isinstance(shape, Raster) and isinstance(truth.shape, Raster):
        if truth.crowd:
            return intersection(shape, truth.shape) / max(1, shape.area)
        return iou(shape, truth.shape)
    one, other = _box(shape), _box(truth.shape)
    return box_intersection(one, other) / box_area(one) if truth.crowd else box_iou(one, other)


def mean_average_precision(scenes: Sequence[Scene]) -> float:
    """AP@[.5:.95] in [0, 1], the mean over the classes that are there; 0 without any."""
    counts: dict[str, int] = {}
    for scene in scenes:
        for truth in scene.truths:
            counts[truth.class_name] = counts.get(truth.class_name, 0) + (not truth.crowd)
    means = [_class_mean(scenes, name, count) for name, count in counts.items() if count]
    return fsum(means) / len(means) if means else 0.0


def average_precision(verdicts: Sequence[Verdict], count: int) -> float:
    """The mean of the precisions at 101 recalls, of which each is the best at that recall or more."""
    ranked = [one for one in sorted(verdicts, key=lambda one: -one.confidence) if one.right is not None]
    right, curve = 0, []
    for at, one in enumerate(ranked, 1):
        right += bool(one.right)
        curve.append((right, right / at))
    best = [0.0] * (count + 1)
    for found, precision in curve:
        best[found] = max(best[found], precision)
    for at in range(count - 1, -1, -1):
        best[at] = max(best[at], best[at + 1])
    return fsum(best[needed] for needed in _needed(count)) / _RECALLS


def _needed(count: int) -> list[int]:
    """How many of `count` must be found for each recall: as pycocotools has it, 7 of 10 are less than 70 % of them."""
    recalls = [found / count for found in range(count + 1)]
    return [bisect_left(recalls, at * 0.01) for at in range(_RECALLS)]


def judged(scene: Scene, name: str) -> list[list[Verdict]]:
    """Verdicts on the detections of a class in a picture, by threshold: the surest takes what it overlaps most."""
    truths = sorted((one for one in scene.truths if one.class_name == name), key=lambda one: one.crowd)
    named = [one for one in scene.guesses if one.class_name == name]
    guesses = sorted(named, key=lambda one: -one.confidence)[:_MOST]
    overlaps = [
        [(value, at) for at, truth in enumerate(truths) if (value := overlap(one.shape, truth)) >= THRESHOLDS[0]]
        for one in guesses
    ]
    return [_matched(truths, guesses, overlaps, least) for least in THRESHOLDS]


def _box(shape: Shape) -> Box:
    return shape.box if isinstance(shape, Raster) else shape


def _class_mean(scenes: Sequence[Scene], name: str, count: int) -> float:
    verdicts: list[list[Verdict]] = [[] for _ in THRESHOLDS]
    for scene in scenes:
        for collected, more in zip(verdicts, judged(scene, name), strict=True):
            collected.extend(more)
    return fsum(average_precision(one, count) for one in verdicts) / len(THRESHOLDS)


def _matched(
    truths: Sequence[Truth],
    guesses: Sequence[Guess],
    overlaps: Sequence[Sequence[tuple[float, int]]],
    least: float,
) -> list[Verdict]:
    taken: dict[int, bool] = {}
    verdicts = []
    for guess, candidates in zip(guesses, overlaps, strict=True):
        free = [(value, at) for value, at in candidates if value >= least and at not in taken]
        # A truth comes before a crowd, however much the crowd is overlapped; among equals pycocotools takes the last.
        best = max(free, key=lambda one: (not truths[one[1]].crowd, *one), default=None)
        if best is None:
            verdicts.append(Verdict(guess.confidence, False))
        elif truths[best[1]].crowd:
            verdicts.append(Verdict(guess.confidence, None))
        else:
            taken[best[1]] = True
            verdicts.append(Verdict(guess.confidence, True))
    return verdicts
