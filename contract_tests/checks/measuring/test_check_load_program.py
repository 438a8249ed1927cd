"""The load as a program: a line says what to ask, a line answers, and nothing that was wrong is passed over."""

import socket
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from modeldouble_contract.bench.load.__main__ import answer
from modeldouble_contract.bench.load.row import answer_to
from modeldouble_contract.bench.load.serving import LOAD
from modeldouble_contract.bench.load.wire import json_request, save
from modeldouble_contract.bench.program import running

from .answering import answering, whole

Ask = Callable[..., Any]


@pytest.fixture
def ask(tmp_path: Path) -> Ask:
    requests = save(tmp_path / "requests", [json_request("/", {})])

    def asked(port: int, **more: Any) -> Any:
        return answer({"port": port, "requests": str(requests), "connections": 2, **more}, count(1))

    return asked


def test_a_closed_load_tells_its_rate(ask: Ask) -> None:
    with answering(lambda number, body: [whole(b"{}")]) as seen:
        told = ask(seen.port, load="closed", seconds=0.02)
    assert told["rate"] == told["counted"] / told["seconds"]
    assert told["answered"] == len(seen.bodies)


@pytest.mark.parametrize("arrivals", [{}, {"seed": 3}])
def test_an_open_load_tells_its_latencies(ask: Ask, arrivals: dict[str, int]) -> None:
    with answering(lambda number, body: [whole(b"{}")]) as seen:
        told = ask(seen.port, load="open", seconds=0.05, rate=500, **arrivals)
    assert told["answered"] == len(seen.bodies) - 2 > 10
    assert told["p50"] <= told["p99"] <= told["longest"]


def test_gathered_bodies_are_lines_of_a_file(ask: Ask, tmp_path: Path) -> None:
    with answering(lambda number, body: [whole(str(number).encode())]) as seen:
        told = ask(seen.port, load="gather", count=5, keep=str(tmp_path / "kept"))
    assert told == {"answered": 5}
    assert sorted((tmp_path / "kept").read_bytes().splitlines()) == [b"0", b"1", b"2", b"3", b"4"]


@pytest.mark.parametrize(
    ("wanted", "error"),
    [({"status": 201}, "status 200"), ({"least": 3}, "2 bytes"), ({"body": "other"}, "not what is wanted")],
)
def test_a_wrong_answer_is_an_error(ask: Ask, tmp_path: Path, wanted: dict[str, Any], error: str) -> None:
    (tmp_path / "other").write_bytes(b"[]")
    given = {**wanted, "body": str(tmp_path / "other")} if "body" in wanted else wanted
    with answering(lambda number, body: [whole(b"{}")]) as seen:
        told = ask(seen.port, load="closed", seconds=0.02, **given)
    assert told["error"].startswith("Wrong: ")
    assert error in told["error"]


def test_nobody_there_is_an_error(ask: Ask) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert ask(port, load="closed", seconds=0.02)["error"].startswith("ConnectionRefusedError")


def test_it_runs_as_a_program_of_its_own(tmp_path: Path) -> None:
    requests = str(save(tmp_path / "requests", [json_request("/", {})]))
    with answering(lambda number, body: [whole(b"{}")]) as seen, running(LOAD, tmp_path) as load:
        asked: dict[str, Any] = {"port": seen.port, "requests": requests, "connections": 1, "seconds": 0.02}
        assert load.ask(load="closed", **asked)["counted"] > 0
        assert "error" in load.ask(load="closed", status=404, **asked)
        assert load.ask(load="closed", **asked)["counted"] > 0


def test_a_sample_is_a_200() -> None:
    with answering(lambda number, body: [whole(body, 200 if number == 0 else 400)]) as seen:
        assert answer_to(seen.port, json_request("/a", [1])) == b"[1]"
        with pytest.raises(RuntimeError, match=r"POST /a HTTP/1.1 was answered with 400"):
            answer_to(seen.port, json_request("/a", [1]))
