"""What a predictor is asked and what it answers, free of any wire."""

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

Settings = Mapping[str, Any]
Box = tuple[int, int, int, int]
"""left, top, right, bottom in whole, inclusive pixels of the full image."""
Point = tuple[int, int]
"""x (to the right), y (down), in pixels of the full image."""


class Subject(NamedTuple):
    """A picture, or one frame of a video, as a predictor sees it: identity and size, never the name it came under."""

    sha256: str
    """Hex digest of the picture's or the video's bytes."""
    width: int
    height: int
    frame: int | None = None
    """Index of the frame, from 0, in a video; None for a picture."""


class Origin(NamedTuple):
    """How a subject came: what only a stub or a recording looks at, as a model does not see it."""

    route: str = ""
    """The route below the model, such as "inference_image_id"."""
    name: str | None = None
    """The file's name, or that of the platform's image or video."""
    image_id: int | None = None
    url: str | None = None
    video_id: int | None = None
    frames: range | None = None
    """Which frames of a video a job or a request asks for; None for a picture."""
    pixels: str | None = None
    """Digest of an uploaded picture's decoded pixels; known only if a stub asks for it."""


class Turn(NamedTuple):
    """A use of a stub that was taken by a call: the stub's number, and which of its uses this is, from 0."""

    stub: int
    use: int


class Query(NamedTuple):
    """One question to a predictor."""

    subject: Subject
    settings: Mapping[str, Any] = {}
    """The settings in force: what was sent, and the model's defaults of the rest."""
    sent: Mapping[str, Any] = {}
    """The settings that the caller sent."""
    origin: Origin = Origin()
    turns: tuple[Turn, ...] = ()
    """Stubs that answer this call."""


class Polygon(NamedTuple):
    """Corners in order, first and last differ; `interior` has the holes."""

    exterior: tuple[Point, ...]
    interior: tuple[tuple[Point, ...], ...] = ()


class Mask(NamedTuple):
    """A mask cut to what is in it: its box has a pixel of the object on every side.

    `bits` has the rows from top to bottom, each padded to whole bytes, the leftmost pixel in the highest bit.
    """

    box: Box
    bits: bytes


class Graph(NamedTuple):
    """Keypoints by the names of the class's skeleton; one that is not seen is not there."""

    nodes: tuple[tuple[str, Point], ...]


Geometry = Polygon | Mask | Graph


class Tag(NamedTuple):
    """A tag of an object or of a picture; a class of a classifier with its confidence as value."""

    name: str
    value: float | str | None = None


class Detection(NamedTuple):
    """One predicted object. `box` encloses `geometry`; without one the object is the box itself."""

    class_name: str
    box: Box
    confidence: float | None
    """None: the object bears no confidence, as those of semantic segmentation and pose estimation."""
    track: int | None = None
    geometry: Geometry | None = None
    tags: tuple[Tag, ...] = ()
    """Tags beside the confidence."""
    verbatim: Mapping[str, Any] | None = None
    """The object's JSON as it goes out, whatever the other fields say, which settings act on."""


class Slide(NamedTuple):
    """What was found in one sliding window."""

    region: Box
    objects: tuple[Detection, ...]


class Answer(NamedTuple):
    """What a predictor says of a subject."""

    objects: tuple[Detection, ...] = ()
    """Everything that is seen, however unsure, in a fixed order."""
    tags: tuple[Tag, ...] = ()
    """Tags of the whole picture."""
    slides: tuple[Slide, ...] = ()
    literal: bool = False
    """Only settings that the caller sent act on it: a stub says what it says."""
    prediction: Mapping[str, Any] | None = None
    """A whole prediction as it goes out, on which nothing acts: a recorded one."""


class Predictor(Protocol):
    """A pure function of its own seed and the query; settings are applied to its answer by `predict.acting`."""

    def predict(self, query: Query) -> Answer:
        """Everything the model sees; an exception is the model's failure."""
        ...
