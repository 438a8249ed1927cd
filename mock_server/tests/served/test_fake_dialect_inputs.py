"""What requests ask for in dialects: frames, pictures, files, settings."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from modeldouble_server.default_world import VIDEO_ID

if TYPE_CHECKING:
    from tests.served.conftest import Caller, Start

OLD, MIDDLE, NEW = "6.69.57", "6.73.100", "6.74.51"
RIDER, ORANGE = 171250, 17551748
VIDEO, JOB = "inference_video_id", "inference_video_id_async"
PROGRESS, POP = "get_inference_progress", "pop_inference_results"
BATCH, FILE = "inference_batch", "inference_image"


def frames(fake: Caller, **state: Any) -> list[int]:
    """Indexes of the frames of a synchronous answer; of releases that tell none, as many zeros as there are frames."""
    return [one.get("frame_index", 0) for one in fake.ask(VIDEO, {"videoId": VIDEO_ID, **state})["ann"]]


def test_one_frame_is_left_out_by_default_until_6_72_112(start: Start) -> None:
    for dialect, count in ((None, 10), (OLD, 9), ("6.72.111", 9), (MIDDLE, 10), (NEW, 10)):
        fake = start(dialect=dialect)
        assert len(frames(fake)) == count
        uuid = fake.start(JOB, videoId=VIDEO_ID)
        fake.clock.advance(1.0)
        assert fake.poll(POP, uuid)["progress"]["total"] == count


def test_a_range_past_the_end_is_clipped_or_fails(start: Start) -> None:
    assert frames(start(), startFrameIndex=8) == [8, 9]
    assert frames(start(dialect=OLD), startFrameIndex=8) == [0, 0]
    assert start(dialect=MIDDLE).post(VIDEO, videoId=VIDEO_ID, startFrameIndex=8).status_code == 500
    assert start(dialect=NEW).ask(VIDEO, videoId=VIDEO_ID, startFrameIndex=8) == {"ann": []}
    assert frames(start(dialect=NEW), startFrameIndex=8, framesCount=2) == [8, 9]


@pytest.mark.parametrize(("dialect", "count"), [("6.73.72", 2), ("6.73.73", 10), ("6.73.97", 10), ("6.73.98", 2)])
def test_the_range_was_ignored_for_a_while(start: Start, dialect: str, count: int) -> None:
    fake = start(dialect=dialect)
    asked = {"startFrameIndex": 3, "framesCount": 2}
    assert len(frames(fake, **asked)) == count
    uuid = fake.start(JOB, videoId=VIDEO_ID, **asked)
    fake.clock.advance(1.0)
    assert len(fake.poll(POP, uuid)["pending_results"]) == count


@pytest.mark.parametrize(("dialect", "status"), [("6.73.45", 500), ("6.73.97", 500), ("6.73.98", 200)])
def test_a_video_without_a_count_fails_for_a_while(start: Start, dialect: str, status: int) -> None:
    fake = start(dialect=dialect)
    assert fake.post(VIDEO, videoId=VIDEO_ID).status_code == status
    uuid = fake.start(JOB, videoId=VIDEO_ID)
    fake.clock.advance(1.0)
    assert len(fake.poll(POP, uuid)["pending_results"]) == (10 if status == 200 else 0)


@pytest.mark.parametrize(
    ("dialect", "status"), [("6.72.111", 200), ("6.72.112", 500), ("6.73.44", 500), ("6.73.45", 200)]
)
def test_a_video_cannot_be_answered_at_once_for_a_while(start: Start, dialect: str, status: int) -> None:
    fake = start(dialect=dialect)
    assert fake.post(VIDEO, videoId=VIDEO_ID, framesCount=2).status_code == status
    uuid = fake.start(JOB, videoId=VIDEO_ID, framesCount=2)
    fake.clock.advance(1.0)
    assert len(fake.poll(POP, uuid)["pending_results"]) == 2


@pytest.mark.parametrize(
    ("dialect", "status"), [("6.73.357", 200), ("6.73.358", 500), ("6.73.371", 500), ("6.73.372", 200)]
)
def test_one_file_cannot_be_read_for_a_while(start: Start, rider: bytes, dialect: str, status: int) -> None:
    fake = start(dialect=dialect)
    assert fake.upload(FILE, rider).status_code == status
    assert fake.upload(BATCH, rider).status_code == 200


def test_a_job_past_the_end_fails_in_the_batch_that_reaches_it(start: Start) -> None:
    fake = start(dialect=NEW)
    uuid = fake.start(JOB, videoId=VIDEO_ID, startFrameIndex=5, framesCount=8, batch_size=2)
    fake.clock.advance(0.07)
    assert fake.poll(PROGRESS, uuid)["exception"] is None
    # Frame 10 is the sixth, and in the batch that begins with the fifth.
    fake.clock.advance(0.02)
    popped = fake.poll(POP, uuid)
    assert (popped["stage"], popped["progress"]["total"]) == ("Error", 8)
    assert [one["frame_index"] for one in popped["pending_results"]] == [5, 6, 7, 8]
    assert popped["exception"]["type"] == "RuntimeError"


@pytest.mark.parametrize(
    ("dialect", "key", "found"),
    [
        (None, "framesDirection", [5, 4, 3]), (None, "direction", [5, 4, 3]), (OLD, "framesDirection", []),
        (OLD, "direction", [0, 0, 0]), (MIDDLE, "framesDirection", [0, 0, 0]), (MIDDLE, "direction", [0, 0, 0]),
        ("6.73.360", "framesDirection", [5, 6, 7]), ("6.73.360", "direction", [5, 4, 3]),
        (NEW, "framesDirection", [5, 6, 7]), (NEW, "direction", [5, 4, 3]),
    ],
)  # fmt: skip
def test_backward_is_asked_for_under_the_name_of_the_release(
    start: Start, dialect: str | None, key: str, found: list[int]
) -> None:
    assert frames(start(dialect=dialect), startFrameIndex=5, framesCount=3, **{key: "backward"}) == found


def test_backward_over_much_of_a_video_went_forward_in_2023(start: Start) -> None:
    fake = start(dialect=OLD)
    uuid = fake.start(JOB, videoId=VIDEO_ID, startFrameIndex=3, framesCount=4, framesDirection="backward")
    fake.clock.advance(1.0)
    forward = fake.ask(VIDEO, videoId=VIDEO_ID, startFrameIndex=3, framesCount=4)["ann"]
    assert fake.poll(POP, uuid)["pending_results"] == forward


def test_any_direction_that_is_not_forward_is_backward_in_a_release(start: Start) -> None:
    assert start().post(VIDEO, videoId=VIDEO_ID, direction="up").status_code == 400
    assert frames(start(dialect=NEW), startFrameIndex=5, framesCount=2, direction="up") == [5, 4]


@pytest.mark.parametrize(
    "state",
    [
        {"video_id": VIDEO_ID, "framesCount": 3},
        {"videoId": VIDEO_ID, "start_frame_index": 7},
        {"videoId": VIDEO_ID, "start_frame": 7, "num_frames": 3},
        {"videoId": VIDEO_ID, "frames_count": 3},
    ],
)
def test_other_names_of_parameters_are_read_since_the_rewrite(start: Start, state: Any) -> None:
    later = start(dialect=NEW).ask(VIDEO, {"framesCount": 3, **state})["ann"]
    assert [one["frame_index"] for one in later] == list(range(later[0]["frame_index"], later[0]["frame_index"] + 3))
    assert later[0]["frame_index"] == (7 if any("start" in name for name in state) else 0)
    earlier = start(dialect=MIDDLE).post(VIDEO, state)
    assert earlier.status_code == 500 or len(earlier.json()["ann"]) == 10


def test_every_image_url_is_a_500_since_the_rewrite(start: Start) -> None:
    for dialect, status in ((None, 200), (OLD, 200), (MIDDLE, 200), (NEW, 500)):
        assert start(dialect=dialect).post("inference_image_url", image_url="http://a.b/c.jpg").status_code == status


def test_files_of_one_name_are_all_the_last_one_since_the_rewrite(
    start: Start, rider: bytes, png: Callable[..., bytes]
) -> None:
    for dialect, heights in ((None, [1600, 30]), (MIDDLE, [1600, 30]), (NEW, [30, 30])):
        answer = start(dialect=dialect).upload(BATCH, rider, png(), names=["a.jpg", "a.jpg"]).json()
        assert [one["annotation"]["size"]["height"] for one in answer] == heights


def test_a_folder_in_a_file_name_fails_where_many_files_may_be_sent(start: Start, rider: bytes) -> None:
    for dialect, status in ((None, 200), (MIDDLE, 200), (NEW, 500)):
        fake = start(dialect=dialect)
        assert fake.upload(BATCH, rider, names=["x/a.jpg"]).status_code == status
        assert fake.upload(FILE, rider, names=["x/a.jpg"]).status_code == 200


def test_a_file_had_to_have_the_extension_of_a_picture_until_6_73_122(start: Start, rider: bytes) -> None:
    for dialect, status in ((None, 200), (OLD, 500), ("6.73.121", 500), ("6.73.122", 200), (NEW, 200)):
        assert start(dialect=dialect).upload(FILE, rider, names=["a.txt"]).status_code == status
    assert start(dialect=OLD).upload(FILE, rider, names=["A.JPG"]).status_code == 200


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ("{", "Cannot decode settings: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
        ("[]", "Settings is not json object"),
        ("null", "Settings is not json object"),
    ],
)
def test_settings_that_cannot_be_read_are_told_as_the_release_tells_them(
    start: Start, rider: bytes, settings: str, text: str
) -> None:
    def answer(dialect: str) -> Any:
        files = [("files", ("a.jpg", rider)), ("settings", (None, settings))]
        sent = start(dialect=dialect).send("POST", FILE, files=files)
        assert sent.status_code == 400
        return sent.json()

    assert answer(NEW) == {"detail": text, "success": False, "message": text}
    assert answer(OLD) == answer(MIDDLE) == text


def test_a_setting_in_a_form_is_refused_as_unreadable_until_the_rewrite(start: Start, rider: bytes) -> None:
    wrong: list[Any] = [[], {"conf_thres": "abc"}]
    for settings in wrong:
        told = start(dialect=OLD).upload(FILE, rider, settings=settings)
        assert (told.status_code, told.json()[:24]) == (400, "Cannot decode settings: ")
        assert start(dialect=NEW).upload(BATCH, rider, settings=settings).json() == []
        assert start(dialect=NEW).upload(FILE, rider, settings=settings).status_code == 500
        assert start(dialect=NEW).upload("inference_batch_async", rider, settings=settings).status_code == 200


def test_two_files_for_one_are_told_as_the_release_tells_them(start: Start, rider: bytes) -> None:
    text = "Only one file expected but got 2"
    assert start(dialect=OLD).upload(FILE, rider, rider).json() == text
    assert start(dialect=NEW).upload(FILE, rider, rider).json() == {"detail": text, "success": False, "message": text}


def test_missing_files_and_names_are_fastapis_list(start: Start) -> None:
    unnamed = ('Content-Disposition: form-data; name="files"', b"x")
    for dialect, missing in ((NEW, "Field required"), (OLD, "field required")):
        fake = start(dialect=dialect)
        empty, nameless = fake.form(("Content-Disposition: form-data; name=a", b"")), fake.form(unnamed)
        assert (empty.status_code, nameless.status_code) == (422, 422)
        [told] = empty.json()["detail"]
        assert (told["msg"], told["loc"]) == (missing, ["body", "files"])
        assert nameless.json()["detail"][0]["loc"] == ["body", "files", 0]


def test_too_many_files_are_a_detail_only(start: Start) -> None:
    part = ('Content-Disposition: form-data; name="files"; filename="a.jpg"', b"")
    answer = start(dialect=NEW).form(*[part] * 1001, route=BATCH)
    text = "Too many files. Maximum number of files is 1000."
    assert (answer.status_code, answer.json()) == (400, {"detail": text})


def test_what_is_no_picture_is_a_500(start: Start) -> None:
    for dialect, status in ((None, 400), (OLD, 500), (NEW, 500)):
        assert start(dialect=dialect).upload(FILE, b"pixels").status_code == status


def test_ids_must_be_there_and_differ_until_6_73_122(start: Start) -> None:
    for dialect, empty, twice in (
        (None, 200, 200), (OLD, 500, 500), ("6.73.121", 500, 500), ("6.73.122", 200, 200), (NEW, 200, 200),
    ):  # fmt: skip
        fake = start(dialect=dialect)
        assert fake.post("inference_batch_ids", batch_ids=[]).status_code == empty
        assert fake.post("inference_batch_ids", batch_ids=[RIDER, RIDER]).status_code == twice
        assert fake.post("inference_batch_ids", batch_ids=[RIDER, ORANGE]).status_code == 200


def test_what_is_no_video_is_a_job_without_results(start: Start) -> None:
    assert start().upload("inference_video_async", b"x", names=["a.mp4"]).status_code == 400
    fake = start(dialect=NEW)
    uuid = fake.upload("inference_video_async", b"x", names=["a.mp4"]).json()["inference_request_uuid"]
    popped = fake.poll(POP, uuid)
    assert (popped["stage"], popped["pending_results"], popped["exception"]) == ("Finished", [], None)


def test_only_the_first_of_several_videos_counts(start: Start, street: bytes) -> None:
    assert start().upload("inference_video_async", street, street, names=["a", "b"]).status_code == 400
    assert start(dialect=NEW).upload("inference_video_async", street, b"", names=["a", "b"]).status_code == 200


@pytest.mark.parametrize(("size", "status"), [(0, 500), ("2", 500), (2, 200), (None, 200)])
def test_a_batch_size_that_is_none_fails_in_new_releases(start: Start, size: Any, status: int) -> None:
    assert start(dialect=NEW).post("inference_batch_ids", batch_ids=[RIDER], batch_size=size).status_code == status
    assert start().post("inference_batch_ids", batch_ids=[RIDER], batch_size=size).status_code == 200


def test_nothing_is_told_of_a_deviation_that_the_dialect_does_not_have(
    start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    for dialect, told in ((None, ["id-unknown", "url-not-fetched"]), (NEW, []), (OLD, ["url-not-fetched"])):
        caplog.clear()
        fake = start(dialect=dialect)
        fake.post("inference_image_id", image_id=999)
        fake.post("inference_image_url", image_url="http://a.b/c.jpg")
        kinds = [record.getMessage().rpartition("[")[2][:-1] for record in caplog.records]
        assert [kind for kind in kinds if kind != "url-answered"] == told
