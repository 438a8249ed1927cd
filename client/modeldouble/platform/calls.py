"""How every method of the platform is called: with the token, within one deadline, page by page."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple, TypeVar

from modeldouble.answers import check_status, read_object
from modeldouble.errors import AnswerLost, BadAnswer, BadArgument, EmptyAnswer, ModelDoubleError, ServerFailed, TimedOut
from modeldouble.link import Link, Read
from modeldouble.multipart import Part
from modeldouble.platform.files import ProgressCb, saved
from modeldouble.platform.pages import collect, read_page
from modeldouble.retry import Kind
from modeldouble.wire import Ask

T = TypeVar("T")
Json = dict[str, Any]

BATCH = 50
"""The most items that the platform takes or gives in one request."""


class Calls:
    """The platform's methods over a link. `deadline` is in seconds and bounds each public call."""

    def __init__(self, link: Link, token: str, deadline: float | None) -> None:
        self._link = link
        self._token = token
        self._deadline = deadline

    def end(self) -> float:
        """Return the reading of the clock at which a call that begins now has to be over."""
        return self._link.deadline(self._deadline)

    def call(self, method: str, body: Json | list[str], read: Read[T], end: float, kind: Kind = Kind.READ) -> T:
        """Post JSON. Of kind ONCE it is repeated only when it cannot have been carried out."""
        return self._link.call(self._ask(method, kind, body), read, end)

    def object(self, method: str, body: Json, end: float) -> Json:
        """Post JSON and return the JSON object that is answered."""
        return self.call(method, body, partial(read_object, method), end)

    def post(self, method: str, body: Json, end: float) -> None:
        """Post JSON to a method whose answer says nothing but that it is done."""
        self.call(method, body, partial(check_status, method), end)

    def form(self, method: str, parts: tuple[Part, ...], read: Read[T], end: float) -> T:
        """Post a form; it is repeated when it fails, and reads its files anew then."""
        return self._link.call(self._ask(method, Kind.READ, None, parts), read, end)

    def all(self, method: str, body: Json, end: float) -> list[Json]:
        """Return the entities of all pages. Raises `ListIncomplete` when they are not as many as announced."""
        read = partial(read_page, method)
        return collect(method, lambda page: self.call(method, {**body, **page}, read, end))

    def save(self, method: str, body: Json, path: str | os.PathLike[str], end: float, progress: ProgressCb) -> None:
        """Write the body of the answer to a file that gets its name when it is whole."""
        with saved(path, progress) as stream:
            self._link.download(self._ask(method, Kind.READ, body), stream, end)

    def _ask(self, method: str, kind: Kind, body: Json | list[str] | None, parts: tuple[Part, ...] = ()) -> Ask:
        return platform_ask(method, self._token, kind, body, parts)


def platform_ask(
    method: str, token: str, kind: Kind, body: Json | list[str] | None, parts: tuple[Part, ...] = ()
) -> Ask:
    """A request to a method of the platform, where the token goes into a header."""
    return Ask(f"public/api/v3/{method}", kind, body, parts, {"x-api-key": token})


class Filter(NamedTuple):
    """A condition of a list, for example ("name", "=", "x.jpg")."""

    field: str
    operator: str
    value: Any


def listing(parent: Mapping[str, Any], *filters: Filter) -> Json:
    """Return the body that asks for a list; without a fixed order pages could overlap."""
    return {**parent, "filter": [one._asdict() for one in filters], "sort": "id", "sort_order": "asc"}


def batches(items: Sequence[T], size: int = BATCH) -> Iterator[Sequence[T]]:
    """Yield the items in portions that the platform takes at once."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def may_be_done(error: ModelDoubleError) -> bool:
    """Tell whether a request that failed so may have been carried out nevertheless."""
    if isinstance(error, ServerFailed):
        # 429 and 501 are answered before any work.
        return error.status not in (429, 501)
    return isinstance(error, (AnswerLost, TimedOut, BadAnswer, EmptyAnswer))


def checked_name(field: str, name: object) -> str:
    """Return a name that can be one on the platform."""
    if not isinstance(name, str) or not name.strip() or not name.isprintable():
        raise BadArgument(field, name, "give a name: text, not empty, without line ends and control characters")
    return name


def same_length(first: str, one: Sequence[object], second: str, other: Sequence[object]) -> None:
    """Refuse two lists that belong together item by item and differ in length."""
    if len(one) != len(other):
        raise BadArgument(second, len(other), f"give as many {second} as {first} ({len(one)})")


def repeated(items: Sequence[T]) -> T | None:
    """Return an item that occurs more than once."""
    return next((item for item, times in Counter(items).items() if times > 1), None)


def nothing(done: int) -> None:
    """Stand in for a progress callback that was not given."""
