"""How settings act on what a predictor answered.

In this order: thresholds keep the sure ones, `iou_thres` those that do not lie on surer ones, `classes` those that are
named, `rectangle` cuts what is left, and sliding windows look at that. So a rectangle and windows never bring out an
object that the whole picture does not have.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import floor
from typing import Any, NamedTuple

from ..scene import Answer, Box, Detection, Query, Settings, Tag
from . import windows
from .cropping import cropped
from .overlap import suppressed

THRESHOLDS = ("conf_thres", "conf", "confidence", "confidence_threshold", "confidence_thresh")
"""Names under which serving apps take the least confidence of an object."""
OVERLAPS = ("iou_thres", "iou")
"""Names under which they take how much two objects of a class may lie on each other."""
_BACKGROUNDS = ("background", "bg", "unlabeled", "neutral", "__bg__")
"""Names by which semantic segmentation knows its background, the last one if no class has any of them."""


class Ways(NamedTuple):
    """What a model says of itself on which it depends how settings act."""

    windows: str = windows.BASIC
    """`sliding_window_support` of its info: "none", "basic" or "advanced"."""
    background: str | None = None
    """The class that objects get which `classes` leaves out; None: they drop out."""


def ways(info: Mapping[str, Any], names: Iterable[str]) -> Ways:
    """The ways of a model, by its session info and the names of its classes."""
    support = str(info.get("sliding_window_support", windows.BASIC))
    if info.get("task type") != "semantic segmentation":
        return Ways(support)
    return Ways(support, next((name for name in names if name in _BACKGROUNDS), _BACKGROUNDS[-1]))


_PLAIN = Ways()


def act(answer: Answer, query: Query, how: Ways = _PLAIN) -> Answer:
    """What remains of an answer under the query's settings, which have been checked; order is kept.

    Only what was sent acts on a literal answer, and nothing on a whole prediction. An object without a confidence is
    not filtered by thresholds, and a tag without a number as value neither by them nor by `classes`.

    Raises `Refused`, status 400, if the settings ask for sliding windows that the subject's size does not allow, which
    `check` tells before anything is predicted.
    """
    if answer.prediction is not None:
        return answer
    settings = query.sent if answer.literal else query.settings
    objects = _kept(answer.objects, settings, how.background)
    tags = tuple(_kept_tags(answer.tags, settings)) if answer.tags else ()
    answer = answer._replace(objects=tuple(objects), tags=tags)
    if not windows.wanted(settings, how.windows):
        return answer
    regions = _regions(settings, query)
    seen, slides = windows.looked_through(objects, regions, query.subject, how.windows)
    return answer._replace(objects=tuple(seen), slides=slides)


def check(query: Query, how: Ways = _PLAIN) -> None:
    """Raise `Refused`, status 400, if the settings ask for sliding windows that the subject's size does not allow."""
    if windows.wanted(query.settings, how.windows):
        _regions(query.settings, query)


def _regions(settings: Settings, query: Query) -> list[Box]:
    # What was sent may ask for windows and leave their size to the model's defaults.
    params = settings.get(windows.PARAMS, query.settings.get(windows.PARAMS))
    return windows.regions(params, query.subject)


def corners(rectangle: Settings) -> Box:
    """left, top, right, bottom of a region of interest, `{"points": {"exterior": [[left, top], [right, bottom]]}}`.

    Fractions of a pixel are dropped, as real servers do: an object's corners are whole pixels.
    """
    (left, top), (right, bottom) = rectangle["points"]["exterior"]
    return floor(left), floor(top), floor(right), floor(bottom)


def _kept(found: Sequence[Detection], settings: Settings, background: str | None) -> list[Detection]:
    least = _least(settings)
    most = min([settings[name] for name in OVERLAPS if settings.get(name) is not None], default=1)
    kept = suppressed([one for one in found if one.confidence is None or one.confidence >= least], most)
    names = _names(settings)
    if names is not None and background is None:
        kept = [one for one in kept if one.class_name in names]
    elif names is not None and background is not None:
        kept = [one if one.class_name in names else _renamed(one, background) for one in kept]
    rectangle = settings.get("rectangle")
    return kept if rectangle is None else cropped(kept, corners(rectangle))


def _kept_tags(tags: Sequence[Tag], settings: Settings) -> list[Tag]:
    """Tags with a number are what a classifier says: the class and how sure it is."""
    least, names = _least(settings), _names(settings)
    return [
        tag
        for tag in tags
        if not isinstance(tag.value, (int, float)) or (tag.value >= least and (names is None or tag.name in names))
    ]


def _least(settings: Settings) -> float:
    return max([settings[name] for name in THRESHOLDS if settings.get(name) is not None], default=0.0)


def _names(settings: Settings) -> frozenset[str] | None:
    """The classes that were asked for; None for all of them."""
    classes = settings.get("classes")
    return frozenset(classes) if isinstance(classes, Sequence) and not isinstance(classes, str) else None


def _renamed(one: Detection, name: str) -> Detection:
    if one.class_name == name:
        return one
    if one.verbatim is None:
        return one._replace(class_name=name)
    # The id is that of the class before.
    kept = {key: value for key, value in one.verbatim.items() if key != "classId"}
    return one._replace(class_name=name, verbatim={**kept, "classTitle": name})
