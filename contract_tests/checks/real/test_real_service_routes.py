"""The routes around inference: the real app answers as the fake's tables say, and what both answer has one shape."""

import time
from typing import Any

import pytest
import requests

import modeldouble_server

PICTURES, FILMS, RIDER, VIDEO = 17001, 17002, 171250, 18635803
SPEED = {"projectId": PICTURES, "batch_size": 1, "num_iterations": 3, "num_warmup": 1}


def post(url: str, route: str, **state: Any) -> requests.Response:
    return requests.post(f"{url}/{route}", json={"state": state, "context": {}}, timeout=60)


def popped(url: str) -> Any:
    """All results of a speed test."""
    job = post(url, "run_speedtest", **SPEED).json()["inference_request_uuid"]
    found: list[Any] = []
    for _ in range(600):
        poll = post(url, "pop_inference_results", inference_request_uuid=job).json()
        found += poll["pending_results"]
        if poll["finished"]:
            return found
        time.sleep(0.05)
    raise AssertionError("the speed test did not end")


def test_a_speedtest_has_a_result_per_iteration(app_url: str, platform: modeldouble_server.Server) -> None:
    for results in (popped(app_url), popped(platform.session_url)):
        assert [set(one) for one in results] == [{"total", "preprocess", "inference", "postprocess"}] * 3
        assert [one["total"] > 0 and one["inference"] is None for one in results] == [True] * 3


@pytest.mark.parametrize(("project", "status"), [(FILMS, 500), (999, 500)])
def test_a_speedtest_on_no_project_of_images_is_500(app_url: str, project: int, status: int) -> None:
    assert post(app_url, "run_speedtest", **{**SPEED, "projectId": project}).status_code == status


def test_a_batch_that_the_model_cannot_take_is_501(app_url: str) -> None:
    answer = post(app_url, "run_speedtest", **{**SPEED, "batch_size": 2})
    assert answer.status_code == 501
    assert answer.json() == {"message": "Batch inference is not implemented for this model.", "success": False}


@pytest.mark.parametrize("state", [{"image_ids": [RIDER]}, {"image_ids": [1]}, {"image_ids": "x"}, {"video_id": 1}, {}])
def test_anything_is_cached(app_url: str, state: dict[str, Any]) -> None:
    answer = post(app_url, "smart_cache", **state)
    assert (answer.status_code, answer.json()) == (200, {"message": "Cache task started."})


@pytest.mark.parametrize("state", [{"videoId": VIDEO, "track_id": "t"}, {"videoId": 1}, {}])
def test_anything_is_tracked_without_a_uuid(app_url: str, state: dict[str, Any]) -> None:
    answer = post(app_url, "tracking_by_detection", **state)
    assert (answer.status_code, answer.json()) == (200, {"message": "Track task started."})


def test_a_model_that_was_not_deployed_by_parameters_cannot_be_frozen(app_url: str) -> None:
    expected = {"message": "Failed to freeze model. Check the logs for details."}
    assert post(app_url, "freeze_model").json() == expected
    assert post(app_url, "is_deployed").json()["deployed"] is True


def test_deploy_settings_have_one_shape(app_url: str, platform: modeldouble_server.Server) -> None:
    real, fake = (post(url, "get_deploy_settings").json() for url in (app_url, platform.session_url))
    assert {frozenset(one) for one in real} == {frozenset(one) for one in fake}


def test_an_idle_app_is_at_0_of_1(app_url: str, platform: modeldouble_server.Server) -> None:
    real, fake = (post(url, "get_status").json()["progress"] for url in (app_url, platform.session_url))
    assert set(real) == set(fake)
    assert (fake["message"], fake["current"], fake["total"]) == ("Ready", 0, 1)
