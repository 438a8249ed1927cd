"""What `--workers` cannot do is told in one line, and nothing is left running."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from modeldouble_server import CannotServe
from modeldouble_server.workers.command import serve_together

from .conftest import GENEROUS, MAIN

if TYPE_CHECKING:
    from ..store.redis_server import RedisServer
    from .conftest import Together

    Begun = Callable[..., Together]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot share a port")
AWAY = "redis://127.0.0.1:1/0"


def called(*options: str, before: str = "") -> subprocess.CompletedProcess[str]:
    """`serve` with these options, which ends by itself."""
    command = [sys.executable, "-c", before + MAIN, "serve", "--port", "0", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=GENEROUS)


def one_line(process: subprocess.CompletedProcess[str]) -> str:
    """The error of a command that failed, as `serve` tells it."""
    assert (process.returncode, process.stdout) == (1, "")
    [line] = process.stderr.splitlines()
    assert line.startswith("Error: ")
    return line


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ((), "processes share their state in a Redis; give --redis URL too, or leave --workers out"),
        (("--data-dir", "data"), "one process at a time has a --data-dir; give --redis URL instead"),
        (("--redis", AWAY), "redis://127.0.0.1:1"),
        (("--redis", AWAY, "--scenario", "none.yaml"), "none.yaml"),
        (("--redis", AWAY, "--limit", "bodies=1"), "--limit 'bodies' is unknown"),
        (("--redis", AWAY, "--grace", "nan"), "grace is nan"),
        (("--redis", AWAY, "--host", "0.0.0.0"), "set MODELDOUBLE_API_TOKEN"),
        (("--redis", AWAY, "--host", "203.0.113.9"), "cannot listen on 203.0.113.9:0"),
        (("--redis", AWAY, "--env-file", "none/fake.env"), "there is no folder none"),
    ],
)
def test_what_cannot_be_is_told_in_one_line(options: tuple[str, ...], told: str) -> None:
    assert told in one_line(called("--workers", "2", *options))


@pytest.mark.parametrize("count", ["0", "65", "two"])
def test_a_number_of_workers_that_is_none_is_told_with_those_that_are(count: str) -> None:
    process = called("--workers", count)
    assert process.returncode == 2
    assert "Invalid value for '--workers'" in process.stderr


def test_one_worker_is_a_server_as_ever_and_needs_no_redis(tmp_path: Path) -> None:
    data = tmp_path / "foreign"
    data.mkdir()
    (data / "other.txt").touch()
    assert "was not made by modeldouble" in one_line(called("--workers", "1", "--data-dir", str(data)))


def test_a_port_that_a_server_has_is_told_with_the_remedy(redis: RedisServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        line = one_line(called("--workers", "2", "--redis", redis.url, "--port", port))
    assert f"cannot listen on 127.0.0.1:{port}" in line
    assert "use --port 0 for a free one" in line


def test_a_port_that_other_workers_have_is_not_shared_with_them(two: Together, redis: RedisServer) -> None:
    options = ("--workers", "2", "--redis", redis.url, "--port", str(two.port))
    assert "use --port 0 for a free one" in one_line(called(*options))


def test_a_system_without_shared_ports_is_told_the_remedy() -> None:
    lacking = "import socket; del socket.SO_REUSEPORT\n"
    process = called("--workers", "2", "--redis", AWAY, before=lacking)
    assert "start one server for each port, all of them with the same --redis" in one_line(process)


def test_only_serve_has_workers() -> None:
    command = [sys.executable, "-c", MAIN, "run", "--workers", "2", "--", "true"]
    assert subprocess.run(command, capture_output=True, text=True, timeout=GENEROUS).returncode != 0


def test_an_env_file_of_others_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "own.env").write_text("API_TOKEN=own\n", "utf-8")
    options = {"data_dir": None, "redis": AWAY, "grace": 5.0, "host": "127.0.0.1", "port": 0}
    with pytest.raises(CannotServe, match="was not written by modeldouble"):
        serve_together(2, options, tmp_path / "own.env", print)
    assert (tmp_path / "own.env").read_text("utf-8") == "API_TOKEN=own\n"
