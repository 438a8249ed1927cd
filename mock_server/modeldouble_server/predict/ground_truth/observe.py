"""One picture through the error model: what is said of it, of its plan and of how large the errors are."""

from typing import NamedTuple

from ...scene import Answer, Detection, Geometry
from ..chance import Chance
from .jitter import LEAST_IOU, jittered_box, jittered_shape
from .labels import Picture
from .phantoms import phantom
from .plan import Hit, Plan


class Errors(NamedTuple):
    """How large errors are: `closeness` from 0 (boxes only just count as found) to 1 (they are the labels')."""

    closeness: float
    follow: float | None
    """As `jitter.placed` has it; None leaves shapes away."""


def observe(picture: Picture, plan: Plan, errors: Errors, seed: int) -> Answer:
    """Everything that is seen in a picture, the surest first."""
    objects = found(picture, plan, errors, seed)
    for number, one in enumerate(plan.phantoms):
        made = phantom(picture, one, Chance(seed, "phantom", picture.sha256, number), objects)
        if made is not None:
            objects.append(made)
    return Answer(tuple(sorted(objects, key=lambda one: -(one.confidence or 0.0))), picture.tags)


def found(picture: Picture, plan: Plan, errors: Errors, seed: int) -> list[Detection]:
    """The labels that are seen in a picture, also as another class; without what is not there."""
    return [_hit(picture, one, errors, seed) for one in plan.hits]


def overlap_of(rank: float, closeness: float) -> float:
    """The overlap (IoU) that a box is to have: the overlaps of a class are spread evenly over a range at one end.

    Their mean falls from 1 to the least in step with `closeness`.
    """
    low, high = max(0.0, 2 * closeness - 1), min(1.0, 2 * closeness)
    return LEAST_IOU + (1.0 - LEAST_IOU) * (low + (high - low) * rank)


def _hit(picture: Picture, hit: Hit, errors: Errors, seed: int) -> Detection:
    label = picture.labels[hit.label]
    wanted = overlap_of(hit.closeness, errors.closeness)
    chance = Chance(seed, "off", picture.sha256, hit.label)
    box = jittered_box(label.box, wanted, chance, picture.width, picture.height)
    shape: Geometry | None = None
    if errors.follow is not None:
        box, shape = jittered_shape(label, box, errors.follow)
    return Detection(hit.class_name, box, hit.confidence, geometry=shape, tags=label.tags)
