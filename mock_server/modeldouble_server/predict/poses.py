"""People as 17 keypoints, standing or walking, some of which are not seen."""

from typing import NamedTuple

from ..meta import Node, Skeleton
from ..scene import Graph, Point, Subject
from .chance import Chance
from .curves import Place, clamped, wave
from .things import Thing

KEYPOINTS = (
    "nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder", "right_shoulder", "left_elbow",
    "right_elbow", "left_wrist", "right_wrist", "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle",
    "right_ankle",
)  # fmt: skip
_EDGES = (
    "left_ankle left_knee", "left_knee left_hip", "right_ankle right_knee", "right_knee right_hip",
    "left_hip right_hip", "left_shoulder left_hip", "right_shoulder right_hip", "left_shoulder right_shoulder",
    "left_shoulder left_elbow", "right_shoulder right_elbow", "left_elbow left_wrist", "right_elbow right_wrist",
    "left_eye right_eye", "nose left_eye", "nose right_eye", "left_eye left_ear", "right_eye right_ear",
    "left_ear left_shoulder", "right_ear right_shoulder",
)  # fmt: skip
_STEP = 32
"""Frames of two steps."""


class _Gait(NamedTuple):
    """How someone holds himself in one frame; lengths are in heights of the person."""

    turned: float
    """How wide the shoulders look: 1 is seen from the front, 0.3 from the side."""
    stride: float
    phase: float
    facing: int
    """1 to the right, -1 to the left."""


def pose(thing: Thing, subject: Subject) -> Graph:
    """The keypoints of a person that are seen, each in the picture and in the thing's rectangle."""
    chance = Chance(*thing.key, "pose")
    turned = chance.between(0.35, 1.0)
    stride = (1.2 - turned) * chance.between(0.07, 0.13)
    gait = _Gait(turned, stride, thing.age / _STEP + chance.unit(), -1 if thing.leftward else 1)
    nodes = []
    for name, place in zip(KEYPOINTS, _standing(gait), strict=True):
        hidden = chance.unit(), chance.unit()
        at = _inside(thing, subject, place)
        if at is not None and not _unseen(name, gait, thing.age, *hidden):
            nodes.append((name, at))
    return Graph(tuple(nodes))


def skeleton() -> Skeleton:
    """The template of a person as COCO names its keypoints: the left hand is on the right of the picture."""
    places = _standing(_Gait(1.0, 0.0, 0.0, 1))
    nodes = tuple(Node(name, 0.5 + x, y) for name, (x, y) in zip(KEYPOINTS, places, strict=True))
    start_end = (one.split() for one in _EDGES)
    return Skeleton(nodes, tuple((start, end) for start, end in start_end))


def _standing(gait: _Gait) -> list[Place]:
    """x from the middle of the body and y from the top, in heights of the person, in the order of the keypoints."""
    head = (1 - gait.turned) * 0.035 * gait.facing
    face = [(head * 1.3, 0.085)]
    face += [(head + side * 0.02 * gait.turned, 0.065) for side in (1, -1)]
    face += [(head * 0.2 + side * 0.042 * gait.turned, 0.075) for side in (1, -1)]
    return face + [place for pair in zip(_limbs(gait, 1), _limbs(gait, -1), strict=True) for place in pair]


def _limbs(gait: _Gait, side: int) -> list[Place]:
    """Shoulder, elbow, wrist, hip, knee and ankle of one side, 1 being the person's left."""
    swing = gait.stride * gait.facing * wave(gait.phase + (0.0 if side == 1 else 0.5))
    bent = gait.stride * gait.facing * 0.5
    shoulder, hip = side * 0.105 * gait.turned, side * 0.065 * gait.turned
    # A foot is lifted while it goes forward.
    lift = gait.stride * 0.4 * max(0.0, wave(gait.phase + (0.25 if side == 1 else 0.75)))
    return [
        (shoulder, 0.185),
        (shoulder * 1.25 - swing * 0.6, 0.335),
        (shoulder * 1.2 - swing + bent, 0.465),
        (hip, 0.515),
        (hip * 1.05 + swing * 0.7 + bent * 0.5, 0.73 - lift * 0.3),
        (hip * 1.1 + swing * 1.5 - bent * lift * 4, 0.95 - lift),
    ]


def _inside(thing: Thing, subject: Subject, place: Place) -> Point | None:
    x = clamped(thing.left + thing.width / 2 + place[0] * thing.height, thing.left, thing.left + thing.width - 1)
    y = thing.top + place[1] * max(thing.height - 1, 0.0)
    at = int(max(x, thing.left) + 0.5), int(y + 0.5)
    return at if x >= 0 and y >= 0 and at[0] < subject.width and at[1] < subject.height else None


def _unseen(name: str, gait: _Gait, age: int, often: float, phase: float) -> bool:
    """What the head hides of itself, and now and then a keypoint for a while."""
    if gait.turned < 0.6 and name == ("left_ear" if gait.facing == 1 else "right_ear"):
        return True
    return often < 0.2 and wave(age / 90 + phase) > 0.3
