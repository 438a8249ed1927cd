"""A model that says what another one was recorded to say."""

import logging

from ..scene import Answer, Predictor, Query
from ..world import Kind
from .index import IMAGE, VIDEO, Index, Key, NotRecorded

log = logging.getLogger("modeldouble_server")
_REMEDY = "record it too, or serve with --on-miss synthetic or proxy"
_MOST_TOLD = 1000


class Recorded:
    """Answers from an index. What is not in it is asked of `otherwise`, with a warning, or is a NotRecorded."""

    def __init__(self, index: Index, otherwise: Predictor | None = None) -> None:
        self._index = index
        self._otherwise = otherwise
        self._told: dict[Key, None] = {}

    def predict(self, query: Query) -> Answer:
        """The recorded prediction; Raised if the model was recorded to raise."""
        found = self._index.answer(query)
        if found is not None:
            return Answer(prediction=found)
        text = self._missing(query)
        if self._otherwise is None:
            raise NotRecorded(f"{text}; {_REMEDY}")
        return self._otherwise.predict(query)

    def check(self, query: Query) -> None:
        """Tell what is missing before anything is answered or begun: all frames of a job, say."""
        if self._index.missing(query) is None:
            return
        text = self._missing(query)
        if self._otherwise is None:
            raise NotRecorded(f"{text}; {_REMEDY}")
        key = self._index.missing(query)
        if key is not None and key.whole not in self._told and len(self._told) < _MOST_TOLD:
            self._told[key.whole] = None
            log.warning("%s; what is answered instead is invented", text)

    def check_id(self, kind: Kind, item_id: int) -> None:
        """Tell that no recorded answer is about the id of a picture or a video: nothing can be invented without one."""
        if kind in ("image", "video"):
            key = Key(IMAGE if kind == "image" else VIDEO, item_id)
            raise NotRecorded(f"{self._index.nearest(key, {})}; record it too, or serve with --on-miss proxy")

    def _missing(self, query: Query) -> str:
        key = self._index.missing(query)
        return "nothing was asked" if key is None else self._index.nearest(key, query.settings)
