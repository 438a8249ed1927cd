"""The stubs of one model: who answers a call, and what."""

import threading
from collections.abc import Callable, Collection, Mapping
from itertools import count
from typing import Any, NamedTuple

from ..limits import Limits
from ..scene import Answer, Predictor, Query, Turn
from . import near
from .asked import Asked
from .conditions import Condition, Content, Exactly, Predicate, read
from .contest import Tie, contest
from .errors import Tied, Unmatched
from .index import Index
from .plan import Plan
from .stub import Outcome, Stub, When, told

_MISSES = 1000


class Miss(NamedTuple):
    """A call that no stub answered, or two equally well."""

    text: str
    """What was asked, and the nearest stubs field by field."""
    query: Query
    call: int
    tied: bool = False

    def told(self) -> dict[str, Any]:
        """The call as JSON, without its query."""
        return {"call": self.call, "tied": self.tied, "text": self.text}


class Stubs:
    """A predictor that answers what it was told to, and as `otherwise` while it was told nothing. Safe in threads."""

    def __init__(self, otherwise: Predictor) -> None:
        self._otherwise = otherwise
        self._lock = threading.RLock()
        self._numbers = count(1)
        self.most = Limits().stubs
        self.told: Callable[[Answer], None] = lambda _answer: None
        """Called with each answer that a stub is given, so that the model's meta may take in what it names."""
        self.missed: Callable[[Miss], None] = lambda _miss: None
        """Called with each call that is unmatched or tied."""
        self._forget()

    def _forget(self) -> None:
        self._stubs: dict[int, Stub] = {}
        self._unsaid: dict[int, tuple[Condition, ...]] = {}
        self._index = Index()
        self._misses: list[Miss] = []
        self._plan = Plan((), {})
        self.wants_pixels = False
        """Whether a stub was given an array, so that `Origin.pixels` of uploads has to be known."""

    def when(
        self, *, image: Content | None = None, image_id: int | None = None, url: str | None = None,
        video: Content | None = None, video_id: int | None = None, frames: int | range | None = None,
        route: str | None = None, settings: Mapping[str, Any] | Exactly | Predicate | None = None,
        call: int | range | None = None,
    ) -> When:  # fmt: skip
        """Conditions that must all hold; without any, every call is meant.

        `image` and `video`: a name as it is sent (str; * and ? stand for any characters and for one), or content: a
        Path, bytes, and for a picture an array (height x width x 3 of uint8, RGB), which is compared with the decoded
        picture. `url` and `route` may be patterns too, in a URL with * alone. `frames` and `call` are a number or a
        range of step 1, frames from 0, calls from 1. `settings`: a mapping, of which all must be sent as they are;
        `Exactly(mapping)`, and no other may be sent; or a callable that takes the settings in force. Raises TypeError
        or ValueError, which name argument, value and remedy.
        """
        conditions = read({
            "image": image, "image_id": image_id, "url": url, "video": video, "video_id": video_id, "frames": frames,
            "route": route, "settings": settings, "call": call,
        })  # fmt: skip
        with self._lock:
            number = next(self._numbers)
            self._unsaid[number] = conditions
        return When(self._adder(number, conditions))

    def _adder(self, number: int, conditions: tuple[Condition, ...]) -> Callable[[Outcome], Stub]:
        def add(outcome: Outcome) -> Stub:
            with self._lock:
                unsaid = self._unsaid.pop(number, None) is not None
                mine = number if unsaid else next(self._numbers)
                if len(self._stubs) >= self.most:
                    raise ValueError(f"the model has {self.most:,} stubs, which is the limit; remove some, or reset it")
                stub = Stub(mine, conditions, outcome, self._lock, self._changed)
                self._stubs[mine] = stub
                self._changed(stub)
                self.wants_pixels |= any(one.slot == ("image pixels",) for one in conditions)
            return stub

        return add

    def _changed(self, stub: Stub) -> None:
        if stub.number in self._stubs:
            self._index.set(stub)
            if isinstance(stub.newest, Answer):
                self.told(stub.newest)

    def listed(self) -> list[Stub]:
        """The stubs, oldest first."""
        with self._lock:
            return list(self._stubs.values())

    def remove(self, number: int) -> bool:
        """Forget one stub; False if there is none of that number. A job that it answers fails from here on."""
        with self._lock:
            stub = self._stubs.pop(number, None)
            if stub is not None:
                self._index.drop(stub)
                self._plan = Plan((), {})
            return stub is not None

    def rewind(self, first: int) -> None:
        """Forget misses and the stubs that are numbered from `first` on; the others have not been used yet."""
        with self._lock:
            kept = [stub for number, stub in self._stubs.items() if number < first]
            self._forget()
            for stub in kept:
                stub.renew()
                self._stubs[stub.number] = stub
                self._index.set(stub)
                self.wants_pixels |= any(one.slot == ("image pixels",) for one in stub.conditions)

    @property
    def next_number(self) -> int:
        """What the next stub is numbered at least."""
        with self._lock:
            return max([0, *self._stubs, *self._unsaid]) + 1

    def answers(self) -> list[Answer]:
        """Every answer that a stub was given."""
        with self._lock:
            return [one for stub in self._stubs.values() for one in stub.outcomes if isinstance(one, Answer)]

    def take(self, query: Query, call: int) -> tuple[Turn, ...]:
        """Find who answers a picture, or the frames of a video, and use it up by one.

        () while there is no stub. Raises Unmatched or Tied, and then nothing is used up; `misses` has it too.
        """
        with self._lock:
            return tuple([self._turn(stub) for stub in self.settle(query, call, self.find(query, call))])

    def find(self, query: Query, call: int, held: Collection[Stub] = ()) -> list[Stub] | Tie:
        """Those who answer a picture, or the frames of a video, oldest first; nothing is used up.

        `held` are stubs that this call has used up by one already, and that answer it though they may be used up.
        """
        with self._lock:
            if not self._stubs:
                return []
            asked = Asked(query, call)
            if not asked.frames:
                return []
            matching = self._index.matching(asked)
            if held:
                matching += [stub for stub in held if stub not in matching]
            return contest(matching, asked.frames)

    def settle(self, query: Query, call: int, found: list[Stub] | Tie) -> list[Stub]:
        """Those whom `find` has found. Raises Tied, or Unmatched if there are stubs; `misses` has it too."""
        if found and not isinstance(found, Tie):
            return found
        with self._lock:
            if not self._stubs:
                return []
            asked = Asked(query, call)
            if isinstance(found, Tie):
                raise Tied(self._missed(asked, near.tied(asked, found), tied=True))
            if not asked.frames:
                return []
            raise Unmatched(self._missed(asked, near.unmatched(asked, list(self._stubs.values()))))

    def has(self, stub: Stub) -> bool:
        """Whether it is there, and was not removed."""
        return self._stubs.get(stub.number) is stub

    def knows(self, numbers: Collection[int]) -> bool:
        """Whether the stubs of these numbers are there."""
        return all(number in self._stubs for number in numbers)

    def follow(self, stub: Stub, used: int) -> None:
        """Know that a stub answered so many calls, also of other servers; nothing if it was removed."""
        with self._lock:
            if self.has(stub):
                stub.follow(used)
                self._index.set(stub)

    def _turn(self, stub: Stub) -> Turn:
        turn = Turn(stub.number, stub.use())
        self._index.set(stub)
        return turn

    def _missed(self, asked: Asked, text: str, tied: bool = False) -> str:
        if len(self._misses) < _MISSES:
            miss = Miss(text, asked.query, asked.call, tied)
            self._misses.append(miss)
            self.missed(miss)
        return text

    def predict(self, query: Query) -> Answer:
        """What the taken stubs say of the picture or the frame; the same for the same turns, as often as it is asked.

        A frame that no stub is for shows nothing. Raises Raised if that is what the stub says, and Unmatched if the
        stub was cleared since it was taken.
        """
        if not query.turns:
            return self._otherwise.predict(query)
        with self._lock:
            # Each poll reads them anew from the job's record; to compare thousands is quicker than to plan with them.
            if self._plan.turns is not query.turns and self._plan.turns != query.turns:
                self._plan = Plan(query.turns, self._stubs)
            best = self._plan.best(query.subject.frame)
        return Answer(literal=True) if best is None else best[0].answer(best[1])

    def alike(self, query: Query, frames: range) -> range:
        """The first of these frames of a video, at least one, of which the taken stubs say all the same.

        `predict` was asked for the first one. Without stubs, nobody knows it of more than that one.
        """
        with self._lock:
            same = bool(query.turns) and self._plan.turns == query.turns
            return self._plan.alike(frames) if same else frames[:1]

    @property
    def misses(self) -> list[Miss]:
        """The calls that were unmatched or tied, oldest first; the first thousand."""
        with self._lock:
            return list(self._misses)

    def unused(self) -> list[str]:
        """A line for each stub that never answered, oldest first, and for each `when` of which nothing was said."""
        with self._lock:
            lines = {number: f"{stub!r} was never used" for number, stub in self._stubs.items() if not stub.used}
            for number, conditions in self._unsaid.items():
                lines[number] = f"{told(conditions)} says nothing: add .predict(...) or .raises(...)"
            return [lines[number] for number in sorted(lines)]

    def clear(self) -> None:
        """Forget all stubs and misses. A job that a stub answers fails from here on."""
        with self._lock:
            self._forget()
