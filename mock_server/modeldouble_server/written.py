"""Objects as JSON text, which is made once: a stub says the same ones of every picture."""

from collections.abc import Callable
from typing import Any

from .geometry import object_json
from .scene import Detection

_MOST, _SIZES = 4096, 256
"""Objects, and sizes of pictures, that are remembered; with more, they are forgotten all."""
Around = tuple[bytes, bytes]
"""What stands before and behind the objects of an answer."""


class Written:
    """Texts of the objects of one model's stubs. Safe in threads."""

    def __init__(self, encoded: Callable[[Any], bytes]) -> None:
        self._encoded = encoded
        self._texts: dict[int, tuple[Detection, bytes]] = {}
        self._around: dict[tuple[int, int], Around] = {}

    def text(self, one: Detection) -> bytes:
        """The JSON of an object."""
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

    def around(self, size: tuple[int, int], make: Callable[[], Around]) -> Around:
        """What stands around the objects in answers for pictures of this width and height, as `make` makes it."""
        known = self._around.get(size)
        if known is None:
            if len(self._around) >= _SIZES:
                self._around = {}
            known = self._around[size] = make()
        return known


def _is_fixed(one: Detection) -> bool:
    """Nothing in it can change: what is made of tuples, texts and numbers alone can be hashed."""
    try:
        hash(one)
    except TypeError:
        return False
    return True
