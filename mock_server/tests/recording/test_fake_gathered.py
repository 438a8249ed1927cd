"""Exchanges put together: whose prediction is whose, under which settings, and what the world has to have."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from modeldouble_server.recording.gathered import Gathered
from modeldouble_server.recording.index import Failed, Key
from modeldouble_server.recording.reading import read_exchanges

from .conftest import line, prediction, written

Json = dict[str, Any]
DEFAULTS = {"conf_thres": 0.25, "iou_thres": 0.45}
U = "inference_request_uuid"


def gathered(folder: Path, *exchanges: Json, settings: Any = DEFAULTS) -> Gathered:
    """What lines say, in this order, of an app with default settings; these are told last."""
    told = line("get_custom_inference_settings", {}, {"json": {"settings": settings}}, 1000)
    numbered = [{**one, "number": at} for at, one in enumerate(exchanges)]
    return Gathered(read_exchanges(written(folder, *numbered, told)))


def job(route: str, state: Json, *pops: list[Json], **more: Any) -> list[Json]:
    polls = [{"pending_results": one, "progress": {"current": 0, "total": 1}, **more} for one in pops]
    return [
        line(route, state, {"json": {U: "u"}}),
        *(line("pop_inference_results", {U: "u"}, {"json": one}) for one in polls),
    ]


def form(route: str, files: list[tuple[str, str]], settings: Json, response: Any, status: int = 200) -> Json:
    parts = [{"name": "files", "filename": name, "sha256": sha256} for name, sha256 in files]
    made = line(route, {}, response if status != 200 else {"json": response}, status=status)
    return {**made, "request": {"form": [*parts, {"name": "settings", "json": {"settings": settings}}]}}


def test_a_file_is_known_by_its_content_and_settings(tmp_path: Path) -> None:
    found = gathered(tmp_path, form("inference_image", [("a.jpg", "aa")], {"conf_thres": 0.5}, prediction(1))).index
    assert found.find(Key("file", "aa"), {"conf_thres": 0.5, "iou_thres": 0.45}) == prediction(1)
    assert found.find(Key("file", "aa"), DEFAULTS) is None
    assert found.find(Key("file", "bb"), {"conf_thres": 0.5, "iou_thres": 0.45}) is None


def test_settings_that_are_sent_as_they_are_by_default_are_no_others(tmp_path: Path) -> None:
    found = gathered(tmp_path, form("inference_image", [("a.jpg", "aa")], {"iou_thres": 0.45}, prediction(1))).index
    assert found.find(Key("file", "aa"), {"iou_thres": 0.45, "conf_thres": 0.25}) == prediction(1)


def test_default_settings_may_be_told_as_yaml(tmp_path: Path) -> None:
    asked = line("inference_image_id", {"image_id": 5}, {"json": prediction()})
    found = gathered(tmp_path, asked, settings="conf_thres: 0.3 # a comment\n")
    assert found.defaults == {"conf_thres": 0.3}
    assert found.index.find(Key("image id", 5), {"conf_thres": 0.3}) == prediction()


def test_settings_that_the_fake_would_refuse_are_known_as_they_are(tmp_path: Path) -> None:
    state = {"image_id": 5, "settings": {"conf_thres": 25}}
    found = gathered(tmp_path, line("inference_image_id", state, {"json": prediction()})).index
    assert found.find(Key("image id", 5), {**DEFAULTS, "conf_thres": 25.0}) == prediction()


def test_of_two_recordings_of_the_same_the_last_stands(tmp_path: Path) -> None:
    both = [line("inference_image_id", {"image_id": 5}, {"json": prediction(at)}) for at in (1, 2)]
    assert gathered(tmp_path, *both).index.find(Key("image id", 5), DEFAULTS) == prediction(2)


def test_a_batch_is_known_in_the_order_of_its_files(tmp_path: Path) -> None:
    answers = [prediction(1), prediction(2)]
    found = gathered(tmp_path, form("inference_batch", [("a.jpg", "aa"), ("b.jpg", "bb")], {}, answers)).index
    assert [found.find(Key("file", one), DEFAULTS) for one in ("aa", "bb")] == answers


def test_of_files_with_one_name_only_the_last_is_trusted(tmp_path: Path) -> None:
    answers = [prediction(2), prediction(2)]
    found = gathered(tmp_path, form("inference_batch", [("a.jpg", "aa"), ("a.jpg", "bb")], {}, answers)).index
    assert [found.find(Key("file", one), DEFAULTS) for one in ("aa", "bb")] == [None, prediction(2)]


def test_results_of_a_job_over_ids_are_known_by_what_they_say_of_themselves(tmp_path: Path) -> None:
    results = [prediction(7, image_id=7), prediction(5, image_id=5)]
    found = gathered(tmp_path, *job("inference_batch_ids_async", {"images_ids": [5, 7]}, results[:1], [], results[1:]))
    assert [found.index.find(Key("image id", one), DEFAULTS) for one in (7, 5)] == results


def test_results_without_ids_are_known_by_their_order(tmp_path: Path) -> None:
    found = gathered(
        tmp_path, *job("inference_batch_ids_async", {"images_ids": [5, 7]}, [prediction(1)], [prediction(2)])
    )
    assert [found.index.find(Key("image id", one), DEFAULTS) for one in (5, 7)] == [prediction(1), prediction(2)]


def test_frames_are_known_by_their_index(tmp_path: Path) -> None:
    results = [prediction(at, frame_index=at) for at in (4, 3)]
    found = gathered(tmp_path, *job("inference_video_id_async", {"videoId": 9, "startFrameIndex": 4}, results))
    assert found.index.find(Key("video id", 9, 3), DEFAULTS) == results[1]


@pytest.mark.parametrize(("direction", "second"), [("forward", 5), ("backward", 3)])
def test_frames_that_do_not_tell_their_index_are_counted(tmp_path: Path, direction: str, second: int) -> None:
    state = {"videoId": 9, "startFrameIndex": 4, "framesDirection": direction}
    found = gathered(tmp_path, *job("inference_video_id_async", state, [prediction(1), prediction(2)]))
    assert found.index.find(Key("video id", 9, second), DEFAULTS) == prediction(2)


def test_a_whole_result_of_releases_of_2023_is_counted_from_the_start(tmp_path: Path) -> None:
    results = [prediction(1), prediction(2)]
    found = gathered(tmp_path, *job("inference_video_id_async", {"videoId": 9}, [], result={"ann": results})).index
    assert [found.find(Key("video id", 9, at), DEFAULTS) for at in (0, 1)] == results


def test_a_video_that_is_answered_at_once_is_known_frame_by_frame(tmp_path: Path) -> None:
    answer = {"ann": [prediction(at, frame_index=at) for at in (2, 3)], "video_ann": None}
    asked = line("inference_video_id", {"videoId": 9, "startFrameIndex": 2, "framesCount": 2}, {"json": answer})
    assert gathered(tmp_path, asked).index.find(Key("video id", 9, 3), DEFAULTS) == answer["ann"][1]  # type: ignore[index]


def test_an_uploaded_video_is_known_by_its_content(tmp_path: Path) -> None:
    start = form("inference_video_async", [("a.mp4", "cc")], {}, {U: "u"})
    pops = job("", {}, [prediction(1, frame_index=0)])[1:]
    assert gathered(tmp_path, start, *pops).index.find(Key("video file", "cc", 0), DEFAULTS) == prediction(
        1, frame_index=0
    )


def test_a_url_is_known_as_it_is_recorded(tmp_path: Path) -> None:
    asked = line("inference_image_url", {"image_url": "http://h/a?token=***"}, {"json": prediction()})
    assert gathered(tmp_path, asked).index.find(Key("url", "http://h/a?token=***"), DEFAULTS) == prediction()


def test_an_image_by_id_and_in_a_project_stand_for_each_other(tmp_path: Path) -> None:
    named = prediction(image_id=5, name="a.jpg")
    found = gathered(tmp_path, line("inference_image_id", {"image_id": 5}, {"json": named})).index
    assert found.find(Key("image id in a project", 5), DEFAULTS) == {**named, "image_name": "a.jpg"}
    found.add(Key("image id in a project", 6), DEFAULTS, {**named, "image_name": "a.jpg"})
    assert found.find(Key("image id", 6), DEFAULTS) == named


def test_a_model_that_raised_is_recorded_unless_it_answered(tmp_path: Path) -> None:
    oops = {"json": {"detail": {"title": "Oops", "message": "ValueError(1)"}}}
    failed = [line("inference_image_id", {"image_id": one}, oops, status=500) for one in (5, 6)]
    answered = line("inference_image_id", {"image_id": 6}, {"json": prediction()})
    found = gathered(tmp_path, answered, *failed).index
    assert found.find(Key("image id", 5), DEFAULTS) == Failed("RuntimeError", "ValueError(1)")
    assert found.find(Key("image id", 6), DEFAULTS) == prediction()


def test_a_job_that_failed_fails_at_the_result_that_never_came(tmp_path: Path) -> None:
    exception = {"type": "ValueError", "message": "bad frame", "traceback": ""}
    pops = job("inference_video_id_async", {"videoId": 9}, [prediction()], exception=None)
    over = line("get_inference_progress", {U: "u"}, {"json": {"exception": exception, "progress": {}}})
    assert gathered(tmp_path, *pops, over).index.find(Key("video id", 9, 1), DEFAULTS) == Failed(
        "ValueError", "bad frame"
    )


@pytest.mark.parametrize(
    "odd",
    [
        line("inference_image_id", {"image_id": "x"}, {"json": prediction()}),
        line("inference_image_id", {"image_id": 5}, {"json": {"annotation": None}}),
        line("inference_image_id", {"image_id": 5}, {"sha256": "gone", "json": True}),
        line("inference_image_id", {"image_id": 5}, {"text": "no JSON"}),
        line("inference_image", {}, {"json": [prediction()]}),
        line("inference_video_async", {}, {"json": {U: "u"}}),
    ],
)
def test_an_odd_exchange_is_passed_over(tmp_path: Path, caplog: pytest.LogCaptureFixture, odd: Json) -> None:
    fine = line("inference_image_id", {"image_id": 7}, {"json": prediction()})
    found = gathered(tmp_path, odd, fine).index
    assert found.find(Key("image id", 7), DEFAULTS) == prediction()
    assert "says nothing to a replay" in caplog.text or odd["route"] == "inference_image"


def test_the_world_is_told_of_images_and_videos(tmp_path: Path) -> None:
    image = line(
        "inference_image_id",
        {"image_id": 5},
        {"json": prediction(11, image_id=5, name="a.jpg", dataset_id=2, project_id=3)},
    )
    frame = prediction(12, frame_index=4, dataset_id=2, project_id=3)
    pops = job("inference_video_id_async", {"videoId": 9}, [frame], progress={"total": 25, "is_size": False})
    facts = gathered(tmp_path, image, *pops).facts
    assert facts.images[5]._asdict() == {
        "width": 11,
        "height": 6,
        "name": "a.jpg",
        "dataset": 2,
        "project": 3,
        "frames": 0,
    }
    assert (facts.videos[9].width, facts.videos[9].frames, facts.frames(9)) == (12, 5, 25)


@pytest.mark.parametrize("part", [{"framesCount": 3}, {"endFrameIndex": 3}])
def test_the_total_of_a_part_is_not_the_length_of_the_video(tmp_path: Path, part: Json) -> None:
    pops = job("inference_video_id_async", {"videoId": 9, **part}, [prediction(frame_index=0)], progress={"total": 25})
    assert gathered(tmp_path, *pops).facts.frames(9) == 1


def test_bytes_of_an_upload_are_not_the_length_of_the_video(tmp_path: Path) -> None:
    more = {"progress": {"total": 9999, "is_size": True}}
    pops = job("inference_video_id_async", {"videoId": 9}, [prediction(frame_index=0)], **more)
    assert gathered(tmp_path, *pops).facts.frames(9) == 1
