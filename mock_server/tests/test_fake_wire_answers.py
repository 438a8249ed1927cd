"""The fake's wire: the exact keys and values of every answer."""

import logging
from typing import Any

import pytest

from modeldouble_server import coco, jobs, wire
from modeldouble_server.jobs import Failure, Job
from modeldouble_server.meta import Meta, boxes
from modeldouble_server.project_meta import project_meta
from modeldouble_server.scene import Answer, Detection
from modeldouble_server.wire import JobView

FAILURE = Failure("ValueError", "no luck", "Traceback: no luck")
POLL = (
    "uuid stage progress pending_results final_result exception is_inferring stopped paused finished created_at"
    " updated_at cancel_inference has_result preparing_progress result"
).split()
STATUS = ("uuid stage progress exception is_inferring stopped paused finished gpu_memory ram_memory").split()
PREDICTION = (
    "source annotation name path url project_id dataset_id image_id image_name video_id frame_index slides_data data"
).split()
LOG_RECORD = {*vars(logging.makeLogRecord({})), "message", "asctime", "taskName"}


def test_an_error_is_the_text_twice_and_no_success() -> None:
    assert wire.error_body("no") == {"detail": "no", "message": "no", "success": False}


def test_an_annotation_has_the_keys_of_the_newest_release_and_inclusive_corners() -> None:
    assert wire.annotation((640, 480), Answer((Detection("car", (1, 2, 3, 4), 0.75, 9),))) == {
        "description": "",
        "size": {"height": 480, "width": 640},
        "tags": [],
        "objects": [
            {
                "classTitle": "car",
                "description": "",
                "tags": [{"name": "confidence", "value": 0.75}],
                "points": {"exterior": [[1, 2], [3, 4]], "interior": []},
                "geometryType": "rectangle",
                "shape": "rectangle",
                "nnCreated": True,
                "nnUpdated": True,
            }
        ],
        "customBigData": {},
    }


def test_a_prediction_has_every_key_and_null_where_nothing_is_known() -> None:
    made = wire.prediction({"a": 1}, image_id=5)
    assert sorted(made) == sorted(PREDICTION)
    filled = {"annotation": {"a": 1}, "image_id": 5, "slides_data": {}, "data": {}}
    assert made == {**dict.fromkeys(PREDICTION), **filled}


def test_predictions_do_not_share_their_dicts() -> None:
    wire.prediction({})["data"]["x"] = 1
    assert wire.prediction({})["data"] == {}


def test_a_start_answers_the_uuid_and_no_message() -> None:
    assert wire.started("ab") == {"inference_request_uuid": "ab"}


def view(after: float, handed_out: int = 0, **dates: Any) -> JobView:
    job = Job("ab", 4, 100.0, 2.0, 1.0, {}, 100.0)._replace(**dates)
    now = 100.0 + after
    over = jobs.over(job, now, handed_out)
    return JobView(job, jobs.state(job, now), jobs.inferred(job, now), handed_out, over)


STAGES = [
    (view(0), "Preparing model for inference...", 0, False, False),
    (view(2), "Running inference...", 0, False, False),
    (view(4.5, 1), "Running inference...", 2, True, False),
    (view(9, 3), "Finished", 4, True, False),
    (view(9, 4), "Finished", 4, True, True),
    (view(9, 0, stopped=104.0), "Cancelled", 2, True, False),
    (view(9, 2, stopped=104.0), "Cancelled", 2, True, True),
    (view(9, 0, stopped=101.0), "Cancelled", 0, True, True),
    (view(9, 0, failed=100.0, failure=FAILURE), "Error", 0, True, True),
    (view(9, 0, cleared=104.0), "Finished", 2, True, True),
]


@pytest.mark.parametrize(("seen", "stage", "current", "has_result", "over"), STAGES)
def test_a_poll_tells_stage_progress_and_end_as_every_client_reads_them(
    seen: JobView, stage: str, current: int, has_result: bool, over: bool
) -> None:
    made = wire.poll(seen, 0)
    progress = {"status": stage, "current": current, "total": 4, "is_size": False}
    assert (made["stage"], made["progress"], made["preparing_progress"]) == (stage, progress, progress)
    assert (made["result"], made["final_result"], made["has_result"]) == (has_result,) * 3
    assert (made["finished"], made["is_inferring"]) == (over, not over)


@pytest.mark.parametrize("pending", [3, [{"annotation": {}}]])
@pytest.mark.parametrize("seen", [stage[0] for stage in STAGES])
def test_a_poll_has_the_keys_of_the_newest_release_and_none_that_breaks_logging(seen: JobView, pending: Any) -> None:
    made = wire.poll(seen, pending)
    assert sorted(made) == sorted(POLL)
    assert not LOG_RECORD & set(made)
    assert made["pending_results"] == pending
    assert logging.getLogger("test").makeRecord("n", 10, "f", 1, "x", (), None, extra=made)


@pytest.mark.parametrize(
    ("dates", "stopped"),
    [({}, False), ({"stopped": 103.0}, True), ({"cleared": 103.0}, True), ({"failed": 103.0}, False)],
)
def test_a_stop_and_a_clear_both_read_as_stopped(dates: dict[str, Any], stopped: bool) -> None:
    seen = view(9, **dates)
    assert (wire.poll(seen, 0)["stopped"], wire.poll(seen, 0)["cancel_inference"]) == (stopped, stopped)
    assert wire.status(seen)["stopped"] is stopped


def test_a_failure_is_an_exception_object_and_otherwise_null() -> None:
    exception = {"type": "ValueError", "message": "no luck", "traceback": "Traceback: no luck"}
    assert wire.poll(view(9, failed=100.0, failure=FAILURE), 0)["exception"] == exception
    assert wire.status(view(9, failed=100.0, failure=FAILURE))["exception"] == exception
    assert wire.poll(view(9), 0)["exception"] is None


def test_times_in_a_poll_are_those_of_the_record() -> None:
    made = wire.poll(view(9, touched=107.5), 0)
    assert (made["created_at"], made["updated_at"], made["uuid"], made["paused"]) == (100.0, 107.5, "ab", False)


@pytest.mark.parametrize(("seen", "stage", "current", "has_result", "over"), STAGES)
def test_a_status_has_its_keys_and_true_values(
    seen: JobView, stage: str, current: int, has_result: bool, over: bool
) -> None:
    made = wire.status(seen)
    assert sorted(made) == sorted(STATUS)
    progress = {"message": stage, "status": stage, "current": current, "total": 4, "is_size": False}
    assert (made["stage"], made["progress"]) == (stage, progress)
    assert (made["finished"], made["is_inferring"], made["uuid"]) == (over, not over, "ab")
    assert made["gpu_memory"] == made["ram_memory"] == {"allocated": None, "total": None}


def test_every_state_that_can_be_seen_has_a_stage() -> None:
    assert set(wire.STAGES) == set(jobs.State) - {jobs.State.GONE}


def test_stop_and_clear_answer_as_real_servers_do() -> None:
    assert wire.STOPPING == {"message": "Inference will be stopped.", "success": True}
    assert wire.CLEARED == {"success": True}


def test_the_meta_has_classes_in_order_and_the_confidence_tag() -> None:
    meta = project_meta(boxes({"dog": "#000002", "cat": "#000001"}))
    dog = {
        "title": "dog", "description": "", "shape": "rectangle", "color": "#000002", "geometry_config": {},
        "hotkey": "",
    }  # fmt: skip
    assert meta["classes"] == [dog, {**dog, "title": "cat", "color": "#000001"}]
    [tag] = meta["tags"]
    assert (tag["name"], tag["value_type"]) == ("confidence", "any_number")


def test_metas_do_not_share_their_tags() -> None:
    project_meta(Meta(()))["tags"][0].clear()
    assert project_meta(Meta(()))["tags"][0]["name"] == "confidence"


def test_the_meta_has_the_keys_of_the_newest_release() -> None:
    meta = project_meta(boxes(coco.COLORS))
    tag = ["applicable_type", "classes", "color", "hotkey", "name", "target_type", "value_type"]
    assert sorted(meta["tags"][0]) == tag
    multi_view = {"enabled": False, "tagName": None, "tagId": None, "isSynced": False}
    assert (sorted(meta), meta["projectSettings"]) == (
        ["classes", "projectSettings", "tags"],
        {"multiView": multi_view},
    )
