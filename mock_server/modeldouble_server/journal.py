"""The journal of one model: what was asked, what was answered, and why.

Bounded in entries and in bytes, without secrets and without the bytes of any picture.
"""

import json
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from sys import getsizeof
from typing import Any, NamedTuple

from .redaction import Secrets
from .scene import Query

_SETTINGS_MOST = 2048
_CONTENTS_MOST = 50
_TEXT_MOST = 200
_COST, _COST_OF_CONTENT, _COST_OF_NUMBER = 500, 250, 40
"""Bytes that an entry, and a content or a number in it, are counted as; texts are counted beside."""
_KNOWN_TEXTS, _KNOWN_SETTINGS = 2000, 200
"""Ids of jobs are as many as jobs are polled in turn; settings are longer, and few."""
_LOOKED_AT = 8192
"""Characters of a text in which secrets are looked for, before it is cut."""


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
        self._texts: OrderedDict[str, str] = OrderedDict()
        """Short texts without their secrets."""
        self._sent: OrderedDict[str, str] = OrderedDict()
        """Settings likewise, apart, as their keys count as well."""
        self.spread: Callable[[Entry], None] | None = None
        """Called with each entry, if other servers are to know of it."""
        self.clears = 0
        """How often it was cleared."""
        self._begin()

    def _begin(self) -> None:
        self._rows: deque[tuple[Any, ...]] = deque()
        """Each what it is counted as, and the fields of an Entry."""
        self._count = 0
        self.held_bytes = 0
        """Bytes that the entries take, as they are counted."""

    def add(
        self, method: str, route: str, status: int, duration: float, *, queries: Sequence[Query] = (),
        received: int | None = None, stubs: Sequence[int] = (), job: str | None = None, fault: str | None = None,
        error: str | None = None,
    ) -> None:  # fmt: skip
        """Note a request that was answered."""
        if not self._most:
            with self._lock:
                self._count += 1
            return
        contents = tuple([self._content(one) for one in queries[:_CONTENTS_MOST]]) if queries else ()
        told = (
            self._now(), method[:16], self._cut(route), status, duration, received, self._settings(queries), contents,
            len(queries), tuple(stubs[:_CONTENTS_MOST]), self._cut_too(job), self._cut_too(fault),
            self._cut_too(error),
        )  # fmt: skip
        cost = _cost(*told)
        with self._lock:
            self._count += 1
            # No Entry yet: of a plain tuple Python's collector of garbage sees that it has nothing to look after.
            self._rows.append((cost, self._count, *told))
            self.held_bytes += cost
            while len(self._rows) > self._most or self.held_bytes > self._most_bytes:
                self.held_bytes -= self._rows.popleft()[0]
        if self.spread is not None:
            self.spread(Entry(self._count, *told))

    def entries(
        self, *, route: str | None = None, status: int | None = None, fault: "bool | str | None" = None,
        job: str | None = None, since: int = 0, most: int | None = None,
    ) -> list[Entry]:  # fmt: skip
        """Entries that are as the arguments say, oldest first: numbered above `since`, the newest `most` of them.

        `route` may have * for any text; `fault` is a fault's name, or True: those that met any.
        """
        fits = fitting(route=route, status=status, fault=fault, job=job, since=since)
        found = [one for one in self if fits(one)]
        return found if most is None else found[max(0, len(found) - most) :]

    def after(self, number: int, most: int) -> list[Entry]:
        """The newest `most` entries that are numbered above it, oldest first; looks at no other."""
        with self._lock:
            rows = list(islice(reversed(self._rows), max(0, min(most, self._count - number))))
        return [Entry(*row[1:]) for row in reversed(rows)]

    def __iter__(self) -> Iterator[Entry]:
        with self._lock:
            rows = list(self._rows)
        return iter([Entry(*row[1:]) for row in rows])

    def __len__(self) -> int:
        """How many there were, also those that are no longer kept."""
        return self._count

    @property
    def kept(self) -> int:
        """How many there are."""
        return len(self._rows)

    def clear(self) -> None:
        """Forget them, and count from 1 again."""
        with self._lock:
            self.clears += 1
            self._begin()

    def cut_json(self, value: Any) -> Any:
        """JSON without the secrets that no entry shows either."""
        return self._secrets().cut_json(value)

    def _settings(self, queries: Sequence[Query]) -> str:
        sent: Mapping[str, Any] = queries[0].sent if queries else {}
        if not sent:
            return ""
        text = json.dumps(sent, ensure_ascii=False, default=str)
        if len(text) > _SETTINGS_MOST:
            return self._settings_cut(sent)
        return _once(self._sent, _KNOWN_SETTINGS, text, lambda: self._settings_cut(sent))

    def _settings_cut(self, sent: Mapping[str, Any]) -> str:
        return json.dumps(self._secrets().cut_json(dict(sent)), ensure_ascii=False, default=str)[:_SETTINGS_MOST]

    def _content(self, query: Query) -> Content:
        subject, origin = query.subject, query.origin
        frames = None if origin.frames is None else (origin.frames.start, origin.frames.stop, origin.frames.step)
        name = origin.name if origin.url is None else origin.url
        return Content(
            subject.sha256, subject.width, subject.height, self._cut_too(name), origin.image_id, origin.video_id, frames
        )  # fmt: skip

    def _cut_too(self, text: str | None) -> str | None:
        return None if text is None else self._cut(text)

    def _cut(self, text: str) -> str:
        """Without secrets, and then short, so that none is left of which only the beginning is known."""
        known = self._texts.get(text)
        if known is not None:
            return known
        if len(text) > _TEXT_MOST:
            return self._secrets().cut(text[:_LOOKED_AT])[:_TEXT_MOST]
        return _once(self._texts, _KNOWN_TEXTS, text, lambda: self._secrets().cut(text))


def fitting(
    *, route: str | None = None, status: int | None = None, fault: "bool | str | None" = None, job: str | None = None,
    since: int = 0,
) -> Callable[[Entry], bool]:  # fmt: skip
    """Whether an entry is as the arguments say, which are those of `Journal.entries`."""
    from fnmatch import fnmatchcase

    def fits(one: Entry) -> bool:
        return (
            one.number > since
            and (route is None or fnmatchcase(one.route, route))
            and status in (None, one.status)
            and (fault is None or fault in (one.fault is not None, _name(one.fault)))
            and job in (None, one.job)
        )

    return fits


def _once(known: OrderedDict[str, str], most: int, text: str, made: Callable[[], str]) -> str:
    """What was made of a text: most come again and again, and looking for secrets is most of what an entry costs."""
    found = known.get(text)
    if found is None:
        found = known[text] = made()
        if len(known) > most:
            known.popitem(last=False)
    return found


def _name(fault: str | None) -> str | None:
    return None if fault is None else fault.partition(",")[0].partition("(")[0]


def _cost(
    _time: float, _method: str, route: str, _status: int, _duration: float, _received: int | None, settings: str,
    contents: tuple[Content, ...], _pictures: int, stubs: tuple[int, ...], job: str | None, fault: str | None,
    error: str | None,
) -> int:  # fmt: skip
    cost = _COST + getsizeof(route) + getsizeof(settings)
    for text in (job, fault, error):
        if text is not None:
            cost += getsizeof(text)
    if stubs:
        cost += _COST_OF_NUMBER * len(stubs)
    for one in contents:
        cost += _COST_OF_CONTENT + getsizeof(one.sha256) + (0 if one.name is None else getsizeof(one.name))
    return cost
