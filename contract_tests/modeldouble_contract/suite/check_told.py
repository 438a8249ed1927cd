"""What a job's polls tell beside its results: they agree with each other and with what comes."""

from typing import Any

from modeldouble_contract.fixtures import Start
from modeldouble_contract.job import Job
from modeldouble_contract.judge import Judge
from modeldouble_contract.level import must
from modeldouble_contract.truth import Release

_LIFE = "lifecycle.yaml"
_FRAMES = 3
_ONE_PROGRESS = Release.parse("6.73.358")
"""Before, get_preparing_progress counted the bytes of a download."""


def _require(judge: Judge, job: Job, holds: bool, code: str, expected: str, poll: dict[str, Any], *keys: str) -> None:
    got = str({key: poll.get(key) for key in keys})
    facts = {key: poll.get(key) for key in keys}
    judge.require(holds, code, expected=expected, got=got, at=job.last, place=_LIFE, **facts)


@must(asks=_FRAMES)
def test_polls_name_the_job_that_they_are_about_and_no_failure(
    judge: Judge, start: Start, routes: frozenset[str]
) -> None:
    job = start(startFrameIndex=0, framesCount=_FRAMES)
    polls = [job.poll(), job.pop(), job.drain().last, job.poll()]
    polls += [job.poll(route) for route in ("get_inference_status",) if route in routes]
    for poll in polls:
        _require(judge, job, poll.get("uuid", job.uuid) == job.uuid, "job.uuid", f"uuid {job.uuid}", poll, "uuid")
        _require(judge, job, not poll.get("exception"), "job.exception", "no exception", poll, "exception")


@must(asks=_FRAMES)
def test_as_many_results_wait_as_a_poll_counts(judge: Judge, start: Start) -> None:
    job, popped = start(startFrameIndex=0, framesCount=_FRAMES), 0
    for _ in range(_FRAMES):
        counted = job.poll()
        promised = counted["pending_results"]
        found = job.pop()
        if isinstance(promised, int):
            came = len(found["pending_results"])
            told = f"at least {promised} results in the next pop, {_FRAMES} in all"
            within = came >= promised and popped + promised <= _FRAMES
            judge.require(within, "job.pending", expected=told, got=f"{came}", at=job.last, place=_LIFE)
        popped += len(found["pending_results"])
    rest = job.drain()
    left = job.poll()["pending_results"]
    judge.require(
        left in (0, []), "job.pending", expected="nothing that waits after the last result", got=str(left), at=job.last,
        place=_LIFE,
    )  # fmt: skip
    judge.require(
        popped + len(rest.results) == _FRAMES, "job.frames", expected=f"{_FRAMES} frames in all",
        got=str(popped + len(rest.results)), at=job.last, place=_LIFE,
    )  # fmt: skip


@must(asks=_FRAMES)
def test_a_job_that_ended_well_has_a_result_and_says_finished(judge: Judge, start: Start) -> None:
    job = start(startFrameIndex=0, framesCount=_FRAMES)
    last = job.drain().last
    _require(judge, job, bool(last.get("result", True)), "job.result", "a true result", last, "result")
    _require(judge, job, last.get("stage", "Finished") == "Finished", "job.stage", "stage Finished", last, "stage")
    cancelled = last["cancel_inference"] or last.get("stopped", False)
    _require(judge, job, not cancelled, "job.stopped", "no word of a stop", last, "cancel_inference", "stopped")


@must(asks=_FRAMES)
def test_the_status_of_a_job_that_ended_counts_all_its_frames(
    judge: Judge, start: Start, routes: frozenset[str]
) -> None:
    job = start(startFrameIndex=0, framesCount=_FRAMES)
    job.drain()
    counting = judge.release is None or judge.release >= _ONE_PROGRESS
    for route in ("get_inference_status", "get_preparing_progress") if counting else ():
        if route in routes:
            found = job.poll(route)
            progress = found.get("progress", found)
            counted = (progress["current"], progress["total"]) == (_FRAMES, _FRAMES)
            told = f"{_FRAMES} of {_FRAMES}"
            _require(judge, job, counted, f"progress.{route}", told, progress, "current", "total")
