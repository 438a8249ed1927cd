"""Several things at once do not mix."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from modeldouble_contract.finding import not_checked
from modeldouble_contract.fixtures import Single, Start
from modeldouble_contract.job import Job, Video
from modeldouble_contract.judge import Judge
from modeldouble_contract.judging import judge_size
from modeldouble_contract.level import must
from modeldouble_contract.target import Target

_LIFE = "lifecycle.yaml"
_ROUNDS = 2


@must(asks=6)
def test_pictures_that_are_sent_at_once_get_their_own_answers(
    target: Target, judge: Judge, singles: list[Single], settings: Mapping[str, Any]
) -> None:
    some = singles[-3:] * _ROUNDS
    if len(some) * target.pace > target.patience / 2:
        not_checked(f"a picture takes {target.pace:.1f} s, and {len(some)} come at once", "give more --patience")
    state = {"settings": dict(settings)}
    with ThreadPoolExecutor(len(some)) as pool:
        asked = [pool.submit(target.form, "inference_image", [one.picture.file], state) for one in some]
    for one, answer in zip(some, asked, strict=True):
        at = answer.result()
        judge_size(judge, at, judge.shape(at), (one.picture.width, one.picture.height))


@must(asks=24)
def test_stopping_and_clearing_a_job_leaves_another_alone(
    judge: Judge, start: Start, long_video: Video, routes: frozenset[str]
) -> None:
    count = min(12, (long_video.frames or 2) // 2)
    state = {"startFrameIndex": 0, "framesCount": count, "batch_size": 1}
    other, kept = start(long_video, **state), start(long_video, **state)
    judge.shape(other.stop())
    if "clear_inference_request" in routes:
        judge.shape(other.clear())
    _whole(judge, kept, count)


def _whole(judge: Judge, job: Job, count: int) -> None:
    found = len(job.drain().results)
    judge.require(
        found == count, "job.mixed", expected=f"all {count} frames of the job that was not stopped", got=str(found),
        at=job.last, place=_LIFE,
    )  # fmt: skip
