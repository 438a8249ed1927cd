"""A query as conditions look at it: one value for each thing that a stub may be found by."""

import hashlib
from collections.abc import Hashable, Mapping
from typing import Any

from ..scene import Query

Slot = tuple[str, ...]
"""What a value is looked up by: its name; ("settings",) for all that were sent, ("settings", "a", "b") for these;
("url", "begin", "8") for the first eight characters of a text, "end" for the last."""
BEGIN, END = "begin", "end"
IMAGE_NAME, IMAGE_CONTENT, IMAGE_PIXELS = ("image name",), ("image content",), ("image pixels",)
VIDEO_NAME, VIDEO_CONTENT = ("video name",), ("video content",)
IMAGE_ID, VIDEO_ID, URL, ROUTE, CALL = ("image_id",), ("video_id",), ("url",), ("route",), ("call",)
SETTINGS = "settings"


class Asked:
    """One call: a picture, or a video with the frames that are wanted of it."""

    def __init__(self, query: Query, call: int) -> None:
        origin, subject = query.origin, query.subject
        self.query = query
        self.call = call
        self.video = origin.frames is not None or subject.frame is not None
        self.frames = (
            origin.frames if origin.frames is not None else range(subject.frame or 0, (subject.frame or 0) + 1)
        )
        """The frames of a video; a picture is one of a single frame."""
        kind = (VIDEO_NAME, VIDEO_CONTENT) if self.video else (IMAGE_NAME, IMAGE_CONTENT)
        self._values: dict[Slot, Hashable] = {
            kind[0]: origin.name, kind[1]: subject.sha256, IMAGE_ID: origin.image_id, VIDEO_ID: origin.video_id,
            URL: origin.url, ROUTE: origin.route, CALL: call,
        }  # fmt: skip
        if not self.video:
            self._values[IMAGE_PIXELS] = origin.pixels

    def value(self, slot: Slot) -> Hashable:
        """What the call has there; None if it has nothing."""
        if slot[0] != SETTINGS:
            return self._values.get(slot) if len(slot) == 1 else self._part(*slot)
        sent, names = self.query.sent, slot[1:]
        if not names:
            return canonical(sent)
        return tuple([canonical(sent[name]) for name in names]) if all(name in sent for name in names) else None

    def _part(self, name: str, end: str, length: str) -> str | None:
        text = self._values.get((name,))
        if not isinstance(text, str):
            return None
        return text[: int(length)] if end == BEGIN else text[-int(length) :]


def canonical(value: Any) -> Hashable:
    """A JSON value as a key: 1 and 1.0 are one, 1 and true are two, the order of an object's keys does not count."""
    if value is None or isinstance(value, (bool, str)):
        return type(value).__name__, value
    if isinstance(value, (int, float)):
        return value
    if isinstance(value, Mapping) and all(isinstance(name, str) for name in value):
        return "object", tuple([(name, canonical(value[name])) for name in sorted(value)])
    if isinstance(value, (list, tuple)):
        return "array", tuple([canonical(one) for one in value])
    raise TypeError(f"{value!r} is not JSON; give numbers, texts, true, false, null, lists and objects of them")


def pixels_digest(width: int, height: int, rgb: bytes) -> str:
    """The digest by which a decoded picture is recognised: `rgb` has three bytes a pixel, row by row from the top."""
    if len(rgb) != 3 * width * height:
        raise ValueError(f"rgb has {len(rgb)} bytes; {width} x {height} pixels have {3 * width * height}")
    return hashlib.sha256(f"{width}x{height}:".encode() + rgb).hexdigest()
