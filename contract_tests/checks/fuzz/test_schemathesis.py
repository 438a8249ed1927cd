"""A short run of Schemathesis. The long one, 2,000 examples per operation, takes a quarter of an hour:

modeldouble serve --port 27209
python contract_tests/checks/fuzz/schemathesis_run.py http://127.0.0.1:27209 2000 schemathesis-report
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import modeldouble_server
from modeldouble_server.scene import Answer, Query

from .schemathesis_run import BRIEFLY, FROM_FILES, FROM_IDS, TRUTH, run

POLLS = {
    "get_inference_progress",
    "pop_inference_results",
    "get_inference_result",
    "get_inference_status",
    "get_preparing_progress",
    "stop_inference",
    "clear_inference_request",
}


class Broken:
    """A model that raises."""

    def predict(self, query: Query) -> Answer:
        raise ValueError("out of memory")


@pytest.fixture
def server() -> Iterator[modeldouble_server.Server]:
    with modeldouble_server.serve() as server:
        yield server


def figures(report: Path) -> Any:
    """The summary of a run."""
    return json.loads(report.with_suffix(".json").read_text(encoding="utf-8"))


def answered(report: Path) -> set[str]:
    """Routes that answered 200 at least once."""
    entries = json.loads(report.read_text(encoding="utf-8"))["log"]["entries"]
    found = [(one["request"]["url"], one["response"]["status"]) for one in entries]
    return {url.rpartition("/")[2] for url, status in found if status == 200}


def test_no_operation_answers_what_the_truth_does_not_say(server: modeldouble_server.Server, tmp_path: Path) -> None:
    report = tmp_path / "alone.har"
    done = run(server.server_address, 3, report, BRIEFLY)
    assert done.returncode == 0, done.stdout + done.stderr
    summary = figures(report)
    assert summary["operations"]["tested"] == summary["operations"]["total"] > 40
    assert summary["test_cases"]["generated"] > 100


@pytest.mark.parametrize("options", [FROM_FILES, FROM_IDS], ids=["files", "ids"])
def test_no_life_of_a_job_answers_what_the_truth_does_not_say(
    server: modeldouble_server.Server, tmp_path: Path, options: tuple[str, ...]
) -> None:
    report = tmp_path / "jobs.har"
    done = run(server.server_address, 25, report, options)
    assert done.returncode == 0, done.stdout + done.stderr
    # Which links are followed is left to chance, seed or not.
    assert len(POLLS & answered(report)) >= 3
    assert answered(report) - POLLS


@pytest.mark.parametrize(
    ("said", "lie"),
    [("properties: {success: {const: true}}", "properties: {success: {const: 1}}"), ("'200':", "'201':")],
    ids=["schema", "status"],
)
def test_an_answer_that_the_truth_does_not_say_is_found(
    server: modeldouble_server.Server, tmp_path: Path, said: str, lie: str
) -> None:
    text = TRUTH.read_text(encoding="utf-8")
    assert said in text
    truth = tmp_path / "lie.yaml"
    truth.write_text(text.replace(said, lie), encoding="utf-8")
    options = (*BRIEFLY, "--include-path", "/clear_inference_request")
    done = run(server.server_address, 5, tmp_path / "lie.har", options, truth)
    assert done.returncode == 1, done.stdout + done.stderr
    assert figures(tmp_path / "lie.har")["test_cases"]["unique_failures"] > 0


def test_an_answer_of_500_is_found(server: modeldouble_server.Server, tmp_path: Path) -> None:
    model = server.fake.models[server.session_token]
    model.spec = model.spec._replace(predictor=Broken())
    options = (*BRIEFLY, "--include-path", "/inference_image_url")
    done = run(server.server_address, 5, tmp_path / "broken.har", options)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Server error" in done.stdout
