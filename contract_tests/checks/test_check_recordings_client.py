"""The client's wire reads what real apps of every release answered, and an error is an error with a type."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from modeldouble import errors, jobstate, wire

from .recordings import Exchange, exchanges, files

FILES = files()
RELEASES = sorted({file.parent.name for file in FILES}, key=lambda name: [int(part) for part in name.split(".")])
Reader = Callable[[int, dict[str, str], bytes], Any]


def of(route: str, read: Callable[..., Any]) -> Reader:
    return lambda status, headers, body: read(route, status, headers, body)


READERS: dict[str, Reader] = {
    "get_session_info": wire.read_session_info,
    "get_custom_inference_settings": wire.read_default_settings,
    "get_output_classes_and_tags": wire.read_model_meta,
    "get_model_meta": wire.read_model_meta,
    "inference_video_id": wire.read_video,
    **{route: of(route, wire.read_prediction) for route in ("inference_image", "inference_image_id")},
    "inference_image_url": of("inference_image_url", wire.read_prediction),
    **{route: of(route, wire.read_predictions) for route in ("inference_batch", "inference_batch_ids")},
    **{route: of(route, wire.read_job) for route in ("get_inference_progress", "pop_inference_results")},
    **{route: of(route, wire.read_done) for route in ("stop_inference", "clear_inference_request")},
    **{
        f"inference_{name}_async": of(f"inference_{name}_async", wire.read_start)
        for name in ("video_id", "image_id", "batch_ids", "batch", "video", "project_id")
    },
}


def read(exchange: Exchange) -> Any:
    """What the client makes of an answer; the error where it makes one of it."""
    try:
        headers = {"Content-Type": exchange.content_type}
        return READERS[exchange.route](exchange.status, headers, exchange.body)
    except errors.ModelDoubleError as error:
        return error


def readable(file: Path) -> Iterator[Exchange]:
    for one in exchanges(file):
        # What a speed test measures are no predictions, and the client has no method for one.
        if one.route in READERS and "speed test" not in one.scenario:
            yield one


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_an_answer_is_read_and_a_refusal_is_an_error(file: Path) -> None:
    seen = [(one, read(one)) for one in readable(file)]
    assert seen
    wrong = [
        f"{one}: {came!r}"
        for one, came in seen
        if isinstance(came, Exception) != (one.status != 200 or silent_failure(one))
    ]
    assert wrong == []


def silent_failure(exchange: Exchange) -> bool:
    """Since 2025 a failed video is 200 with no frames and no `video_ann`, which only a success has."""
    return exchange.route == "inference_video_id" and exchange.response.get("json") == {"ann": []}


def states(release: str, scenario: str) -> dict[str, jobstate.JobState]:
    """What the client sees of a recorded job, by its step, at the last look of each step."""
    found = [one for one in exchanges(FILES[0].parents[1] / release / "jobs.jsonl") if one.scenario == scenario]
    seen = {one.step: read(one) for one in found if one.route in READERS}
    return {step: state for step, state in seen.items() if isinstance(state, jobstate.JobState)}


@pytest.mark.parametrize("release", RELEASES)
def test_a_job_is_followed_to_its_end(release: str) -> None:
    job = states(release, "a job's life")
    assert (job["running"].started, job["running"].ended, job["running"].progress.total) == (
        True,
        False,
        frames(release),
    )
    assert job["some frames"].results or job["the rest"].results
    assert len(job["some frames"].results) + len(job["the rest"].results) == frames(release)
    assert (job["nothing is left"].results, job["nothing is left"].ended, job["ended"].failure) == ([], True, None)


def frames(release: str) -> int:
    """Servers of early 2023 leave out the last frame of a video when no count is given."""
    return 9 if release.startswith("6.69.") else 10


@pytest.mark.parametrize("release", RELEASES)
def test_a_stopped_job_is_no_failure_and_keeps_what_was_inferred(release: str) -> None:
    job = states(release, "stop")
    assert (job["stopped"].ended, job["stopped"].stopped, job["stopped"].failure) == (True, True, None)
    assert 2 <= len(job["what was inferred"].results) <= 10
    assert job["nothing is left"].results == []


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("why", ["the model raises", "an unknown video", "no video"])
def test_a_job_that_fails_is_seen_to_fail(release: str, why: str) -> None:
    job = states(release, f"a job that fails: {why}")
    assert job["all"].ended
    assert job["all"].failure is not None


@pytest.mark.parametrize("release", RELEASES)
def test_a_job_of_one_frame_has_begun_and_has_one_frame(release: str) -> None:
    job = states(release, "a job over one frame")
    assert (job["ended, not popped"].started, len(job["all"].results)) == (True, 1)
