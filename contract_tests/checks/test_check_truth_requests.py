"""Requests as clients send them are what the truth says, and those with one thing wrong are not."""

import json
from typing import Any

import pytest

from modeldouble_contract.truth import Problem, load

TRUTH = load()
TOKEN = {"context": {}, "api_token": "t" * 128}
GOOD: list[tuple[str, dict[str, Any]]] = [
    ("inference_image_id", {"image_id": 5, "settings": {"conf_thres": 0.3, "unknown": [1]}, "upload": False}),
    ("inference_image_id", {"imageId": 5, "rectangle": {"points": {"exterior": [[0, 0], [9, 9]], "interior": []}}}),
    ("inference_batch_ids", {"batch_ids": [5, 5], "settings": {"classes": ["cat"]}}),
    ("inference_batch_ids_async", {"images_ids": [], "output_project_id": None, "batch_size": 4}),
    ("inference_image_url", {"image_url": "https://example.com/a.jpg?w=1"}),
    (
        "inference_video_id_async",
        {"videoId": 5, "startFrameIndex": 2, "framesCount": None, "framesDirection": "backward"},
    ),
    ("inference_video_id_async", {"video_id": 5, "start_frame": 2, "num_frames": 3, "direction": "forward"}),
    ("inference_project_id_async", {"projectId": 5, "dataset_ids": [6], "cache_project_on_model": False}),
    ("run_speedtest", {"projectId": 5, "batch_size": 1, "num_iterations": 100, "num_warmup": 3}),
    ("get_inference_progress", {"inference_request_uuid": "0" * 32}),
    ("stop_inference", {"inference_request_uuid": "0" * 32}),
]
BAD: list[tuple[str, dict[str, Any], str]] = [
    ("inference_image_id", {}, "$.state.image_id"),
    ("inference_image_id", {"image_id": "5"}, "$.state.image_id"),
    ("inference_image_id", {"image_id": 5, "settings": []}, "$.state.settings"),
    ("inference_image_id", {"image_id": 5, "settings": {"conf": 30}}, "$.state.settings.conf"),
    ("inference_image_id", {"image_id": 5, "settings": {"classes": [1]}}, "$.state.settings.classes[0]"),
    ("inference_image_id", {"image_id": 5, "rectangle": {}}, "$.state.rectangle.points"),
    ("inference_batch_ids", {"batch_ids": ["5"]}, "$.state.batch_ids[0]"),
    ("inference_image_url", {"image_url": "ftp://example.com"}, "$.state.image_url"),
    ("inference_video_id", {"videoId": 5, "startFrameIndex": -1}, "$.state.startFrameIndex"),
    ("inference_video_id", {"videoId": 5, "framesDirection": "up"}, "$.state.framesDirection"),
    ("get_inference_progress", {}, "$.state.inference_request_uuid"),
    ("get_inference_progress", {"inference_request_uuid": None}, "$.state.inference_request_uuid"),
]


def problems(route: str, body: Any, kind: str = "application/json") -> list[Problem]:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return TRUTH.operation(route).request_problems(kind, content)


@pytest.mark.parametrize(("route", "state"), GOOD)
def test_what_clients_send(route: str, state: dict[str, Any]) -> None:
    assert problems(route, {"state": state, **TOKEN}) == []
    assert problems(route, {"state": state, "api_token": None}) == []


@pytest.mark.parametrize(("route", "state", "where"), BAD)
def test_a_state_with_one_thing_wrong(route: str, state: dict[str, Any], where: str) -> None:
    found = problems(route, {"state": state, **TOKEN})
    assert where in [one.where for one in found]
    assert all(one.place.endswith("/post/requestBody") for one in found)


@pytest.mark.parametrize("body", [b"", b"{", {}, [], None, {"state": None}, {"state": []}])
def test_a_body_without_a_state(body: Any) -> None:
    assert problems("inference_image_id", body)


def test_a_route_that_needs_no_body_takes_none() -> None:
    assert problems("get_session_info", b"") == []
    assert problems("get_session_info", {}) == []
    assert TRUTH.operation("livez", "GET").request_problems("", b"") == []


def test_of_a_form_the_content_type_is_looked_at() -> None:
    assert problems("inference_image", b"--x", "multipart/form-data; boundary=x") == []
    assert problems("inference_image", {"state": {}})
    assert problems("inference_image_id", b"--x", "multipart/form-data; boundary=x")


def test_operations_are_found_by_route_and_method() -> None:
    assert TRUTH.operation("/is_ready", "post").key == "is_ready"
    assert TRUTH.operation("is_ready", "GET").key == "GET is_ready"
    with pytest.raises(KeyError):
        TRUTH.operation("inference_image", "GET")
