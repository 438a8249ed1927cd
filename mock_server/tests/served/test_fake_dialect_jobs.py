"""The life of a job in dialects, at chosen moments of virtual time; ten frames, 20 ms each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from modeldouble_server.default_world import PICTURES_PROJECT_ID, VIDEO_ID

if TYPE_CHECKING:
    from tests.served.conftest import Caller, Start

OLD, MIDDLE, NEW = "6.69.57", "6.73.100", "6.74.51"
JOB, PROGRESS, POP, PREPARING = (
    "inference_video_id_async", "get_inference_progress", "pop_inference_results", "get_preparing_progress",
)  # fmt: skip
STOP, CLEAR, RESULT, STATUS = (
    "stop_inference",
    "clear_inference_request",
    "get_inference_result",
    "get_inference_status",
)
UUID = "inference_request_uuid"
RIDER = 171250
RUNNING, ENDED = 0.05, 1.0
OLD_KEYS = {"progress", "is_inferring", "cancel_inference", "result", "pending_results"}


def begun(fake: Caller, after: float = 0.0, preparation: float = 0.0, **state: Any) -> str:
    """A job over the ten frames, `after` seconds after its start."""
    model = fake.server.fake.root_model
    assert model is not None
    model.spec = model.spec._replace(preparation=preparation)
    uuid = fake.start(JOB, **{"videoId": VIDEO_ID, "framesCount": 10, **state})
    fake.clock.advance(after)
    return uuid


@pytest.mark.parametrize(
    ("dialect", "video", "image"),
    [
        (None, None, None),
        (MIDDLE, "Inference has started.", "Inference has started."),
        (NEW, "Inference has started.", "Scheduled inference task."),
    ],
)
def test_a_start_says_what_the_release_says(start: Start, dialect: str | None, video: Any, image: Any) -> None:
    fake = start(dialect=dialect)
    assert fake.ask(JOB, videoId=VIDEO_ID).get("message") == video
    assert fake.ask("inference_image_id_async", image_id=RIDER).get("message") == image


@pytest.mark.parametrize(
    ("dialect", "keys"),
    [
        (OLD, OLD_KEYS),
        ("6.72.112", OLD_KEYS | {"preparing_progress"}),
        ("6.73.72", OLD_KEYS | {"preparing_progress"}),
        ("6.73.73", OLD_KEYS | {"preparing_progress", "exception"}),
        (MIDDLE, OLD_KEYS | {"preparing_progress", "exception"}),
    ],
)
def test_a_poll_has_the_keys_of_the_release(start: Start, dialect: str, keys: set[str]) -> None:
    fake = start(dialect=dialect)
    uuid = begun(fake)
    assert set(fake.poll(PROGRESS, uuid)) == set(fake.poll(POP, uuid)) == keys
    assert set(fake.poll(PROGRESS, uuid)["progress"]) == {"current", "total"}


def test_paused_came_after_the_rewrite(start: Start) -> None:
    for dialect, there in (("6.73.467", False), ("6.73.474", False), ("6.73.475", True), (NEW, True)):
        fake = start(dialect=dialect)
        uuid = begun(fake)
        assert ("paused" in fake.poll(PROGRESS, uuid)) is ("paused" in fake.poll(STATUS, uuid)) is there


def test_progress_is_reset_outside_the_running_stage_in_new_releases(start: Start) -> None:
    default, fake = start(), start(dialect=NEW)
    uuid = begun(fake, preparation=1.0)
    assert fake.poll(PROGRESS, uuid)["progress"] == {"current": 0, "total": 1}
    fake.clock.advance(1.0)
    assert fake.poll(PROGRESS, uuid)["progress"]["total"] == 10
    fake.clock.advance(ENDED)
    assert fake.poll(PROGRESS, uuid)["progress"] == {"current": 0, "total": 1}
    assert fake.poll(POP, uuid)["progress"] == fake.poll(PREPARING, uuid)
    assert default.poll(PROGRESS, begun(default, ENDED))["progress"]["total"] == 10


def test_the_total_is_one_while_a_job_prepares(start: Start) -> None:
    for dialect, total in ((None, 10), (OLD, 1), (NEW, 1)):
        fake = start(dialect=dialect)
        assert fake.poll(POP, begun(fake, preparation=1.0))["progress"]["total"] == total
    fake = start(dialect=NEW)
    uuid = begun(fake, preparation=1.0)
    assert fake.poll(STATUS, uuid)["progress"]["total"] == fake.poll(PREPARING, uuid)["total"] == 1


@pytest.mark.parametrize(
    ("dialect", "flags"),
    [
        (None, {"preparing": (True, False), "running": (True, False), "ended": (True, False), "popped": (False, True)}),
        (OLD, {"preparing": (True, None), "running": (True, None), "ended": (False, None), "popped": (False, None)}),
        (NEW, {"preparing": (False, False), "running": (True, False), "ended": (False, True), "popped": (False, True)}),
    ],
)
def test_is_inferring_and_finished_mean_what_they_mean_in_the_release(
    start: Start, dialect: str | None, flags: Any
) -> None:
    fake = start(dialect=dialect)
    uuid = begun(fake, preparation=1.0)
    seen = {}
    for stage, seconds in (("preparing", 0.0), ("running", 1.05), ("ended", ENDED)):
        fake.clock.advance(seconds)
        seen[stage] = fake.poll(PROGRESS, uuid)
    fake.poll(POP, uuid)
    seen["popped"] = fake.poll(PROGRESS, uuid)
    assert {name: (poll["is_inferring"], poll.get("finished")) for name, poll in seen.items()} == flags


def test_the_status_tells_the_flags_of_the_release_too(start: Start) -> None:
    fake = start(dialect=NEW)
    status = fake.poll(STATUS, begun(fake, ENDED))
    assert (status["is_inferring"], status["finished"], status["progress"]["current"]) == (False, True, 10)


def test_a_final_result_is_one_of_a_video_that_ended_in_new_releases(start: Start) -> None:
    fake = start(dialect=NEW)
    video = begun(fake, RUNNING)
    pictures = fake.start("inference_batch_ids_async", images_ids=[RIDER])
    told = ("result", "final_result", "has_result")
    assert [fake.poll(PROGRESS, video)[key] for key in told] == [False] * 3
    assert fake.poll(RESULT, video) is None
    fake.clock.advance(ENDED)
    assert [fake.poll(PROGRESS, video)[key] for key in told] == [True] * 3
    assert [fake.poll(PROGRESS, pictures)[key] for key in told] == [False] * 3
    assert (fake.poll(RESULT, video), fake.poll(RESULT, pictures)) == ({"video_ann": None}, None)


def test_the_result_of_a_video_file_has_an_empty_ann_in_new_releases(start: Start, street: bytes) -> None:
    for dialect, result in ((None, {"video_ann": None}), (NEW, {"ann": [], "video_ann": None})):
        fake = start(dialect=dialect)
        uuid = fake.upload("inference_video_async", street, names=["a.mp4"]).json()[UUID]
        fake.clock.advance(ENDED)
        assert fake.poll(RESULT, uuid) == result


@pytest.mark.parametrize(
    ("dialect", "result"), [("6.73.358", {"video_ann": None}), ("6.73.444", {"video_ann": None}), ("6.73.446", True)]
)
def test_the_final_result_came_with_every_poll_for_a_while(start: Start, dialect: str, result: Any) -> None:
    fake = start(dialect=dialect)
    uuid = begun(fake, RUNNING)
    before = fake.poll(PROGRESS, uuid)
    assert (before["result"] or None, before["final_result"], before["has_result"]) == (None, False, False)
    fake.clock.advance(ENDED)
    for route in (PROGRESS, POP):
        told = fake.poll(route, uuid)
        assert (told["result"], told["final_result"], told["has_result"]) == (result, True, True)
    assert fake.poll(RESULT, uuid) == {"video_ann": None}


def test_the_final_result_of_a_file_came_with_every_poll_too(start: Start, street: bytes) -> None:
    fake = start(dialect="6.73.444")
    uuid = fake.upload("inference_video_async", street, names=["a.mp4"]).json()[UUID]
    assert fake.poll(PROGRESS, uuid)["result"] is None
    fake.clock.advance(ENDED)
    assert fake.poll(PROGRESS, uuid)["result"] == {"ann": [], "video_ann": None}


def test_the_result_is_null_and_then_everything_with_every_poll_in_old_releases(start: Start) -> None:
    fake = start(dialect=OLD)
    uuid = begun(fake, RUNNING)
    assert fake.poll(PROGRESS, uuid)["result"] is None
    fake.clock.advance(ENDED)
    popped = fake.poll(POP, uuid)
    assert len(popped["pending_results"]) == 10
    assert popped["result"] == {"ann": popped["pending_results"]}
    assert fake.poll(PROGRESS, uuid)["result"] == fake.poll(POP, uuid)["result"] == popped["result"]


def test_a_stop_before_the_end_loses_the_result_in_old_releases(start: Start) -> None:
    fake = start(dialect=OLD)
    stopped, ended = begun(fake, RUNNING), begun(fake, RUNNING)
    fake.poll(STOP, stopped)
    fake.clock.advance(ENDED)
    fake.poll(STOP, ended)
    assert fake.poll(PROGRESS, stopped)["result"] is None
    assert fake.poll(PROGRESS, ended)["result"] is not None
    assert fake.poll(PROGRESS, ended)["cancel_inference"] is True


def test_pending_results_are_counted_since_the_rewrite_only(start: Start) -> None:
    for dialect, pending in ((None, 10), (NEW, 10), (OLD, []), (MIDDLE, [])):
        fake = start(dialect=dialect)
        assert fake.poll(PROGRESS, begun(fake, ENDED))["pending_results"] == pending


def test_results_come_in_batches_of_16_or_as_asked_since_6_73_73(start: Start) -> None:
    for dialect, state, inferred in (
        (None, {}, 2), (OLD, {}, 2), (MIDDLE, {}, 0), (NEW, {}, 0), (NEW, {"batch_size": 2}, 2),
        (NEW, {"batch_size": 3}, 0), (MIDDLE, {"batch_size": 2}, 0),
    ):  # fmt: skip
        fake = start(dialect=dialect)
        assert fake.poll(POP, begun(fake, RUNNING, **state))["progress"]["current"] == inferred


@pytest.mark.parametrize(
    ("dialect", "batch_size", "left"), [(None, None, 2), (OLD, None, 3), (NEW, None, 10), (NEW, 4, 4)]
)
def test_a_stop_waits_for_the_frame_or_the_batch_that_is_inferred(
    start: Start, dialect: str | None, batch_size: int | None, left: int
) -> None:
    fake = start(dialect=dialect)
    uuid = begun(fake, RUNNING, **({} if batch_size is None else {"batch_size": batch_size}))
    assert fake.poll(STOP, uuid) == {"message": "Inference will be stopped.", "success": True}
    assert fake.poll(PROGRESS, uuid)["cancel_inference"] is True
    fake.clock.advance(ENDED)
    popped = fake.poll(POP, uuid)
    assert (len(popped["pending_results"]), popped["progress"]["current"]) == (left, left)
    assert popped.get("stage", "Cancelled") == "Cancelled"


def test_a_stop_while_preparing_ends_the_job_without_results(start: Start) -> None:
    fake = start(dialect=NEW)
    uuid = begun(fake, 0.5, preparation=1.0)
    fake.poll(STOP, uuid)
    assert fake.poll(PROGRESS, uuid)["stage"] == "Preparing model for inference..."
    fake.clock.advance(ENDED)
    popped = fake.poll(POP, uuid)
    assert (popped["stage"], popped["pending_results"]) == ("Cancelled", [])


def test_a_cleared_job_is_gone_at_once_in_old_releases(start: Start) -> None:
    fake = start(dialect=OLD)
    uuid = begun(fake, ENDED)
    assert fake.poll(CLEAR, uuid) == {"success": True}
    for route in (PROGRESS, POP, STOP, CLEAR):
        assert fake.post(route, {UUID: uuid}).status_code == 500


def test_a_cleared_job_keeps_its_results_for_a_minute_in_new_releases(start: Start) -> None:
    fake = start(dialect=NEW)
    uuid = begun(fake, RUNNING, batch_size=1)
    assert fake.poll(CLEAR, uuid) == fake.poll(CLEAR, uuid) == {"success": True}
    fake.clock.advance(30.0)
    popped = fake.poll(POP, uuid)
    assert (popped["stage"], popped["stopped"], len(popped["pending_results"])) == ("Cancelled", True, 3)
    assert fake.poll(PROGRESS, uuid)["pending_results"] == 0
    fake.clock.advance(60.0)
    assert fake.post(PROGRESS, {UUID: uuid}).status_code == 500
    assert fake.poll(CLEAR, uuid) == {"success": True}


def test_a_cleared_job_has_no_results_by_default(start: Start) -> None:
    fake = start()
    uuid = begun(fake, RUNNING)
    fake.poll(CLEAR, uuid)
    assert fake.poll(POP, uuid)["pending_results"] == []


def test_the_preparing_progress_of_2024_counts_a_download(start: Start) -> None:
    fake = start(dialect=MIDDLE)
    uuid = begun(fake, preparation=1.0)
    assert fake.poll(PREPARING, uuid) == {"current": 0, "total": 1}
    fake.clock.advance(1.0)
    told = fake.poll(PREPARING, uuid)
    assert told == fake.poll(PROGRESS, uuid)["preparing_progress"]
    assert (told["status"], told["current"] == told["total"] > 10_000) == ("inference", True)
    assert fake.poll(PREPARING, fake.start("inference_image_id_async", image_id=RIDER)) == {"current": 0, "total": 1}


def test_the_preparing_progress_of_a_project_counts_its_pictures(start: Start) -> None:
    fake = start(dialect=MIDDLE)
    pictures = fake.start("inference_project_id_async", projectId=PICTURES_PROJECT_ID)
    assert fake.poll(PREPARING, pictures) == {"current": 4, "total": 4, "status": "inference"}


def test_a_job_over_one_image_has_its_prediction_as_result_until_the_rewrite(start: Start) -> None:
    for dialect, popped in ((None, 1), (MIDDLE, 0), (NEW, 1)):
        fake = start(dialect=dialect)
        uuid = fake.start("inference_image_id_async", image_id=RIDER)
        fake.clock.advance(ENDED)
        answer = fake.poll(POP, uuid)
        assert len(answer["pending_results"]) == popped
        assert isinstance(answer["result"], dict) is (dialect == MIDDLE)
