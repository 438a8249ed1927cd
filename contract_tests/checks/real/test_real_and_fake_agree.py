"""The same request to the real app and to the fake: answers of the same shape, or the difference is listed here."""

from pathlib import Path
from typing import Any

import pytest
import requests

import modeldouble_server

INFERENCES: dict[str, dict[str, Any]] = {
    "inference_image_id": {"image_id": 171250},
    "inference_batch_ids": {"batch_ids": [171250, 17551748]},
    "inference_video_id": {"videoId": 18635803, "framesCount": 2},
}
FAKE_ADDS = {"image_name"}
"""Keys of a prediction that the fake adds for clients of 2024."""


def shape(value: Any) -> Any:
    """Keys and types, of a list only what its first item is."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items() if key not in FAKE_ADDS}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return "number" if type(value) in (int, float) else type(value).__name__


def ask(url: str, route: str, state: dict[str, Any]) -> Any:
    answer = requests.post(f"{url}/{route}", json={"state": {"settings": {}, **state}, "context": {}}, timeout=60)
    assert answer.status_code == 200, f"{route}: {answer.status_code} {answer.text[:300]}"
    return answer.json()


@pytest.fixture
def both(app_url: str, platform: modeldouble_server.Server) -> tuple[str, str]:
    return app_url, platform.session_url


@pytest.mark.parametrize(
    "route", ["get_custom_inference_settings", "get_output_classes_and_tags", "get_model_meta", "is_deployed"]
)
def test_what_a_model_says_of_itself_has_one_shape(both: tuple[str, str], route: str) -> None:
    real, fake = (ask(url, route, {}) for url in both)
    if route == "get_custom_inference_settings":
        assert isinstance(real["settings"], dict)
        assert isinstance(fake["settings"], dict)
    else:
        assert shape(real) == shape(fake)


def test_the_fake_tells_every_key_of_the_session_info(both: tuple[str, str]) -> None:
    real, fake = (ask(url, "get_session_info", {}) for url in both)
    assert set(real) <= set(fake)


@pytest.mark.parametrize("route", INFERENCES)
def test_predictions_have_one_shape(both: tuple[str, str], route: str) -> None:
    real, fake = (ask(url, route, INFERENCES[route]) for url in both)
    assert _keys(real) == _keys(fake)


def test_a_file_has_one_shape(both: tuple[str, str], photographs: list[Path]) -> None:
    answers = []
    for url in both:
        with photographs[0].open("rb") as file:
            answers.append(requests.post(f"{url}/inference_image", files={"files": file}, timeout=60).json())
    assert shape(answers[0]) == shape(answers[1])


@pytest.mark.parametrize(
    "route",
    [
        "get_inference_progress",
        "pop_inference_results",
        "get_inference_status",
        "get_preparing_progress",
        "get_inference_result",
    ],
)
def test_polls_of_a_finished_job_tell_what_the_real_ones_tell(both: tuple[str, str], route: str) -> None:
    real, fake = (_poll_finished(url, route) for url in both)
    if real is None or fake is None:
        assert real == fake
        return
    assert set(real) == set(fake)
    # At the end the real app's progress is reset to two keys; the fake's stays whole, as in every other stage.
    nested = [key for key, value in real.items() if isinstance(value, dict)]
    assert all(set(real[key]) <= set(fake[key]) for key in nested)


def _poll_finished(url: str, route: str) -> Any:
    start = ask(url, "inference_video_id_async", {"videoId": 18635803, "framesCount": 2})
    job = {"inference_request_uuid": start["inference_request_uuid"]}
    for _ in range(600):
        if ask(url, "pop_inference_results", job)["finished"]:
            return ask(url, route, job)
    raise AssertionError("the job did not end")


def _keys(answer: Any) -> Any:
    """Keys of a prediction, of its annotation and of its first object."""
    first = answer["ann"][0] if isinstance(answer, dict) and "ann" in answer else answer
    one = first[0] if isinstance(first, list) else first
    annotation = one["annotation"]
    return sorted(set(one) - FAKE_ADDS), sorted(annotation), sorted(annotation["objects"][0])
