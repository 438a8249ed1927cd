"""The jobs of one model, as records in the store: started, looked at, popped, stopped, cleared."""

import asyncio
import re
import uuid
from collections.abc import Callable
from enum import Enum
from heapq import nlargest
from typing import Any, NamedTuple

from . import jobs
from .ledger import Ledger
from .records import Records, decode, encode
from .refusal import Refused
from .store import Renewal, Store
from .wire import JobView

_ATTEMPTS = 50
_UUID = re.compile("[0-9a-f]{32}")
_OPEN = (jobs.State.PREPARING, jobs.State.RUNNING)
_SLACK = 30.0
"""Seconds that records are kept beyond their time, for processes whose clocks differ."""
_COUNT_EVERY = 10.0


class Popping(Enum):
    """How results are handed out. Where none are ready, it is owed: it happens with the next that are handed out."""

    NORMAL = "each once"
    AGAIN = "now, and once more by the next pop, with what has come by then"
    FORGOTTEN = "never: they count as handed out, and are in no answer"


class Popped(NamedTuple):
    """What one pop hands out: results `start` to `end` (exclusive) of the job, and the job as it is afterwards."""

    start: int
    end: int
    view: JobView


class ReadAhead:
    """The record of a job, which is read at one moment with something else, before the job is asked for."""

    def __init__(self, at: float, key: str, counter: str) -> None:
        self.at, self.key, self.counter = at, key, counter
        self.found: tuple[bytes | None, int] | None = None
        """What was read: the record, and how many results were handed out."""

    async def read(self, key: str, counter: str) -> tuple[bytes | None, int]:
        """What was found, whenever it is asked for."""
        return self.found or (None, 0)


Reader = Ledger | ReadAhead
"""What reads the record of a job instead of the store."""


class Board:
    """Jobs under one prefix of the store. `now` is the model's clock; the store's own clock only collects garbage."""

    def __init__(self, store: Store, prefix: str, now: Callable[[], float], most: int) -> None:
        self._store = store
        self._prefix = prefix
        self._now = now
        self._most = most
        self._records = Records()
        # It begins full, so that the first start counts: jobs of an earlier process may be there.
        self._live = most
        self._next_count = 0.0
        self._counting = asyncio.Lock()

    async def start(
        self, total: int, pace: float, preparation: float, work: dict[str, Any], batch: int | None = None,
        fails: tuple[int, jobs.Failure] | None = None, trouble: jobs.Trouble | None = None,
    ) -> str:  # fmt: skip
        """Begin one of `total` results, `pace` seconds each after `preparation` seconds; empty, it is over at once.

        Results come `batch` at a time. `fails`: the result with which the job is known to fail, and why. `trouble`:
        what else goes wrong with it.
        """
        now, prepared = self._now(), preparation if total else 0.0
        job = jobs.Job(uuid.uuid4().hex, total, now, prepared, pace, work, now, batch=batch, trouble=trouble)
        return await self._create(job if fails is None else jobs.fail(job, now, *fails))

    async def start_failed(self, failure: jobs.Failure) -> str:
        """Begin a job that has failed before its first result, as a start with an unknown id does on real servers."""
        now = self._now()
        job = jobs.Job(uuid.uuid4().hex, 1, now, 0.0, 1.0, {}, now, failed=now, failed_at=0, failure=failure)
        return await self._create(job)

    def ahead(self, job_id: str) -> ReadAhead:
        """A job that is to be read ahead, now; without keys, if no start has answered such a text."""
        known = _UUID.fullmatch(job_id) is not None
        return ReadAhead(self._now(), self._key(job_id) if known else "", self._counter(job_id) if known else "")

    async def look(self, job_id: str, reader: Reader | None = None) -> JobView:
        """The job now; one that was never started, or is gone, is a 404. Reads with `reader`, if there is one."""
        now = self._moment(reader)
        _, course, handed_out = await self._read(job_id, now, reader)
        return _view(course, now, handed_out)

    async def pop(self, job_id: str, most: int, how: Popping = Popping.NORMAL, reader: Reader | None = None) -> Popped:
        """Hand out the next results, at most `most`, to this caller alone, unless `how` says otherwise.

        Reads with `reader`, if there is one, before anything is handed out.
        """
        # The moment is taken before the record is read: a stop that lands in between cuts off nothing of what is ready.
        now = self._moment(reader)
        raw, course, handed_out = await self._read(job_id, now, reader)
        job = course.job
        if how is Popping.NORMAL and job.owed is not None:
            how = Popping[job.owed]
        made = course.inferred(now)
        ready = 0 if job.cleared is not None else made
        start = end = handed_out
        touched = jobs.touch(job._replace(owed=None), now)
        if how is Popping.AGAIN and ready > start:
            end = min(ready, start + most)
            course = await self._write(raw, touched)
        elif ready > start:
            start, end, course = await self._take(raw, course, touched, (ready, most, now))
        owed = how.name if start == end and how is not Popping.NORMAL else None
        if start == end and owed != job.owed:
            course = await self._write(raw, job._replace(owed=owed))
        view = _view(course, now, start if how is Popping.AGAIN else end)
        return Popped(end if how is Popping.FORGOTTEN else start, end, view)

    async def _take(
        self, raw: bytes, course: jobs.Course, touched: jobs.Job, wanted: tuple[int, int, float]
    ) -> tuple[int, int, jobs.Course]:  # fmt: skip
        ready, most, now = wanted
        # The results in hand make it live for an hour, and a stop may still lengthen that by another: the counter must
        # outlive it, or frames come twice.
        ttl = max(course.expires, now + jobs.KEPT_UNTOUCHED) - now + jobs.KEPT_UNTOUCHED + _SLACK
        counter, key = self._counter(course.job.uuid), self._key(course.job.uuid)
        renewal = Renewal(key, raw, encode(touched), self._ttl(touched))
        start, end, renewed = await self._store.take(counter, ready, most, ttl, renewal)
        if renewed:
            return start, end, jobs.course(touched)
        return start, end, await self._current(touched) if end > start else course

    async def stop(self, job_id: str) -> None:
        """Infer no further frame; what was inferred stays to be popped."""
        await self._change(job_id, jobs.stop)

    async def fail(self, job_id: str, at: int, failure: jobs.Failure) -> JobView:
        """The model raised on result `at`; the job as it is with that."""
        now = self._now()
        job = await self._change(job_id, lambda job, now: jobs.fail(job, now, at, failure))
        return _view(jobs.course(job), now, await self._store.count(self._counter(job_id)))

    async def clear(self, job_id: str, clearing: jobs.Clearing = jobs.Clearing.EMPTY) -> None:
        """Forget the job; one that is not known is cleared already, unless clearing deletes."""
        first = False

        def clear(job: jobs.Job, now: float) -> jobs.Job:
            nonlocal first
            first = not _cleared(job)
            return jobs.clear(job, now, clearing)

        try:
            cleared = await self._change(job_id, clear)
        except Refused as refused:
            if refused.status != 404 or clearing is jobs.Clearing.DELETE:
                raise
        else:
            self._live = max(0, self._live - first)
            # A pop under way may still have read the record as it was: the counter outlives it, but not by hours.
            await self._store.expire(self._counter(job_id), self._ttl(cleared) + _SLACK)

    async def states(self, most: int) -> dict[str, int]:
        """How many jobs are in each state now, by its name; of more than `most` jobs only `most` are counted."""
        return (await self.survey(0, most))[1]

    async def survey(self, newest: int, most: int) -> tuple[list[JobView], dict[str, int]]:
        """The newest so many jobs, open ones before others, newest first, and `states`; only `most` are looked at."""
        now, counted = self._now(), {one.value: 0 for one in jobs.State if one is not jobs.State.GONE}
        found: list[jobs.Course] = []
        for _, raw in await self._store.scan(self._prefix, most):
            # Not by the records that are known: a look at all would drive out those that are polled.
            course = jobs.course(decode(raw))
            reached = course.state(now)
            if reached is not jobs.State.GONE and not await self._is_lost(course.job, now):
                counted[reached.value] += 1
                found.append(course)
        # Of more than fit, those that still infer are not left out.
        chosen = nlargest(newest, found, key=lambda one: (one.state(now) in _OPEN, one.job.started, one.job.uuid))
        chosen.sort(key=lambda one: (one.job.started, one.job.uuid), reverse=True)
        counters = [await self._store.count(self._counter(one.job.uuid)) for one in chosen]
        return [_view(one, now, at) for one, at in zip(chosen, counters, strict=True)], counted

    async def drop(self) -> None:
        """Forget all jobs at once, as a restart does."""
        await self._store.drop(self._prefix)
        # As at first: the next start counts what others have begun meanwhile.
        self._live, self._next_count = self._most, 0.0

    async def _create(self, job: jobs.Job) -> str:
        if self._live >= self._most:
            await self._recount()
        if self._live >= self._most:
            raise Refused(
                400, f"{self._live:,} jobs are live, the limit is {self._most:,}; clear those that you are done with"
            )
        # Before the write, during which others may start as well.
        self._live += 1
        await self._store.create(self._key(job.uuid), encode(job), self._ttl(job))
        return job.uuid

    async def _recount(self) -> None:
        """See which jobs have expired. That takes two seconds for 200,000, so it is not done for each caller anew."""
        async with self._counting:
            now = self._now()
            if self._live >= self._most and now >= self._next_count:
                self._next_count = now + _COUNT_EVERY
                records = [decode(value) for _, value in await self._store.scan(self._prefix)]
                kept = [job for job in records if not _cleared(job) and jobs.expires(job) > now]
                self._live = len(kept) - sum([await self._is_lost(job, now) for job in kept])

    def _moment(self, reader: Reader | None) -> float:
        return reader.at if isinstance(reader, ReadAhead) else self._now()

    async def _read(self, job_id: str, now: float, reader: Reader | None = None) -> tuple[bytes, jobs.Course, int]:
        """The record, what it comes to, and how many results were handed out."""
        # A text that no start has answered must not reach other keys of the store, nor be one that it cannot encode.
        if _UUID.fullmatch(job_id):
            raw, handed_out = await (reader or self._store).read(self._key(job_id), self._counter(job_id))
            course = None if raw is None else self._records.read(raw)
            # Of most jobs it is plain that they are not lost.
            if raw is not None and course is not None and course.expires > now and (
                course.job.trouble is None or not await self._lost(course.job, now, handed_out)
            ):  # fmt: skip
                return raw, course, handed_out
        remedy = "use a start's uuid; a job is forgotten a minute after clear, an hour after its last use"
        text = f"inference_request_uuid {job_id[:64]!r} is not known; {remedy}"
        raise Refused(404, text, "job-unknown", f"KeyError({job_id[:64]!r})")

    async def _change(self, job_id: str, change: Callable[[jobs.Job, float], jobs.Job]) -> jobs.Job:
        for _ in range(_ATTEMPTS):
            raw, course, _ = await self._read(job_id, self._now())
            changed = change(course.job, self._now())
            if changed == course.job or await self._swap(raw, changed):
                return changed
        raise Refused(409, f"job {job_id} changed {_ATTEMPTS} times under this request; ask again")

    async def _is_lost(self, job: jobs.Job, now: float) -> bool:
        if job.trouble is None or job.trouble.lost is None:
            return False
        return await self._lost(job, now, await self._store.count(self._counter(job.uuid)))

    async def _lost(self, job: jobs.Job, now: float, handed_out: int) -> bool:
        lost = jobs.lost(job, now, handed_out)
        if lost:
            # Nothing brings it back, so what is left of it need not wait for its hour.
            for key in (self._key(job.uuid), self._counter(job.uuid)):
                await self._store.expire(key, _SLACK)
        return lost

    async def _write(self, raw: bytes, job: jobs.Job) -> jobs.Course:
        return jobs.course(job) if await self._swap(raw, job) else await self._current(job)

    async def _current(self, job: jobs.Job) -> jobs.Course:
        # Whoever changed the record meanwhile has touched it too, or cleared it: the results in hand are worth more
        # than another attempt, which might fail.
        current = await self._store.get(self._key(job.uuid))
        return jobs.course(job) if current is None else self._records.read(current)

    async def _swap(self, raw: bytes, job: jobs.Job) -> bool:
        return await self._store.swap(self._key(job.uuid), raw, encode(job), self._ttl(job))

    def _ttl(self, job: jobs.Job) -> float:
        return max(0.0, jobs.expires(job) - self._now()) + _SLACK

    def _key(self, job_id: str) -> str:
        return f"{self._prefix}{job_id}"

    def _counter(self, job_id: str) -> str:
        return f"{self._prefix}{job_id}#popped"


def _view(course: jobs.Course, now: float, handed_out: int) -> JobView:
    reached, made = course.state(now), course.inferred(now)
    return JobView(course.job, reached, made, handed_out, jobs.is_over(reached, made, handed_out))


def _cleared(job: jobs.Job) -> bool:
    return job.cleared is not None or job.retired is not None
