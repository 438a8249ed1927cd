"""run_speedtest: a job over a project's pictures whose results are times."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from modeldouble_server.default_world import PICTURES_PROJECT_ID, SETTINGS, VIDEOS_PROJECT_ID, default_spec
from modeldouble_server.scene import Answer, Query

if TYPE_CHECKING:
    from requests import Response

    from tests.served.conftest import Caller

    Refused = Callable[[Response, int], str]

ASKED: dict[str, Any] = {"projectId": PICTURES_PROJECT_ID, "batch_size": 1, "num_iterations": 5, "num_warmup": 2}
PACE = 0.02
# As the real app of 6.74.51 answered it: only models that measure themselves know the parts.
PARTS = {"preprocess": None, "inference": None, "postprocess": None}


class Broken:
    """A model that raises on whatever it is given."""

    def predict(self, query: Query) -> Answer:
        raise ValueError("out of memory")


def change(fake: Caller, **fields: Any) -> None:
    """Give the served model other properties."""
    model = fake.server.fake.models[fake.server.session_token]
    model.spec = default_spec()._replace(**fields)


def test_a_speedtest_gives_one_result_per_iteration_and_none_of_the_warmup(fake: Caller) -> None:
    job = fake.start("run_speedtest", **ASKED)
    fake.clock.advance(60)
    popped = fake.poll("pop_inference_results", job)
    assert popped["pending_results"] == [{"total": 1000 * PACE, **PARTS}] * 5
    assert popped["progress"]["total"] == 5
    assert (popped["stage"], popped["finished"]) == ("Finished", True)


def test_a_result_is_the_time_of_a_whole_batch(fake: Caller) -> None:
    job = fake.start("run_speedtest", **{**ASKED, "batch_size": 3})
    fake.clock.advance(60)
    assert fake.poll("pop_inference_results", job)["pending_results"][0] == {"total": 3000 * PACE, **PARTS}


def test_batches_take_their_time_and_the_warmup_comes_before_them(fake: Caller) -> None:
    job = fake.start("run_speedtest", **{**ASKED, "batch_size": 2})
    fake.clock.advance(2 * 2 * PACE)
    before = fake.poll("get_inference_progress", job)
    fake.clock.advance(3 * 2 * PACE)
    assert (before["progress"]["current"], before["pending_results"]) == (0, 0)
    assert fake.poll("get_inference_progress", job)["progress"]["current"] == 3


def test_the_warmup_is_three_batches_unless_told(fake: Caller) -> None:
    job = fake.start("run_speedtest", projectId=PICTURES_PROJECT_ID, batch_size=1, num_iterations=1)
    fake.clock.advance(3.9 * PACE)
    assert fake.poll("get_inference_progress", job)["progress"]["current"] == 0
    fake.clock.advance(0.2 * PACE)
    assert fake.poll("get_inference_progress", job)["progress"]["current"] == 1


def test_a_speedtest_can_be_stopped_and_cleared(fake: Caller) -> None:
    job = fake.start("run_speedtest", **{**ASKED, "num_warmup": 0})
    fake.clock.advance(2 * PACE)
    fake.poll("stop_inference", job)
    fake.clock.advance(60)
    assert len(fake.poll("pop_inference_results", job)["pending_results"]) == 2
    assert fake.poll("clear_inference_request", job) == {"success": True}


def test_a_speedtest_has_no_result_of_its_own(fake: Caller) -> None:
    job = fake.start("run_speedtest", **ASKED)
    fake.clock.advance(60)
    assert fake.poll("get_inference_result", job) is None


def test_no_iterations_are_a_job_without_results(fake: Caller) -> None:
    job = fake.start("run_speedtest", **{**ASKED, "num_iterations": 0})
    popped = fake.poll("pop_inference_results", job)
    assert (popped["pending_results"], popped["stage"], popped["finished"]) == ([], "Finished", True)


@pytest.mark.parametrize("aliases", [{"project_id": PICTURES_PROJECT_ID}, {"dataset_ids": [53001]}])
def test_a_project_is_named_by_either_key_and_narrowed_by_datasets(fake: Caller, aliases: dict[str, Any]) -> None:
    asked = {key: ASKED[key] for key in ASKED if "project_id" not in aliases or key != "projectId"}
    job = fake.start("run_speedtest", **asked, **aliases)
    fake.clock.advance(60)
    assert len(fake.poll("pop_inference_results", job)["pending_results"]) == 5


@pytest.mark.parametrize("keys", [{"projectId": 999}, {"dataset_ids": [4]}, {"dataset_ids": []}])
def test_nothing_to_measure_on_is_a_job_in_stage_error(fake: Caller, keys: dict[str, Any]) -> None:
    # The real app of 6.74.51 answers 500 to the first and never ends the others.
    job = fake.start("run_speedtest", **{**ASKED, **keys})
    polled = fake.poll("get_inference_progress", job)
    assert (polled["stage"], polled["finished"]) == ("Error", True)
    assert "has no pictures to measure on" in polled["exception"]["message"]


def test_a_model_that_raises_ends_the_job_in_an_error(fake: Caller) -> None:
    change(fake, predictor=Broken())
    job = fake.start("run_speedtest", **ASKED)
    fake.clock.advance(60)
    popped = fake.poll("pop_inference_results", job)
    assert (popped["stage"], popped["pending_results"]) == ("Error", [])
    assert popped["exception"]["message"] == "out of memory"


def test_a_project_of_videos_is_refused(fake: Caller, refused: Refused) -> None:
    text = refused(fake.post("run_speedtest", {**ASKED, "projectId": VIDEOS_PROJECT_ID}), 400)
    assert text.startswith("Only images projects are supported")


def test_a_batch_is_501_where_the_model_takes_one_picture_at_a_time(fake: Caller, refused: Refused) -> None:
    info = {**default_spec().info, "batch_inference_support": False}
    change(fake, info=info)
    text = refused(fake.post("run_speedtest", {**ASKED, "batch_size": 2}), 501)
    assert text.startswith("Batch inference is not implemented for this model")
    fake.start("run_speedtest", **ASKED)


def test_a_batch_over_the_models_limit_is_refused(fake: Caller, refused: Refused) -> None:
    change(fake, max_batch_size=4)
    fake.start("run_speedtest", **{**ASKED, "batch_size": 4})
    assert "less than or equal to 4" in refused(fake.post("run_speedtest", {**ASKED, "batch_size": 5}), 400)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("projectId", None),
        ("projectId", "17001"),
        ("batch_size", None),
        ("batch_size", 0),
        ("batch_size", 1001),
        ("num_iterations", None),
        ("num_iterations", -1),
        ("num_iterations", 10**400),
        ("num_warmup", 10**7),
        ("num_warmup", "2"),
        ("dataset_ids", "all"),
        ("settings", [SETTINGS]),
    ],
)
def test_bad_input_is_refused_by_its_name(fake: Caller, refused: Refused, key: str, value: object) -> None:
    text = refused(fake.post("run_speedtest", {**ASKED, key: value}), 400)
    assert key in text or text.startswith("Batch size should be less than or equal to 1000")
