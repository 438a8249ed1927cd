"""Keys of answers in dialects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from modeldouble_server.default_world import PICTURES_PROJECT_ID, VIDEO_ID

if TYPE_CHECKING:
    from tests.served.conftest import Start

OLD, MIDDLE, NEW = "6.69.57", "6.73.100", "6.74.51"
RIDER = 171250
ORIGIN = {"source", "name", "path", "url", "project_id", "dataset_id", "image_id", "video_id", "frame_index"}
BARE = {"annotation", "data"}
BATCHES = {"batch_inference_support", "max_batch_size"}
VIDEO, FILE, POP = "inference_video_id", "inference_image", "pop_inference_results"


@pytest.mark.parametrize(
    ("dialect", "keys"),
    [
        (None, BARE | ORIGIN | {"slides_data", "image_name"}),
        (NEW, BARE | ORIGIN | {"slides_data"}),
        (MIDDLE, BARE),
        (OLD, BARE),
    ],
)
def test_a_prediction_has_the_keys_of_the_release(
    start: Start, dialect: str | None, keys: set[str], rider: bytes
) -> None:
    fake = start(dialect=dialect)
    assert set(fake.ask("inference_image_id", image_id=RIDER)) == keys
    assert set(fake.upload(FILE, rider).json()) == keys
    assert set(fake.ask(VIDEO, videoId=VIDEO_ID, framesCount=1)["ann"][0]) == keys


@pytest.mark.parametrize(
    ("dialect", "keys"),
    [
        (NEW, BARE | ORIGIN | {"slides_data", "image_name"}),
        (MIDDLE, BARE | {"image_id", "image_name", "dataset_id"}),
    ],
)
def test_a_prediction_of_a_project_says_of_which_picture_it_is(start: Start, dialect: str, keys: set[str]) -> None:
    fake = start(dialect=dialect)
    uuid = fake.start("inference_project_id_async", projectId=PICTURES_PROJECT_ID)
    fake.clock.advance(1.0)
    assert [set(one) for one in fake.poll(POP, uuid)["pending_results"]] == [keys] * 4


def test_objects_say_since_6_73_440_that_a_model_made_them(start: Start) -> None:
    for dialect, there in ((None, True), ("6.73.439", False), ("6.73.440", True)):
        made = start(dialect=dialect).ask("inference_image_id", image_id=RIDER)["annotation"]["objects"]
        assert made
        assert all(({"nnCreated", "nnUpdated"} <= set(one)) is there for one in made)


def test_the_meta_has_the_keys_of_the_release(start: Start) -> None:
    for dialect, described, multiview, target in (
        (None, True, True, True), (OLD, False, False, False), ("6.72.228", False, False, False),
        ("6.72.230", False, True, False), ("6.73.1", False, True, False), ("6.73.2", True, True, False),
        ("6.73.259", True, True, False), ("6.73.260", True, True, True), (NEW, True, True, True),
    ):  # fmt: skip
        meta = start(dialect=dialect).ask("get_output_classes_and_tags")
        assert all(("description" in one) is described for one in meta["classes"])
        assert ("projectSettings" in meta, "target_type" in meta["tags"][0]) == (multiview, target)


@pytest.mark.parametrize(
    ("dialect", "lacks"),
    [
        ("6.69.56", {"tracking_on_videos_support", "async_image_inference_support", "tracking_algorithms", *BATCHES}),
        ("6.73.106", {"tracking_algorithms", *BATCHES}), ("6.73.107", BATCHES), ("6.73.185", BATCHES),
        ("6.73.186", set()), (NEW, set()),
    ],
)  # fmt: skip
def test_the_info_has_the_keys_of_the_release(start: Start, dialect: str, lacks: set[str]) -> None:
    assert lacks == set(start().ask("get_session_info")) - set(start(dialect=dialect).ask("get_session_info"))


def test_the_task_is_told_in_production_only(start: Start) -> None:
    for options, session_id, mode in (
        ({}, 27209, "development"), ({"dialect": NEW}, None, "development"),
        ({"dialect": NEW, "mode": "production"}, 27209, "production"),
    ):  # fmt: skip
        fake = start(**options)
        assert fake.ask("get_session_info")["session_id"] == session_id
        assert fake.ask("is_running")["mode"] == mode


def test_a_synchronous_video_has_a_video_annotation_since_6_73_107(start: Start) -> None:
    for dialect, keys in ((None, {"ann", "video_ann"}), ("6.73.106", {"ann"}), ("6.73.107", {"ann", "video_ann"})):
        assert set(start(dialect=dialect).ask(VIDEO, videoId=VIDEO_ID, framesCount=1)) == keys
