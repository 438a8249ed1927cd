"""Predictions of a job, made from its record when they are asked for."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modeldouble_server.blobs import Blobs
from modeldouble_server.board import Board
from modeldouble_server.clock import Clock
from modeldouble_server.deployment import Deployment
from modeldouble_server.dialect import SUPERSET
from modeldouble_server.meta import Meta, of_names
from modeldouble_server.model import Model, ModelSpec
from modeldouble_server.predict.synthetic import Synthetic
from modeldouble_server.results import (
    Frames,
    Terms,
    bare_prediction,
    frame_range,
    image_prediction,
    image_query,
    video_prediction,
    video_query,
)
from modeldouble_server.scene import Origin, Query, Subject
from modeldouble_server.store.sqlite import SqliteStore
from modeldouble_server.work import Work, files_work, images_work, job_results, video_work
from modeldouble_server.world import World, hash_of

SHA = "ab" * 32
VIDEO: dict[str, Any] = {
    "id": 5, "datasetId": 6, "projectId": 7, "hash": hash_of(SHA), "name": "v.mp4",
    "fileMeta": {"width": 64, "height": 48, "framesCount": 1_000_000, "framesToTimecodes": [0.0] * 10_000},
}  # fmt: skip
IMAGES: list[dict[str, Any]] = [
    {
        "id": at, "name": f"{at}.jpg", "datasetId": 6, "projectId": 7, "hash": hash_of(f"{at:064x}"), "width": 64,
        "height": 48, "meta": {"not": "needed"},
    }
    for at in range(10)
]  # fmt: skip


PLAIN = Terms("route", {})


def of_video(frames: Frames, given: dict[str, Any] | None = None, video: dict[str, Any] = VIDEO) -> Work:
    """What a job over frames of a video remembers."""
    return video_work(video, frames, video_query(video, frames, Terms("route", given or {})))


def of_images(images: list[dict[str, Any]], given: dict[str, Any] | None = None) -> Work:
    """What a job over platform images remembers."""
    terms = Terms("route", given or {})
    return images_work(images, [image_query(one, terms) for one in images], terms)


def of_files(subjects: list[Subject], given: dict[str, Any] | None = None) -> Work:
    """What a job over uploads remembers."""
    return files_work([Query(one, given or {}, {}, Origin("route", "a.png")) for one in subjects], PLAIN)


@pytest.fixture
async def model() -> Any:
    store = SqliteStore()
    spec = ModelSpec({"model_name": "m"}, {}, of_names(["a", "b"]), Synthetic(["a", "b"]))
    yield Model(spec, World(store, "w:", Blobs()), Clock(), lambda clock: Board(store, "j:", clock.now, 9))
    await store.close()


def slow_range(start: int | None, count: int | None, backward: bool, total: int) -> list[int]:
    """Walk through the video frame by frame, as a person would."""
    at = start if start is not None else (total - 1 if backward else 0)
    frames: list[int] = []
    while 0 <= at < total and (count is None or len(frames) < count):
        frames.append(at)
        at += -1 if backward else 1
    return frames


NUMBERS = st.none() | st.integers(0, 40)


@settings(deadline=None, max_examples=500)
@given(NUMBERS, NUMBERS, st.booleans(), st.integers(0, 30))
def test_a_frame_range_is_what_a_walk_through_the_video_gives(
    start: int | None, count: int | None, backward: bool, total: int
) -> None:
    frames = frame_range(start, count, backward, total)
    walked = [frames.start + at * frames.step for at in range(frames.length)]
    assert walked == slow_range(start, count, backward, total)


@pytest.mark.parametrize(
    ("asked", "frames"),
    [
        ((None, None, False, 10), Frames(0, 1, 10)),
        ((5, 15, False, 10), Frames(5, 1, 5)),
        ((5, 3, True, 10), Frames(5, -1, 3)),
        ((None, None, True, 10), Frames(9, -1, 10)),
        ((10, None, False, 10), Frames(10, 1, 0)),
        ((10**30, 10**30, True, 10), Frames(10**30, -1, 0)),
        ((0, 0, False, 10), Frames(0, 1, 0)),
        ((None, None, True, 0), Frames(0, -1, 0)),
    ],
)
def test_ranges_are_clipped_to_the_video(asked: tuple[Any, Any, bool, int], frames: Frames) -> None:
    assert frame_range(*asked) == frames


def test_an_image_gets_its_name_and_ids(model: Model) -> None:
    made = image_prediction(model, IMAGES[3], image_query(IMAGES[3], PLAIN))
    filled = {key: value for key, value in made.items() if value not in (None, {}) and key != "annotation"}
    assert filled == {"name": "3.jpg", "image_name": "3.jpg", "image_id": 3, "dataset_id": 6, "project_id": 7}
    assert made["annotation"]["size"] == {"height": 48, "width": 64}


def test_a_frame_gets_its_index_and_ids(model: Model) -> None:
    made = video_prediction(model, VIDEO, 8, video_query(VIDEO, Frames(0, 1, 9), PLAIN))
    filled = {key: value for key, value in made.items() if value not in (None, {}) and key != "annotation"}
    assert filled == {"video_id": 5, "dataset_id": 6, "project_id": 7, "frame_index": 8}


def test_an_uploaded_video_has_no_ids_and_the_same_answer(model: Model) -> None:
    upload = {"hash": VIDEO["hash"], "fileMeta": VIDEO["fileMeta"]}
    [made] = job_results(model, of_video(Frames(0, 1, 1), video=upload), 0, 1)
    assert (made["video_id"], made["frame_index"]) == (None, 0)
    assert (
        made["annotation"]
        == video_prediction(model, VIDEO, 0, video_query(VIDEO, Frames(0, 1, 1), PLAIN))["annotation"]
    )


def test_an_upload_gets_nothing_but_its_annotation(model: Model) -> None:
    made = bare_prediction(model, Query(Subject(SHA, 64, 48)))
    assert [key for key, value in made.items() if value not in (None, {})] == ["annotation"]
    assert made["annotation"]["objects"]


def test_settings_act_on_every_kind_of_result(model: Model) -> None:
    none: dict[str, Any] = {"classes": []}
    works = (
        of_video(Frames(40, 1, 1), none),
        of_images(IMAGES[:1], none),
        {**of_files([Subject(SHA, 9, 9)]), "settings": none},
    )
    for work in works:
        assert job_results(model, work, 0, 1)[0]["annotation"]["objects"] == []
        assert job_results(model, {**work, "settings": {}}, 0, 1)[0]["annotation"]["objects"] != []


@settings(deadline=None)
@given(st.integers(0, 9), st.integers(0, 9), st.booleans())
def test_frames_of_a_job_are_those_of_its_range(start: int, end: int, backward: bool) -> None:
    start, end = sorted((start, end))
    frames = frame_range(20, 9, backward, 100)
    expected = [frames.start + at * frames.step for at in range(start, end)]
    work = of_video(frames)
    assert [one["frame_index"] for one in job_results(_model_without_store(), work, start, end)] == expected


def _model_without_store() -> Any:
    class Bare:
        predict = ModelSpec({}, {}, Meta(()), Synthetic([])).predict
        dialect = SUPERSET
        deployment = Deployment({}, [])

    return Bare()


@pytest.mark.parametrize("cut", [0, 1, 4, 9])
def test_a_job_taken_in_two_pieces_is_the_job_taken_at_once(model: Model, cut: int) -> None:
    subjects = [Subject(f"{at:064x}", 64, 48) for at in range(9)]
    for work in (of_video(Frames(30, -1, 9)), of_images(IMAGES[:9]), of_files(subjects)):
        whole = job_results(model, work, 0, 9)
        assert len(whole) == 9
        assert job_results(model, work, 0, cut) + job_results(model, work, cut, 9) == whole


def test_work_survives_the_store(model: Model) -> None:
    for work in (of_video(Frames(3, 1, 2), {"conf": 0.5}), of_images(IMAGES[:2], {"conf": 0.5})):
        assert job_results(model, json.loads(json.dumps(work)), 0, 2) == job_results(model, work, 0, 2)


def test_a_job_over_a_long_video_remembers_no_frame() -> None:
    assert len(json.dumps(of_video(Frames(0, 1, 1_000_000)))) < 300


def test_a_job_over_images_remembers_only_what_predictions_need() -> None:
    assert "meta" not in of_images(IMAGES)["images"][0]


def test_a_job_that_failed_at_its_start_has_no_results(model: Model) -> None:
    assert job_results(model, {}, 0, 0) == []
