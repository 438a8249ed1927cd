"""Objects as JSON text, which is made once: a stub says the same ones of every picture."""

from collections.abc import Callable
from typing import Any

from .geometry import object_json
from .scene import Detection

_MOST = 4096
"""Objects that are remembered; with more, they are forgotten all."""


class Written:
    """Texts of the objects of one model's stubs. Safe in threads."""

    def __init__(self, encoded: Callable[[Any], bytes]) -> None:
        self._encoded = encoded
        self._texts: dict[int, tuple[Detection, bytes]] = {}

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


def _is_fixed(one: Detection) -> bool:
    """Nothing in it can change: what is made of tuples, texts and numbers alone can be hashed."""
    try:
        hash(one)
    except TypeError:
        return False
    return True
