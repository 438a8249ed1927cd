"""Which labels are found, how surely, and how many false detections there are: counted out, not tossed for.

Coins would come out differently by several points on fifty pictures. So labels are put into an order that depends on
the seed and on their pictures' content alone, and of each class and size exactly as many are found as the profile says.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, TypeVar

from ..chance import Chance
from .confidence import LEAST, MOST, calibrated, unsure
from .labels import Label, Picture
from .profile import SEEN_UNSURELY, Profile
from .raster import box_iou

T = TypeVar("T")
_APART = 0.4


class Hit(NamedTuple):
    """A label that is found, as `class_name`. `closeness` in (0, 1) is the rank of its box among those of its class."""

    label: int
    class_name: str
    confidence: float
    closeness: float


class Phantom(NamedTuple):
    """A false detection that looks like the label `like`."""

    like: Label
    confidence: float


class Plan(NamedTuple):
    """What is said of one picture."""

    hits: tuple[Hit, ...] = ()
    phantoms: tuple[Phantom, ...] = ()


class _Seen(NamedTuple):
    picture: int
    at: int
    label: Label
    class_name: str


def make_plans(pictures: Sequence[Picture], profile: Profile, seed: int) -> list[Plan]:
    """A plan for each picture. ValueError if the profile's confusion leaves no room for its precision."""

    def drawn(purpose: str, one: _Seen) -> float:
        return Chance(seed, purpose, pictures[one.picture].sha256, one.at).unit()

    labels = _ordered(pictures, drawn)
    found, missed = _split(labels, lambda one: profile.recall_of(one.label.class_name, one.label.size))
    mistaken = _mistaken(pictures, labels, missed, profile)
    taken = {(one.picture, one.at) for one in mistaken}
    unsurely, _ = _split([one for one in missed if (one.picture, one.at) not in taken], lambda _: SEEN_UNSURELY)
    like = _false(found, mistaken, profile)
    sure, low = _confidences(len(found), len(like) + len(mistaken), len(unsurely), profile.threshold)
    found, unsurely = (_mixed(sorted(some, key=lambda one: drawn("confidence", one))) for some in (found, unsurely))
    errors = _shuffled([*mistaken, *like], seed)
    vague = _repeated(_mixed(sorted(labels, key=lambda one: drawn("vague", one))), len(low[1]))
    wrong = list(zip([*errors, *(one.label for one in vague)], [*sure[1], *low[1]], strict=True))
    right = zip([*found, *unsurely], [*sure[0], *low[0]], strict=True)
    hits = [*right, *((one, confidence) for one, confidence in wrong if isinstance(one, _Seen))]
    phantoms = [Phantom(one, confidence) for one, confidence in wrong if isinstance(one, Label)]
    closeness = _closeness(sorted((one for one, _ in hits), key=lambda one: drawn("closeness", one)))
    return _dealt(pictures, hits, closeness, phantoms, seed)


def _confidences(
    right: int, wrong: int, unsurely: int, threshold: float
) -> tuple[tuple[list[float], list[float]], tuple[list[float], list[float]]]:
    """Confidences of right and wrong detections, at or above the threshold and below it, to six places."""
    below = max(LEAST, threshold - 1e-6)
    sure = calibrated(right, wrong, threshold, MOST)
    low = calibrated(unsurely, unsure(unsurely, LEAST, threshold), LEAST, below)
    return (_rounded(sure[0]), _rounded(sure[1])), (_rounded(low[0]), _rounded(low[1]))


def _rounded(values: Iterable[float]) -> list[float]:
    return [round(one, 6) for one in values]


def _ordered(pictures: Sequence[Picture], drawn: Callable[[str, _Seen], float]) -> list[_Seen]:
    """All labels but crowds, by class and size, and in an order of chance within those."""
    labels = [
        _Seen(number, at, label, label.class_name)
        for number, picture in enumerate(pictures)
        for at, label in enumerate(picture.labels)
        if not label.crowd
    ]
    return sorted(labels, key=lambda one: (one.class_name, one.label.size, drawn("found", one)))


def _split(labels: Sequence[_Seen], rate: Callable[[_Seen], float]) -> tuple[list[_Seen], list[_Seen]]:
    """Labels that are taken, at their rates, and the others: every stretch gets its share, to within one."""
    taken: list[_Seen] = []
    left: list[_Seen] = []
    owed = 0.5
    for one in labels:
        owed += rate(one)
        (taken if owed >= 1.0 else left).append(one)
        owed -= owed >= 1.0
    return taken, left


def _mistaken(
    pictures: Sequence[Picture], labels: Sequence[_Seen], missed: Sequence[_Seen], profile: Profile
) -> list[_Seen]:
    """Missed labels that are found as another class, where no label of that class is near."""
    made = []
    for name, row in profile.confusion.items():
        count = sum(one.label.class_name == name for one in labels)
        free = [one for one in missed if one.label.class_name == name]
        for to, part in row.items():
            fit = [one for one in free if not _near(pictures[one.picture], one.label, to)][: round(part * count)]
            made += [one._replace(class_name=to) for one in fit]
            gone = {(one.picture, one.at) for one in fit}
            free = [one for one in free if (one.picture, one.at) not in gone]
    return made


def _near(picture: Picture, label: Label, class_name: str) -> bool:
    return any(one.class_name == class_name and box_iou(one.box, label.box) > _APART for one in picture.labels)


def _false(found: Sequence[_Seen], mistaken: Sequence[_Seen], profile: Profile) -> list[Label]:
    """What false detections look like: labels of the class and the size whose precision they bring down."""
    like, owed = [], 0.5
    for one in found:
        precision = profile.precision_of(one.class_name, one.label.size)
        owed += (1 - precision) / precision
        while owed >= 1.0:
            like.append(one.label)
            owed -= 1.0
    if len(mistaken) > len(like):
        raise ValueError(
            f"confusion makes {len(mistaken)} false detections of these labels, and precision {profile.precision}"
            f" allows {len(like)}; lower confusion or precision"
        )
    for one in mistaken:
        same = (at for at, label in enumerate(like) if label.class_name == one.class_name)
        del like[next(same, -1)]
    return like


def _mixed(labels: Sequence[_Seen]) -> list[_Seen]:
    """Labels so that each class is spread over the whole evenly; within a class they keep their order."""
    place = _closeness(labels)
    return sorted(labels, key=lambda one: (place[one.picture, one.at], one.class_name))


def _closeness(labels: Sequence[_Seen]) -> dict[tuple[int, int], float]:
    """The rank of each label among those of its class, from 0 to 1."""
    counts: dict[str, int] = {}
    ranks = {}
    for one in labels:
        rank = counts[one.class_name] = counts.get(one.class_name, 0) + 1
        ranks[one.picture, one.at] = rank - 0.5
    return {(one.picture, one.at): ranks[one.picture, one.at] / counts[one.class_name] for one in labels}


def _shuffled(items: Sequence[T], seed: int) -> list[T]:
    order = sorted(range(len(items)), key=lambda at: Chance(seed, "shuffled", at).unit())
    return [items[at] for at in order]


def _repeated(items: Sequence[T], count: int) -> list[T]:
    return [items[at % len(items)] for at in range(count)] if items else []


def _dealt(
    pictures: Sequence[Picture],
    hits: Iterable[tuple[_Seen, float]],
    closeness: dict[tuple[int, int], float],
    phantoms: Sequence[Phantom],
    seed: int,
) -> list[Plan]:
    """What was planned, by picture; false detections go round the pictures, in an order of chance."""
    by_hit: list[list[Hit]] = [[] for _ in pictures]
    for one, confidence in hits:
        by_hit[one.picture].append(Hit(one.at, one.class_name, confidence, closeness[one.picture, one.at]))
    by_phantom: list[list[Phantom]] = [[] for _ in pictures]
    order = sorted(range(len(pictures)), key=lambda at: Chance(seed, "dealt", pictures[at].sha256).unit())
    for at, phantom in enumerate(phantoms):
        by_phantom[order[at % len(order)]].append(phantom)
    return [Plan(tuple(some), tuple(more)) for some, more in zip(by_hit, by_phantom, strict=True)]
