"""Makes a model err as much as its profile says: what it does on a part of the dataset is measured, and corrected."""

import logging
from collections.abc import Callable, Sequence
from typing import NamedTuple

from ...scene import Detection, Mask, Polygon
from ..chance import Chance
from .average_precision import Guess, Scene, Shape, Truth, mean_average_precision
from .labels import Label, Picture
from .observe import Errors, found
from .plan import Plan
from .profile import MOST_JITTER, Profile
from .raster import raster

log = logging.getLogger("modeldouble_server")
_LABELS = 1500
"""About how many labels are measured: it takes seconds then, however large the dataset is."""
_STEPS = 10
_NEAR = 0.003
_TOLD = 0.02
_MOST_FOLLOW = 3.0
_NOWHERE = (-1, -1, -1, -1)


class Sample(NamedTuple):
    """Pictures with their plans, as they are measured."""

    pictures: Sequence[Picture]
    plans: Sequence[Plan]
    seed: int


def fit(pictures: Sequence[Picture], plans: Sequence[Plan], profile: Profile, seed: int) -> Errors:
    """The errors with which the profile's mAP is met, of boxes and of masks; logged where a dataset does not let it."""
    sample = sampled(pictures, plans, seed)
    follow = 1.0 if profile.mask_jitter is None else profile.mask_jitter
    if profile.map is None:
        return Errors(1.0 - (profile.box_jitter or 0.0) / MOST_JITTER, follow)
    wanted = profile.map
    closeness = _nearest(lambda value: map_of_boxes(sample, Errors(value, None)), 0.0, 1.0, wanted, "boxes")
    if profile.mask_jitter is None and _shaped(sample.pictures):
        follow = -_nearest(lambda value: map_of_masks(sample, Errors(closeness, -value)), -_MOST_FOLLOW, 0.0, wanted,
                         "masks")  # fmt: skip
    return Errors(closeness, follow)


def map_of_boxes(sample: Sample, errors: Errors) -> float:
    """mAP@[.5:.95] of boxes."""
    return _measured(sample, errors, False)


def map_of_masks(sample: Sample, errors: Errors) -> float:
    """mAP@[.5:.95] of masks and polygons, over the classes that have any."""
    return _measured(sample, errors, True)


def _measured(sample: Sample, errors: Errors, masks: bool) -> float:
    named = _shaped(sample.pictures) if masks else None
    pairs = zip(sample.pictures, sample.plans, strict=True)
    return mean_average_precision([scene(picture, plan, errors, sample.seed, named) for picture, plan in pairs])


def scene(picture: Picture, plan: Plan, errors: Errors, seed: int, masks_of: Sequence[str] | None = None) -> Scene:
    """A picture and what is seen in it, as they are measured: by boxes, or by the masks of some classes.

    False detections overlap no label enough to be right, wherever they are, so here they are nowhere: that is quick.
    """

    def shape(one: Label | Detection) -> Shape:
        return one.box if masks_of is None else raster(one.geometry, one.box)

    def counts(name: str) -> bool:
        return masks_of is None or name in masks_of

    truths = [Truth(one.class_name, shape(one), one.crowd) for one in picture.labels if counts(one.class_name)]
    seen = found(picture, plan, errors, seed)
    guesses = [Guess(one.class_name, shape(one), one.confidence or 0.0) for one in seen if counts(one.class_name)]
    names = [(one.like.class_name, one.confidence) for one in plan.phantoms]
    guesses += [Guess(name, _NOWHERE, confidence) for name, confidence in names if counts(name)]
    return Scene(truths, guesses)


def sampled(pictures: Sequence[Picture], plans: Sequence[Plan], seed: int) -> Sample:
    """The part of a dataset that is measured: pictures by chance, until they have enough labels."""
    order = sorted(range(len(pictures)), key=lambda at: Chance(seed, "sample", pictures[at].sha256).unit())
    chosen, labels = [], 0
    for at in order:
        if labels >= _LABELS:
            break
        chosen.append(at)
        labels += max(1, len(pictures[at].labels))
    return Sample([pictures[at] for at in chosen], [plans[at] for at in chosen], seed)


def _shaped(pictures: Sequence[Picture]) -> list[str]:
    """Classes that have a mask or a polygon."""
    labels = [label for picture in pictures for label in picture.labels]
    return sorted({one.class_name for one in labels if isinstance(one.geometry, (Mask, Polygon))})


def _nearest(measure: Callable[[float], float], low: float, high: float, wanted: float, what: str) -> float:
    """Where a measure that grows from `low` to `high` is nearest to `wanted`: along a line, and halving, in turn."""
    tried = [(measure(value), value) for value in (low, high)]
    under, over = tried
    for step in range(_STEPS):
        if min(abs(one[0] - wanted) for one in tried) <= _NEAR or not under[0] < wanted < over[0]:
            break
        part = (wanted - under[0]) / (over[0] - under[0]) if step % 2 == 0 else 0.5
        middle = under[1] + (over[1] - under[1]) * part
        tried.append((measure(middle), middle))
        under, over = (tried[-1], over) if tried[-1][0] < wanted else (under, tried[-1])
    best, value = min(tried, key=lambda one: abs(one[0] - wanted))
    if abs(best - wanted) > _TOLD:
        log.warning("ground_truth: map %s is asked for, and of these labels' %s %.3f was reached; with them it can be"
                    " from %.3f to %.3f", wanted, what, best, tried[0][0], tried[1][0])  # fmt: skip
    return value
