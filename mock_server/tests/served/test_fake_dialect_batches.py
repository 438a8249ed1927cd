"""Batches in dialects: how many together, and under which names their ids come."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from modeldouble_server.default_world import PICTURES_PROJECT_ID, VIDEO_ID, VIDEOS_PROJECT_ID

if TYPE_CHECKING:
    from tests.served.conftest import Caller, Start

UNLIMITED, COUNTED, ASKED = "6.73.185", "6.73.357", "6.74.51"
RIDER, ORANGE = 171250, 17551748
BATCH, IDS, IDS_JOB = "inference_batch", "inference_batch_ids", "inference_batch_ids_async"
TEXT = "Batch size should be less than or equal to 1 for this model."


def limited(start: Start, dialect: str | None) -> Caller:
    """A model that takes one picture at once."""
    fake = start(dialect=dialect)
    model = fake.server.fake.root_model
    assert model is not None
    model.spec = model.spec._replace(max_batch_size=1)
    return fake


@pytest.mark.parametrize(
    ("dialect", "files", "ids"),
    [
        (None, 400, 200), (UNLIMITED, 200, 200), ("6.73.186", 400, 400), (COUNTED, 400, 400), ("6.73.358", 200, 200),
        (ASKED, 200, 200),
    ],
)  # fmt: skip
def test_what_comes_at_once_is_counted_in_some_releases(
    start: Start, png: Callable[..., bytes], dialect: str | None, files: int, ids: int
) -> None:
    fake = limited(start, dialect)
    two = [png(color=color) for color in range(2)]
    assert fake.upload(BATCH, *two).status_code == files
    assert fake.post(IDS, batch_ids=[RIDER, ORANGE]).status_code == ids


@pytest.mark.parametrize(
    ("dialect", "status", "at_once"),
    [(None, 400, 400), (UNLIMITED, 200, 200), ("6.73.186", 400, 200), (COUNTED, 400, 200), ("6.73.358", 400, 400)],
)
def test_the_batch_size_is_compared_with_the_largest_since_6_73_186(
    start: Start, rider: bytes, dialect: str | None, status: int, at_once: int
) -> None:
    fake = limited(start, dialect)
    for route, state in (
        (IDS_JOB, {"images_ids": [RIDER]}), ("inference_video_id_async", {"videoId": VIDEO_ID}),
        ("inference_video_id", {"videoId": VIDEO_ID}),
        ("inference_project_id_async", {"projectId": PICTURES_PROJECT_ID}),
    ):  # fmt: skip
        assert fake.post(route, {**state, "batch_size": 2}).status_code == status
    for route, state in ((IDS, {"batch_ids": [RIDER]}), ("inference_image_id_async", {"image_id": RIDER})):
        assert fake.post(route, {**state, "batch_size": 2}).status_code == at_once
    assert fake.upload(BATCH, rider, batch_size=2).status_code == at_once


def test_a_batch_that_is_too_large_is_told_as_the_release_tells_it(start: Start) -> None:
    old = limited(start, COUNTED).post(IDS, batch_ids=[RIDER, ORANGE])
    assert old.json() == {"message": TEXT, "success": False}
    new = limited(start, ASKED).post(IDS, batch_ids=[RIDER], batch_size=2)
    assert new.json() == {"detail": TEXT, "success": False, "message": TEXT}


@pytest.mark.parametrize(("dialect", "status"), [("6.73.185", 200), ("6.73.186", 200), (COUNTED, 200), (ASKED, 500)])
def test_a_batch_of_ids_does_not_read_its_size_before_the_rewrite(start: Start, dialect: str, status: int) -> None:
    fake = start(dialect=dialect)
    assert fake.post(IDS, batch_ids=[RIDER], batch_size=0).status_code == status


@pytest.mark.parametrize(("dialect", "status"), [("6.73.185", 200), ("6.73.186", 500), (ASKED, 200)])
def test_a_wrong_batch_size_of_a_video_fails_since_6_73_186(start: Start, dialect: str, status: int) -> None:
    answer = start(dialect=dialect).post("inference_video_id", videoId=VIDEO_ID, framesCount=2, batch_size=0)
    assert answer.status_code == status
    assert len(answer.json()["ann"] if status == 200 else []) == (2 if dialect == "6.73.185" else 0)


@pytest.mark.parametrize(
    ("dialect", "route", "name", "status"),
    [
        (None, IDS, "images_ids", 200), (None, IDS_JOB, "batch_ids", 200), ("6.73.172", IDS, "batch_ids", 200),
        ("6.73.173", IDS, "images_ids", 500), ("6.73.173", IDS, "batch_ids", 200),
        (COUNTED, IDS, "images_ids", 500), (COUNTED, IDS_JOB, "batch_ids", 500), (COUNTED, IDS_JOB, "images_ids", 200),
        (COUNTED, IDS_JOB, "image_id", 500), ("6.73.358", IDS, "images_ids", 200), (ASKED, IDS_JOB, "batch_ids", 200),
    ],
)  # fmt: skip
def test_ids_came_under_one_name_for_a_while(
    start: Start, dialect: str | None, route: str, name: str, status: int
) -> None:
    assert start(dialect=dialect).post(route, {name: [RIDER]}).status_code == status


def test_ids_of_a_wrong_type_fail_in_the_job(start: Start) -> None:
    fake = start(dialect=COUNTED)
    uuid = fake.start(IDS_JOB, images_ids="all")
    assert "images_ids" in fake.poll("get_inference_progress", uuid)["exception"]


@pytest.mark.parametrize(
    ("dialect", "route", "status"),
    [
        ("6.73.173", IDS_JOB, 500), (COUNTED, IDS_JOB, 500), ("6.73.358", IDS_JOB, 400),
        ("6.73.185", "inference_video_id_async", 200), ("6.73.186", "inference_video_id_async", 500),
        (COUNTED, "inference_video_id_async", 500), ("6.73.358", "inference_video_id_async", 400),
    ],
)  # fmt: skip
def test_a_start_without_a_state_fails_at_once_or_in_the_job(
    start: Start, dialect: str, route: str, status: int
) -> None:
    assert start(dialect=dialect).send("POST", route, json={"context": {}}).status_code == status


@pytest.mark.parametrize(
    ("dialect", "more"),
    [("6.73.173", {"image_id", "image_name", "dataset_id"}), (COUNTED, {"image_id", "image_name", "dataset_id"})],
)
def test_a_prediction_by_ids_says_of_which_picture_it_is(start: Start, dialect: str, more: set[str]) -> None:
    fake = start(dialect=dialect)
    uuid = fake.start(IDS_JOB, images_ids=[RIDER])
    fake.clock.advance(1.0)
    [found] = fake.poll("pop_inference_results", uuid)["pending_results"]
    assert set(found) == {"annotation", "data"} | more
    assert (found["image_id"], found["image_name"]) == (RIDER, "171250.jpg")


def test_a_prediction_by_ids_has_no_image_name_since_the_rewrite(start: Start) -> None:
    for dialect, there in ((None, True), (ASKED, False)):
        fake = start(dialect=dialect)
        uuid = fake.start(IDS_JOB, images_ids=[RIDER])
        fake.clock.advance(1.0)
        [found] = fake.poll("pop_inference_results", uuid)["pending_results"]
        assert ("image_name" in found) is there
        assert found["dataset_id"] is not None


@pytest.mark.parametrize(
    ("dialect", "status"), [("6.73.185", 200), ("6.73.186", 500), ("6.73.211", 500), ("6.73.212", 200), (None, 200)]
)
def test_a_batch_size_that_is_null_fails_for_a_while(start: Start, dialect: str | None, status: int) -> None:
    state = {"videoId": VIDEO_ID, "framesCount": 2}
    assert start(dialect=dialect).post("inference_video_id", state, batch_size=None).status_code == status
    assert start(dialect=dialect).post("inference_video_id", state).status_code == 200


@pytest.mark.parametrize(("dialect", "fails"), [(None, False), ("6.73.358", True), (ASKED, True)])
def test_a_job_over_a_project_of_videos_fails_since_the_rewrite(start: Start, dialect: str | None, fails: bool) -> None:
    fake = start(dialect=dialect)
    uuid = fake.start("inference_project_id_async", projectId=VIDEOS_PROJECT_ID)
    told = fake.poll("get_inference_progress", uuid)
    assert (told["stage"] == "Error", "Only images" in str(told["exception"])) == (fails, fails)


@pytest.mark.parametrize(("dialect", "status"), [(None, 200), ("6.73.100", 500), (COUNTED, 500), ("6.73.358", 200)])
def test_a_project_of_videos_fails_the_start_until_the_rewrite(start: Start, dialect: str | None, status: int) -> None:
    fake = start(dialect=dialect)
    assert fake.post("inference_project_id_async", projectId=VIDEOS_PROJECT_ID).status_code == status
    assert fake.post("inference_project_id_async", projectId=PICTURES_PROJECT_ID).status_code == 200


@pytest.mark.parametrize(("dialect", "inferred"), [(UNLIMITED, 0), ("6.73.186", 2)])
def test_frames_come_in_the_largest_batch_since_6_73_186(start: Start, dialect: str, inferred: int) -> None:
    fake = limited(start, dialect)
    uuid = fake.start("inference_video_id_async", videoId=VIDEO_ID, framesCount=10)
    fake.clock.advance(0.05)
    assert fake.poll("pop_inference_results", uuid)["progress"]["current"] == inferred


@pytest.mark.parametrize(("dialect", "status"), [(UNLIMITED, 200), ("6.73.186", 400), (None, 400)])
def test_a_speed_test_knows_the_largest_batch_since_6_73_186(start: Start, dialect: str | None, status: int) -> None:
    fake = limited(start, dialect)
    model = fake.server.fake.root_model
    assert model is not None
    model.spec = model.spec._replace(info={**model.spec.info, "batch_inference_support": True})
    state = {"projectId": PICTURES_PROJECT_ID, "batch_size": 2, "num_iterations": 1, "num_warmup": 0}
    assert fake.post("run_speedtest", state).status_code == status
