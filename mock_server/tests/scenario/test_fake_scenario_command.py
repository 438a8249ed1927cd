"""`modeldouble validate` and `modeldouble explain` as commands: what goes where, and with which status."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from modeldouble_server.cli import main
from modeldouble_server.default_world import DATA
from modeldouble_server.scenario.read import example_names

Write = Callable[[str], Path]


def run(*command: str) -> Result:
    return CliRunner().invoke(main, command)


def test_a_scenario_that_is_fine_is_counted() -> None:
    done = run("validate", "example:stubs")
    assert (done.exit_code, done.output) == (0, "example:stubs: fine: 1 model, 5 stubs\n")


def test_errors_go_to_stderr_with_file_and_line_and_nothing_before_them(write: Write) -> None:
    file = write("models:\n  - predicter: {}\nseed: x\n")
    done = run("validate", str(file))
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [
        f"{file}:2: models[0].predicter: key 'predicter' is unknown; did you mean 'predictor'?",
        f"{file}:3: seed: is 'x'; give a whole number, such as 7",
    ]


def test_the_schema_is_printed_for_editors() -> None:
    done = run("validate", "--schema")
    assert (done.exit_code, json.loads(done.stdout)["title"]) == (0, "modeldouble scenario")


def test_validate_without_a_file_names_the_examples() -> None:
    done = run("validate")
    assert done.exit_code == 2
    assert all(f"example:{name}" in done.stderr for name in example_names())


def test_explain_reads_picture_and_settings(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text("conf_thres: 0.95\n", encoding="utf-8")
    image = str(DATA / "demo" / "cat.jpg")
    done = run("explain", "example:stubs", "--image", image, "--settings", str(tmp_path / "s.yaml"))
    assert done.exit_code == 0
    assert done.output.splitlines()[:3] == [
        "model 'Serve YOLOv8':",
        "  answered by the predictor, synthetic (detection)",
        "  answer: nothing",
    ]


@pytest.mark.parametrize("scenario", ["none.yaml", "example:none"])
def test_a_scenario_that_is_not_there_is_one_line_and_status_1(scenario: str) -> None:
    done = run("explain", scenario, "--image", "x.jpg")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith(f"Error: {scenario}: ")
    assert "Traceback" not in done.stderr


def test_serving_an_unknown_example_lists_those_that_there_are() -> None:
    done = run("serve", "--port", "0", "--scenario", "example:unknown")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("Error: example:unknown: there is no such example; known are example:callable, ")


def test_a_command_finds_the_models_of_the_scenario(write: Write, capfd: pytest.CaptureFixture[str]) -> None:
    file = write("models:\n  - {task_id: 8, session_token: mine}\n")
    code = "import os; print(os.environ['MODELDOUBLE_TASK_ID'], os.environ['MODELDOUBLE_SESSION_URL'][-9:])"
    assert run("run", "--scenario", str(file), "--", sys.executable, "-c", code).exit_code == 0
    assert capfd.readouterr().out == "8 /net/mine\n"
