"""What a predictor is asked and what it answers, free of any wire."""

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

Settings = Mapping[str, Any]


class Subject(NamedTuple):
    """A picture, or one frame of a video, as a predictor sees it: identity and size, never the name it came under."""

    sha256: str
    """Hex digest of the picture's or the video's bytes."""
    width: int
    height: int
    frame: int | None = None
    """Index of the frame, from 0, in a video; None for a picture."""


class Detection(NamedTuple):
    """One predicted object. `box` is left, top, right, bottom in whole, inclusive pixels of the full image."""

    class_name: str
    box: tuple[int, int, int, int]
    confidence: float
    track: int | None = None


class Predictor(Protocol):
    """A pure function of its own seed and the subject; thresholds are applied to its answer by `predict.acting`."""

    def predict(self, subject: Subject) -> list[Detection]:
        """Everything the model sees, however unsure it is, in a fixed order."""
        ...
