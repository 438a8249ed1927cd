"""What a row of the tables says: which releases do what otherwise than the fake does by default."""

from enum import Enum
from typing import NamedTuple

from .release import Span, span


class Form(Enum):
    """The form of an answer that replaces a refusal."""

    CRASH = "an exception that nobody caught"
    OBJECT = "detail, success and message"
    TEXT = "a bare JSON string"
    MESSAGE = "message"
    FAILED = "message and success"
    DETAIL = "detail"
    LISTED = "detail, a list of what FastAPI misses"
    SAID = "the body as it stands in the row"
    JOB = "a job that has failed"


class Said(NamedTuple):
    """What a release answers where the fake refuses with `kind`; `{about}` in the text is a part of the request's.

    `routes` are those that answer so; without any, all that no other row names.
    """

    kind: str
    form: Form
    status: int = 500
    text: str = ""
    routes: tuple[str, ...] = ()


class Trait(NamedTuple):
    """A habit of the real servers of some releases.

    `ours` completes "the fake ...", `theirs` "real servers ..."; `seen` says how it was verified. What is not `copied`
    is told in the log only: no dialect changes the answer for it.
    """

    span: Span
    ours: str
    theirs: str
    seen: str
    said: tuple[Said, ...] = ()
    copied: bool = True


def crash(*kinds: str) -> tuple[Said, ...]:
    """Refusals of these kinds are exceptions that nobody caught."""
    return tuple(Said(kind, Form.CRASH, 500, "{about}") for kind in kinds)


RAN = "ran 6.74.51"
"""An app of this release was asked by hand."""
SEEN = "seen 6.73.467, 6.74.51"
SEEN_OLD = "seen 6.69.58, 6.73.100"
SEEN_ALL = "seen 6.69.58, 6.73.100, 6.73.467, 6.74.51"
"""Recorded: the fake in the dialect of these releases answered the recorded requests in the same way."""


def trait(
    since: str | None, until: str | None, ours: str, theirs: str, seen: str, *said: Said, copied: bool = True
) -> Trait:
    """A row of a table."""
    return Trait(span(since, until), ours, theirs, seen, said, copied)
