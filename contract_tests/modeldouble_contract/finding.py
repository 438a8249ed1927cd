"""What a check can come to other than 'it holds'."""

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

import pytest

from .exchange import Exchange


class Finding(AssertionError):
    """The target does not keep the protocol.

    `code` names the rule, `place` says where in the truth it is written, `candidates` are the listed deviations of real
    releases that look like this one.
    """

    def __init__(
        self, code: str, *, expected: str, got: str, place: str = "", at: Exchange | None = None,
        facts: Mapping[str, Any] | None = None, candidates: Sequence[str] = (),
    ) -> None:  # fmt: skip
        super().__init__(f"{code}: expected {expected}, got {got}")
        self.code, self.expected, self.got, self.place = code, expected, got, place
        self.at, self.facts, self.candidates = at, dict(facts or {}), tuple(candidates)


def not_checked(reason: str, remedy: str) -> NoReturn:
    """Leave a check undone and say what would allow it; the summary shows both."""
    pytest.skip(f"{reason}; {remedy}")
