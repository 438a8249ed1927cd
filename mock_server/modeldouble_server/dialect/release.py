"""Releases of the official SDK: read from text, compared, and in spans."""

import re
from typing import NamedTuple

from ..refusal import CannotServe, shown


class Release(NamedTuple):
    """A release, such as 6.74.51."""

    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


OLDEST, NEWEST = Release(6, 69, 47), Release(6, 74, 51)
ALIASES = {"2023": Release(6, 69, 57), "2024": Release(6, 73, 100), "2026": NEWEST}
"""Years, each with a release of that year whose server was run or read."""
_FORM = re.compile(r"v?(\d{1,4})\.(\d{1,4})\.(\d{1,4})", re.ASCII)


def read_release(text: str) -> Release:
    """The release that a text or a year names; one that is none, or is older than all that is known, is a CannotServe.

    A release after the newest known one is itself: every span that has no end holds for it.
    """
    if text in ALIASES:
        return ALIASES[text]
    found = _FORM.fullmatch(text)
    if found is None:
        years = ", ".join(f"{year} ({release})" for year, release in ALIASES.items())
        raise CannotServe(f"dialect {shown(text)} is no release; use one such as {NEWEST}, or {years}")
    release = Release(*map(int, found.groups()))
    if release < OLDEST:
        raise CannotServe(f"dialect {release} is older than {OLDEST}, the first with this protocol; use {OLDEST}")
    return release


class Span(NamedTuple):
    """From the release `since` (None: the oldest) to the last one before `until` (None: no end)."""

    since: Release | None = None
    until: Release | None = None

    def holds(self, release: Release) -> bool:
        """The release lies in the span."""
        return (self.since is None or self.since <= release) and (self.until is None or release < self.until)

    def __str__(self) -> str:
        if self.since is None:
            return "all" if self.until is None else f"before {self.until}"
        return f"{self.since} and later" if self.until is None else f"{self.since} to before {self.until}"


def span(since: str | None = None, until: str | None = None) -> Span:
    """A span out of texts, as the tables write it."""
    return Span(*(None if text is None else read_release(text) for text in (since, until)))
