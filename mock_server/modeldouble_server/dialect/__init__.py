"""The fake as the server of one release: what differs from its own answers, resolved once out of the tables."""

import json
import logging
from collections.abc import Mapping
from typing import Any, NamedTuple

from ..refusal import CannotServe, shown
from .errors import ERRORS
from .habits import INPUTS, JOBS
from .release import NEWEST, Release, read_release
from .service import SERVICE, UNDEPLOYED, UNDEPLOYED_TITLE
from .shapes import KEYS, PARAMETERS, ROUTES
from .trait import Form, Said, Trait

log = logging.getLogger("modeldouble_server")

__all__ = ["SUPERSET", "TRAITS", "Dialect", "Spoken", "read_dialect"]

TRAITS: dict[str, Trait] = {**ERRORS, **JOBS, **INPUTS, **SERVICE}
"""Everything that some release does otherwise than the fake, by name."""
MODES = ("development", "production")


class Spoken(NamedTuple):
    """An answer as bytes; `job` is the text of a failure instead, with which a job is to be started."""

    status: int
    body: bytes
    content_type: str
    job: str | None = None


class Dialect:
    """How one release answers in one mode; without a release, as the fake answers by default."""

    def __init__(self, release: Release | None = None, mode: str = MODES[0]) -> None:
        self.release = release
        self.mode = mode
        self._traits = frozenset(
            name for name, trait in TRAITS.items() if release is not None and trait.span.holds(release)
        )
        self._gone = {} if release is None else {answer: _gone(keys, release) for answer, keys in KEYS.items()}
        self._said = _said(self._traits)
        self.unread = frozenset(
            name for name, span in PARAMETERS.items() if release is not None and not span.holds(release)
        )
        """Parameters that the release does not know."""

    @property
    def name(self) -> str:
        """The release, or "superset"."""
        return "superset" if self.release is None else str(self.release)

    def has(self, trait: str) -> bool:
        """The release does what this row of the tables says."""
        return trait in self._traits

    def copies(self, trait: str) -> bool:
        """There is nothing to tell about a trait: the answer is the release's own, whether it has the trait or not."""
        return self.release is not None and TRAITS[trait].copied

    def shaped(self, answer: str, value: dict[str, Any]) -> dict[str, Any]:
        """An answer, or a part of one, without the keys that the release does not send in it."""
        gone = self._gone.get(answer)
        return {key: one for key, one in value.items() if key not in gone} if gone else value

    def serves(self, route: str) -> bool:
        """The release has the route, as far as the tables say."""
        return self.release is None or route not in ROUTES or ROUTES[route].holds(self.release)

    def refusal(self, kind: str, route: str, about: str) -> Spoken | None:
        """What the release answers where the fake refuses; None if that is not known, and the fake's answer stands."""
        rows = self._said.get(kind, {})
        said = rows.get(route, rows.get(""))
        return None if said is None else self._spoken(said, said.text.replace("{about}", about))

    def _spoken(self, said: Said, text: str) -> Spoken:
        if said.form is Form.JOB:
            return Spoken(said.status, b"", "application/json", text)
        if said.form is Form.CRASH and self.mode == MODES[0] and self.has("crash-is-text"):
            return Spoken(said.status, b"Internal Server Error", "text/plain; charset=utf-8")
        body = text.encode() if said.form is Form.SAID else json.dumps(_body(said.form, text)).encode()
        return Spoken(said.status, body, "application/json")


def _body(form: Form, text: str) -> Any:
    made: dict[Form, Any] = {
        Form.CRASH: {"detail": titled(UNDEPLOYED if UNDEPLOYED in text else text)},
        Form.OBJECT: {"detail": text, "success": False, "message": text},
        Form.TEXT: text,
        Form.MESSAGE: {"message": text},
        Form.FAILED: {"message": text, "success": False},
        Form.DETAIL: {"detail": text},
    }
    return {"detail": json.loads(text)} if form is Form.LISTED else made[form]


def titled(text: str) -> dict[str, str]:
    """What is told of an exception that nobody caught."""
    title = UNDEPLOYED_TITLE if text == UNDEPLOYED else "Oops! Something went wrong"
    return {"title": title, "message": text}


def _gone(keys: Mapping[str, tuple[Any, ...]], release: Release) -> frozenset[str]:
    return frozenset(key for key, spans in keys.items() if not any(span.holds(release) for span in spans))


def _said(traits: frozenset[str]) -> dict[str, dict[str, Said]]:
    """kind -> route ("": any other) -> what is said."""
    found: dict[str, dict[str, Said]] = {}
    # In the order of the tables, not of the set: where two rows name one route, the later one is the exception.
    for said in (said for name, trait in TRAITS.items() if name in traits for said in trait.said):
        for route in said.routes or ("",):
            found.setdefault(said.kind, {})[route] = said
    return found


SUPERSET = Dialect()
"""The fake's own answers."""


def read_dialect(text: str | None, mode: str | None = None) -> Dialect:
    """The dialect that a text names: a release, a year, or None for the fake's own; else a CannotServe."""
    if mode not in (None, *MODES):
        raise CannotServe(f"mode {shown(mode)} is none; use {' or '.join(MODES)}")
    if text is None:
        if mode is not None:
            raise CannotServe(f"mode {mode} is a real server's; name its release too, such as dialect {NEWEST}")
        return SUPERSET
    release = read_release(text)
    if release > NEWEST:
        log.warning("dialect %s is later than %s, the newest that was looked at, and answers as that one", text, NEWEST)
    return Dialect(release, mode or MODES[0])
