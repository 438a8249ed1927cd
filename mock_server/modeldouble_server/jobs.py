"""The life of a job, without HTTP, tasks or threads: a record, a clock, and the table below.

A record holds the dates of what has happened or will happen to a job; its state at a moment is what the table makes of
the dates that lie before it. Nothing runs, so a job costs its record however many frames it has.
"""

from collections.abc import Mapping
from enum import Enum
from math import ceil, inf
from typing import Any, NamedTuple

KEPT_AFTER_CLEAR = 60.0
KEPT_UNTOUCHED = 3600.0


class State(Enum):
    """Where a job stands."""

    PREPARING = "preparing"
    RUNNING = "running"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    ERROR = "error"
    CLEARED = "cleared"
    GONE = "gone"


class Event(Enum):
    """What can happen to a job. The order is the one in which events of the same moment take effect."""

    FAIL = 0
    PREPARED = 1
    STOP = 2
    LAST_RESULT = 3
    CLEAR = 4
    EXPIRE = 5


_E, _S = Event, State
TABLE: dict[State, dict[Event, State]] = {
    _S.PREPARING: {
        _E.PREPARED: _S.RUNNING, _E.STOP: _S.CANCELLED, _E.FAIL: _S.ERROR, _E.CLEAR: _S.CLEARED, _E.EXPIRE: _S.GONE,
    },
    _S.RUNNING: {
        _E.LAST_RESULT: _S.FINISHED, _E.STOP: _S.CANCELLED, _E.FAIL: _S.ERROR, _E.CLEAR: _S.CLEARED, _E.EXPIRE: _S.GONE,
    },
    _S.FINISHED: {_E.CLEAR: _S.CLEARED, _E.EXPIRE: _S.GONE},
    _S.CANCELLED: {_E.CLEAR: _S.CLEARED, _E.EXPIRE: _S.GONE},
    _S.ERROR: {_E.CLEAR: _S.CLEARED, _E.EXPIRE: _S.GONE},
    _S.CLEARED: {_E.EXPIRE: _S.GONE},
    _S.GONE: {},
}  # fmt: skip
"""state -> event -> next state. An event that a state does not list changes nothing there."""


class Failure(NamedTuple):
    """Why a job ended in `State.ERROR`, as its exception shows it."""

    type: str
    message: str
    traceback: str


class Trouble(NamedTuple):
    """What is to go wrong with a job, other than that the model raises.

    Results count from 0, and exactly those before the one that is named come, batches or not. What comes first counts;
    a result that the job does not have brings no trouble. A stop before it, a clear and the expiry act as ever.
    """

    never: bool = False
    """It never begins."""
    stalls: int | None = None
    """It stands still before this result, for ever."""
    lost: int | None = None
    """It is as never known once this result would be there and those before it were handed out; 0: from the start."""
    ends: int | None = None
    """It finishes before this result, whatever its total says."""


class Clearing(Enum):
    """What a clear does to a job."""

    EMPTY = "it reads as finished, without results, and is gone in a minute"
    LINGER = "it is stopped, keeps its results, and is gone in a minute"
    DELETE = "it is gone"


class Job(NamedTuple):
    """One job. Times are epoch seconds, durations seconds; `work` says what to infer and is opaque here."""

    uuid: str
    total: int
    started: float
    preparation: float
    pace: float
    work: Mapping[str, Any]
    touched: float
    stopped: float | None = None
    cleared: float | None = None
    failed: float | None = None
    failure: Failure | None = None
    batch: int | None = None
    """Results that are inferred together: they come together, and a stop waits for them. None: it waits for nothing."""
    retired: float | None = None
    """When it was cleared, and yet kept as it is for a minute."""
    deleted: bool = False
    failed_at: int | None = None
    """The result on which it failed, which no date tells where results take no time. None: by the date alone."""
    trouble: Trouble | None = None
    owed: str | None = None
    """What was ordered to go wrong with its results when none were ready: it does with the next that are handed out."""


class Course(NamedTuple):
    """What a job's dates come to, worked out once: a job is looked at far more often than it changes."""

    job: Job
    expires: float
    """As `expires` tells."""
    steps: tuple[tuple[float, State], ...]
    """From when on it is in which state, in their order; until the first it is preparing."""
    ends: float
    """When a stop, a failure or a clear ends it: later there are no more results."""
    most: int
    """How many results there can be at all."""
    ready: float
    """When they are all there."""

    def state(self, now: float) -> State:
        """Where the job stands."""
        reached = State.PREPARING
        for date, entered in self.steps:
            if date > now:
                break
            reached = entered
        return reached

    def inferred(self, now: float) -> int:
        """How many results exist, handed out or not: none that would have come after a stop or a failure."""
        job, end = self.job, min(now, self.ends)
        if job.failed_at is not None and end == job.failed:
            return _whole(job, job.failed_at)
        if end >= self.ready:
            return self.most
        elapsed = end - job.started - job.preparation
        if elapsed < 0 or job.pace == 0:
            return 0
        # Epoch seconds carry an error of a quarter of a microsecond: the epsilon keeps it from costing a frame.
        return min(self.most, _whole(job, int(elapsed / job.pace + 1e-4)))


def course(job: Job) -> Course:
    """What the job's dates come to, if nothing else happens to it."""
    until, ends = expires(job), min(_known(inf, _halt(job), job.failed, job.cleared))
    if job.failed is not None and job.failed_at is None and job.failed <= job.started + job.preparation:
        return Course(job, until, _steps(job, until), ends, 0, -inf)
    return Course(job, until, _steps(job, until), ends, _most(job), _ready(job, _most(job)))


def state(job: Job, now: float) -> State:
    """Where the job stands."""
    return course(job).state(now)


def inferred(job: Job, now: float) -> int:
    """As `Course.inferred`."""
    return course(job).inferred(now)


def lost(job: Job, now: float, handed_out: int) -> bool:
    """The server has forgotten the job by the trouble that it was to have."""
    if not _loses(job) or handed_out < _most(job):
        return False
    # A job that ended before has no such result to come.
    return _still(job) <= now and _still(job) <= min([inf, *_known(_halt(job), job.failed, job.cleared)])


def over(job: Job, now: float, handed_out: int) -> bool:
    """Nothing more will come out of the job: every result was handed out, or it failed, or it was cleared."""
    return is_over(state(job, now), inferred(job, now), handed_out)


def is_over(reached: State, made: int, handed_out: int) -> bool:
    """As `over`, of a job whose state and number of results are known."""
    if reached is State.FINISHED or reached is State.CANCELLED:
        return handed_out >= made
    return reached is not State.PREPARING and reached is not State.RUNNING


def stop(job: Job, now: float) -> Job:
    """No frame is inferred from now on. A second stop changes nothing."""
    return job if job.stopped is not None else job._replace(stopped=now, touched=now)


def clear(job: Job, now: float, clearing: Clearing = Clearing.EMPTY) -> Job:
    """Forget the job. Clearing twice is clearing once."""
    if clearing is Clearing.LINGER:
        return stop(job, now)._replace(retired=now if job.retired is None else job.retired)
    return job._replace(cleared=now if job.cleared is None else job.cleared, deleted=clearing is Clearing.DELETE)


def touch(job: Job, now: float) -> Job:
    """Results were handed out, which keeps the job alive for another hour."""
    return job._replace(touched=max(job.touched, now))


def fail(job: Job, now: float, at: int, failure: Failure) -> Job:
    """The model raised on result `at`, which is found out only now: the job failed when that result was begun."""
    begun = job.started + job.preparation + at * job.pace
    if at >= _most(job) or (job.failed is not None and (job.failed, job.failed_at or 0) <= (begun, at)):
        return job
    return touch(job, now)._replace(failed=begun, failed_at=at, failure=failure)


def expires(job: Job) -> float:
    """When the job will be as if it had never been: an hour after its last result or touch, a minute after a clear."""
    if job.cleared is not None:
        return job.cleared + (0.0 if job.deleted else KEPT_AFTER_CLEAR)
    if job.retired is not None:
        return max(job.retired, job.touched) + KEPT_AFTER_CLEAR
    return max(job.touched, min(_known(_still(job), _halt(job), job.failed))) + KEPT_UNTOUCHED


def _known(*dates: float | None) -> list[float]:
    return [date for date in dates if date is not None]


def _halt(job: Job) -> float | None:
    """When a stop is noticed: between two batches."""
    if job.stopped is None or job.batch is None or job.stopped >= _still(job):
        return job.stopped
    begun = job.started + job.preparation
    if job.stopped <= begun:
        return begun
    batches = ceil((job.stopped - begun) / job.pace / job.batch - 1e-4)
    return min(_still(job), begun + batches * job.batch * job.pace)


def _most(job: Job) -> int:
    """How many results there can be at all."""
    if job.trouble is None:
        return job.total
    never, *limits = job.trouble
    return 0 if never else min([job.total, *(at for at in limits if at is not None)])


def _whole(job: Job, count: int) -> int:
    """Those of `count` results that whole batches make."""
    return count // (job.batch or 1) * (job.batch or 1)


def _ready(job: Job, count: int) -> float:
    """When the batch is done that brings the number of results to `count`."""
    return job.started + job.preparation + min(job.total, -_whole(job, -count)) * job.pace


def _loses(job: Job) -> bool:
    if job.trouble is None or job.trouble.lost is None or job.trouble.never:
        return False
    return job.trouble.lost == 0 or job.trouble.lost == _most(job) not in (job.total, job.trouble.ends)


def _still(job: Job) -> float:
    """When it has done all that it will ever do."""
    if job.trouble is not None and (job.trouble.never or job.trouble.lost == 0):
        return job.started
    return _ready(job, _most(job) + _loses(job))


def _last_result(job: Job) -> float:
    if job.trouble is None:
        return _ready(job, job.total)
    ends = not job.trouble.never and _most(job) in (job.total, job.trouble.ends)
    return _ready(job, _most(job)) if ends else inf


def _steps(job: Job, until: float) -> tuple[tuple[float, State], ...]:
    """Fold the job's events through the table."""
    never = job.trouble is not None and job.trouble.never
    dated = (
        (inf if never else job.started + job.preparation, Event.PREPARED),
        (_last_result(job), Event.LAST_RESULT),
        (_halt(job), Event.STOP),
        (job.failed, Event.FAIL),
        (job.cleared, Event.CLEAR),
        (until, Event.EXPIRE),
    )
    reached, steps = State.PREPARING, []
    for date, _, event in sorted([(date, event.value, event) for date, event in dated if date is not None]):
        reached = TABLE[reached].get(event, reached)
        steps.append((date, reached))
    return tuple(steps)
