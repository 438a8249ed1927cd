"""What a model was asked: each picture and each video, in order, whatever became of it."""

import threading
from collections import deque
from collections.abc import Mapping
from typing import Any, NamedTuple

from .scene import Query

_KEPT = 10_000


class Call(NamedTuple):
    """One picture or one video that was asked for: a batch of three pictures is three calls."""

    number: int
    """From 1, in the order in which they came."""
    route: str
    sha256: str
    """Hex digest of the content: of the picture's, or of the whole video's."""
    name: str | None = None
    image_id: int | None = None
    url: str | None = None
    video_id: int | None = None
    frames: range | None = None
    settings: Mapping[str, Any] = {}
    """The settings that the caller sent."""


class Received:
    """The newest ten thousand calls of one model. Safe in threads."""

    def __init__(self) -> None:
        self._calls: deque[Call] = deque(maxlen=_KEPT)
        self._lock = threading.Lock()
        self._count = 0

    def add(self, query: Query) -> Call:
        """Note a call and give it its number."""
        origin = query.origin
        with self._lock:
            self._count += 1
            call = Call(
                self._count, origin.route, query.subject.sha256, origin.name, origin.image_id, origin.url,
                origin.video_id, origin.frames, dict(query.sent),
            )  # fmt: skip
            self._calls.append(call)
        return call

    def calls(self) -> list[Call]:
        """The calls, oldest first."""
        with self._lock:
            return list(self._calls)

    def __len__(self) -> int:
        """How many there were, also those that are no longer kept."""
        return self._count

    def clear(self) -> None:
        """Forget them and count from 1 again."""
        with self._lock:
            self._calls.clear()
            self._count = 0
