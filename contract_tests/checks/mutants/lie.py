"""What a lie is: a name, where it is told, and a teller that changes requests and answers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .traffic import Answer, Asked

IDS, OBJECTS, VIDEO = "ids", "objects", "video"


class Teller:
    """Tells the truth. A lie overrides what it needs; one object lives for one run, so it may remember."""

    def asked(self, asked: Asked) -> Asked | Answer:
        """What to forward, or an answer for which nothing is forwarded."""
        return asked

    def answered(self, asked: Asked, answer: Answer) -> Answer:
        """What to give back; `asked` is the request as it was sent."""
        return answer


@dataclass(frozen=True)
class Lie:
    """One lie of the catalogue.

    `routes` are the last parts of the paths it is told on; none means all but `except_for`. `needs` names what a run
    must bring for it to be told at all. An empty `method` is any. `stutters` asks for a run with little patience, since
    the lie is to keep someone waiting. `should` is set for a lie about what only `--strict` makes a violation.
    """

    name: str
    what: str
    routes: tuple[str, ...]
    teller: Callable[[], Teller]
    needs: tuple[str, ...] = ()
    method: str = "POST"
    except_for: tuple[str, ...] = ()
    stutters: bool = False
    should: bool = False

    def concerns(self, asked: Asked) -> bool:
        """The lie may be told about this request."""
        route = asked.route
        told_here = route in self.routes if self.routes else route not in self.except_for
        return told_here and self.method in ("", asked.method)


class Changed(Teller):
    """The JSON of every good answer, changed."""

    def __init__(self, change: Callable[[Any], Any]) -> None:
        self._change = change

    def answered(self, asked: Asked, answer: Answer) -> Answer:
        """The changed answer; the same if the change left it alone."""
        value = answer.json
        if answer.status != 200 or (value is None and answer.body != b"null"):
            return answer
        # The change gets a second reading: it may work in place.
        found = self._change(answer.json)
        return answer if _same(found, value) else answer.with_json(found)


class Forwarded(Teller):
    """Another state is forwarded than the one that was sent."""

    def __init__(self, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
        self._change = change

    def asked(self, asked: Asked) -> Asked | Answer:
        """The request with its state changed."""
        state = asked.state
        found = None if state is None else self._change(dict(state))
        return asked if found is None or found == state else asked.with_state(found)


class Told(Teller):
    """Every answer changed as a whole: its status, headers or bytes."""

    def __init__(self, change: Callable[[Answer], Answer], of: Callable[[Answer], bool] = lambda one: True) -> None:
        self._change, self._of = change, of

    def answered(self, asked: Asked, answer: Answer) -> Answer:
        """The changed answer."""
        return self._change(answer) if self._of(answer) else answer


class Instead(Teller):
    """Nothing is forwarded; the answer is made up."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def asked(self, asked: Asked) -> Asked | Answer:
        """The made-up answer."""
        return self._answer


class Nth(Teller):
    """The truth, but every `every`-th good answer of the same route is `lie`'s; `first` are true in any case."""

    def __init__(self, lie: Teller, every: int = 2, first: int = 0) -> None:
        self._lie, self._every, self._first = lie, every, first
        self._seen: dict[str, int] = {}

    def answered(self, asked: Asked, answer: Answer) -> Answer:
        """The truth or a lie, by how often the route has answered."""
        if answer.status != 200:
            return answer
        seen = self._seen[asked.route] = self._seen.get(asked.route, 0) + 1
        return self._lie.answered(asked, answer) if seen > self._first and seen % self._every == 0 else answer


def good(answer: Answer) -> bool:
    """An answer that grants what was asked."""
    return answer.status == 200


def bad(answer: Answer) -> bool:
    """A refusal."""
    return answer.status >= 400


def _same(one: Any, other: Any) -> bool:
    """Equal with their types: 1 is neither True nor 1.0."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return list(one) == list(other) and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return bool(one == other)
