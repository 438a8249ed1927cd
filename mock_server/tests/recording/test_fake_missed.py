"""What is said of a question that was not recorded: the nearest that was."""

from __future__ import annotations

from typing import Any

import pytest

from modeldouble_server.recording.index import Failed, Index, Key, NotRecorded, canonical, keys
from modeldouble_server.recording.predictor import Recorded
from modeldouble_server.scene import Answer, Detection, Origin, Query, Subject
from modeldouble_server.stubs import Raised

PICTURE, FRAME = Subject("a" * 64, 8, 6), Subject("b" * 64, 8, 6, 3)
FOUND: dict[str, Any] = {"annotation": {"objects": []}, "name": None}


def index(*frames: int) -> Index:
    made = Index()
    for settings in ({"conf": 0.5, "iou": 1}, {"conf": 0.5, "iou": 0.5, "augment": True}):
        made.add(Key("file", "a" * 64), settings, FOUND)
    for frame in frames:
        made.add(Key("video id", 9, frame), {"conf": 0.5}, FOUND)
    return made


class Invented:
    def predict(self, query: Query) -> Answer:
        return Answer((Detection("invented", (0, 0, 1, 1), 1.0),))


@pytest.mark.parametrize(
    ("query", "key"),
    [
        (Query(PICTURE), Key("file", "a" * 64)),
        (Query(PICTURE, origin=Origin("inference_image_id", "x", 5)), Key("image id", 5)),
        (Query(PICTURE, origin=Origin("inference_project_id_async", "x", 5)), Key("image id in a project", 5)),
        (Query(PICTURE, origin=Origin(url="http://h/a?token=secret")), Key("url", "http://h/a?token=***")),
        (Query(FRAME, origin=Origin(video_id=9)), Key("video id", 9, 3)),
        (Query(FRAME), Key("video file", "b" * 64, 3)),
    ],
)
def test_a_query_is_about_one_thing(query: Query, key: Key) -> None:
    assert list(keys(query)) == [key]


def test_a_job_is_about_all_its_frames() -> None:
    query = Query(PICTURE, origin=Origin(video_id=9, frames=range(5, 2, -1)))
    assert list(keys(query)) == [Key("video id", 9, 5), Key("video id", 9, 4), Key("video id", 9, 3)]
    upload = Query(PICTURE, origin=Origin(frames=range(1)))
    assert list(keys(upload)) == [Key("video file", "a" * 64, 0)]


def test_numbers_that_are_equal_are_the_same_setting() -> None:
    assert canonical({"a": 1, "b": [0.0, {"c": 2.0}]}) == canonical({"b": [0, {"c": 2}], "a": 1.0})
    assert canonical({"a": True}) != canonical({"a": 1})


def test_a_recorded_prediction_goes_out_as_it_is() -> None:
    assert Recorded(index()).predict(Query(PICTURE, {"iou": 1.0, "conf": 0.5})) == Answer(prediction=FOUND)


def test_the_setting_that_differs_is_named() -> None:
    with pytest.raises(NotRecorded) as caught:
        Recorded(index()).check(Query(PICTURE, {"conf": 0.25, "iou": 1}))
    assert caught.value.status == 400
    assert "file aaaaaaaaaaaa... was recorded with conf 0.5, asked is 0.25; record it too" in caught.value.text


def test_a_setting_that_is_missing_is_named() -> None:
    with pytest.raises(NotRecorded, match="augment True, asked is not set; classes not set, asked is 'all'"):
        Recorded(index()).check(Query(PICTURE, {"conf": 0.5, "iou": 0.5, "classes": "all"}))


def test_content_that_was_never_recorded_is_told_with_what_was() -> None:
    with pytest.raises(NotRecorded, match=r"file b{12}\.\.\. was never recorded; recorded are file a{12}\.\.\."):
        Recorded(index()).check(Query(FRAME._replace(frame=None), {}))
    with pytest.raises(NotRecorded, match="recorded are none of kind url"):
        Recorded(index()).check(Query(PICTURE, {}, origin=Origin(url="http://h/")))


def test_frames_that_were_recorded_are_told() -> None:
    with pytest.raises(NotRecorded, match="frame 3 was not recorded; of this video there are frames 0 to 2, 5"):
        Recorded(index(0, 1, 2, 5)).check(Query(PICTURE, {"conf": 0.5}, origin=Origin(video_id=9, frames=range(5))))


def test_an_id_that_is_nowhere_is_told_with_those_that_are() -> None:
    with pytest.raises(NotRecorded, match="video id 8 was never recorded; recorded are video id 9"):
        Recorded(index(0)).check_id("video", 8)
    Recorded(index(0)).check_id("project", 8)


def test_a_recorded_failure_is_raised_again() -> None:
    made = Index()
    made.add(Key("file", "a" * 64), {}, Failed("ValueError", "bad picture"))
    Recorded(made).check(Query(PICTURE))
    with pytest.raises(Raised, match="bad picture"):
        Recorded(made).predict(Query(PICTURE))


def test_an_answer_is_invented_with_one_warning(caplog: pytest.LogCaptureFixture) -> None:
    recorded = Recorded(index(), Invented())
    for _ in range(3):
        recorded.check(Query(FRAME))
    assert recorded.predict(Query(FRAME)).objects[0].class_name == "invented"
    assert caplog.text.count("what is answered instead is invented") == 1


def test_without_an_inventor_a_miss_is_told_by_predict_too() -> None:
    with pytest.raises(NotRecorded):
        Recorded(index()).predict(Query(FRAME))
