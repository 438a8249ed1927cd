"""The command line as scripts use it: a process, its five lines, its signals, its exit status."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests
from dotenv import dotenv_values

from modeldouble_server import CannotServe
from modeldouble_server.default_world import API_TOKEN, SESSION_TOKEN
from modeldouble_server.handover import write_env_file

if TYPE_CHECKING:
    Serve = Callable[..., "Serving"]

GENEROUS = 30.0
MAIN = "from modeldouble_server.cli import main; main()"
NAMES = ["SERVER_ADDRESS", "API_TOKEN", "MODELDOUBLE_TASK_ID", "MODELDOUBLE_SESSION_URL"]
BARE = """
import asyncio, socket, sys
def lacking(*arguments, **options):
    raise NotImplementedError
asyncio.BaseEventLoop.add_signal_handler = lacking
asyncio.SelectorEventLoop.add_signal_handler = lacking
for name in ("SO_REUSEPORT",):
    if hasattr(socket, name):
        delattr(socket, name)
sys.modules["uvloop"] = None
"""
OWN = {"MODELDOUBLE_API_TOKEN": "operators-api-token", "MODELDOUBLE_SESSION_TOKEN": "operators-session-token"}


class Serving:
    """A `serve` that has printed its lines."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        assert process.stdout is not None
        self.lines = [process.stdout.readline().rstrip("\n") for _ in range(5)]
        self.values = dict(line.split("=", 1) for line in self.lines[1:])

    def ended(self, number: int) -> int:
        """Exit status after a signal; nothing more may have been printed."""
        self.process.send_signal(number)
        out, _ = self.process.communicate(timeout=GENEROUS)
        assert out == ""
        return self.process.returncode


def environment(home: Path, **more: str) -> dict[str, str]:
    """An environment in which `home` is the person's, with no variable of the fake's own."""
    kept = {name: value for name, value in os.environ.items() if name not in NAMES and name not in OWN}
    return {**kept, "HOME": str(home), "USERPROFILE": str(home), **more}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home folder with credentials of a platform that no test may reach."""
    folder = tmp_path / "home"
    folder.mkdir()
    (folder / "supervisely.env").write_text("SERVER_ADDRESS=http://platform.invalid\nAPI_TOKEN=own\n", "utf-8")
    return folder


@pytest.fixture
def serve(home: Path) -> Iterator[Serve]:
    """Start `serve` processes that do not outlive the test."""
    with ExitStack() as stack:

        def started(*arguments: str, before: str = "", **more: str) -> Serving:
            command = [sys.executable, "-c", before + MAIN, "serve", *arguments]
            process = stack.enter_context(
                subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment(home, **more))
            )
            stack.callback(process.kill)
            return Serving(process)

        yield started


@pytest.fixture
def called(home: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the command line to its end."""

    def run(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", MAIN, *arguments],
            capture_output=True, text=True, timeout=GENEROUS, env=environment(home, **more),
        )  # fmt: skip

    return run


if TYPE_CHECKING:
    Called = Callable[..., subprocess.CompletedProcess[str]]


def one_line(process: subprocess.CompletedProcess[str]) -> str:
    """The error of a command that failed: one line, no traceback, status 1."""
    assert (process.returncode, process.stdout) == (1, "")
    lines = process.stderr.splitlines()
    assert len(lines) == 1, process.stderr
    assert lines[0].startswith("Error: ")
    return lines[0]


def test_serve_prints_the_five_lines_in_order(serve: Serve) -> None:
    served = serve("--port", "0")
    address = served.values["SERVER_ADDRESS"]
    assert served.lines[0] == f"modeldouble ready: {address}"
    assert list(served.values) == NAMES
    assert (served.values["API_TOKEN"], len(API_TOKEN)) == (API_TOKEN, 128)
    assert served.values["MODELDOUBLE_TASK_ID"] == "27209"
    assert served.values["MODELDOUBLE_SESSION_URL"] == f"{address}/net/{SESSION_TOKEN}"
    assert served.ended(signal.SIGTERM) == 0


def test_serve_answers_as_soon_as_it_has_printed(serve: Serve) -> None:
    served = serve("--port", "0")
    assert requests.post(f"{served.values['MODELDOUBLE_SESSION_URL']}/get_session_info", timeout=GENEROUS).ok


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_right_after_the_lines_ends_it_with_0(serve: Serve, number: int) -> None:
    assert serve("--port", "0").ended(number) == 0


def test_a_signal_ends_it_with_0_while_a_client_stays_connected(serve: Serve) -> None:
    served = serve("--port", "0")
    with requests.Session() as http:
        http.get(f"{served.values['SERVER_ADDRESS']}/livez", timeout=GENEROUS)
        assert served.ended(signal.SIGTERM) == 0


def test_the_env_file_has_the_printed_variables_for_its_owner_only(serve: Serve, tmp_path: Path) -> None:
    path = tmp_path / "fake.env"
    served = serve("--port", "0", "--env-file", str(path))
    assert dotenv_values(path) == served.values
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir() if one.name != "home"] == ["fake.env"]


def test_the_env_file_of_an_earlier_run_is_replaced(serve: Serve, tmp_path: Path) -> None:
    path = tmp_path / "fake.env"
    serve("--port", "0", "--env-file", str(path)).ended(signal.SIGTERM)
    second = serve("--port", "0", "--env-file", str(path))
    assert dotenv_values(path) == second.values


@pytest.mark.parametrize("content", ["API_TOKEN=own\n", "", "# written by hand\n"])
def test_a_foreign_env_file_is_left_alone(called: Called, tmp_path: Path, content: str) -> None:
    path = tmp_path / "own.env"
    path.write_text(content, "utf-8")
    assert "was not written by modeldouble" in one_line(called("serve", "--port", "0", "--env-file", str(path)))
    assert path.read_text("utf-8") == content


def test_an_env_file_that_cannot_be_written_is_refused_in_one_line(called: Called, tmp_path: Path) -> None:
    for path, said in ((tmp_path, "is a folder"), (tmp_path / "no" / "fake.env", "there is no folder")):
        assert said in one_line(called("serve", "--port", "0", "--env-file", str(path)))


def test_an_env_file_that_became_foreign_while_the_server_started_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "fake.env"
    write_env_file(path, {"API_TOKEN": "ours"})
    path.write_text("API_TOKEN=own\n", "utf-8")
    with pytest.raises(CannotServe, match="was not written by modeldouble"):
        write_env_file(path, {"API_TOKEN": "ours"})
    assert path.read_text("utf-8") == "API_TOKEN=own\n"


def test_an_env_file_that_is_a_link_is_left_alone(called: Called, tmp_path: Path, home: Path) -> None:
    link = tmp_path / "link.env"
    link.symlink_to(home / "supervisely.env")
    assert "name another file" in one_line(called("serve", "--port", "0", "--env-file", str(link)))


def test_a_taken_port_is_told_in_one_line_with_the_remedy(called: Called) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert "--port 0" in one_line(called("serve", "--port", str(taken.getsockname()[1])))


@pytest.mark.parametrize("command", [["serve"], ["run", "--host", "0.0.0.0", "--", "echo"]])
def test_a_public_host_without_tokens_is_refused(called: Called, command: list[str]) -> None:
    arguments = [*command, "--host", "0.0.0.0"] if command == ["serve"] else command
    line = one_line(called(*arguments))
    assert "MODELDOUBLE_API_TOKEN and MODELDOUBLE_SESSION_TOKEN" in line
    assert one_line(called(*arguments, MODELDOUBLE_API_TOKEN="only-one")) == line


def test_an_empty_host_is_refused_even_with_tokens(called: Called) -> None:
    assert "host '' is no address; use --host 127.0.0.1" in one_line(called("serve", "--host", "", **OWN))


def test_a_public_host_with_tokens_serves_below_the_token_only(serve: Serve) -> None:
    served = serve("--host", "0.0.0.0", "--port", "0", **OWN)
    address = served.values["SERVER_ADDRESS"].replace("0.0.0.0", "127.0.0.1")
    assert served.values["API_TOKEN"] == "operators-api-token"
    assert requests.post(f"{address}/get_session_info", timeout=GENEROUS).status_code == 404
    below = f"{address}/net/operators-session-token/get_session_info"
    assert requests.post(below, timeout=GENEROUS).status_code == 200


def test_tokens_of_ones_own_count_on_loopback_too(serve: Serve) -> None:
    served = serve("--port", "0", **OWN)
    assert served.values["MODELDOUBLE_SESSION_URL"].endswith("/net/operators-session-token")


@pytest.mark.parametrize("port", ["-1", "65536", "x"])
def test_a_port_that_is_none_is_a_usage_error(called: Called, port: str) -> None:
    process = called("serve", "--port", port)
    assert (process.returncode, "--port" in process.stderr) == (2, True)


def test_it_runs_where_signal_handlers_of_loops_reuseport_and_uvloop_are_missing(serve: Serve) -> None:
    served = serve("--port", "0", before=BARE)
    url = f"{served.values['MODELDOUBLE_SESSION_URL']}/inference_image_id"
    answer = requests.post(url, json={"state": {"image_id": 171250}}, timeout=GENEROUS)
    assert answer.json()["annotation"]["size"] == {"height": 1600, "width": 1280}
    assert served.ended(signal.SIGTERM) == 0


def test_help_tells_of_every_command_with_an_example(called: Called) -> None:
    overview = called("--help").stdout
    for command in ("serve", "run"):
        assert command in overview
        assert f":\n  modeldouble {command}" in called(command, "-h").stdout


def test_the_version_is_that_of_the_distribution(called: Called) -> None:
    process = called("--version")
    assert process.returncode == 0
    assert process.stdout.strip().endswith("0.1.0")


def test_serve_takes_a_dialect_and_its_mode(serve: Serve) -> None:
    served = serve("--port", "0", "--dialect", "6.74.51", "--mode", "production")
    address = served.values["MODELDOUBLE_SESSION_URL"]
    answer = requests.post(f"{address}/get_inference_progress", json={"state": {}}, timeout=GENEROUS)
    assert answer.json() == {"message": "Error: 'inference_request_uuid' is required."}
    assert requests.post(f"{address}/is_running", timeout=GENEROUS).json()["mode"] == "production"


@pytest.mark.parametrize("command", [["serve"], ["run", "--"]])
@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--dialect", "newest"], "dialect 'newest' is no release; use one such as 6.74.51"),
        (["--dialect", "6.1.0"], "6.1.0 is older than 6.69.47"),
        (["--mode", "production"], "name its release too"),
    ],
)
def test_a_dialect_that_cannot_be_is_one_line(
    called: Called, command: list[str], options: list[str], told: str
) -> None:
    assert told in one_line(called(command[0], *options, *command[1:], *(["true"] if command[1:] else [])))
