"""What shells complete, asked as they ask it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from modeldouble_server.cli import main
from modeldouble_server.cli_completion import SHELLS
from modeldouble_server.dialect.release import read_release
from modeldouble_server.limits import Limits
from modeldouble_server.scenario.read import example_names


def completed(line: str) -> list[str]:
    """What Bash would offer for the last word of a line."""
    asked = {"_MODELDOUBLE_COMPLETE": "bash_complete", "COMP_WORDS": line, "COMP_CWORD": str(len(line.split(" ")) - 1)}
    result = CliRunner().invoke(main, [], prog_name="modeldouble", env=asked)
    assert result.exit_code == 0, result.output
    return [found.partition(",")[2] for found in result.output.splitlines()]


def test_commands_are_completed() -> None:
    assert completed("modeldouble se") == ["serve"]
    assert set(completed("modeldouble ")) >= {"demo", "serve", "run", "contract", "completion"}


def test_options_are_completed() -> None:
    assert completed("modeldouble serve --dia") == ["--dialect"]


def test_scenarios_that_are_shipped_are_completed() -> None:
    shipped = [f"example:{name}" for name in example_names()]
    for line in ("modeldouble serve --scenario ", "modeldouble validate ", "modeldouble explain "):
        assert completed(line + "ex") == shipped


def test_another_scenario_is_a_file() -> None:
    asked = {"_MODELDOUBLE_COMPLETE": "bash_complete", "COMP_WORDS": "modeldouble validate my", "COMP_CWORD": "2"}
    assert CliRunner().invoke(main, [], prog_name="modeldouble", env=asked).output == "file,my\n"


def test_dialects_are_completed_by_what_can_be_given() -> None:
    found = completed("modeldouble serve --dialect ")
    assert found[:2] == ["superset", "2023"]
    assert [str(read_release(name)) for name in found[-2:]] == found[-2:]
    assert completed("modeldouble serve --dialect 6.7") == found[-1:]


@pytest.mark.parametrize("command", ["contract", "record"])
def test_a_release_of_the_sdk_is_completed(command: str) -> None:
    found = completed(f"modeldouble {command} --sdk ")
    assert [str(read_release(name)) for name in found] == found
    assert len(found) == 2


def test_bounds_are_completed_by_name() -> None:
    assert completed("modeldouble serve --limit ") == [f"{name}=" for name in Limits._fields]
    assert completed("modeldouble serve --limit body_b") == ["body_bytes="]


def test_workloads_are_completed() -> None:
    pytest.importorskip("matplotlib")
    assert completed("modeldouble bench session") == ["session-info"]


@pytest.mark.parametrize("lacking", ["psutil", "modeldouble_contract"])
def test_without_a_part_no_workload_is_completed_and_nothing_is_said(lacking: str) -> None:
    script = (
        f"import sys\nsys.modules[{lacking!r}] = None\nfrom modeldouble_server.cli import main\nmain(prog_name='x')"
    )
    asked = {"_X_COMPLETE": "bash_complete", "COMP_WORDS": "x bench s", "COMP_CWORD": "2"}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, env={**os.environ, **asked}
    )
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "", "")


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_is_given_a_script_that_asks_the_program(shell: str) -> None:
    result = CliRunner().invoke(main, ["completion", shell], prog_name="modeldouble")
    assert result.exit_code == 0
    assert "_MODELDOUBLE_COMPLETE=" in result.output


def test_another_shell_is_refused_with_those_that_there_are() -> None:
    result = CliRunner().invoke(main, ["completion", "tcsh"])
    assert result.exit_code == 2
    assert all(shell in result.output for shell in SHELLS)


@pytest.fixture
def bash(tmp_path: Path) -> Callable[[str], str]:
    """A Bash that finds the command line under its name."""
    found = shutil.which("bash")
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("there is no Bash here")
        pytest.skip("there is no Bash here")
    program = tmp_path / "modeldouble"
    program.write_text(f"#!{sys.executable}\nfrom modeldouble_server.cli import main\n\nmain()\n")
    program.chmod(0o755)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"

    def run(script: str) -> str:
        told = subprocess.run([found, "-c", script], capture_output=True, text=True, timeout=60, check=True,
                              env={**os.environ, "PATH": path})  # fmt: skip
        return told.stdout

    return run


def test_bash_completes_with_the_script(bash: Callable[[str], str]) -> None:
    script = """
        eval "$(modeldouble completion bash)"
        COMP_WORDS=(modeldouble val) COMP_CWORD=1
        _modeldouble_completion modeldouble
        echo "${COMPREPLY[@]}"
    """
    assert bash(script).split() == ["validate"]
