"""Releases of the official SDK, which is how dialects of the protocol are named."""

import re
from typing import NamedTuple

_FORM = re.compile(r"([0-9]{1,6})\.([0-9]{1,6})\.([0-9]{1,6})", re.ASCII)


class Release(NamedTuple):
    """A release such as 6.74.51, ordered as releases follow each other."""

    major: int
    minor: int
    patch: int

    @classmethod
    def parse(cls, text: str) -> "Release":
        """The release that `text` names; ValueError if it names none."""
        found = _FORM.fullmatch(text)
        if found is None:
            raise ValueError(f"release is {text[:80]!r}; name one of the official SDK, such as 6.74.51")
        return cls(*map(int, found.groups()))

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"

    def within(self, since: "Release | None", until: "Release | None") -> bool:
        """It is `since` or later, and before `until`; None is no bound."""
        return (since is None or since <= self) and (until is None or self < until)


def maybe(text: str | None) -> Release | None:
    """The release that is named, or None for none."""
    return None if text is None else Release.parse(text)
