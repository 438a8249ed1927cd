"""The routes around inference as the real app of 6.74.51 was seen to answer them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from modeldouble_server.default_world import PICTURES_PROJECT_ID, VIDEOS_PROJECT_ID, default_spec

if TYPE_CHECKING:
    from tests.served.conftest import Caller, Start

ASKED: dict[str, Any] = {"projectId": PICTURES_PROJECT_ID, "batch_size": 1, "num_iterations": 5, "num_warmup": 2}
CACHE, TRACK = {"message": "Cache task started."}, {"message": "Track task started."}


@pytest.fixture
def newest(start: Start) -> Caller:
    return start(dialect="6.74.51")


@pytest.mark.parametrize(
    ("route", "state"),
    [
        ("run_speedtest", {**ASKED, "projectId": VIDEOS_PROJECT_ID}),
        ("run_speedtest", {**ASKED, "projectId": None}),
        ("run_speedtest", {**ASKED, "batch_size": None}),
        ("deploy_from_api", {}),
        ("deploy_from_api", {"deploy_params": {"model_source": "nope"}}),
    ],
    ids=str,
)
def test_the_callers_mistakes_are_500(newest: Caller, route: str, state: dict[str, Any]) -> None:
    answer = newest.post(route, state)
    assert (answer.status_code, answer.text) == (500, "Internal Server Error")


@pytest.mark.parametrize(
    ("route", "state", "expected"),
    [
        ("smart_cache", {}, CACHE),
        ("smart_cache", {"image_ids": "x"}, CACHE),
        ("tracking_by_detection", {}, TRACK),
        ("tracking_by_detection", {"videoId": 1}, TRACK),
    ],
    ids=str,
)
def test_mistakes_in_the_background_are_200(
    newest: Caller, route: str, state: dict[str, Any], expected: dict[str, str]
) -> None:
    assert newest.ask(route, state) == expected


def test_the_start_of_a_speedtest_says_that_inference_has_started(newest: Caller) -> None:
    assert newest.ask("run_speedtest", ASKED)["message"] == "Inference has started."


def test_a_missing_number_of_iterations_is_found_out_by_the_job(newest: Caller) -> None:
    job = newest.start("run_speedtest", **{**ASKED, "num_iterations": None})
    assert newest.poll("get_inference_progress", job)["stage"] == "Error"


def test_a_batch_that_the_model_cannot_take_is_501(newest: Caller) -> None:
    model = newest.server.fake.models[newest.server.session_token]
    model.spec = default_spec()._replace(info={**default_spec().info, "batch_inference_support": False})
    answer = newest.post("run_speedtest", {**ASKED, "batch_size": 2})
    assert answer.status_code == 501
    assert answer.json() == {"message": "Batch inference is not implemented for this model.", "success": False}


def test_a_batch_over_the_limit_is_400_in_its_words(newest: Caller) -> None:
    model = newest.server.fake.models[newest.server.session_token]
    model.spec = default_spec()._replace(max_batch_size=4)
    answer = newest.post("run_speedtest", {**ASKED, "batch_size": 9})
    text = "Batch size should be less than or equal to 4 for this model."
    assert (answer.status_code, answer.json()) == (400, {"detail": text, "success": False, "message": text})


@pytest.mark.parametrize(
    ("route", "release", "before"),
    [
        ("run_speedtest", "6.73.166", "6.73.165"),
        ("freeze_model", "6.73.408", "6.73.407"),
        ("smart_cache", "6.73.285", "6.73.284"),
        ("tracking_by_detection", "6.73.464", "6.73.463"),
    ],
)
def test_a_route_is_there_since_its_release(start: Start, route: str, release: str, before: str) -> None:
    assert start(dialect=before).post(route).status_code == 404
    assert start(dialect=release).post(route).status_code != 404
