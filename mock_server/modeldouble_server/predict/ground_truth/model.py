"""The predictor that sees the labels of a dataset through an error model."""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

from ...limits import Limits
from ...meta import Meta
from ...refusal import shown
from ...scene import Answer, Predictor, Query
from .fit import fit
from .labels import Picture, read_labels
from .observe import Errors, observe
from .plan import Plan, make_plans
from .profile import Profile

_LIMITS = Limits()
log = logging.getLogger("modeldouble_server")


class GroundTruth:
    """Answers labelled pictures with what the error model sees of their labels, everything else as `otherwise` does."""

    def __init__(
        self, pictures: Sequence[Picture], plans: Sequence[Plan], errors: Errors, seed: int, otherwise: Predictor | None
    ) -> None:
        self._pictures, self._plans = pictures, plans
        self._errors, self._seed = errors, seed
        self._otherwise = otherwise
        self._by_content = _places({at: one.sha256 for at, one in enumerate(pictures)})
        self._by_name = _places({at: one.name for at, one in enumerate(pictures)})
        self._told = False

    def predict(self, query: Query) -> Answer:
        """Everything that is seen, also what is unsure; a picture without labels in the dataset is empty."""
        at = self._place(query)
        if at is not None:
            return observe(self._pictures[at], self._plans[at], self._errors, self._seed)
        if self._otherwise is not None:
            return self._otherwise.predict(query)
        self._tell(query)
        return Answer()

    def _place(self, query: Query) -> int | None:
        """The picture by its content, then by a name that only one has; one of another size is another picture."""
        subject, name = query.subject, query.origin.name
        if subject.frame is not None:
            return None
        same = self._by_content.get(subject.sha256, [])
        if same:
            return next((at for at in same if self._pictures[at].name == name), same[0])
        named = [] if name is None else self._by_name.get(name, [])
        if len(named) != 1:
            return None
        picture = self._pictures[named[0]]
        return named[0] if (picture.width, picture.height) == (subject.width, subject.height) else None

    def _tell(self, query: Query) -> None:
        if not self._told:
            self._told = True
            log.warning(
                "ground_truth: %s (sha256 %.12s) is not in the dataset, so nothing is seen in it; the next will not be"
                " told", shown(query.origin.name), query.subject.sha256,
            )  # fmt: skip


def read_ground_truth(
    path: Path, profile: Profile, seed: int = 0, limits: Limits = _LIMITS, otherwise: Predictor | None = None
) -> tuple[Meta, GroundTruth]:
    """The meta of a dataset and a model that meets a profile on it.

    `path` is a COCO folder, one COCO file beside its pictures, or the folder of a downloaded project. ValueError for a
    dataset that cannot be read, and for a profile that names a class which it lacks.
    """
    meta, pictures = read_labels(path, limits)
    _check_classes(meta, profile)
    plans = make_plans(pictures, profile, seed)
    return meta, GroundTruth(pictures, plans, fit(pictures, plans, profile, seed), seed, otherwise)


def _check_classes(meta: Meta, profile: Profile) -> None:
    named = {"by_class": [*profile.by_class], "confusion": [*profile.confusion]}
    for name, row in profile.confusion.items():
        named[f"confusion.{name}"] = [*row]
    for field, names in named.items():
        for name in names:
            if name not in meta.names:
                raise ValueError(
                    f"{field} names the class {shown(name)}, which the dataset lacks; give one of"
                    f" {shown(', '.join(meta.names), 200)}"
                )


def _places(keys: Mapping[int, str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for at, key in keys.items():
        found.setdefault(key, []).append(at)
    return found
