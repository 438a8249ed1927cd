"""Results of a job that are lost, doubled, in disorder, or of another job."""

from typing import Any

from ..lie import VIDEO, Changed, Lie, Teller
from ..traffic import Answer, Asked
from . import places
from .places import Json, each, predictions
from .polls import OfEachJob

UUID = "inference_request_uuid"


class _Kept(OfEachJob):
    """Remembers something of each job's results."""

    def __init__(self) -> None:
        super().__init__()
        self.of: dict[str, Any] = {}

    def change(self, poll: Json, uuid: str, times: int) -> Json:
        poll["pending_results"] = self.given(uuid, poll["pending_results"])
        return poll

    def given(self, uuid: str, found: list[Any]) -> list[Any]:
        """What to hand out instead of what was found."""
        raise NotImplementedError


class _PoppedTwice(_Kept):
    """The results of the pop before come again, once."""

    def given(self, uuid: str, found: list[Any]) -> list[Any]:
        before, self.of[uuid] = self.of.get(uuid, []), found
        return [*before, *found]


class _NeverEmptied(_Kept):
    def given(self, uuid: str, found: list[Any]) -> list[Any]:
        self.of[uuid] = [*self.of.get(uuid, []), *found]
        return list(self.of[uuid])


class _AgainAtTheEnd(OfEachJob):
    """A pop after the end gives the last results again."""

    def __init__(self) -> None:
        super().__init__()
        self._last: dict[str, list[Any]] = {}
        self._over: set[str] = set()

    def change(self, poll: Json, uuid: str, times: int) -> Json:
        if poll["pending_results"]:
            self._last[uuid] = list(poll["pending_results"])
        elif uuid in self._over:
            poll["pending_results"] = self._last.get(uuid, [])
        if poll.get("finished") and not poll["pending_results"]:
            self._over.add(uuid)
        return poll


class _FirstPopLost(_Kept):
    def given(self, uuid: str, found: list[Any]) -> list[Any]:
        if not found or self.of.get(uuid):
            return found
        self.of[uuid] = True
        return []


class _Counted(_Kept):
    """Knows which results were handed out before, by number."""

    def given(self, uuid: str, found: list[Any]) -> list[Any]:
        start = self.of.get(uuid, 0)
        self.of[uuid] = start + len(found)
        return [one for number, result in enumerate(found, start) for one in self.one(number, result)]

    def one(self, number: int, result: Any) -> list[Any]:
        """What to hand out instead of one result."""
        raise NotImplementedError


class _SecondDropped(_Counted):
    def one(self, number: int, result: Any) -> list[Any]:
        return [] if number == 1 else [result]


class _SecondDoubled(_Counted):
    def one(self, number: int, result: Any) -> list[Any]:
        return [result, result] if number == 1 else [result]


class _FirstTwoSwapped(_Kept):
    """The first result is held back until the second is there."""

    def given(self, uuid: str, found: list[Any]) -> list[Any]:
        if not found or self.of.get(uuid) == "done":
            return found
        held = [*self.of.get(uuid, []), *found]
        self.of[uuid] = held if len(held) < 2 else "done"
        return [] if len(held) < 2 else [held[1], held[0], *held[2:]]


class _CountedFromZero(_Counted):
    def one(self, number: int, result: Any) -> list[Any]:
        return [{**result, "frame_index": number}]


class _EveryJobButTheFirst(_SecondDropped):
    """Only the first job is whole."""

    def given(self, uuid: str, found: list[Any]) -> list[Any]:
        self.of.setdefault("first", uuid)
        return found if uuid == self.of["first"] else super().given(uuid, found)


class _OfTheOtherJob(Teller):
    """While two jobs live, each pop is one of the other job."""

    def __init__(self) -> None:
        self._started: list[str] = []

    def asked(self, asked: Asked) -> Asked | Answer:
        """The pop, of the other job."""
        state = asked.state or {}
        others = [one for one in self._started[-2:] if one != state.get(UUID)]
        if asked.route not in places.POP or state.get(UUID) not in self._started[-2:] or not others:
            return asked
        return asked.with_state({**state, UUID: others[0]})

    def answered(self, asked: Asked, answer: Answer) -> Answer:
        """Learns of jobs; the truth."""
        if asked.route in places.STARTS and isinstance(answer.json, dict):
            self._started.append(str(answer.json.get(UUID)))
        return answer


class _MixedIntoTheOther(_Kept):
    """One result of each job is handed out by the job that is popped next."""

    def given(self, uuid: str, found: list[Any]) -> list[Any]:
        stray = self.of.get("stray")
        if stray is not None and stray[0] != uuid:
            self.of["stray"] = None
            return [*found, stray[1]]
        if stray is None and len(self.of) < 3 and found and uuid not in self.of:
            self.of["stray"], self.of[uuid] = (uuid, found[-1]), True
            return found[:-1]
        return found


class _OneUuid(Teller):
    """Every second job has the uuid of the one before."""

    def __init__(self) -> None:
        self._before: Answer | None = None

    def answered(self, asked: Asked, answer: Answer) -> Answer:
        if answer.status != 200:
            return answer
        found, self._before = self._before or answer, None if self._before else answer
        return found


def _shift(by: int) -> Any:
    def shift(one: Json) -> None:
        if one["frame_index"] is not None:
            one["frame_index"] += by

    return each(predictions, shift)


def _at(value: Any) -> Any:
    return each(predictions, lambda one: one.update(frame_index=value))


def _reversed(poll: Json) -> Json:
    return {**poll, "pending_results": poll["pending_results"][::-1]}


def _uuid(change: Any) -> Any:
    return lambda value: {**value, UUID: change(value[UUID])}


def _lie(name: str, what: str, teller: Any, routes: tuple[str, ...] = places.POP, **more: Any) -> Lie:
    return Lie(name, what, routes, teller, (VIDEO,), **more)


LIES = (
    _lie("popped-twice", "every result comes in two pops", _PoppedTwice),
    _lie("pop-never-empties", "a pop gives all that ever was", _NeverEmptied, stutters=True),
    _lie("pop-again-after-the-end", "a pop after the end gives the last results again", _AgainAtTheEnd),
    _lie("first-pop-lost", "the first results are lost", _FirstPopLost),
    _lie("one-frame-dropped", "the second result is lost", _SecondDropped),
    _lie("one-frame-doubled", "the second result comes twice", _SecondDoubled),
    _lie("first-two-swapped", "the second result comes before the first", _FirstTwoSwapped),
    _lie("later-jobs-incomplete", "every job but the first lacks a result", _EveryJobButTheFirst),
    _lie("all-lost", "no result is ever handed out", lambda: Changed(lambda poll: {**poll, "pending_results": []})),
    _lie("pop-reversed", "results of a pop come in reverse", lambda: Changed(_reversed)),
    _lie("frame-index-one-more", "frames are counted from 1", lambda: Changed(_shift(1))),
    _lie("frame-index-one-less", "frames are counted from -1", lambda: Changed(_shift(-1))),
    _lie("frame-index-constant", "every frame is frame 0", lambda: Changed(_at(0))),
    _lie("frame-index-null", "frames have no number", lambda: Changed(_at(None))),
    _lie("frame-index-from-zero", "frames are counted from 0, wherever the job began", _CountedFromZero),
    _lie("results-of-the-other-job", "pops of two jobs are exchanged", _OfTheOtherJob, (*places.STARTS, *places.POP)),
    _lie("results-mixed", "a result of one job is handed out by another", _MixedIntoTheOther),
    _lie("jobs-share-a-uuid", "every second job has the uuid of the one before", _OneUuid, places.STARTS),
    _lie("uuid-other-than-started", "the start answers another uuid", lambda: Changed(_uuid(lambda one: one[::-1])),
        places.STARTS),
    _lie("uuid-empty", "the start answers an empty uuid", lambda: Changed(_uuid(lambda one: "")), places.STARTS),
    _lie("uuid-null", "the start answers null", lambda: Changed(_uuid(lambda one: None)), places.STARTS),
    _lie("uuid-constant", "every job has one uuid", lambda: Changed(_uuid(lambda one: "0" * 32)), places.STARTS),
)  # fmt: skip
