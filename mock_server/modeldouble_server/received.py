"""What a model was asked: each picture and each video, in order, whatever became of it."""

import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from .scene import Origin, Query, Subject
from .stubs.asked import Asked

_KEPT = 10_000
_KEPT_BYTES = 64 * 1024 * 1024
_Row = tuple[int, tuple[Any, ...], Mapping[str, Any], Mapping[str, Any], tuple[Any, ...]]
"""A call's number, and subject, settings, those that were sent and origin of its query."""


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

    def told(self) -> dict[str, Any]:
        """The call as JSON."""
        frames = None if self.frames is None else [self.frames.start, self.frames.stop, self.frames.step]
        return {**self._asdict(), "frames": frames, "settings": dict(self.settings)}


class Received:
    """The newest ten thousand calls of one model. Safe in threads."""

    def __init__(self) -> None:
        self._rows: deque[_Row] = deque(maxlen=_KEPT)
        self._contents: OrderedDict[str, bytes] = OrderedDict()
        self._held = 0
        self._lock = threading.Lock()
        self._count = 0
        self.keeps_contents = False
        """Whether the bytes of uploads are kept as well, 64 MB of the newest."""
        self.spread: Callable[[int, Query], None] | None = None
        """Called with each call's number and query, if other servers are to know of it."""

    def add(self, query: Query, number: int | None = None) -> int:
        """Note a call and give it its number, or note it under one that it has already."""
        with self._lock:
            self._count += 1
            # No Call and no Query yet: Python's collector of garbage has four times as much to look after in them.
            number = self._count if number is None else number
            row = number, tuple(query.subject), query.settings, dict(query.sent), tuple(query.origin)
            self._rows.append(row)
        if self.spread is not None:
            self.spread(number, query)
        return number

    def calls(self) -> list[Call]:
        """The calls, oldest first."""
        return [call for call, _ in self._told()]

    def asked(self) -> list[tuple[Call, Asked]]:
        """The calls, oldest first, each as conditions look at it."""
        return [(call, Asked(query, call.number)) for call, query in self._told()]

    def _told(self) -> list[tuple[Call, Query]]:
        with self._lock:
            rows = list(self._rows)
        return [_told(row) for row in rows]

    def keep(self, sha256: str, content: bytes) -> None:
        """Keep the bytes of an upload, if they are kept; the oldest make room."""
        if not self.keeps_contents or len(content) > _KEPT_BYTES:
            return
        with self._lock:
            self._held += len(content) - len(self._contents.pop(sha256, b""))
            self._contents[sha256] = content
            while self._held > _KEPT_BYTES:
                self._held -= len(self._contents.popitem(last=False)[1])

    def content(self, sha256: str) -> bytes | None:
        """The bytes of an upload, if they were kept."""
        with self._lock:
            return self._contents.get(sha256)

    def __len__(self) -> int:
        """How many there were, also those that are no longer kept."""
        return self._count

    def clear(self) -> None:
        """Forget them and count from 1 again."""
        with self._lock:
            self._rows.clear()
            self._contents.clear()
            self._count = self._held = 0


def _told(row: _Row) -> tuple[Call, Query]:
    number, subject, settings, sent, origin = row
    query = Query(Subject._make(subject), settings, sent, Origin._make(origin))
    return called(number, query), query


def called(number: int, query: Query) -> Call:
    """The call that a query is."""
    came = query.origin
    return Call(
        number, came.route, query.subject.sha256, came.name, came.image_id, came.url, came.video_id, came.frames,
        dict(query.sent),
    )  # fmt: skip
