"""`modeldouble run`: a command that finds the fake, and nothing else that it could take for the platform."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from modeldouble_server import Server
from modeldouble_server.default_world import API_TOKEN
from modeldouble_server.handover import child_environment

if TYPE_CHECKING:
    Run = Callable[..., subprocess.CompletedProcess[str]]

GENEROUS = 30.0
MAIN = "from modeldouble_server.cli import main; main()"
TELL = "import json, os, sys; print(json.dumps([dict(os.environ), sys.argv[1:]]))"
ASK = """
import os, requests
from dotenv import load_dotenv
load_dotenv(os.path.expanduser("~/supervisely.env"))
method = os.environ["SERVER_ADDRESS"] + "/public/api/v3/tasks.info"
headers = {"x-api-key": os.environ["API_TOKEN"]}
task = requests.post(method, json={"id": int(os.environ["MODELDOUBLE_TASK_ID"])}, headers=headers, timeout=20)
print(task.json()["meta"]["app"]["name"])
"""
CREDENTIALS = "SERVER_ADDRESS=http://platform.invalid\nAPI_TOKEN=own\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home folder with credentials of a platform that no test may reach."""
    (tmp_path / "supervisely.env").write_text(CREDENTIALS, "utf-8")
    return tmp_path


@pytest.fixture
def run(home: Path) -> Run:
    """`modeldouble run` to its end, for a person whose environment has credentials too."""

    def ended(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", MAIN, "run", *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=GENEROUS, env=persons(home, **more))

    return ended


def persons(home: Path, **more: str) -> dict[str, str]:
    """A person's environment."""
    own = {"HOME": str(home), "USERPROFILE": str(home), "SERVER_ADDRESS": "http://platform.invalid", "API_TOKEN": "own"}
    return {**os.environ, **own, "HTTP_PROXY": "http://proxy.invalid:1", **more}


def told(process: subprocess.CompletedProcess[str]) -> tuple[dict[str, str], list[str]]:
    """Environment and arguments as the child saw them."""
    assert process.returncode == 0, process.stderr
    environment, arguments = json.loads(process.stdout)
    return environment, arguments


@pytest.mark.parametrize("arguments", [["--prot", "3", "--", "true"], ["--prot", "true"], ["-p", "3", "--", "true"]])
def test_an_option_that_there_is_not_is_no_command(run: Run, arguments: list[str]) -> None:
    process = run(*arguments)
    assert (process.returncode, process.stdout) == (2, "")
    assert f"No such option '{arguments[0]}'" in process.stderr or f"No such option: {arguments[0]}" in process.stderr
    assert ("--port" in process.stderr) == (arguments[0] == "--prot")


@pytest.mark.parametrize("before", [[], ["--"], ["--seed", "3"], ["--seed", "3", "--"]])
def test_options_of_the_command_are_its_own(run: Run, before: list[str]) -> None:
    _, arguments = told(run(*before, sys.executable, "-c", TELL, "--prot", "--port", "-p", "--", "--help"))
    assert arguments == ["--prot", "--port", "-p", "--", "--help"]


def test_the_child_finds_the_fake(run: Run) -> None:
    seen, _ = told(run("--", sys.executable, "-c", TELL))
    assert seen["SERVER_ADDRESS"].startswith("http://127.0.0.1:")
    assert seen["API_TOKEN"] == API_TOKEN
    assert seen["MODELDOUBLE_TASK_ID"] == "27209"
    assert seen["MODELDOUBLE_SESSION_URL"].startswith(seen["SERVER_ADDRESS"] + "/net/")


def test_no_proxy_names_the_fake_beside_what_the_person_named(run: Run) -> None:
    seen, _ = told(run("--", sys.executable, "-c", TELL, NO_PROXY="intra.example"))
    assert seen["NO_PROXY"].split(",") == ["intra.example", "127.0.0.1", "localhost"]
    assert seen["no_proxy"] == seen["NO_PROXY"]


def test_the_rest_of_the_environment_is_the_persons(run: Run, home: Path) -> None:
    seen, _ = told(run("--", sys.executable, "-c", TELL, MY_OWN="1"))
    assert (seen["MY_OWN"], seen["HOME"]) == ("1", str(home))


def test_no_variable_leads_the_official_client_elsewhere(run: Run) -> None:
    seen, _ = told(run("--", sys.executable, "-c", TELL, SUPERVISELY_API_SERVER_ADDRESS="http://platform.invalid/api"))
    assert "SUPERVISELY_API_SERVER_ADDRESS" not in seen


def test_a_script_that_loads_the_persons_credentials_still_reaches_the_fake(run: Run, home: Path) -> None:
    process = run("--", sys.executable, "-c", ASK)
    assert (process.stdout, process.returncode) == ("Serve YOLOv5\n", 0), process.stderr
    assert (home / "supervisely.env").read_text("utf-8") == CREDENTIALS
    assert [one.name for one in home.iterdir()] == ["supervisely.env"]


def test_the_persons_own_environment_is_untouched(home: Path) -> None:
    own = persons(home)
    before = dict(own)
    with Server() as server:
        assert child_environment(server, own)["API_TOKEN"] == API_TOKEN
    assert own == before


@pytest.mark.parametrize("status", [0, 1, 3, 42, 255])
def test_the_exit_status_is_the_childs(run: Run, status: int) -> None:
    assert run("--", sys.executable, "-c", f"raise SystemExit({status})").returncode == status


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_child_that_a_signal_ended_is_128_and_the_signal(run: Run, number: int) -> None:
    dies = f"import os; os.kill(os.getpid(), {int(number)})"
    assert run("--", sys.executable, "-c", dies).returncode == 128 + number


@pytest.mark.parametrize(
    ("dashes", "arguments"),
    [
        (["--"], ["--flag", "-x", "--port", "9", "--", "a"]),
        (["--"], ["-h", "--help", "--", "--", "", "two words", "ü"]),
        ([], ["--port", "9", "-h"]),
    ],
)
def test_arguments_with_dashes_are_the_childs(
    run: Run, tmp_path: Path, dashes: list[str], arguments: list[str]
) -> None:
    script = tmp_path / "tell.py"
    script.write_text(TELL, "utf-8")
    assert told(run(*dashes, sys.executable, str(script), *arguments))[1] == arguments


def test_options_before_the_dashes_are_the_servers(run: Run) -> None:
    seen, _ = told(run("--seed", "3", "--host", "localhost", "--", sys.executable, "-c", TELL))
    assert seen["SERVER_ADDRESS"].startswith("http://localhost:")


@pytest.mark.parametrize(("command", "why"), [("no-such-command", "No such file"), ("/", "Permission denied")])
def test_a_command_that_cannot_be_run_is_told_in_one_line(run: Run, command: str, why: str) -> None:
    process = run("--", command)
    assert (process.returncode, process.stdout) == (1, "")
    (line,) = process.stderr.splitlines()
    assert line.startswith(f"Error: cannot run '{command}': {why}")


def test_no_command_is_a_usage_error(run: Run) -> None:
    assert run("--").returncode == 2


def test_the_childs_streams_are_the_persons(home: Path) -> None:
    copy = "import sys; sys.stdout.write(sys.stdin.read()); sys.stderr.write('err')"
    command = [sys.executable, "-c", MAIN, "run", "--", sys.executable, "-c", copy]
    process = subprocess.run(
        command, input="in", capture_output=True, text=True, timeout=GENEROUS, env=persons(home), check=True
    )
    assert (process.stdout, process.stderr) == ("in", "err")


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 7), (signal.SIGINT, 5)])
def test_a_signal_leaves_the_end_to_the_child(home: Path, number: int, status: int) -> None:
    """SIGTERM is passed on; at SIGINT, which a terminal sends to both, the child decides."""
    child = (
        "import signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))\n"
        "print('ready', flush=True)\n"
        f"time.sleep({0.5 if number == signal.SIGINT else GENEROUS})\n"
        "sys.exit(5)\n"
    )
    command: list[Any] = [sys.executable, "-c", MAIN, "run", "--", sys.executable, "-c", child]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=persons(home)) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.05)
        process.send_signal(number)
        assert process.wait(GENEROUS) == status
