"""What a check can come to other than 'it holds'."""

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

import pytest

from .exchange import Exchange


class Finding(AssertionError):
    """The target does not keep the protocol.

    `code` names the rule, `place` says where in the truth it is written, `candidates` are the ids of listed deviations
    of real releases that look like this one.
    """

    def __init__(
        self, code: str, *, expected: str, got: str, place: str = "", at: Exchange | None = None,
        facts: Mapping[str, Any] | None = None, candidates: Sequence[str] = (),
    ) -> None:  # fmt: skip
        super().__init__(f"{code}: expected {expected}, got {got}")
        self.code, self.expected, self.got, self.place = code, expected, got, place
        self.at, self.facts, self.candidates = at, dict(facts or {}), tuple(candidates)

    def told(self) -> str:
        """Everything that helps, in lines."""
        request = None if self.at is None else self.at.sent.curl()
        lines = {"expected": self.expected, "got": self.got, "request": request, "place": self.place}
        return "\n".join([self.code, *(f"{name}: {text}" for name, text in lines.items() if text)])


def not_checked(reason: str, remedy: str) -> NoReturn:
    """Leave a check undone and say what would allow it; the summary shows both."""
    pytest.skip(f"{reason}; {remedy}")
