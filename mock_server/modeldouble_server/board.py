"""The jobs of one model, as records in the store: started, looked at, popped, stopped, cleared."""

import json
import uuid
from collections.abc import Callable
from typing import Any, NamedTuple

from . import jobs
from .refusal import Refused
from .store import Store
from .wire import JobView

_ATTEMPTS = 50
_SLACK = 120.0


class Popped(NamedTuple):
    """What one pop hands out: results `start` to `end` (exclusive) of the job, and the job as it is afterwards."""

    start: int
    end: int
    view: JobView


class Board:
    """Jobs under one prefix of the store. `now` is the model's clock; the store's own clock only collects garbage."""

    def __init__(self, store: Store, prefix: str, now: Callable[[], float], most: int) -> None:
        self._store = store
        self._prefix = prefix
        self._now = now
        self._most = most
        self._started = 0

    async def start(self, total: int, pace: float, preparation: float, work: dict[str, Any]) -> str:
        """Begin one of `total` results, `pace` seconds each after `preparation` seconds; empty, it is over at once."""
        now = self._now()
        empty = total == 0
        return await self._create(
            jobs.Job(uuid.uuid4().hex, total, now, 0.0 if empty else preparation, 0.0 if empty else pace, work, now)
        )

    async def start_failed(self, failure: jobs.Failure) -> str:
        """Begin a job that has failed before its first result, as a start with an unknown id does on real servers."""
        now = self._now()
        return await self._create(jobs.Job(uuid.uuid4().hex, 1, now, 0.0, 1.0, {}, now, failed=now, failure=failure))

    async def look(self, job_id: str) -> JobView:
        """The job now; one that was never started, or is gone, is a 404."""
        return await self._view((await self._read(job_id))[1])

    async def pop(self, job_id: str, most: int) -> Popped:
        """Hand out the next results, at most `most`, to this caller alone."""
        raw, job = await self._read(job_id)
        ready = 0 if job.cleared is not None else jobs.inferred(job, self._now())
        # A stop may still lengthen the job's life by an hour: the counter must outlive it, or frames come twice.
        ttl = self._ttl(jobs.touch(job, self._now())) + jobs.KEPT_UNTOUCHED
        start, end = await self._store.advance(self._counter(job_id), ready, most, ttl)
        if end > start:
            job = await self._change(job_id, raw, jobs.touch)
        return Popped(start, end, await self._view(job))

    async def stop(self, job_id: str) -> JobView:
        """Infer no further frame; what was inferred stays to be popped."""
        raw, _ = await self._read(job_id)
        return await self._view(await self._change(job_id, raw, jobs.stop))

    async def clear(self, job_id: str) -> None:
        """Forget the job, in a minute; one that is not known is cleared already."""
        try:
            raw, job = await self._read(job_id)
        except Refused:
            return
        if job.cleared is None:
            await self._change(job_id, raw, jobs.clear)
            self._started -= 1

    async def _create(self, job: jobs.Job) -> str:
        if self._started >= self._most:
            self._started = await self._count_live()
        if self._started >= self._most:
            raise Refused(
                400, f"{self._started:,} jobs are live, the limit is {self._most:,}; clear those that you are done with"
            )
        await self._store.create(self._key(job.uuid), _encode(job), self._ttl(job))
        self._started += 1
        return job.uuid

    async def _count_live(self) -> int:
        now = self._now()
        records = [_decode(value) for _, value in await self._store.scan(self._prefix)]
        return sum(job.cleared is None and jobs.expires(job) > now for job in records)

    async def _read(self, job_id: str) -> tuple[bytes, jobs.Job]:
        raw = await self._store.get(self._key(job_id))
        job = None if raw is None else _decode(raw)
        if raw is None or job is None or jobs.state(job, self._now()) is jobs.State.GONE:
            remedy = "use a start's uuid; a job is forgotten a minute after clear, an hour after its last use"
            raise Refused(404, f"inference_request_uuid {job_id[:64]!r} is not known; {remedy}")
        return raw, job

    async def _change(self, job_id: str, raw: bytes, change: Callable[[jobs.Job, float], jobs.Job]) -> jobs.Job:
        for _ in range(_ATTEMPTS):
            changed = change(_decode(raw), self._now())
            if await self._store.swap(self._key(job_id), raw, _encode(changed), self._ttl(changed)):
                return changed
            raw, _ = await self._read(job_id)
        raise Refused(409, f"job {job_id} changed {_ATTEMPTS} times under this request; ask again")

    async def _view(self, job: jobs.Job) -> JobView:
        now = self._now()
        handed_out = await self._store.count(self._counter(job.uuid))
        done = jobs.inferred(job, now)
        return JobView(job, jobs.state(job, now), done, handed_out, jobs.over(job, now, handed_out))

    def _ttl(self, job: jobs.Job) -> float:
        return max(0.0, jobs.expires(job) - self._now()) + _SLACK

    def _key(self, job_id: str) -> str:
        return f"{self._prefix}{job_id}"

    def _counter(self, job_id: str) -> str:
        return f"{self._prefix}{job_id}#popped"


def _encode(job: jobs.Job) -> bytes:
    return json.dumps(job._asdict() | {"failure": job.failure and list(job.failure)}).encode()


def _decode(raw: bytes) -> jobs.Job:
    fields = json.loads(raw)
    failure = fields.pop("failure")
    return jobs.Job(**fields, failure=None if failure is None else jobs.Failure(*failure))
