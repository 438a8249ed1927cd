"""What a model is to reach: recall, precision and mAP, and in which way it errs."""

from collections.abc import Mapping
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, NamedTuple

from ...refusal import shown
from .average_precision import Verdict, average_precision
from .confidence import LEAST, MOST, calibrated, unsure
from .labels import LARGE, MEDIUM, SMALL

SEEN_UNSURELY = 0.25
"""The part of the missed labels that is found with a confidence below the threshold."""
MOST_JITTER = 0.48
"""The mean of 1 - IoU of found boxes that are as far off as boxes can be which still count as found."""
_SLACK = 0.01
_IMAGINED = 1000
_MOST_MASK_JITTER = 4.0
Confusion = Mapping[str, Mapping[str, float]]


class Part(NamedTuple):
    """Recall and precision of a class or of a size; None: those of the whole."""

    recall: float | None = None
    precision: float | None = None


class Profile(NamedTuple):
    """Targets. Recall and precision count detections of `threshold` or more, all classes together, at an IoU of 0.5."""

    recall: float
    precision: float
    map: float | None = None
    """mAP@[.5:.95] of everything that is seen; None: `box_jitter` says how far boxes are off."""
    threshold: float = 0.25
    box_jitter: float | None = None
    """The mean of 1 - IoU of found boxes, from 0 to 0.48."""
    mask_jitter: float | None = None
    """How far the inside of a mask, polygon or graph moves, as a multiple of what its box does; None: as `map` asks."""
    by_class: Mapping[str, Part] = MappingProxyType({})
    by_size: Mapping[str, Part] = MappingProxyType({})
    confusion: Confusion = MappingProxyType({})
    """By a label's class, the parts of its labels that are found as another class."""

    def recall_of(self, class_name: str, size: str) -> float:
        """The recall of a class's labels of a size: where both say one, the size's acts relative to the whole's."""
        return _combined(
            self.recall, self.by_class.get(class_name, Part()).recall, self.by_size.get(size, Part()).recall
        )

    def precision_of(self, class_name: str, size: str) -> float:
        """Likewise the precision."""
        return _combined(
            self.precision, self.by_class.get(class_name, Part()).precision, self.by_size.get(size, Part()).precision
        )


PROFILES: Mapping[str, Profile] = MappingProxyType(
    {
        "weak": Profile(recall=0.55, precision=0.6, map=0.3),
        "good": Profile(recall=0.8, precision=0.85, map=0.55),
        "excellent": Profile(recall=0.95, precision=0.95, map=0.8),
    }
)


def read_profile(values: Mapping[str, Any]) -> Profile:
    """A profile of plain values: `profile` names the one to begin with ("good" by default), the rest replace its own.

    ValueError for anything else than a profile's fields, and for targets that no model can reach together.
    """
    _known(values, ("profile", *Profile._fields), "")
    name = values.get("profile", "good")
    if not isinstance(name, str) or name not in PROFILES:
        raise ValueError(f"profile is {shown(name)}; give one of {', '.join(PROFILES)}")
    profile = PROFILES[name]
    recall, precision = (_part(values.get(one, getattr(profile, one)), one) for one in ("recall", "precision"))
    profile = profile._replace(recall=recall, precision=precision)
    if "threshold" in values:
        profile = profile._replace(threshold=_number(values["threshold"], "threshold", LEAST, 0.95))
    profile = _places(profile, values)
    by_class, by_size = (_parts(values.get(one, {}), one) for one in ("by_class", "by_size"))
    _known(by_size, (SMALL, MEDIUM, LARGE), "by_size.")
    confusion = _confusion(values.get("confusion", {}))
    profile = profile._replace(by_class=by_class, by_size=by_size, confusion=confusion)
    _feasible(profile)
    return profile


def feasible_map(profile: Profile) -> tuple[float, float]:
    """The least and the greatest mAP that go with a profile's recall and precision, of many objects of one class."""
    right = round(_IMAGINED * profile.recall)
    wrong = round(right * (1 - profile.precision) / profile.precision)
    unsurely = round((_IMAGINED - right) * SEEN_UNSURELY)
    sure = calibrated(right, wrong, profile.threshold, MOST)
    rest = calibrated(unsurely, unsure(unsurely, LEAST, profile.threshold), LEAST, profile.threshold)
    verdicts = [Verdict(one, True) for one in (*sure[0], *rest[0])] + [Verdict(one, False) for one in sure[1] + rest[1]]
    most = average_precision(verdicts, _IMAGINED)
    # Boxes that only just count as found count at one of ten thresholds.
    return most / 10, most


def _combined(whole: float, of_class: float | None, of_size: float | None) -> float:
    if of_class is None or of_size is None:
        return whole if of_class is None and of_size is None else (of_class or of_size or whole)
    return min(1.0, of_class * of_size / whole)


def _places(profile: Profile, values: Mapping[str, Any]) -> Profile:
    if values.get("box_jitter") is not None:
        jitter = _number(values["box_jitter"], "box_jitter", 0.0, MOST_JITTER)
        if values.get("map") is not None:
            raise ValueError(f"box_jitter is {jitter}, which follows from map; give one of the two")
        profile = profile._replace(map=None, box_jitter=jitter)
    elif values.get("map") is not None:
        profile = profile._replace(map=_number(values["map"], "map", 0.0, 1.0))
    if values.get("mask_jitter") is not None:
        jitter = _number(values["mask_jitter"], "mask_jitter", 0.0, _MOST_MASK_JITTER)
        profile = profile._replace(mask_jitter=jitter)
    return profile


def _parts(values: Any, field: str) -> dict[str, Part]:
    made = {}
    for name, part in _mapping(values, field).items():
        _known(_mapping(part, f"{field}.{name}"), Part._fields, f"{field}.{name}.")
        read = {one: _part(value, f"{field}.{name}.{one}") for one, value in part.items()}
        made[name] = Part(**read)
    return made


def _confusion(values: Any) -> dict[str, dict[str, float]]:
    made = {}
    for name, row in _mapping(values, "confusion").items():
        where = f"confusion.{name}"
        made[name] = {to: _number(part, f"{where}.{to}", 0.0, 1.0) for to, part in _mapping(row, where).items()}
        if name in made[name]:
            raise ValueError(f"{where}.{name} is {made[name][name]}; a class is not mistaken for itself: take it out")
    return made


def _feasible(profile: Profile) -> None:
    if profile.precision <= profile.threshold:
        raise ValueError(
            f"precision is {profile.precision}, at or below the threshold {profile.threshold}: calibrated confidences"
            " of the threshold or more are right more often than that; give a lower threshold"
        )
    for name, row in profile.confusion.items():
        found = profile.by_class.get(name, Part()).recall or profile.recall
        if found + sum(row.values()) > 1 + 1e-9:
            raise ValueError(
                f"confusion.{name} adds up to {sum(row.values()):.3f}, and with its recall of {found} to more than 1;"
                " lower one of them"
            )
    if profile.map is None:
        return
    least, most = feasible_map(profile)
    if not least - _SLACK <= profile.map <= most + _SLACK:
        raise ValueError(
            f"map is {profile.map}, which recall {profile.recall} and precision {profile.precision} do not allow;"
            f" give one from {least:.2f} to {most:.2f}"
        )


def _mapping(value: Any, field: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
        raise ValueError(f"{field} is {shown(value)}; give a mapping of names")
    return value


def _known(values: Mapping[str, Any], names: tuple[str, ...], where: str) -> None:
    for name in _mapping(values, where or "the profile"):
        if name not in names:
            near = get_close_matches(name, names, 1)
            hint = f"did you mean {near[0]}?" if near else f"give one of {', '.join(names)}"
            raise ValueError(f"{where}{name} is unknown; {hint}")


def _part(value: Any, field: str) -> float:
    return _number(value, field, 0.05, 1.0)


def _number(value: Any, field: str, least: float, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value <= most:
        raise ValueError(f"{field} is {shown(value)}; give a number from {least} to {most}")
    return float(value)
