"""The journal of one model: what was asked, what was answered, and why.

Bounded in entries and in bytes, without secrets and without the bytes of any picture.
"""

import json
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from .redaction import Secrets
from .scene import Query

_SETTINGS_MOST = 2048
_CONTENTS_MOST = 50
_TEXT_MOST = 200
_COST, _COST_OF_CONTENT = 500, 250
"""Bytes that an entry, and a content in it, are counted as; what varies is counted beside."""


class Content(NamedTuple):
    """A picture or a video that was asked about: `sha256` is the hex digest of its bytes, its size is in pixels."""

    sha256: str
    width: int
    height: int
    name: str | None = None
    image_id: int | None = None
    video_id: int | None = None
    frames: tuple[int, int, int] | None = None
    """Of a video: start, stop and step."""


class Entry(NamedTuple):
    """One request."""

    number: int
    """From 1, in the order in which they were answered."""
    time: float
    """When it was answered, epoch seconds of the model's clock."""
    method: str
    route: str
    status: int
    """The HTTP status; 0 where nothing was answered."""
    duration: float
    """Real seconds from the request's head to its answer, without what the network takes."""
    received: int | None = None
    """Bytes of the request's body, as it announced them."""
    settings: str = ""
    """The settings that were sent, as JSON; cut after 2 KiB."""
    contents: tuple[Content, ...] = ()
    """The first fifty."""
    pictures: int = 0
    """How many pictures and videos were asked about."""
    stubs: tuple[int, ...] = ()
    """Numbers of the stubs that answered."""
    job: str | None = None
    """The job that was started, or asked for."""
    fault: str | None = None
    """The fault that was met."""
    error: str | None = None
    """Why it was refused."""

    def told(self) -> dict[str, Any]:
        """The entry as JSON."""
        contents = [
            {key: one for key, one in content._asdict().items() if one is not None} for content in self.contents
        ]
        return {**self._asdict(), "contents": contents, "stubs": list(self.stubs)}


class Journal:
    """The newest entries of one model. Safe in threads.

    `secrets` gives what has to be cut out; it is asked when something is written that could hold a secret.
    """

    def __init__(
        self, now: Callable[[], float], secrets: Callable[[], Secrets], most: int = 10_000,
        most_bytes: int = 16 * 1024 * 1024,
    ) -> None:  # fmt: skip
        self._now, self._secrets = now, secrets
        self._most, self._most_bytes = most, most_bytes
        self._lock = threading.Lock()
        self._begin()

    def _begin(self) -> None:
        self._entries: deque[tuple[Entry, int]] = deque()
        self._count = 0
        self.held_bytes = 0
        """Bytes that the entries take, as they are counted."""

    def add(
        self, method: str, route: str, status: int, duration: float, *, queries: Sequence[Query] = (),
        received: int | None = None, stubs: Sequence[int] = (), job: str | None = None, fault: str | None = None,
        error: str | None = None,
    ) -> Entry:  # fmt: skip
        """Note a request that was answered."""
        entry = Entry(
            0, self._now(), method[:16], self._cut(route[:_TEXT_MOST]), status, duration, received,
            self._settings(queries), tuple(self._content(one) for one in queries[:_CONTENTS_MOST]), len(queries),
            tuple(stubs[:_CONTENTS_MOST]), job, fault, None if error is None else self._cut(error[:_TEXT_MOST]),
        )  # fmt: skip
        cost = _COST + _COST_OF_CONTENT * len(entry.contents) + len(entry.settings)
        with self._lock:
            self._count += 1
            entry = entry._replace(number=self._count)
            self._entries.append((entry, cost))
            self.held_bytes += cost
            while len(self._entries) > self._most or self.held_bytes > self._most_bytes:
                self.held_bytes -= self._entries.popleft()[1]
        return entry

    def entries(
        self, *, route: str | None = None, status: int | None = None, fault: bool | None = None, job: str | None = None,
        since: int = 0, most: int | None = None,
    ) -> list[Entry]:  # fmt: skip
        """Entries that are as the arguments say, oldest first: numbered above `since`, the newest `most` of them.

        `route` may have * for any text; `fault` True: those that met a fault.
        """
        from fnmatch import fnmatchcase

        def fits(one: Entry) -> bool:
            return (
                one.number > since
                and (route is None or fnmatchcase(one.route, route))
                and status in (None, one.status)
                and fault in (None, one.fault is not None)
                and job in (None, one.job)
            )

        found = [one for one in self if fits(one)]
        return found if most is None else found[max(0, len(found) - most) :]

    def __iter__(self) -> Iterator[Entry]:
        with self._lock:
            return iter([one for one, _ in self._entries])

    def __len__(self) -> int:
        """How many there were, also those that are no longer kept."""
        return self._count

    @property
    def kept(self) -> int:
        """How many there are."""
        return len(self._entries)

    def clear(self) -> None:
        """Forget them, and count from 1 again."""
        with self._lock:
            self._begin()

    def _settings(self, queries: Sequence[Query]) -> str:
        sent: Mapping[str, Any] = queries[0].sent if queries else {}
        if not sent:
            return ""
        return json.dumps(self._secrets().cut_json(dict(sent)), ensure_ascii=False, default=str)[:_SETTINGS_MOST]

    def _content(self, query: Query) -> Content:
        subject, origin = query.subject, query.origin
        frames = None if origin.frames is None else (origin.frames.start, origin.frames.stop, origin.frames.step)
        name = origin.name if origin.url is None else origin.url
        shown = None if name is None else self._cut(name[:_TEXT_MOST])
        return Content(
            subject.sha256, subject.width, subject.height, shown, origin.image_id, origin.video_id, frames
        )  # fmt: skip

    def _cut(self, text: str) -> str:
        # A plain route or name has no place where a secret could stand, and most are plain.
        return text if text.replace("_", "").replace(".", "").isalnum() else self._secrets().cut(text)
