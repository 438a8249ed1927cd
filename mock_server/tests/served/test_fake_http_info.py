"""What a model says of itself, over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from modeldouble_server.serving.routes import ROUTES

if TYPE_CHECKING:
    from tests.served.conftest import Caller

TUTORIAL_INFO = {
    "app_name": "Serve YOLOv5",
    "session_id": 27209,
    "model_files": "/sly-app-data/model/yolov5s.pt",
    "number_of_classes": 80,
    "sliding_window_support": "advanced",
    "videos_support": True,
    "async_video_inference_support": True,
    "task type": "object detection",
    "model_name": "YOLOv5",
    "checkpoint_name": "yolov5s",
    "pretrained_on_dataset": "COCO train 2017",
    "device": "cuda",
    "half": "True",
    "input_size": 640,
}
LATER_INFO = {
    "tracking_on_videos_support",
    "async_image_inference_support",
    "tracking_algorithms",
    "batch_inference_support",
    "max_batch_size",
}
READY = {"status": "ready"}
RUNNING = {"running": True, "mode": "development"}
INFO_ROUTES = [
    "get_session_info",
    "get_custom_inference_settings",
    "get_output_classes_and_tags",
    "get_model_meta",
    "get_tracking_settings",
    "is_deployed",
    "get_status",
    "get_deploy_info",
]


def test_session_info_has_the_values_of_2023_and_the_keys_of_today(fake: Caller) -> None:
    info = fake.ask("get_session_info")
    assert {key: info[key] for key in TUTORIAL_INFO} == TUTORIAL_INFO
    assert info.keys() == TUTORIAL_INFO.keys() | LATER_INFO


def test_default_settings_are_an_object(fake: Caller) -> None:
    defaults = {"conf_thres": 0.25, "iou_thres": 0.45, "augment": False, "debug_visualization": False}
    assert fake.ask("get_custom_inference_settings") == {"settings": defaults}


def test_the_meta_has_coco_as_rectangles_and_the_confidence_tag(fake: Caller) -> None:
    meta = fake.ask("get_output_classes_and_tags")
    assert [one["title"] for one in meta["classes"][:3]] == ["person", "bicycle", "car"]
    assert len(meta["classes"]) == 80
    assert {one["shape"] for one in meta["classes"]} == {"rectangle"}
    assert [(tag["name"], tag["value_type"]) for tag in meta["tags"]] == [("confidence", "any_number")]
    assert "projectSettings" in meta


def test_both_names_of_the_meta_answer_the_same(fake: Caller) -> None:
    assert fake.ask("get_model_meta") == fake.ask("get_output_classes_and_tags")


def test_no_tracker_has_settings(fake: Caller) -> None:
    assert fake.ask("get_tracking_settings") == {}


def test_is_deployed_has_the_colon_of_the_real_key(fake: Caller) -> None:
    assert fake.ask("is_deployed") == {"deployed": True, "description:": "Model is ready to receive requests"}


def test_the_status_is_that_of_a_deployed_model_without_a_gpu(fake: Caller) -> None:
    unknown = {"allocated": None, "total": None}
    status = fake.ask("get_status")
    assert status["is_deployed"] is True
    assert status["progress"] == {"message": "Ready", "current": 0, "total": 1}
    assert (status["gpu_memory"], status["ram_memory"]) == (unknown, unknown)


def test_deploy_info_has_its_twelve_keys(fake: Caller) -> None:
    expected = (
        "checkpoint_name model_name architecture checkpoint_url custom_checkpoint_path model_source task_type device"
        " runtime model_precision hardware deploy_params"
    )
    assert set(fake.ask("get_deploy_info")) == set(expected.split())


@pytest.mark.parametrize(
    ("method", "route", "expected"),
    [
        ("GET", "livez", RUNNING),
        ("GET", "is_alive", RUNNING),
        ("POST", "is_running", RUNNING),
        ("GET", "readyz", READY),
        ("GET", "is_ready", READY),
        ("POST", "is_ready", READY),
    ],
)
def test_health_is_answered_below_the_token_and_at_the_root(
    fake: Caller, method: str, route: str, expected: dict[str, Any]
) -> None:
    assert fake.send(method, route).json() == expected
    assert fake.send(method, f"/{route}").json() == expected


@pytest.mark.parametrize(
    ("method", "route"), [("POST", "livez"), ("POST", "is_alive"), ("GET", "is_running"), ("POST", "readyz")]
)
def test_health_is_not_answered_for_other_methods(fake: Caller, method: str, route: str) -> None:
    assert fake.send(method, route).status_code == 405


@pytest.mark.parametrize("route", INFO_ROUTES)
def test_info_needs_neither_body_nor_state(fake: Caller, route: str) -> None:
    answers = [fake.send("POST", route), fake.text(route, "{}"), fake.text(route, '{"state": null}')]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert len({answer.content for answer in answers}) == 1


@pytest.mark.parametrize("route", INFO_ROUTES)
def test_info_refuses_a_body_that_is_broken(fake: Caller, route: str) -> None:
    assert fake.text(route, "{").status_code == 400
    assert fake.text(route, "state=1", "application/x-www-form-urlencoded").status_code == 400


@pytest.mark.parametrize("token", ["", None, "short", "x" * 128, "y" * 10_000, 7, ["a"], {"b": 1}])
def test_any_api_token_is_accepted_by_the_model(fake: Caller, token: object) -> None:
    answer = fake.send("POST", "inference_image_id", json={"state": {"image_id": 171250}, "api_token": token})
    assert answer.status_code == 200


def test_no_api_token_and_no_context_are_needed(fake: Caller) -> None:
    body = {"state": {"image_id": 171250}}
    assert fake.send("POST", "inference_image_id", json=body).status_code == 200
    assert fake.send("POST", "inference_image_id", json={**body, "context": None}).status_code == 200


def test_every_route_of_the_journey_is_there() -> None:
    images = {"inference_image", "inference_batch", "inference_image_id", "inference_batch_ids", "inference_image_url"}
    jobs = {"get_inference_progress", "pop_inference_results", "stop_inference", "clear_inference_request"}
    later = {"get_inference_result", "get_inference_status", "get_preparing_progress", "inference_video_async"}
    assert {*INFO_ROUTES, *images, *jobs, *later, "inference_video_id", "inference_project_id_async"} <= set(ROUTES)
