"""Pictures and videos of the target's platform, by id: for ids that the author brought."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from modeldouble_contract.finding import not_checked
from modeldouble_contract.job import Job, started
from modeldouble_contract.judge import Judge
from modeldouble_contract.judging import frames_are, judge_objects, judge_size
from modeldouble_contract.level import must
from modeldouble_contract.objects import Meta
from modeldouble_contract.plan import Plan
from modeldouble_contract.platform import image_size
from modeldouble_contract.target import Target

_UNKNOWN = 2_000_000_111
_FRAMES = 5


class Known:
    """Pictures of the platform with their sizes (width, height), where the platform could be asked."""

    def __init__(self, ids: Sequence[int], sizes: Mapping[int, tuple[int, int]], settings: Mapping[str, Any]) -> None:
        self.ids, self.sizes, self.settings = list(ids), dict(sizes), dict(settings)

    def judge(self, judge: Judge, job_or_at: Any, prediction: dict[str, Any], image_id: int, meta: Meta) -> None:
        """The prediction is of this picture."""
        judge_objects(judge, job_or_at, prediction, meta)
        told = prediction.get("image_id")
        judge.require(
            told in (None, image_id), "ids.image-id", expected=f"image_id {image_id}", got=str(told), at=job_or_at
        )
        if image_id in self.sizes:
            judge_size(judge, job_or_at, prediction, self.sizes[image_id])


@pytest.fixture(scope="session")
def known(plan: Plan, settings: Mapping[str, Any]) -> Known:
    """The author's picture ids, and what the platform says of their sizes."""
    if not plan.image_id:
        not_checked("no ids of pictures were given", "give some with --image-id")
    if plan.server_address is None or plan.api_token is None:
        return Known(plan.image_id, {}, settings)
    sizes = {one: image_size(plan.server_address, plan.api_token, one) for one in plan.image_id}
    return Known(plan.image_id, sizes, settings)


@must(asks=4)
def test_a_picture_by_id_has_its_size(target: Target, judge: Judge, known: Known, meta: Meta) -> None:
    for image_id in known.ids[:4]:
        at = target.post("inference_image_id", {"image_id": image_id, "settings": known.settings})
        known.judge(judge, at, judge.shape(at), image_id, meta)


@must(asks=4)
def test_pictures_by_id_come_in_the_order_of_the_ids(target: Target, judge: Judge, known: Known, meta: Meta) -> None:
    _batch(target, judge, known, known.ids[:4][::-1], meta, "status.inference_batch_ids")


@must(asks=3)
def test_an_id_that_comes_twice_is_answered_twice(target: Target, judge: Judge, known: Known, meta: Meta) -> None:
    _batch(target, judge, known, [*known.ids[:2], known.ids[0]], meta, "ids.twice")


def _batch(target: Target, judge: Judge, known: Known, ids: list[int], meta: Meta, code: str) -> None:
    at = target.post("inference_batch_ids", {"batch_ids": ids, "settings": known.settings})
    if not judge.status(at, 200, code=code):
        return
    found = judge.shape(at)
    judge.require(
        len(found) == len(ids), "batch.number", expected=f"{len(ids)} predictions", got=str(len(found)), at=at
    )
    for image_id, prediction in zip(ids, found, strict=False):
        known.judge(judge, at, prediction, image_id, meta)


@must(asks=8)
@pytest.mark.parametrize(
    ("route", "key"), [("inference_image_id_async", "image_id"), ("inference_batch_ids_async", "images_ids")]
)
def test_a_job_over_ids_answers_each(
    target: Target, judge: Judge, known: Known, meta: Meta, info: Mapping[str, Any], routes: frozenset[str],
    jobs: list[Job], route: str, key: str,
) -> None:  # fmt: skip
    _can_do_jobs(route, routes, info)
    ids = known.ids[:1] if key == "image_id" else known.ids[:4]
    state = {key: ids[0] if key == "image_id" else ids, "settings": known.settings}
    jobs.append(started(target, judge, target.post(route, state)))
    job = jobs[-1]
    found = job.drain().results
    judge.require(
        len(found) == len(ids), "ids.job", expected=f"{len(ids)} predictions", got=str(len(found)), at=job.last,
        start=route, count=len(found),
    )  # fmt: skip
    # A job may answer in any order, as it downloads in any; its predictions name their pictures since 6.73.358.
    named = all(isinstance(one.get("image_id"), int) for one in found)
    ordered = (
        sorted(found, key=lambda one: ids.index(one["image_id"]) if one["image_id"] in ids else -1) if named else found
    )
    for image_id, prediction in zip(ids, ordered, strict=False):
        known.judge(judge, job.last, prediction, image_id, meta)


@must()
def test_an_unknown_picture_is_not_found(target: Target, judge: Judge, known: Known) -> None:
    judge.refused(target.post("inference_image_id", {"image_id": _UNKNOWN}), "id.unknown", 404)
    judge.refused(target.post("inference_batch_ids", {"batch_ids": [known.ids[0], _UNKNOWN]}), "id.unknown", 404)


@must()
def test_a_job_over_an_unknown_picture_fails_and_says_why(
    target: Target, judge: Judge, known: Known, info: Mapping[str, Any], routes: frozenset[str], jobs: list[Job]
) -> None:
    _can_do_jobs("inference_image_id_async", routes, info)
    jobs.append(started(target, judge, target.post("inference_image_id_async", {"image_id": _UNKNOWN})))
    _fails(judge, jobs[-1])


@must()
def test_a_job_over_an_unknown_video_fails_and_says_why(
    target: Target, judge: Judge, video_id: int, jobs: list[Job]
) -> None:
    at = target.post("inference_video_id_async", {"videoId": _UNKNOWN, "framesCount": 1})
    jobs.append(started(target, judge, at))
    _fails(judge, jobs[-1])


@must(asks=4)
def test_a_video_at_once_gives_the_frames_that_were_asked_for(
    target: Target, judge: Judge, meta: Meta, video_id: int, settings: Mapping[str, Any]
) -> None:
    state = {"videoId": video_id, "startFrameIndex": 1, "framesCount": 4, "settings": dict(settings)}
    at = target.post("inference_video_id", state)
    found = (judge.shape(at) or {"ann": []})["ann"]
    frames = [one.get("frame_index") for one in found]
    judge.require(
        frames_are(judge, found, range(1, _FRAMES)), "video.frames", expected="frames 1 to 4, in this order",
        got=f"frames {frames}", at=at,
    )  # fmt: skip
    for prediction in found:
        judge_objects(judge, at, prediction, meta)


@must()
def test_an_unknown_video_is_not_found(target: Target, judge: Judge, video_id: int) -> None:
    at = target.post("inference_video_id", {"videoId": _UNKNOWN, "framesCount": 1})
    judge.refused(at, "video.unknown-id", 404)


def _fails(judge: Judge, job: Job) -> None:
    drained = job.drain()
    told = drained.last.get("exception")
    judge.require(
        bool(told) and not drained.results, "job.failed", expected="no results, and an exception that says why",
        got=f"{len(drained.results)} results, exception {told!r}", at=job.last, place="lifecycle.yaml",
        exception=told,
    )  # fmt: skip


def _can_do_jobs(route: str, routes: frozenset[str], info: Mapping[str, Any]) -> None:
    if info.get("async_image_inference_support") is False:
        not_checked("async_image_inference_support is declared false", "declare it once the app can do it")
    if route not in routes:
        not_checked(f"the target has no {route}", "nothing to do for its release")
