"""The load itself, by Locust, on fakes that are good, slow, faulty and absent: `tox -e locust`."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

import modeldouble_server
from modeldouble_contract.load.bounds import BEGUN, FOUND, UNCHECKED, WITHIN
from modeldouble_contract.load.figures import read_file

pytestmark = pytest.mark.skipif(find_spec("locust") is None, reason="Locust is not installed: tox -e locust")
SHORT = ("--rate=4", "--seconds=3", "--patience=30", "--errors=0", "--late-ms=5000")


def load(url: str, *options: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "modeldouble_contract.load", url, *SHORT, *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    return done.returncode, done.stderr


@pytest.fixture(scope="module")
def server() -> Iterator[modeldouble_server.Server]:
    with modeldouble_server.serve() as running:
        yield running


def test_a_good_server_is_within_the_bounds(server: modeldouble_server.Server, tmp_path: Path) -> None:
    status, told = load(
        server.server_address, "--p99-ms=30000", f"--csv={tmp_path}/good", f"--html={tmp_path}/good.html"
    )
    assert status == WITHIN, told
    rows = {row.name: row for row in read_file(tmp_path / "good_stats.csv")}
    assert rows[BEGUN].requests == rows["inference_image"].requests == 12
    assert rows["clear_inference_request"].requests == 24
    assert "inference_image" in (tmp_path / "good.html").read_text()


def test_a_slow_server_is_a_finding_that_names_the_request(server: modeldouble_server.Server) -> None:
    with server.add_model(latency=0.3) as slow:
        status, told = load(slow.session_url, "--p99-ms=299")
    assert status == FOUND
    assert "inference_image: p99 is" in told


def test_journeys_begin_although_answers_take_longer_than_the_run(
    server: modeldouble_server.Server, tmp_path: Path
) -> None:
    with server.add_model(latency=4.0) as slow:
        status, told = load(slow.session_url, f"--csv={tmp_path}/open")
    rows = {row.name: row for row in read_file(tmp_path / "open_stats.csv")}
    assert status == WITHIN, told
    # A loop that waits for answers would have begun one.
    assert rows[BEGUN].requests == 12


def test_errors_are_a_finding_that_names_the_request(server: modeldouble_server.Server) -> None:
    with server.add_model() as model:
        model.fail("empty", calls=3, route="pop_inference_results")
        status, told = load(model.session_url)
    assert status == FOUND
    assert "pop_inference_results: " in told
    assert "journey, whole: 8.33 % of 12 failed" in told


def test_frames_that_come_twice_are_errors_although_every_status_is_200(server: modeldouble_server.Server) -> None:
    with server.add_model() as model:
        model.fail("pop_twice", times=None, route="pop_inference_results")
        status, told = load(model.session_url)
    assert status == FOUND
    assert "journey, whole: 100 % of 12 failed" in told


def test_several_processes_share_the_rate(server: modeldouble_server.Server, tmp_path: Path) -> None:
    status, told = load(server.server_address, "--processes=2", f"--csv={tmp_path}/two")
    assert status == WITHIN, told
    assert {row.requests for row in read_file(tmp_path / "two_stats.csv") if row.name == BEGUN} == {12}


def test_nobody_there_is_no_success() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        status, told = load(f"http://127.0.0.1:{silent.getsockname()[1]}")
    assert status == UNCHECKED
    assert "does not answer" in told
