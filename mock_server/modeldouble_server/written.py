"""Answers as JSON text. What they have in common is made once: a stub's objects, and what stands around objects."""

from collections.abc import Callable, Hashable
from typing import Any, NamedTuple

from .geometry import object_json
from .scene import Detection

_MOST, _FRAMES = 4096, 256
"""Objects and classes, and texts around objects, that are remembered; with more, they are forgotten all."""


class Around(NamedTuple):
    """What stands before and behind the objects of a prediction; of a video's frame, also behind the frame's number."""

    before: bytes
    behind: bytes
    end: bytes = b""


class Written:
    """Texts of the predictions of one model. Safe in threads."""

    def __init__(self, encoded: Callable[[Any], bytes]) -> None:
        self._encoded = encoded
        self._texts: dict[int, tuple[Detection, bytes]] = {}
        self._boxes: dict[str, bytes] = {}
        self._around: dict[Hashable, Around] = {}

    def text(self, one: Detection) -> bytes:
        """The JSON of an object that is said again and again."""
        known = self._texts.get(id(one))
        # It is held, so that its id is not given to another; the mapping of one that is `verbatim` may change.
        if known is not None and known[0] is one:
            return known[1]
        text = self._encoded(object_json(one))
        if _is_fixed(one):
            if len(self._texts) >= _MOST:
                self._texts = {}
            self._texts[id(one)] = one, text
        return text

    def fresh(self, one: Detection) -> bytes:
        """The JSON of an object that is said once: boxes of a class differ in numbers alone."""
        name, box, sure, _, geometry, tags, verbatim = one
        if geometry is None and verbatim is None and not tags and type(sure) is float and 0.0 <= sure <= 1.0:
            left, top, right, bottom = box
            # Whatever else an operator's own predictor may give is for the encoder to write, or to refuse.
            if type(name) is str and type(left) is type(top) is type(right) is type(bottom) is int:
                known = self._boxes.get(name)
                return (self._boxes_of(name) if known is None else known) % (sure, left, top, right, bottom)
        return self._encoded(object_json(one))

    def around(self, key: Hashable, make: Callable[[], Around]) -> Around:
        """What stands around the objects in all answers of this key, as `make` makes it."""
        known = self._around.get(key)
        if known is None:
            if len(self._around) >= _FRAMES:
                self._around = {}
            known = self._around[key] = make()
        return known

    def _boxes_of(self, name: str) -> bytes:
        if len(self._boxes) >= _MOST:
            self._boxes = {}
        marked = object_json(Detection("", (_NUMBER,) * 4, _NUMBER))
        # The name, which may look like anything, comes in last: its place is the first empty text.
        before, _, behind = self._encoded(marked).partition(b'""')
        written = self._encoded(name).replace(b"%", b"%%")
        self._boxes[name] = made = before + written + behind.replace(self._encoded(_NUMBER), b"%a")
        return made


_NUMBER: Any = "<number>"
"""Stands where a number will."""


def _is_fixed(one: Detection) -> bool:
    """Nothing in it can change: what is made of tuples, texts and numbers alone can be hashed."""
    try:
        hash(one)
    except TypeError:
        return False
    return True
