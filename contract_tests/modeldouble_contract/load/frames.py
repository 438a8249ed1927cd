"""The results of one job, pop by pop: none twice, none missing."""

from collections.abc import Collection, Mapping
from typing import Any

from .reading import Answer, Wrong, document, prediction


class Frames:
    """What a job of the frames 0 to `asked` - 1 handed out so far. Releases before 2025 do not number their results."""

    def __init__(self, asked: int, names: Collection[str]) -> None:
        self._asked, self._names = asked, names
        self._seen: set[int] = set()
        self.count = 0

    def take(self, answer: Answer) -> bool:
        """Take the results of a pop; True if there were some."""
        found = document(answer).get("pending_results")
        if not isinstance(found, list):
            raise Wrong("a pop has no list of pending_results")
        for one in found:
            self._take(one)
        return bool(found)

    def _take(self, found: Any) -> None:
        prediction(found, self._names)
        self.count += 1
        index = found.get("frame_index")
        if index is None:
            return
        if type(index) is not int or not 0 <= index < self._asked:
            raise Wrong("a job handed out a frame that was not asked for")
        if index in self._seen:
            raise Wrong("a job handed out a frame twice")
        self._seen.add(index)

    def end(self, stopped: bool) -> None:
        """The job has ended: everything must have come, or, of a job that was stopped, the first so many."""
        if self.count > self._asked:
            raise Wrong("a job handed out more results than frames were asked for")
        if self.count < self._asked and not stopped:
            raise Wrong("a job ended and frames are missing")
        if self._seen and (len(self._seen) != self.count or max(self._seen) + 1 != self.count):
            raise Wrong("a job handed out frames with a gap between them")


def ended(found: Mapping[str, Any]) -> bool:
    """Nothing more will be inferred. Releases before 2025 do not say `finished`."""
    if "finished" in found:
        return bool(found["finished"])
    return found.get("is_inferring") is False
