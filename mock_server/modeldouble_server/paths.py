"""Where a path leads: one table for all of them.

aiohttp's application asks one resource after another, and makes a match for each request that nobody looks at; here one
table is looked through, and paths that come again and again are known.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Generic, TypeVar

from yarl import URL

T = TypeVar("T")
Names = Mapping[str, str]
"""What a pattern names in a path."""
_KNOWN = 512
_KNOWN_LENGTH = 256
"""A longer path is looked up each time, so that what is known takes some hundred kilobytes at the most."""


class Paths(Generic[T]):
    """Every path: the first pattern that a whole path fits has its handler, and the pattern's names are told with it.

    The last pattern must fit everything.
    """

    def __init__(self, handlers: Sequence[tuple[str, T]]) -> None:
        self._all = [(re.compile(pattern).fullmatch, handler) for pattern, handler in handlers]
        self._known: dict[str, tuple[T, Names]] = {}

    def __len__(self) -> int:
        """How many paths are known."""
        return len(self._known)

    def find(self, url: URL) -> tuple[T, Names]:
        """The handler of a path, and what the pattern names in it."""
        raw = url.raw_path
        found = self._known.get(raw)
        if found is None:
            found = self._look_up(url.path_safe)
            if len(raw) <= _KNOWN_LENGTH:
                if len(self._known) >= _KNOWN:
                    del self._known[next(iter(self._known))]
                self._known[raw] = found
        return found

    def _look_up(self, path: str) -> tuple[T, Names]:
        for fits, handler in self._all:
            match = fits(path)
            if match is not None:
                named: Names = match.groupdict()
                return handler, {name: _plain(value) for name, value in named.items()} if "%" in path else named
        raise LookupError("the last pattern does not fit everything")


def _plain(value: str) -> str:
    # The two characters that yarl leaves quoted in a path, as they would change where it leads.
    return value.replace("%2F", "/").replace("%25", "%")
