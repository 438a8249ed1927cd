"""A job over a video: every frame that was asked for comes once, in order, and then it ends."""

from collections.abc import Sequence
from typing import Any

from modeldouble_contract.finding import not_checked
from modeldouble_contract.fixtures import Start
from modeldouble_contract.job import Drained, Job, Video
from modeldouble_contract.judge import Judge
from modeldouble_contract.judging import frames_are, judge_objects, judge_size
from modeldouble_contract.level import must
from modeldouble_contract.likeness import likeness
from modeldouble_contract.objects import Meta, objects_of
from modeldouble_contract.target import Target

_LIFE = "lifecycle.yaml"
_PAUSE = 0.02


def _frames(video: Video) -> int:
    if not video.frames or video.frames < 4:
        not_checked(f"a job over the whole video announces {video.frames} frames", "bring a video of 8 frames at least")
    return video.frames


def judge_frames(judge: Judge, drained: Drained, expected: Sequence[int], code: str, job: Job, **facts: Any) -> bool:
    """Exactly these frames came, in this order."""
    found = [one["frame_index"] for one in drained.results if one.get("frame_index") is not None]
    numbered = len(found) == len(drained.results)
    got = f"frames {found}" if numbered else f"{len(drained.results)} results, of which {len(found)} tell their frame"
    if drained.last.get("exception"):
        got += f", and an exception: {str(drained.last['exception'])[:300]}"
    return judge.require(
        frames_are(judge, drained.results, expected), code, got=got, at=job.last, place=_LIFE,
        expected=f"frames {list(expected)}, each once and in this order",
        frames=found if numbered else len(drained.results), **facts,
    )  # fmt: skip


@must(asks=8)
def test_frames_come_once_and_in_order_from_where_they_were_asked(
    judge: Judge, start: Start, meta: Meta, video: Video
) -> None:
    begin = min(3, _frames(video) // 2)
    count = min(8, _frames(video) - begin)
    job = start(startFrameIndex=begin, framesCount=count)
    drained = job.drain()
    judge_frames(judge, drained, range(begin, begin + count), "job.frames", job)
    for prediction in drained.results:
        judge_objects(judge, job.last, prediction, meta)
        if video.size is not None:
            judge_size(judge, job.last, prediction, video.size)


def judge_progress(judge: Judge, job: Job, total: int, before: dict[str, Any], now: dict[str, Any]) -> None:
    """From one poll to the next: within the total, which is `total`, or 1 until it is known, and never back."""
    told = {"current": now["current"], "total": now["total"]}
    judge.require(
        now["current"] <= now["total"] and now["total"] in (1, total), "progress.within", at=job.last, place=_LIFE,
        expected=f"current <= total, and a total of {total}, or 1 until it is known", got=str(now),
        in_status=now.get("status"), **told,
    )  # fmt: skip
    judge.require(
        now["current"] >= before["current"], "progress.grows", expected=f"a current of at least {before['current']}",
        got=str(now), at=job.last, place=_LIFE, in_status=before.get("status"), **told,
    )  # fmt: skip


@must(asks=6)
def test_progress_only_grows_and_ends_at_the_total(judge: Judge, start: Start, video: Video) -> None:
    total = min(6, _frames(video))
    job = start(startFrameIndex=0, framesCount=total)
    steps = job.drain().progress
    for before, now in zip([{"current": 0}, *steps], steps, strict=False):
        judge_progress(judge, job, total, before, now)
    end = steps[-1]
    judge.require(
        end["current"] == end["total"] == total, "progress.end", expected=f"{total} of {total}", got=str(end),
        at=job.last, place=_LIFE,
    )  # fmt: skip


@must(asks=6)
def test_polls_show_a_progress_that_only_grows(judge: Judge, start: Start, target: Target, video: Video) -> None:
    total = min(6, _frames(video))
    job, before, popped = start(startFrameIndex=0, framesCount=total, batch_size=1), {"current": 0}, 0
    end = target.clock() + min(target.patience, target.left)
    while popped < total and target.clock() < end:
        now = job.poll()["progress"]
        judge_progress(judge, job, total, before, now)
        before = max(before, now, key=lambda one: one["current"])
        popped += len(job.pop()["pending_results"])
        target.sleep(_PAUSE)


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
def test_a_job_goes_backward_when_asked(judge: Judge, start: Start, video: Video) -> None:
    if _frames(video) < 8:
        not_checked(f"the video has {_frames(video)} frames only", "bring one of 8 at least")
    job = start(startFrameIndex=5, framesCount=3, framesDirection="backward")
    judge_frames(judge, job.drain(), [5, 4, 3], "video.backward", job)


@must(asks=10)
def test_a_range_ends_with_the_video(judge: Judge, start: Start, video: Video) -> None:
    begin = _frames(video) - 2
    job = start(startFrameIndex=begin, framesCount=10)
    drained = job.drain(code="video.past-the-end-ends")
    judge_frames(judge, drained, [begin, begin + 1], "video.past-the-end", job)


@must(asks=7)
def test_a_frame_gets_alone_what_it_gets_in_a_longer_range(
    judge: Judge, start: Start, video: Video, sure: float
) -> None:
    last = min(5, _frames(video)) - 1
    longer = start(startFrameIndex=0, framesCount=last + 1)
    whole = longer.drain()
    later = start(startFrameIndex=last, framesCount=1)
    alone = later.drain()
    judge_frames(judge, whole, range(last + 1), "job.frames", longer)
    judge_frames(judge, alone, [last], "job.one-frame", later)
    first, there, seen = (objects_of(one) for one in (whole.results[0], whole.results[last], alone.results[0]))
    if not seen:
        not_checked("no object was seen on the video", "bring a video with objects with --video or --video-id")
    alike, other = likeness(there, seen, sure), likeness(first, seen, sure)
    judge.require(
        alike >= 0.5 or other <= alike, "job.frame-offset", at=later.last,
        expected=f"for frame {last} alone what frame {last} of a longer range gave", got="what frame 0 gave",
    )  # fmt: skip


@must(asks=10)
def test_two_jobs_at_once_do_not_mix(judge: Judge, start: Start, video: Video) -> None:
    begin = _frames(video) // 2
    count = min(5, begin)
    one, other = start(startFrameIndex=0, framesCount=count), start(startFrameIndex=begin, framesCount=count)
    judge.require(
        one.uuid != other.uuid, "job.uuid-own", expected="a uuid for each job", got=f"{one.uuid} twice", place=_LIFE
    )
    second, first = other.drain(), one.drain()
    judge_frames(judge, first, range(count), "job.mixed", one)
    judge_frames(judge, second, range(begin, begin + count), "job.mixed", other)
