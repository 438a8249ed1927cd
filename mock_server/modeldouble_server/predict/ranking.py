"""What a classifier says: the likeliest classes of a picture, or of a frame of a video, whose scenes blend."""

from collections.abc import Sequence

from ..scene import Subject, Tag
from .chance import Chance
from .curves import eased, total

MOST = 5
SCENE = 60
"""Frames from the middle of a scene to the middle of the next one; in each, one class is the best."""
_SURE = 0.99
"""All confidences together: some is left for classes that no model knows."""


def ranking(key: tuple[object, ...], names: Sequence[str], subject: Subject) -> tuple[Tag, ...]:
    """Up to five classes with their confidences, best first; the confidences sum to less than 1."""
    if subject.frame is None:
        weights = _weights(Chance(*key, "ranking", subject.sha256), len(names))
    else:
        scene, age = divmod(subject.frame, SCENE)
        now, then = (_weights(Chance(*key, "scene", subject.sha256, at), len(names)) for at in (scene, scene + 1))
        part = eased(age / SCENE)
        weights = [one + (other - one) * part for one, other in zip(now, then, strict=True)]
    best = sorted(range(len(names)), key=lambda at: (-weights[at], at))[:MOST]
    everything = total(weights)
    # Rounded down, so that they never sum to more than they did.
    return tuple(Tag(names[at], int(_SURE * weights[at] / everything * 1e6) / 1e6) for at in best)


def _weights(chance: Chance, count: int) -> list[float]:
    """How likely each class is: one much more than the others, and a few of them more than the rest."""
    best, strength = chance.whole(0, count - 1), chance.between(0.8, 12.0)
    # However many classes there are, it is a few of them that are likely.
    few = min(1.0, 12 / count)
    weights = []
    for _ in range(count):
        unit = chance.unit()
        weights.append(unit * unit * unit * unit * 0.6 * (few if unit < 1 - 3 / count else 1.0))
    weights[best] = 0.6 + strength
    return weights
