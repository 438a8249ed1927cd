"""`modeldouble record` and `serve --replay` as processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from modeldouble_server import Server

from .conftest import RIDER, Client, lines

MAIN = "from modeldouble_server.cli import main; main()"
GENEROUS = 30.0


@contextmanager
def running(*arguments: str, count: int) -> Iterator[list[str]]:
    """The lines that a command prints when it is ready; it must end with 0."""
    command = [sys.executable, "-c", MAIN, *arguments]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, "API_TOKEN": "y" * 128}
    ) as process:
        assert process.stdout is not None
        yield [process.stdout.readline().strip() for _ in range(count)]
        process.send_signal(signal.SIGTERM)
        assert process.wait(GENEROUS) == 0


def refused(*arguments: str) -> str:
    command = [sys.executable, "-c", MAIN, *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=GENEROUS)
    assert ended.returncode == 1
    return ended.stderr


@pytest.mark.skipif(os.name == "nt", reason="a process is ended by a signal")
def test_what_one_command_records_the_other_replays(app: Server, tmp_path: Path) -> None:
    with running("record", app.session_url, "--output", str(tmp_path / "r"), count=2) as told:
        address = told[0].removeprefix("modeldouble ready: ")
        assert told[1] == f"MODELDOUBLE_SESSION_URL={address}"
        before = Client(address).post("inference_image_id", image_id=RIDER, note="y" * 128)
    assert lines(tmp_path / "r")[-1]["request"]["json"]["state"]["note"] == "***"
    with running("serve", "--port", "0", "--replay", str(tmp_path / "r"), count=5) as told:
        after = Client(told[0].removeprefix("modeldouble ready: ")).post("inference_image_id", image_id=RIDER)
    assert after.content == before.content


def test_what_cannot_be_recorded_is_one_line(tmp_path: Path) -> None:
    said = refused("record", "ftp://nowhere", "--output", str(tmp_path / "r"))
    assert said == "Error: url is 'ftp://nowhere'; give the http or https address of a running serving app\n"


def test_what_cannot_be_replayed_is_one_line(tmp_path: Path) -> None:
    said = refused("serve", "--port", "0", "--replay", str(tmp_path))
    assert said.count("\n") == 1
    assert "is no recording" in said
