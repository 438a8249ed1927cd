"""Stop keeps what was inferred and ends the job; clear ends it as well."""

from collections.abc import Mapping
from typing import Any

import pytest

from modeldouble_contract.finding import not_checked
from modeldouble_contract.fixtures import Start
from modeldouble_contract.job import BATCH, Job, Video, ended
from modeldouble_contract.judge import Judge
from modeldouble_contract.judging import frames_are
from modeldouble_contract.level import must
from modeldouble_contract.target import Target

_LIFE = "lifecycle.yaml"
_LONG = 40
_LOOKS = 10


@pytest.fixture
def job(start: Start, long_video: Video) -> Job:
    """A job that lasts a while, if the target can be given one."""
    count = min(_LONG, long_video.frames or 0)
    return start(long_video, startFrameIndex=0, framesCount=count, batch_size=1)


def _pending(poll: dict[str, Any]) -> int:
    """Results that wait to be popped; servers of 2023 give a list that is always empty."""
    found = poll["pending_results"]
    return found if isinstance(found, int) else len(found)


def _waiting(job: Job, target: Target) -> int:
    """How many results wait to be popped, once there are some, or the target does not say how many."""
    for _ in range(_LOOKS):
        ready = _pending(job.poll())
        if ready:
            return ready
        target.sleep(0.02)
    return 0


@must(asks=_LONG)
def test_stop_keeps_what_was_inferred_and_no_further_frame_comes(
    judge: Judge, job: Job, long_video: Video, target: Target
) -> None:
    early = job.drain(until=2)
    ready = _waiting(job, target)
    stopped = job.stop()
    judge.shape(stopped)
    after = job.pop()
    done = max(after["progress"]["current"], len(early.results) + len(after["pending_results"]))
    rest = job.drain()
    results = early.results + after["pending_results"] + rest.results
    frames = [one.get("frame_index") for one in results]
    if len(frames) == min(_LONG, long_video.frames or 0) <= done + BATCH:
        not_checked(f"the job of {len(frames)} frames ended before stop could act", "bring a longer video with --video")
    judge.require(
        len(frames) <= done + BATCH, "stop.ends", expected=f"at most {done + BATCH} frames, as {done} were inferred",
        got=str(len(frames)), at=stopped, place=_LIFE,
    )  # fmt: skip
    judge.require(
        len(frames) >= len(early.results) + ready, "stop.keeps", at=stopped, place=_LIFE,
        expected=f"the {len(early.results) + ready} frames that were inferred before the stop", got=str(len(frames)),
    )  # fmt: skip
    judge.require(
        frames_are(judge, results, range(len(results))), "stop.order", expected="frames from 0 on, without a gap",
        got=f"frames {frames}", at=stopped, place=_LIFE,
    )  # fmt: skip


@must(asks=_LONG)
def test_a_job_that_is_stopped_at_once_hardly_begins_and_says_so(judge: Judge, job: Job, long_video: Video) -> None:
    stopped = job.stop()
    judge.shape(stopped)
    after = job.pop()
    done = max(_inferred(after["progress"]), len(after["pending_results"]))
    rest = job.drain()
    found, came = rest.last, len(after["pending_results"]) + len(rest.results)
    judge.require(
        found["cancel_inference"] is True and found.get("stopped", True) is True, "stop.told",
        expected="cancel_inference and stopped true", at=job.last, place=_LIFE,
        got=str({key: found.get(key) for key in ("cancel_inference", "stopped", "stage")}),
    )  # fmt: skip
    if came == min(_LONG, long_video.frames or 0) <= done + BATCH:
        not_checked(f"the job of {came} frames ended before stop could act", "bring a longer video with --video")
    judge.require(
        came <= done + BATCH, "stop.ends", expected=f"at most {done + BATCH} frames, as {done} were inferred",
        got=str(came), at=stopped, place=_LIFE,
    )  # fmt: skip


def _inferred(progress: Mapping[str, Any]) -> int:
    """Frames so far; where bytes of a file are counted, which are more than frames, none yet."""
    return progress["current"] if progress["total"] <= _LONG else 0


@must(asks=_LONG)
def test_a_job_may_be_stopped_twice(judge: Judge, job: Job) -> None:
    for _ in range(2):
        judge.shape(job.stop())


@must(asks=2)
def test_a_job_that_ended_may_be_stopped(judge: Judge, start: Start) -> None:
    job = start(startFrameIndex=0, framesCount=2)
    job.drain()
    judge.shape(job.stop())


@must(asks=_LONG)
def test_a_job_that_is_cleared_ends(
    judge: Judge, job: Job, target: Target, routes: frozenset[str], long_video: Video
) -> None:
    if "clear_inference_request" not in routes:
        not_checked("the target has no clear_inference_request", "nothing to do for its release")
    before = job.pop()["pending_results"]
    cleared = job.clear()
    judge.shape(cleared)
    popped = job.call("pop_inference_results")
    if popped.status != 200:
        return
    # Counted after the clear: what a fast model infers until it hears of it is no fault.
    after = judge.shape(popped)
    done = max(after["progress"]["current"], len(before) + len(after["pending_results"]))
    if not _readable(job, judge, target):
        return
    came = len(before) + len(after["pending_results"]) + len(job.drain().results)
    if came == min(_LONG, long_video.frames or 0) <= done + BATCH:
        not_checked(f"the job of {came} frames ended before clear could act", "bring a longer video with --video")
    judge.require(
        came <= done + BATCH, "clear.ends", expected=f"at most {done + BATCH} frames, as {done} were inferred",
        got=str(came), at=cleared, place=_LIFE,
    )  # fmt: skip


def _readable(job: Job, judge: Judge, target: Target) -> bool:
    """Whether a cleared job can be asked about until it reads as ended; gone at once is right as well.

    Which refusal a uuid that is not known gets is judged elsewhere.
    """
    end = target.clock() + min(target.patience, target.left)
    while True:
        at = job.call("get_inference_progress")
        if at.status != 200:
            return False
        if ended(judge.shape(at)):
            return True
        judge.require(
            target.clock() < end, "clear.ends", expected="a job that is gone, or reads as ended", got=at.shown(), at=at,
            place=_LIFE,
        )  # fmt: skip
        target.sleep(0.1)


@must(asks=2)
def test_a_job_may_be_cleared_twice(judge: Judge, start: Start, routes: frozenset[str]) -> None:
    if "clear_inference_request" not in routes:
        not_checked("the target has no clear_inference_request", "nothing to do for its release")
    job = start(startFrameIndex=0, framesCount=2)
    job.drain()
    for again in (False, True):
        at = job.clear()
        if judge.status(at, 200, code="job.clear-unknown" if again else "job.clear"):
            judge.shape(at)
