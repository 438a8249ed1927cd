"""How settings act on a prediction: thresholds keep a subset, `classes` filters, `rectangle` crops."""

from collections.abc import Iterable, Sequence
from math import floor

from ..scene import Answer, Detection, Query, Settings

THRESHOLDS = ("conf_thres", "conf", "confidence", "confidence_threshold", "confidence_thresh")
"""Names under which serving apps take the least confidence of an object."""

Box = tuple[int, int, int, int]


def act(answer: Answer, query: Query) -> Answer:
    """What remains of an answer under the query's settings, which have been checked; order is kept."""
    if answer.prediction is not None:
        return answer
    settings = query.sent if answer.literal else query.settings
    return answer._replace(objects=tuple(_acted(answer.objects, settings)))


def _acted(found: Iterable[Detection], settings: Settings) -> list[Detection]:
    least = max((settings[name] for name in THRESHOLDS if settings.get(name) is not None), default=0.0)
    kept = [one for one in found if one.confidence is None or one.confidence >= least]
    classes = settings.get("classes")
    if isinstance(classes, Sequence) and not isinstance(classes, str):
        kept = [one for one in kept if one.class_name in classes]
    rectangle = settings.get("rectangle")
    return kept if rectangle is None else _cropped(kept, corners(rectangle))


def corners(rectangle: Settings) -> Box:
    """left, top, right, bottom of a region of interest, `{"points": {"exterior": [[left, top], [right, bottom]]}}`.

    Fractions of a pixel are dropped, as real servers do: an object's corners are whole pixels.
    """
    (left, top), (right, bottom) = rectangle["points"]["exterior"]
    return floor(left), floor(top), floor(right), floor(bottom)


def _cropped(found: Sequence[Detection], region: Box) -> list[Detection]:
    """The parts of the objects inside the region, still in coordinates of the full image, as real servers answer."""
    cut = [(one, _overlap(one.box, region)) for one in found]
    return [one._replace(box=box) for one, box in cut if box is not None]


def _overlap(one: Box, other: Box) -> Box | None:
    left, top = max(one[0], other[0]), max(one[1], other[1])
    right, bottom = min(one[2], other[2]), min(one[3], other[3])
    return (left, top, right, bottom) if left <= right and top <= bottom else None
