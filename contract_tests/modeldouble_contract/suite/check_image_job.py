"""A job over pictures that were sent as files."""

from collections.abc import Mapping
from typing import Any

import pytest

from modeldouble_contract.finding import not_checked
from modeldouble_contract.fixtures import Single
from modeldouble_contract.job import Job, started
from modeldouble_contract.judge import Judge
from modeldouble_contract.judging import judge_objects, judge_size
from modeldouble_contract.level import must
from modeldouble_contract.likeness import likeness
from modeldouble_contract.objects import Meta, objects_of
from modeldouble_contract.target import Target

_ROUTE = "inference_batch_async"


@pytest.fixture
def pictures(routes: frozenset[str], info: Mapping[str, Any], singles: list[Single]) -> list[Single]:
    """Pictures for a job, if the target can do one."""
    if info.get("async_image_inference_support") is False:
        not_checked("async_image_inference_support is declared false", "declare it once the app can do it")
    if _ROUTE not in routes:
        not_checked(f"the target has no {_ROUTE}", "nothing to do for its release")
    return singles[-3:]


@must(asks=3)
def test_a_job_over_pictures_answers_each_once_and_in_order(
    target: Target, judge: Judge, pictures: list[Single], meta: Meta, settings: Mapping[str, Any], sure: float,
    jobs: list[Job],
) -> None:  # fmt: skip
    files = [one.picture.file for one in pictures]
    jobs.append(started(target, judge, target.form(_ROUTE, files, {"settings": dict(settings)})))
    job = jobs[-1]
    found = job.drain().results
    judge.require(
        len(found) == len(files), "batch.number", expected=f"{len(files)} predictions", got=str(len(found)), at=job.last
    )
    for one, prediction in zip(pictures, found, strict=False):
        judge_size(judge, job.last, prediction, (one.picture.width, one.picture.height))
        judge_objects(judge, job.last, prediction, meta)
        alike = likeness(objects_of(one.prediction), objects_of(prediction), sure)
        judge.require(
            alike >= one.stability / 2, "batch.alike", at=job.last,
            expected=f"what inference_image answered for {one.picture.file.name}", got=f"{alike:.0%} of its objects",
        )  # fmt: skip
    judge.shape(job.clear())
