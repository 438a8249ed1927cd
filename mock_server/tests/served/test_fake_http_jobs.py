"""The life of a job over HTTP, at any moment of virtual time."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from modeldouble_server.default_world import VIDEO_ID
from modeldouble_server.scene import Answer, Query

if TYPE_CHECKING:
    from requests import Response

    from tests.served.conftest import Caller

    Refused = Callable[[Response, int], str]

PROGRESS, POP, STOP, CLEAR = (
    "get_inference_progress",
    "pop_inference_results",
    "stop_inference",
    "clear_inference_request",
)
RESULT, STATUS, PREPARING = "get_inference_result", "get_inference_status", "get_preparing_progress"
POLLS = [PROGRESS, POP, RESULT, STATUS, PREPARING, STOP]
JOB = "inference_video_id_async"
POLL_KEYS = set(
    "uuid stage progress pending_results final_result exception is_inferring stopped paused finished created_at"
    " updated_at cancel_inference has_result preparing_progress result".split()
)
STATUS_KEYS = set("uuid stage progress exception is_inferring stopped paused finished gpu_memory ram_memory".split())


class Fails:
    """A predictor that raises on one frame, and on every picture."""

    def __init__(self, frame: int | None) -> None:
        self._frame = frame

    def predict(self, query: Query) -> Answer:
        """Nothing, until it raises."""
        if query.subject.frame == self._frame:
            raise ValueError("out of memory")
        return Answer()


@pytest.fixture
def uuid(fake: Caller) -> str:
    """A job over the ten frames of the default video, 20 ms each."""
    return fake.start(JOB, videoId=VIDEO_ID)


def failing(fake: Caller, frame: int | None) -> str:
    """The address of a model that fails."""
    model = fake.server.fake.root_model
    assert model is not None
    fake.server.fake.add_model("failing", model.spec._replace(predictor=Fails(frame)), model.world)
    return "/net/failing"


def indices(popped: dict[str, Any]) -> list[int]:
    """Frames of a pop."""
    return [one["frame_index"] for one in popped["pending_results"]]


@pytest.mark.parametrize("route", [JOB, "inference_image_id_async", "inference_batch_ids_async"])
def test_a_start_answers_a_uuid_of_32_hex_digits_and_no_message(fake: Caller, route: str) -> None:
    answer = fake.ask(route, videoId=VIDEO_ID, image_id=171250)
    assert list(answer) == ["inference_request_uuid"]
    assert re.fullmatch("[0-9a-f]{32}", answer["inference_request_uuid"])


def test_progress_is_the_real_one_in_every_stage(fake: Caller, uuid: str) -> None:
    seen = []
    for seconds in (0.0, 0.02, 0.1, 0.0801, 60.0):
        fake.clock.advance(seconds)
        seen.append(fake.poll(PROGRESS, uuid)["progress"])
    assert [one["current"] for one in seen] == [0, 1, 6, 10, 10]
    assert {(one["total"], one["is_size"]) for one in seen} == {(10, False)}
    assert [one["status"] for one in seen] == ["Running inference..."] * 3 + ["Finished"] * 2


@pytest.mark.parametrize("route", [PROGRESS, POP])
def test_a_poll_has_every_key_and_none_that_breaks_a_log_record(fake: Caller, uuid: str, route: str) -> None:
    poll = fake.poll(route, uuid)
    assert poll.keys() == POLL_KEYS
    record = logging.makeLogRecord({}).__dict__.keys() | {"message", "asctime"}
    assert not record & poll.keys()
    assert not record & fake.poll(STATUS, uuid).keys()


def test_the_status_has_its_keys_and_the_true_progress(fake: Caller, uuid: str) -> None:
    fake.clock.advance(0.05)
    status = fake.poll(STATUS, uuid)
    assert status.keys() == STATUS_KEYS
    running = "Running inference..."
    assert status["progress"] == {"message": running, "status": running, "current": 2, "total": 10, "is_size": False}


def test_preparing_progress_is_the_one_progress_object(fake: Caller, uuid: str) -> None:
    fake.clock.advance(0.05)
    poll = fake.poll(PROGRESS, uuid)
    assert fake.poll(PREPARING, uuid) == poll["progress"] == poll["preparing_progress"]


def test_a_job_that_prepares_counts_as_inferring_and_has_a_status(fake: Caller) -> None:
    model = fake.server.fake.root_model
    assert model is not None
    fake.server.fake.add_model("slow", model.spec._replace(preparation=5.0), model.world)
    uuid = fake.ask(f"/net/slow/{JOB}", videoId=VIDEO_ID)["inference_request_uuid"]
    poll = fake.ask(f"/net/slow/{PROGRESS}", inference_request_uuid=uuid)
    assert (poll["is_inferring"], poll["finished"], poll["result"]) == (True, False, False)
    assert poll["preparing_progress"]["status"] == "Preparing model for inference..."
    assert (poll["progress"]["current"], poll["progress"]["total"]) == (0, 10)


def test_pending_results_are_a_count_in_progress_and_the_list_in_pop(fake: Caller, uuid: str) -> None:
    fake.clock.advance(0.07)
    assert fake.poll(PROGRESS, uuid)["pending_results"] == 3
    assert indices(fake.poll(POP, uuid)) == [0, 1, 2]
    assert fake.poll(PROGRESS, uuid)["pending_results"] == 0
    assert indices(fake.poll(POP, uuid)) == []


def test_every_frame_is_handed_out_once_and_in_order(fake: Caller, uuid: str) -> None:
    got = []
    for _ in range(12):
        got += indices(fake.poll(POP, uuid))
        fake.clock.advance(0.021)
    assert got == list(range(10))


def test_a_job_is_inferring_until_its_last_result_was_handed_out(fake: Caller, uuid: str) -> None:
    fake.clock.advance(60)
    before = fake.poll(PROGRESS, uuid)
    assert (before["is_inferring"], before["finished"], before["stage"]) == (True, False, "Finished")
    popped = fake.poll(POP, uuid)
    assert (popped["is_inferring"], popped["finished"], len(popped["pending_results"])) == (False, True, 10)


@pytest.mark.parametrize("key", ["result", "final_result", "has_result"])
def test_a_result_is_there_as_soon_as_one_frame_is(fake: Caller, uuid: str, key: str) -> None:
    assert fake.poll(PROGRESS, uuid)[key] is False
    fake.clock.advance(0.02)
    assert fake.poll(PROGRESS, uuid)[key] is True


@pytest.mark.parametrize("key", ["result", "final_result", "has_result"])
def test_a_result_is_there_after_a_stop_before_the_first_frame(fake: Caller, uuid: str, key: str) -> None:
    fake.poll(STOP, uuid)
    assert fake.poll(PROGRESS, uuid)[key] is True


def test_one_pop_gives_500_at_most(fake: Caller) -> None:
    uuid = fake.start(JOB, videoId=fake.server.add_video(frames=1100))
    fake.clock.advance(60)
    pops = [indices(fake.poll(POP, uuid)) for _ in range(4)]
    assert [len(one) for one in pops] == [500, 500, 100, 0]
    assert [index for one in pops for index in one] == list(range(1100))


def test_stop_keeps_what_was_inferred_and_later_frames_never_come(fake: Caller, uuid: str) -> None:
    fake.clock.advance(0.07)
    assert fake.poll(STOP, uuid) == {"message": "Inference will be stopped.", "success": True}
    fake.clock.advance(60)
    poll = fake.poll(PROGRESS, uuid)
    assert (poll["stage"], poll["stopped"], poll["cancel_inference"]) == ("Cancelled", True, True)
    assert (poll["is_inferring"], poll["progress"]["current"]) == (True, 3)
    popped = fake.poll(POP, uuid)
    assert (indices(popped), popped["is_inferring"], popped["finished"]) == ([0, 1, 2], False, True)
    assert indices(fake.poll(POP, uuid)) == []


def test_stop_twice_and_after_the_end_answers_the_same(fake: Caller, uuid: str) -> None:
    first = fake.poll(STOP, uuid)
    fake.clock.advance(1)
    assert fake.poll(STOP, uuid) == first
    ended = fake.start(JOB, videoId=VIDEO_ID)
    fake.clock.advance(60)
    assert fake.poll(STOP, ended) == first
    assert len(fake.poll(POP, ended)["pending_results"]) == 10


def test_stop_at_once_ends_the_job_without_frames(fake: Caller, uuid: str) -> None:
    fake.poll(STOP, uuid)
    poll = fake.poll(PROGRESS, uuid)
    assert (poll["finished"], poll["pending_results"], poll["progress"]["current"]) == (True, 0, 0)


def test_the_final_result_of_a_video_that_was_stopped_is_there(fake: Caller, uuid: str) -> None:
    fake.poll(STOP, uuid)
    assert fake.poll(RESULT, uuid) == {"video_ann": None}


@pytest.mark.parametrize("ended", [True, False])
def test_the_final_result_of_a_video_is_there_when_it_ended(fake: Caller, uuid: str, ended: bool) -> None:
    fake.clock.advance(60 if ended else 0.1)
    assert fake.poll(RESULT, uuid) == ({"video_ann": None} if ended else None)


def test_the_final_result_of_pictures_is_null(fake: Caller) -> None:
    uuid = fake.start("inference_image_id_async", image_id=171250)
    fake.clock.advance(60)
    assert fake.poll(RESULT, uuid) is None


@pytest.mark.parametrize("value", [None, "", 7, True, [], {}])
@pytest.mark.parametrize("route", [*POLLS, CLEAR])
def test_a_uuid_that_is_missing_or_null_is_400(fake: Caller, refused: Refused, route: str, value: object) -> None:
    assert "'inference_request_uuid' is required" in refused(fake.post(route, inference_request_uuid=value), 400)
    assert "'inference_request_uuid' is required" in refused(fake.post(route), 400)


@pytest.mark.parametrize("value", ["0" * 32, "nope", "\ud800", "\x00", "x" * 100_000, "' OR 1=1 --", "%", "#popped"])
def test_a_uuid_that_was_never_known_is_404_and_clearing_it_is_200(fake: Caller, refused: Refused, value: str) -> None:
    for route in POLLS:
        text = refused(fake.post(route, inference_request_uuid=value), 404)
        assert len(text) < 600
    assert fake.poll(CLEAR, value) == {"success": True}


def test_a_cleared_job_is_a_finished_one_for_a_minute_and_then_unknown(fake: Caller, uuid: str) -> None:
    fake.clock.advance(0.1)
    assert fake.poll(CLEAR, uuid) == {"success": True}
    fake.clock.advance(59)
    assert fake.poll(PROGRESS, uuid)["finished"] is True
    assert fake.poll(STATUS, uuid)["stage"] == "Finished"
    assert fake.poll(POP, uuid)["pending_results"] == []
    assert (fake.poll(STOP, uuid)["success"], fake.poll(CLEAR, uuid)["success"]) == (True, True)
    fake.clock.advance(1.5)
    assert [fake.post(route, inference_request_uuid=uuid).status_code for route in POLLS] == [404] * len(POLLS)
    assert fake.poll(CLEAR, uuid) == {"success": True}


def test_a_job_untouched_for_an_hour_is_as_never_known(fake: Caller, uuid: str) -> None:
    fake.clock.advance(3599)
    assert fake.post(PROGRESS, inference_request_uuid=uuid).status_code == 200
    fake.clock.advance(2)
    assert fake.post(PROGRESS, inference_request_uuid=uuid).status_code == 404


def test_a_pop_with_results_keeps_a_job_for_another_hour(fake: Caller, uuid: str) -> None:
    fake.clock.advance(3500)
    fake.poll(POP, uuid)
    fake.clock.advance(3500)
    assert fake.post(PROGRESS, inference_request_uuid=uuid).status_code == 200


@pytest.mark.parametrize(
    ("route", "keys"),
    [("inference_image_id", {"image_id": 171250}), ("inference_batch_ids", {"batch_ids": [171250]}),
     ("inference_image_url", {"image_url": "http://a.example/b.jpg"})],
)  # fmt: skip
def test_a_model_that_raises_is_500_with_title_and_message(fake: Caller, route: str, keys: dict[str, Any]) -> None:
    answer = fake.post(f"{failing(fake, None)}/{route}", **keys)
    detail = {"title": "Oops! Something went wrong", "message": "out of memory"}
    assert (answer.status_code, answer.json()) == (500, {"detail": detail})


@pytest.mark.parametrize("route", ["inference_image", "inference_batch"])
def test_a_model_that_raises_on_a_file_is_500_also_for_a_batch(fake: Caller, rider: bytes, route: str) -> None:
    answer = fake.upload(f"{failing(fake, None)}/{route}", rider)
    assert (answer.status_code, answer.json()["detail"]["message"]) == (500, "out of memory")


def test_a_model_that_raises_on_a_video_is_500(fake: Caller) -> None:
    assert fake.post(f"{failing(fake, 3)}/inference_video_id", videoId=VIDEO_ID).status_code == 500


@pytest.mark.parametrize("frame", [0, 3, 9])
def test_a_model_that_raises_in_a_job_is_stage_error_after_the_frames_before(fake: Caller, frame: int) -> None:
    base = failing(fake, frame)
    uuid = fake.ask(f"{base}/{JOB}", videoId=VIDEO_ID)["inference_request_uuid"]
    fake.clock.advance(60)
    popped = fake.ask(f"{base}/{POP}", inference_request_uuid=uuid)
    assert indices(popped) == list(range(frame))
    assert (popped["stage"], popped["finished"], popped["is_inferring"]) == ("Error", True, False)
    assert popped["exception"]["type"] == "ValueError"
    assert "out of memory" in popped["exception"]["traceback"]
    later = fake.ask(f"{base}/{PROGRESS}", inference_request_uuid=uuid)
    assert (later["stage"], later["exception"]) == ("Error", popped["exception"])
    assert (later["progress"]["current"], later["pending_results"]) == (frame, 0)
