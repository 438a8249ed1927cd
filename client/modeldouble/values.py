"""What the calls return: predictions, session info, progress.

Dicts where the protocol has objects, so `json.dumps` works.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from modeldouble.errors import BadArgument, UnknownClass

if TYPE_CHECKING:
    import os

    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

    from modeldouble.annotation import Annotation, Label, Tag
    from modeldouble.convert import Detections
    from modeldouble.meta import Named, ProjectMeta


class SessionInfo(dict[str, Any]):
    """What the served model says of itself: the server's object, with names for the keys that every release has."""

    @property
    def app_name(self) -> str | None:
        """What the app calls itself."""
        return self.get("app_name")

    @property
    def session_id(self) -> int | None:
        """The platform's task id; None when the app runs outside a platform."""
        return self.get("session_id")

    @property
    def task_type(self) -> str | None:
        """For example "object detection"."""
        return self.get("task type")


class Progress(NamedTuple):
    """How far a job is: `current` of `total` frames are inferred; `total` is None while the server does not know it."""

    current: int
    total: int | None
    stage: str = ""


class FrameRange(NamedTuple):
    """Frames of a video as asked for: None leaves it to the server (from the first, to the last, forward)."""

    start: int | None
    length: int | None
    direction: str | None

    @classmethod
    def checked(cls, start: int | None, count: int | None, direction: str | None) -> FrameRange:
        """Refuse what no server can mean well."""
        if start is not None:
            start = whole_number("start_frame_index", start, 0)
        if count is not None:
            count = whole_number("frames_count", count, 0)
        if direction not in (None, "forward", "backward"):
            raise BadArgument("frames_direction", direction, 'give "forward" or "backward"')
        return cls(start, count, direction)

    @property
    def step(self) -> int:
        return -1 if self.direction == "backward" else 1

    @property
    def first(self) -> int | None:
        """Index of the first frame; None when only the server can tell."""
        return self.start if self.start is not None or self.step < 0 else 0

    @property
    def asked(self) -> list[int] | None:
        """The indexes that were asked for; None when only the server can tell."""
        if self.first is None or self.length is None:
            return None
        indexes = (self.first + self.step * position for position in range(self.length))
        return [index for index in indexes if index >= 0]


UNNUMBERED = FrameRange(None, None, None)
"""For jobs whose results are not frames: they are counted, and only a video's are numbered as well."""


def whole_number(field: str, value: Any, least: int) -> int:
    """Return `value` as an int (numpy integers too), or refuse it."""
    try:
        number = value.__index__()
    except AttributeError:
        number = None
    if number is None or isinstance(value, bool) or number < least:
        raise BadArgument(field, value, f"give a whole number, at least {least}")
    return int(number)


class Prediction(dict[str, Any]):
    """One prediction: the server's object with `annotation` and `data`, which also answers as an annotation.

    Coordinates are pixels, points are [x, y]. The labels are made with the meta of the model, which is fetched when
    it is first needed and at most once more, should a class be missing in it.
    """

    def __init__(self, values: Mapping[str, Any], meta: Callable[[bool], ProjectMeta] | None = None) -> None:
        super().__init__(values)
        self._meta = meta
        self._annotation: Annotation | None = None

    @property
    def annotation(self) -> Annotation:
        """The typed annotation, made on first use. Later changes to the dict do not reach it."""
        if self._annotation is None:
            self._annotation = self._typed()
        return self._annotation

    @property
    def labels(self) -> list[Label]:
        """The objects, each with class, geometry, confidence and tags."""
        return self.annotation.labels

    @property
    def img_size(self) -> tuple[int, int]:
        """(height, width) in pixels."""
        return self.annotation.img_size

    @property
    def img_tags(self) -> Named[Tag]:
        """Tags of the whole image; a classifier's answer."""
        return self.annotation.img_tags

    def to_json(self) -> dict[str, Any]:
        """Return the annotation as JSON, as the server sent it."""
        return self.annotation.to_json()

    def draw(self, image: Any, output_path: str | os.PathLike[str] | None = None, **style: Any) -> Image:
        """Return a picture with the objects on it; `image` itself stays as it is.

        `image` is a path, the bytes of an image file, a PIL image or an array, height x width x 3, RGB. `style` is that
        of `Annotation.draw_pretty`. Raises `BadImage`, `BadArgument`, and `MissingExtra` without Pillow and numpy.
        """
        from modeldouble.canvas import drawn

        return drawn(self.annotation, image, output_path, style)

    def draw_pretty(self, bitmap: NDArray[np.uint8], *args: Any, **style: Any) -> None:
        """Draw the objects on an array, in place; see `Annotation.draw_pretty`."""
        self.annotation.draw_pretty(bitmap, *args, **style)

    def to_coco(self, image_id: int, categories: Any = None, segmentation: str = "rle") -> list[dict[str, Any]]:
        """Return COCO results; see `modeldouble.convert.coco_results`."""
        return self.annotation.to_coco(image_id, categories, segmentation)

    def to_yolo(self, classes: Any = None, confidence: bool = False) -> list[str]:
        """Return the lines of a YOLO file; see `modeldouble.convert.yolo_lines`."""
        return self.annotation.to_yolo(classes, confidence)

    def to_detections(self, classes: Any = None) -> Detections:
        """Return arrays as `supervision` has them; see `modeldouble.convert.Detections`."""
        return self.annotation.to_detections(classes)

    def __reduce__(self) -> tuple[Any, ...]:
        # A copy in another process has no session to ask for the meta; its classes are derived from the labels.
        return Prediction, (dict(self),)

    def _typed(self) -> Annotation:
        from modeldouble.annotation import Annotation

        if self._meta is None:
            return Annotation.from_json(self["annotation"])
        try:
            return Annotation.from_json(self["annotation"], self._meta(False))
        except UnknownClass:
            # Semantic models can add a background class while they serve.
            return Annotation.from_json(self["annotation"], self._meta(True))
