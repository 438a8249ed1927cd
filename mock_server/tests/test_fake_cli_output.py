"""Where the output cannot be written: a line that says so, a status, and no traceback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

GENEROUS = 60.0
MAIN = [sys.executable, "-c", "from modeldouble_server.cli import main; main()"]
FULL = Path("/dev/full")
# As at a shell: Python keeps a part back until its end, and fails then.
BUFFERED = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}

pytestmark = pytest.mark.skipif(not FULL.exists(), reason="there is no device here that is always full")


def into(stdout: Path | int, *arguments: str, command: Sequence[str] = MAIN) -> tuple[int, str]:
    """Status and complaints of a command whose output goes there."""
    with open(stdout, "w") as out:
        done = subprocess.run([*command, *arguments], stdout=out, stderr=subprocess.PIPE, text=True, timeout=GENEROUS,
                              env=BUFFERED)  # fmt: skip
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["validate", "example:detection"],
        ["completion", "bash"],
        ["serve", "--port", "0"],
        ["serve", "--help"],
    ],
)
def test_a_full_disk_is_told_in_one_line(arguments: list[str]) -> None:
    status, said = into(FULL, *arguments)
    assert (status, said.count("\n")) == (1, 1)
    assert said.startswith("Error: the output cannot be written, send it elsewhere ([Errno 28]")


def test_the_demo_does_not_blame_its_folder(tmp_path: Path) -> None:
    status, said = into(FULL, "demo", "--output", str(tmp_path / "out"))
    assert status == 1
    assert "Error: the output cannot be written" in said
    assert "--output" not in said


@pytest.fixture
def closed() -> int:
    """A pipe that nobody reads any more."""
    reading, writing = os.pipe()
    os.close(reading)
    return writing


def test_who_reads_no_further_is_told_nothing(closed: int) -> None:
    assert into(closed, "--help") == (1, "")


def test_a_demo_that_is_read_no_further_does_not_blame_its_folder(closed: int, tmp_path: Path) -> None:
    status, said = into(closed, "demo", "--output", str(tmp_path / "out"))
    assert status == 1
    assert "Error" not in said


LATE = """
import sys
from modeldouble_server.cli_shape import Commands, Told
said = {
    "say": Told("say", callback=lambda: print("said")),
    "fail": Told("fail", callback=lambda: print("said") or sys.exit(2)),
}
Commands("x", commands=said).main(sys.argv[1:])
"""


def test_what_is_written_late_fails_in_the_same_words(closed: int) -> None:
    late = [sys.executable, "-c", LATE, "say"]
    assert into(closed, command=late) == (1, "")
    status, said = into(FULL, command=late)
    assert (status, said.count("\n")) == (1, 1)
    assert said.startswith("Error: the output cannot be written")


def test_a_status_of_its_own_is_kept_where_the_output_is_lost() -> None:
    assert into(FULL, command=[sys.executable, "-c", LATE, "fail"]) == (2, "")


def test_a_command_that_nobody_hears_says_nothing_twice() -> None:
    with FULL.open("w") as full:
        assert (
            subprocess.run([*MAIN, "--help"], stdout=full, stderr=full, timeout=GENEROUS, env=BUFFERED).returncode == 1
        )


def test_serving_needs_no_output(tmp_path: Path) -> None:
    env_file = tmp_path / "fake.env"
    command = ["sh", "-c", 'exec "$@" >&-', "sh", *MAIN, "serve", "--port", "0", "--env-file", str(env_file)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        while not env_file.exists() and process.poll() is None:
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=GENEROUS)
    assert (process.returncode, said) == (0, "")


INTERRUPTED = """
import sys
class Interrupted:
    def find_spec(self, name, path=None, target=None):
        if name == "modeldouble_contract.command":
            raise {error}
sys.meta_path.insert(0, Interrupted())
from modeldouble_server.cli import main
main(["contract", "http://127.0.0.1:1"])
"""


@pytest.mark.parametrize(
    ("error", "told"),
    [
        ("KeyboardInterrupt", "interrupted"),
        ("OSError(5, 'Input/output error')", "[Errno 5] Input/output error"),
        ("ModuleNotFoundError('no')", "a part is not installed, pip install 'modeldouble[contract]' (no)"),
    ],
)
def test_what_ends_while_the_suite_is_loaded_is_no_violation(error: str, told: str) -> None:
    script = [sys.executable, "-c", INTERRUPTED.format(error=error)]
    done = subprocess.run(script, capture_output=True, text=True, timeout=GENEROUS)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"COULD NOT CHECK: {told}\n")
