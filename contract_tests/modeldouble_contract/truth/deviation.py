"""What real releases do otherwise than the truth says."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from .release import Release, maybe


class Seen(NamedTuple):
    """A release that was seen or read to deviate, and its date as YYYY-MM-DD."""

    release: Release
    date: str


class Deviation(NamedTuple):
    """`finding` is the code of the check that meets it, `got` holds the facts it is recognised by.

    With `always`, a release that deviates so does it every time; without, it is a matter of timing or of its model. It
    begins with release `since` (None: with the first) and ends before `until` (None: it has not ended).
    """

    id: str
    finding: str
    got: Mapping[str, Any]
    since: Release | None
    until: Release | None
    seen: tuple[Seen, ...]
    text: str
    always: bool = True

    def holds_in(self, release: Release) -> bool:
        """That release deviates so."""
        return release.within(self.since, self.until)


def read_deviation(name: str, raw: Mapping[str, Any]) -> Deviation:
    """An entry of `components.x-deviations`."""
    seen = tuple(Seen(Release.parse(one["release"]), one["date"]) for one in raw["seen"])
    span = maybe(raw["since"]), maybe(raw["until"])
    return Deviation(name, raw["finding"], raw["got"], *span, seen, raw["text"], raw.get("always", True))
