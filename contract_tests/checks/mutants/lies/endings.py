"""Stop and clear that are ignored, go too far, or are refused."""

from typing import Any

from ..lie import VIDEO, Changed, Instead, Lie, Told, good
from ..traffic import Answer, Asked, told
from . import places
from .places import Json
from .polls import OfEachJob
from .results import UUID

_STOPPING = told({"message": "Inference will be stopped.", "success": True})
_CLEARED = told({"success": True})
_GONE = told({"detail": "no such job", "message": "no such job", "success": False}, 404)


class _AfterAStop(OfEachJob):
    """Something is wrong once a job was stopped. With `forwards` false the target never hears of the stop."""

    forwards = True

    def __init__(self) -> None:
        super().__init__()
        self.stopped: set[str] = set()

    def asked(self, asked: Asked) -> Asked | Answer:
        """The request; a stop is noted, and kept if it is not to be forwarded."""
        if asked.route not in places.STOP:
            return asked
        self.stopped.add(str((asked.state or {}).get(UUID)))
        return asked if self.forwards else _STOPPING

    def change(self, poll: Json, uuid: str, times: int) -> Json:
        return self.after(poll) if uuid in self.stopped and "progress" in poll else poll

    def after(self, poll: Json) -> Json:
        """A poll of a job that was stopped."""
        raise NotImplementedError


class _DropsTheRest(_AfterAStop):
    def after(self, poll: Json) -> Json:
        return {**poll, "pending_results": [] if isinstance(poll["pending_results"], list) else 0}


class _StaysRunning(_AfterAStop):
    def after(self, poll: Json) -> Json:
        return {**poll, "stage": "Running inference...", "finished": False, "is_inferring": True}


class _SaysStopped(_AfterAStop):
    """It says stopped, and goes on."""

    forwards = False

    def after(self, poll: Json) -> Json:
        return {**poll, "stopped": True, "cancel_inference": True}


class _Denies(_AfterAStop):
    def after(self, poll: Json) -> Json:
        return {**poll, "stopped": False, "cancel_inference": False}


class _StopsAll(OfEachJob):
    """A stop of one job seems to be one of all."""

    def __init__(self) -> None:
        super().__init__()
        self._stopped = False

    def asked(self, asked: Asked) -> Asked | Answer:
        self._stopped = self._stopped or asked.route in places.STOP
        return asked

    def change(self, poll: Json, uuid: str, times: int) -> Json:
        if self._stopped and "progress" in poll:
            return {**poll, "stage": "Cancelled", "stopped": True, "finished": True, "is_inferring": False,
                    "pending_results": [] if isinstance(poll["pending_results"], list) else 0}  # fmt: skip
        return poll


class _GoneAfter(OfEachJob):
    """A job is gone after one of `routes`; with `others`, it is the other jobs that are."""

    def __init__(self, routes: tuple[str, ...], others: bool = False) -> None:
        super().__init__()
        self._routes, self._others = routes, others
        self._ended: set[str] = set()
        self._live: set[str] = set()

    def asked(self, asked: Asked) -> Asked | Answer:
        uuid = str((asked.state or {}).get(UUID))
        if asked.route in self._routes:
            self._ended.add(uuid)
            self._live.discard(uuid)
        elif asked.route in places.POLLS:
            hit = self._live and self._ended and uuid not in self._ended if self._others else uuid in self._ended
            if hit and (not self._others or uuid in self._live):
                return _GONE
        return asked

    def change(self, poll: Json, uuid: str, times: int) -> Json:
        self._live.add(uuid)
        return poll


class _SecondRefused(OfEachJob):
    """What is asked a second time of one job is refused."""

    def answered(self, asked: Asked, answer: Answer) -> Answer:
        uuid = str((asked.state or {}).get(UUID))
        self._polled[uuid] = self._polled.get(uuid, 0) + 1
        return _GONE._replace(status=409) if self._polled[uuid] > 1 and answer.status == 200 else answer


def _status(status: int) -> Any:
    return lambda: Told(lambda answer: answer._replace(status=status), good)


def _lie(name: str, what: str, routes: tuple[str, ...], teller: Any, **more: Any) -> Lie:
    return Lie(name, what, routes, teller, (VIDEO,), **more)


STOP_AND_POLLS = (*places.STOP, *places.POLLS)
LIES = (
    _lie("stop-ignored", "a stop is answered and not heard", places.STOP, lambda: Instead(_STOPPING)),
    _lie("stop-ignored-but-told", "polls say stopped, and the job goes on", STOP_AND_POLLS, _SaysStopped),
    _lie("stop-drops-the-rest", "a stop drops what was inferred", STOP_AND_POLLS, _DropsTheRest),
    _lie("stop-never-ends", "a job that was stopped runs on, as polls say", STOP_AND_POLLS, _StaysRunning,
        stutters=True),
    _lie("stop-denied", "a job that was stopped denies it", STOP_AND_POLLS, _Denies),
    _lie("stop-stops-all", "a stop of one job stops the others", STOP_AND_POLLS, _StopsAll),
    _lie("stop-forgets", "a job that was stopped is unknown", STOP_AND_POLLS, lambda: _GoneAfter(places.STOP)),
    _lie("stop-fails", "a stop is answered 500", places.STOP, _status(500)),
    _lie("stop-accepted", "a stop is answered 202", places.STOP, _status(202)),
    _lie("stop-unsuccessful", "a stop is answered success false", places.STOP,
        lambda: Changed(lambda one: {**one, "success": False})),
    _lie("stop-twice-refused", "a second stop is refused", places.STOP, _SecondRefused),
    _lie("clear-ignored", "a clear is answered and not heard", places.CLEAR, lambda: Instead(_CLEARED)),
    _lie("clear-fails", "a clear is answered 500", places.CLEAR, _status(500)),
    _lie("clear-not-found", "a clear is answered 404", places.CLEAR, _status(404)),
    _lie("clear-unsuccessful", "a clear is answered success false", places.CLEAR,
        lambda: Changed(lambda one: {"success": False})),
    _lie("clear-clears-all", "a clear of one job clears the others", (*places.CLEAR, *places.POLLS),
         lambda: _GoneAfter(places.CLEAR, others=True)),
    _lie("clear-twice-refused", "a second clear is refused", places.CLEAR, _SecondRefused),
)  # fmt: skip
