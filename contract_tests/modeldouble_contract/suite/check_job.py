"""A job over a video: every frame that was asked for comes once, in order, and then it ends."""

from collections.abc import Sequence
from typing import Any

from modeldouble_contract.finding import not_checked
from modeldouble_contract.fixtures import Start
from modeldouble_contract.job import Drained, Job, Video
from modeldouble_contract.judge import Judge
from modeldouble_contract.judging import judge_objects, judge_size
from modeldouble_contract.level import must
from modeldouble_contract.likeness import likeness
from modeldouble_contract.objects import Meta, objects_of
from modeldouble_contract.target import Target

_LIFE = "lifecycle.yaml"


def judge_frames(judge: Judge, drained: Drained, expected: Sequence[int], code: str, job: Job, **facts: Any) -> bool:
    """Exactly these frames came, in this order."""
    found = [one["frame_index"] for one in drained.results if one.get("frame_index") is not None]
    numbered = len(found) == len(drained.results)
    holds = found == list(expected) if numbered else len(drained.results) == len(expected)
    got = f"{found}" if numbered else f"{len(drained.results)} results"
    return judge.require(
        holds, code, expected=f"frames {list(expected)}, each once and in order", got=got, at=job.last, place=_LIFE,
        ended_in=drained.last.get("stage"), frames=len(drained.results), **facts,
    )  # fmt: skip


@must(asks=8)
def test_frames_come_once_and_in_order_from_where_they_were_asked(
    judge: Judge, start: Start, meta: Meta, video: Video
) -> None:
    job = start(startFrameIndex=3, framesCount=8)
    drained = job.drain()
    judge_frames(judge, drained, range(3, 11), "job.frames", job)
    for prediction in drained.results:
        judge_objects(judge, job.last, prediction, meta)
        if video.size is not None:
            judge_size(judge, job.last, prediction, video.size)


@must(asks=6)
def test_progress_only_grows_and_ends_at_the_total(judge: Judge, start: Start) -> None:
    job = start(startFrameIndex=0, framesCount=6)
    drained = job.drain()
    counts = [(one["current"], one["total"]) for one in drained.progress]
    judge.require(
        all(current <= total for current, total in counts), "progress.within", expected="current <= total",
        got=str(counts), at=job.last, place=_LIFE,
    )  # fmt: skip
    judge.require(
        [current for current, _ in counts] == sorted(current for current, _ in counts), "progress.grows",
        expected="a current that never goes back", got=str(counts), at=job.last, place=_LIFE,
    )  # fmt: skip
    judge.require(
        counts[-1] == (6, 6), "progress.end", expected="6 of 6", got="{} of {}".format(*counts[-1]), at=job.last,
        place=_LIFE,
    )  # fmt: skip


@must(asks=6)
def test_polls_show_a_progress_that_only_grows(judge: Judge, start: Start, target: Target) -> None:
    job, polls = start(startFrameIndex=0, framesCount=6, batch_size=1), []
    end = target.clock() + min(target.patience, target.left)
    while target.clock() < end:
        polls.append(job.poll())
        progress = polls[-1]["progress"]
        judge.require(
            progress["total"] in (1, 6) and progress["current"] <= progress["total"], "progress.within",
            expected="current <= total, and total 6 once it is known", got=str(progress), at=job.last, place=_LIFE,
        )  # fmt: skip
        if job.pop()["pending_results"] and len(polls) > 3:
            break
        target.sleep(0.02)
    counts = [one["progress"]["current"] for one in polls]
    judge.require(
        counts == sorted(counts), "progress.grows", expected="a current that never goes back", got=str(counts),
        at=job.last, place=_LIFE, current=counts[-1], total=polls[-1]["progress"]["total"],
    )  # fmt: skip


@must(asks=4)
def test_what_was_popped_does_not_come_again(judge: Judge, start: Start) -> None:
    job = start(startFrameIndex=0, framesCount=4)
    job.drain()
    for _ in range(2):
        again = job.pop()["pending_results"]
        judge.require(
            again == [], "job.pop-empties", expected="no result twice", got=f"{len(again)} results again", at=job.last,
            place=_LIFE,
        )  # fmt: skip


@must(asks=3)
def test_a_job_that_ended_says_so_on_every_route(judge: Judge, start: Start, routes: frozenset[str]) -> None:
    job = start(startFrameIndex=0, framesCount=3)
    job.drain()
    for route in ("get_inference_progress", "get_inference_status"):
        if route in routes:
            found = job.poll(route)
            judge.require(
                found["is_inferring"] is False and found.get("finished", True) is True and not found.get("exception"),
                "job.ended", expected="is_inferring false, finished true, no exception", at=job.last, place=_LIFE,
                got=str({key: found.get(key) for key in ("is_inferring", "finished", "exception", "stage")}),
            )  # fmt: skip
    for route in ("get_preparing_progress", "get_inference_result"):
        if route in routes:
            judge.shape(job.call(route))


@must(asks=1)
def test_a_job_of_one_frame_gives_one(judge: Judge, start: Start) -> None:
    job = start(startFrameIndex=2, framesCount=1)
    judge_frames(judge, job.drain(), [2], "job.one-frame", job)


@must(asks=3)
def test_a_job_goes_backward_when_asked(judge: Judge, start: Start) -> None:
    job = start(startFrameIndex=5, framesCount=3, framesDirection="backward")
    judge_frames(judge, job.drain(), [5, 4, 3], "job.backward", job)


@must(asks=10)
def test_a_range_ends_with_the_video(judge: Judge, start: Start, video: Video) -> None:
    if video.frames is None:
        not_checked("how many frames the video has is not known", "leave --video and --video-id out for the suite's own")
    begin = video.frames - 2
    job = start(startFrameIndex=begin, framesCount=10)
    judge_frames(judge, job.drain(), [begin, begin + 1], "job.range-clipped", job)


@must(asks=7)
def test_frame_numbers_name_what_was_inferred(judge: Judge, start: Start) -> None:
    whole = start(startFrameIndex=0, framesCount=5).drain().results
    later = start(startFrameIndex=4, framesCount=1)
    [alone] = later.drain().results or [None]
    if alone is None or not objects_of(alone):
        not_checked("no object was seen on the video", "bring a video with objects with --video or --video-id")
    first, fifth, seen = objects_of(whole[0]), objects_of(whole[4]), objects_of(alone)
    judge.require(
        likeness(fifth, seen) >= 0.5 or likeness(first, seen) <= likeness(fifth, seen), "job.frame-offset",
        expected="for frame 4 alone what frame 4 of a longer range gave", got="what frame 0 gave", at=later.last,
    )  # fmt: skip


@must(asks=10)
def test_two_jobs_at_once_do_not_mix(judge: Judge, start: Start) -> None:
    one, other = start(startFrameIndex=0, framesCount=5), start(startFrameIndex=10, framesCount=5)
    judge.require(
        one.uuid != other.uuid, "job.uuid-own", expected="a uuid for each job", got=f"{one.uuid} twice", place=_LIFE
    )
    second, first = other.drain(), one.drain()
    judge_frames(judge, first, range(5), "job.mixed", one)
    judge_frames(judge, second, range(10, 15), "job.mixed", other)
