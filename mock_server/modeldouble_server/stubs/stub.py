"""A stub: its conditions, and what it answers, use after use."""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from threading import RLock
from typing import Any, NamedTuple

from ..scene import Answer, Detection
from .answers import Coordinates, Names, answer
from .asked import Asked
from .conditions import EXACT, PREDICATE, Condition, refused, whole
from .errors import Raised


class Failure(NamedTuple):
    """The model fails with an exception of this class name and text."""

    kind: str
    text: str


Outcome = Answer | Failure


class Stub:
    """What `predict` and `raises` give back: to say how often it answers, and what comes then. Safe in threads."""

    def __init__(
        self, number: int, conditions: tuple[Condition, ...], first: Outcome, lock: RLock,
        changed: Callable[["Stub"], None],
    ) -> None:  # fmt: skip
        self.number = number
        self.conditions = conditions
        self.frames: range | None = next((one.wanted for one in conditions if one.argument == "frames"), None)
        exact = sum(one.exactness == EXACT for one in conditions)
        vague = sum(one.exactness == PREDICATE for one in conditions)
        self.specificity = (len(conditions), exact, -vague)
        """The greater one answers: more conditions, then more exact ones, then fewer predicates."""
        self._lock = lock
        self._changed = changed
        self._outcomes = [first]
        self._starts = [0]
        self._end: int | None = None
        self._used = 0

    @property
    def used(self) -> int:
        """How many calls it answered."""
        return self._used

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """What it was given to answer, in order."""
        return tuple(self._outcomes)

    @property
    def newest(self) -> Outcome:
        """The last of them."""
        return self._outcomes[-1]

    @property
    def end(self) -> int | None:
        """After how many calls it is used up; None: never."""
        return self._end

    @property
    def live(self) -> bool:
        """Whether it may answer once more."""
        return self._end is None or self._used < self._end

    def once(self) -> "Stub":
        """Give the last answer once; the stub is then used up, unless something comes `then`."""
        return self.times(1)

    def times(self, count: int) -> "Stub":
        """Give the last answer so many times."""
        count = whole("times", count, 1)
        with self._lock:
            # What was answered stays as it was, so that a job that runs does not change its mind.
            self._end = max(self._starts[-1] + count, self._used)
            self._changed(self)
        return self

    @property
    def then(self) -> "When":
        """What is answered after the last answer, which is given once if nothing else is said of it."""
        return When(self._continued)

    def _continued(self, outcome: Outcome) -> "Stub":
        with self._lock:
            start = max(self._starts[-1] + 1, self._used) if self._end is None else self._end
            self._starts.append(start)
            self._outcomes.append(outcome)
            self._end = None
            self._changed(self)
        return self

    def use(self) -> int:
        """Use it up by one; the number of the use, from 0. The caller holds the lock."""
        self._used += 1
        return self._used - 1

    def follow(self, used: int) -> None:
        """Know that it was used so often, by whomever. The caller holds the lock."""
        self._used = max(self._used, used)

    def renew(self) -> None:
        """Have answered nothing yet. The caller holds the lock."""
        self._used = 0

    def answer(self, use: int) -> Answer:
        """What it says at its use number `use`, or Raised."""
        with self._lock:
            outcome = self._outcomes[bisect_right(self._starts, use) - 1]
        if isinstance(outcome, Failure):
            raise Raised(outcome.kind, outcome.text)
        return outcome

    def matches(self, asked: Asked) -> bool:
        """Whether every condition holds."""
        return all([one.holds(asked) for one in self.conditions])

    def __repr__(self) -> str:
        return f"{told(self.conditions)} (stub {self.number})"


class When:
    """Conditions, or the end of an answer, for which it is yet to be said what the model answers."""

    def __init__(self, add: Callable[[Outcome], Stub]) -> None:
        self._add = add

    def predict(
        self, *objects: str | Detection, box: Coordinates | None = None, polygon: Sequence[Coordinates] | None = None,
        holes: Sequence[Sequence[Coordinates]] = (), mask: Any = None, origin: Coordinates | None = None,
        keypoints: Mapping[str, Coordinates] | None = None, confidence: float | None = 1.0, tags: Names | None = None,
        annotation: Any = None,
    ) -> Stub:  # fmt: skip
        """The model answers with these objects; with none it sees nothing.

        Either a class name with one of box, polygon, mask and keypoints, as `seen` takes them, or objects made by
        `seen`, or `annotation`: Supervisely JSON as a mapping or the path of a file. With a class name `tags` are the
        object's, otherwise the picture's. Raises TypeError or ValueError, which name argument, value and remedy.
        """
        shape = {"box": box, "polygon": polygon, "holes": holes, "mask": mask, "origin": origin, "keypoints": keypoints}
        return self._add(answer(objects, shape, confidence, tags, annotation))

    def raises(self, kind: str, text: str = "") -> Stub:
        """The model fails: `kind` is the name of the exception's class, such as "RuntimeError"."""
        if not isinstance(kind, str) or not kind.isidentifier():
            raise refused("kind", kind, 'give the name of an exception\'s class, such as "RuntimeError"')
        if not isinstance(text, str):
            raise refused("text", text, "give the exception's text, a str", TypeError)
        return self._add(Failure(kind, text))


def told(conditions: tuple[Condition, ...]) -> str:
    """Conditions as a test writes them."""
    return f"when({', '.join(f'{one.argument}={one.shown}' for one in conditions)})"
