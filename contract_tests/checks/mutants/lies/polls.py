"""Polls of a job that tell a wrong state, each by itself or over time."""

from collections.abc import Callable
from typing import Any

from ..lie import VIDEO, Changed, Lie, Teller
from ..traffic import Answer, Asked
from . import places
from .places import Json, each, progresses, whole

Change = Callable[[Json], object]


class OfEachJob(Teller):
    """Changes every poll, knowing which job it is of and how often it was polled before."""

    def __init__(self) -> None:
        self._polled: dict[str, int] = {}

    def answered(self, asked: Asked, answer: Answer) -> Answer:
        """The changed poll."""
        uuid = str((asked.state or {}).get("inference_request_uuid"))
        if answer.status != 200 or not isinstance(answer.json, dict):
            return answer
        self._polled[uuid] = self._polled.get(uuid, 0) + 1
        return Changed(lambda poll: self.change(poll, uuid, self._polled[uuid])).answered(asked, answer)

    def change(self, poll: Json, uuid: str, times: int) -> Json:
        """The poll, changed in place or not; `times` begins at 1."""
        raise NotImplementedError


class _GoesBack(OfEachJob):
    """Progress that was above 0 once is at 0 from then on."""

    def __init__(self) -> None:
        super().__init__()
        self._moved: set[str] = set()

    def change(self, poll: Json, uuid: str, times: int) -> Json:
        if uuid in self._moved:
            poll["progress"]["current"] = 0
        elif poll["progress"]["current"] > 0:
            self._moved.add(uuid)
        return poll


class _TotalGrows(OfEachJob):
    def change(self, poll: Json, uuid: str, times: int) -> Json:
        poll["progress"]["total"] += times
        return poll


class _WithheldFromTheSecondOn(OfEachJob):
    """The job is said to be over at the second poll that has results, and the rest is kept back."""

    def __init__(self) -> None:
        super().__init__()
        self._given: dict[str, int] = {}

    def change(self, poll: Json, uuid: str, times: int) -> Json:
        given = self._given[uuid] = self._given.get(uuid, 0) + bool(poll["pending_results"])
        if given > 1 or (given == 1 and len(poll["pending_results"]) > 1):
            poll["pending_results"] = poll["pending_results"][:1] if given == 1 else []
            poll.update(stage="Finished", finished=True, is_inferring=False)
            self._given[uuid] = 2
        return poll


class _OtherUuid(OfEachJob):
    def change(self, poll: Json, uuid: str, times: int) -> Json:
        poll["uuid"] = uuid[::-1]
        return poll


class _ErrorAtTheThird(OfEachJob):
    """A stage of an error, and no exception to it: also of a job that is over before, as on a busy machine."""

    def change(self, poll: Json, uuid: str, times: int) -> Json:
        if times >= 3 or poll.get("is_inferring") is False:
            poll.update(stage="Error", exception=None)
        return poll


def _never_ends(poll: Json) -> None:
    poll.update(stage="Running inference...", finished=False, is_inferring=True, has_result=False, final_result=False)
    poll["result"] = False


def _more_than_all(progress: Json) -> None:
    progress["current"] = progress["total"] + 1


def _at_once(poll: Json) -> None:
    poll.update(stage="Finished", finished=True, is_inferring=False)


def _ends_at_half(progress: Json) -> None:
    progress["current"] = progress["current"] // 2


def _set(**values: Any) -> Change:
    return lambda one: one.update(values)


POLLED: tuple[tuple[str, str, tuple[str, ...], places.Place, Change], ...] = (
    ("progress-beyond-total", "current is above total", places.POLLS, progresses, _more_than_all),
    ("progress-beyond-total-in-pop", "current is above total in a pop", places.POP, progresses, _more_than_all),
    ("progress-beyond-total-in-status", "current is above total", places.STATUS, progresses, _more_than_all),
    ("progress-beyond-total-in-preparing", "current is above total", places.PREPARING, whole, _more_than_all),
    ("progress-negative", "current is -1", places.POLLS, progresses, _set(current=-1)),
    ("progress-never-moves", "current stays 0, also at the end", places.POLLS, progresses, _set(current=0)),
    ("progress-ends-at-half", "current is half of what it is", places.POP, progresses, _ends_at_half),
    ("total-zero", "total is 0", places.POLLS, progresses, _set(total=0)),
    ("total-negative", "total is -1", places.POLLS, progresses, _set(total=-1)),
    ("total-constant", "total is 1000 whatever was asked", places.POLLS, progresses, _set(total=1000)),
    ("total-unknown", "total is null until the end and after it", places.POLLS, progresses, _set(total=None)),
    ("over-at-once", "the first poll says that all is over", places.POLLS, whole, _at_once),
    ("over-at-once-in-pop", "the first pop says that all is over", places.POP, whole, _at_once),
    ("exception-though-fine", "a job that went well tells an exception", places.POP, whole,
     _set(exception={"type": "ValueError", "message": "no", "traceback": "no"})),
    ("error-though-fine", "a job that went well is in stage Error", places.POP, whole, _set(stage="Error")),
    ("stopped-though-not", "nobody stopped it, and it says stopped", places.POP, whole,
     _set(stopped=True, cancel_inference=True)),
    ("pending-count-negative", "-1 results are pending", places.PROGRESS, whole, _set(pending_results=-1)),
    ("pending-count-huge", "a million results are pending", places.PROGRESS, whole, _set(pending_results=10**6)),
    ("status-total-other", "status tells another total", places.STATUS, progresses, _set(total=10**6)),
    ("status-of-another", "status tells another uuid", places.STATUS, whole, _set(uuid="0" * 32)),
    ("preparing-total-other", "preparing progress has another total", places.PREPARING, whole, _set(total=10**6)),
)  # fmt: skip


def _over_time(name: str, what: str, routes: tuple[str, ...], teller: type[Teller], **more: Any) -> Lie:
    return Lie(name, what, routes, teller, (VIDEO,), **more)


def _each(name: str, what: str, routes: tuple[str, ...], place: places.Place, change: Change, **more: Any) -> Lie:
    return Lie(name, what, routes, lambda: Changed(each(place, change)), (VIDEO,), **more)


LIES = (
    *(_each(*row) for row in POLLED),
    _each("never-ends", "every poll says that it runs", (*places.POLLS, *places.STATUS), whole, _never_ends,
        stutters=True),
    _each("never-finished", "finished stays false", places.POLLS, whole, _set(finished=False), stutters=True),
    _over_time("progress-back-in-polls", "progress that moved is at 0 from then on", places.PROGRESS, _GoesBack),
    _over_time("progress-back-in-pops", "progress that moved is at 0 from then on", places.POP, _GoesBack),
    _over_time("total-grows", "total grows with every poll", places.POLLS, _TotalGrows),
    _over_time("over-before-all-came", "after the first result the job is over, the rest is kept", places.POP,
               _WithheldFromTheSecondOn),
    _over_time("uuid-other-than-asked", "polls tell another uuid than was asked for", places.POLLS, _OtherUuid),
    _over_time("error-without-exception", "stage Error without an exception", places.POLLS, _ErrorAtTheThird),
    Lie("result-a-list", "the final result is a list", places.RESULT, lambda: Changed(lambda value: [value]), (VIDEO,)),
    Lie("result-a-text", "the final result is a text", places.RESULT, lambda: Changed(lambda value: "done"), (VIDEO,)),
)  # fmt: skip
