"""SIGINT and SIGTERM as supervisors and people send them: processes, real sockets, exit statuses, silence on stderr."""

from __future__ import annotations

import json
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from dotenv import dotenv_values

from modeldouble_server.default_world import SESSION_TOKEN
from modeldouble_server.handover import Asked

from .conftest import GENEROUS, LIVE, Wire, is_gone, post, refuses

if TYPE_CHECKING:
    from .conftest import Process

    Start = Callable[..., Process]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals that a process can handle")
PICTURE = post("inference_image_id", {"image_id": 17551748}, "Expect: 100-continue")
JOB = {"videoId": 18635803, "startFrameIndex": 0, "framesCount": 10}
BLOCKS = """
import pathlib, time
print("begun", flush=True)
while not pathlib.Path("go").exists():
    time.sleep(0.01)
def predict(subject, settings):
    return []
"""
STUBBORN = """
import os, signal, time
signal.signal(signal.SIGTERM, lambda *_: os.write(1, b"asked\\n"))
print(os.getpid(), flush=True)
while True:
    time.sleep(0.01)
"""
BLOCKED = 'models: [{classes: [one], predictor: {callable: {function: "blocks:predict"}}}]'
SERVE = ("serve", "--port", "0")
CHILD = ("run", "--", sys.executable, "-c")


def invited(process: Process) -> Wire:
    """A connection whose request the server has begun to handle: it waits for its body."""
    wire = process.wire()
    wire.send(PICTURE[0])
    assert wire.head() == b"HTTP/1.1 100 Continue"
    return wire


def under_way(process: Process) -> Wire:
    """A connection whose request has its body as well."""
    wire = invited(process)
    wire.send(PICTURE[1])
    return wire


def hanging(started: Start, folder: Path, *options: str) -> tuple[Process, Wire]:
    """A server, and a request that it will not answer for ten minutes."""
    (folder / "hangs.yaml").write_text("models: [{preset: detection, latency: 600}]", "utf-8")
    process = started(*SERVE, "--scenario", "hangs.yaml", *options)
    return process, under_way(process)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_twenty_requests_under_way_are_answered_and_a_later_one_is_refused(
    started: Start, slow: Path, number: int
) -> None:
    process = started(*SERVE, "--scenario", str(slow), "--grace", "30")
    kept, busy = process.wire(), [under_way(process) for _ in range(20)]
    assert kept.ask(LIVE).status == 200
    process.signal(number)
    assert refuses(process.port)
    late = kept.ask(LIVE)
    assert (late.status, late.headers["connection"], kept.is_closed()) == (503, "close", True)
    answers = [wire.answer() for wire in busy]
    assert [one.status for one in answers] == [200] * 20
    assert all(one.whole and json.loads(one.body) for one in answers)
    assert process.status() == 0


def test_bodies_that_are_coming_in_at_the_signal_are_read_and_answered(started: Start) -> None:
    process = started(*SERVE, "--grace", "30")
    wire = invited(process)
    process.signal(signal.SIGTERM)
    assert refuses(process.port)
    assert wire.ask(PICTURE[1]).status == 200
    assert process.status() == 0


def test_after_the_grace_period_the_rest_is_cut_and_the_status_is_0(started: Start, tmp_path: Path) -> None:
    process, wire = hanging(started, tmp_path, "--grace", "0.2")
    process.signal(signal.SIGTERM)
    assert process.status() == 0
    with pytest.raises(ConnectionResetError):
        wire.answer()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_second_signal_ends_it_at_once_with_the_status_of_a_forced_end(
    started: Start, tmp_path: Path, number: int
) -> None:
    process, wire = hanging(started, tmp_path, "--grace", "3000")
    process.signal(signal.SIGTERM)
    assert refuses(process.port)
    process.signal(number)
    assert process.status() == 128 + number
    assert wire.socket.recv(1) == b""


def blocked(started: Start, folder: Path, *command: str) -> Process:
    """A command whose server goes on starting until there is a file `go`."""
    (folder / "blocks.py").write_text(BLOCKS, "utf-8")
    (folder / "blocks.yaml").write_text(BLOCKED, "utf-8")
    process = started(*command)
    assert process.line() == "begun"
    return process


def test_a_signal_while_it_starts_ends_it_with_0_and_nobody_is_told_that_it_is_ready(
    started: Start, tmp_path: Path
) -> None:
    process = blocked(started, tmp_path, *SERVE, "--scenario", "blocks.yaml")
    process.signal(signal.SIGTERM)
    (tmp_path / "go").touch()
    assert process.line() == ""
    assert process.status() == 0


def test_two_signals_while_it_starts_end_it_at_once(started: Start, tmp_path: Path) -> None:
    process = blocked(started, tmp_path, *SERVE, "--scenario", "blocks.yaml")
    process.signal(signal.SIGTERM)
    # Two of a kind are one to the system if nobody took the first yet.
    process.signal(signal.SIGINT)
    assert process.status() in (128 + signal.SIGTERM, 128 + signal.SIGINT)


def test_two_hundred_pollers_each_hear_the_end_and_none_gets_half_an_answer(started: Start) -> None:
    process = started(*SERVE, "--grace", "30")
    told = process.wire().ask(b"".join(post("inference_video_id_async", JOB)))
    uuid = json.loads(told.body)["inference_request_uuid"]
    question = b"".join(post("get_inference_progress", {"inference_request_uuid": uuid}))
    polled, ends = threading.Semaphore(0), list[str]()

    def poll(wire: Wire) -> None:
        while (end := last_word(wire, question)) == "200":
            polled.release()
        ends.append(end)

    threads = [threading.Thread(target=poll, args=[process.wire()], daemon=True) for _ in range(200)]
    for one in threads:
        one.start()
    assert all(polled.acquire(timeout=GENEROUS) for _ in range(1000))
    process.signal(signal.SIGTERM)
    for one in threads:
        one.join(GENEROUS)
    assert len(ends) == 200
    assert set(ends) <= {"503", "closed"}
    assert process.status() == 0


def last_word(wire: Wire, question: bytes) -> str:
    """What comes of one question: a status, or a connection that was closed before any of it."""
    try:
        wire.send(question)
        first = wire.socket.recv(1)
    except ConnectionError:
        return "closed"
    if not first:
        return "closed"
    wire.unread(first)
    answer = wire.answer()
    return str(answer.status) if answer.whole else "half"


def test_the_env_file_is_whole_after_the_end(started: Start, tmp_path: Path) -> None:
    process = started(*SERVE, "--env-file", "fake.env")
    port = process.port
    process.signal(signal.SIGTERM)
    assert process.status() == 0
    url = dotenv_values(tmp_path / "fake.env")["MODELDOUBLE_SESSION_URL"]
    assert url == f"http://127.0.0.1:{port}/net/{SESSION_TOKEN}"
    assert [one.name for one in tmp_path.glob(".modeldouble-*")] == []


def test_a_job_whose_start_was_answered_is_there_when_it_runs_again(started: Start) -> None:
    serve = (*SERVE, "--data-dir", "data")
    process = started(*serve)
    told = process.wire().ask(b"".join(post("inference_video_id_async", JOB)))
    process.signal(signal.SIGTERM)
    assert process.status() == 0
    uuid = json.loads(told.body)["inference_request_uuid"]
    again = started(*serve)
    question = post("get_inference_progress", {"inference_request_uuid": uuid})
    assert json.loads(again.wire().ask(b"".join(question)).body)["progress"]["total"] == 10


def test_run_asks_its_child_to_end_and_kills_it_at_the_second_signal(started: Start) -> None:
    process = started(*CHILD, STUBBORN)
    child = int(process.line())
    process.signal(signal.SIGTERM)
    assert process.line() == "asked"
    process.signal(signal.SIGTERM)
    assert process.status() == 128 + signal.SIGKILL
    assert is_gone(child)


def test_run_leaves_interrupts_to_its_child_until_it_was_asked_to_end(started: Start) -> None:
    process = started(*CHILD, STUBBORN)
    process.line()
    for _ in range(3):
        process.signal(signal.SIGINT)
    # Signals of one moment may be taken in any order, and nothing shows that these were taken.
    time.sleep(0.5)
    process.signal(signal.SIGTERM)
    assert process.line() == "asked"
    process.signal(signal.SIGINT)
    assert process.status() == 128 + signal.SIGKILL


def test_run_does_not_begin_a_command_that_was_called_off(started: Start, tmp_path: Path) -> None:
    command = ("run", "--scenario", "blocks.yaml", "--", sys.executable, "-c", "print('run')")
    process = blocked(started, tmp_path, *command)
    process.signal(signal.SIGTERM)
    (tmp_path / "go").touch()
    assert process.line() == ""
    assert process.status() == 128 + signal.SIGTERM


def test_a_contract_that_is_interrupted_did_not_find_a_violation(started: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        process = started("contract", f"http://127.0.0.1:{silent.getsockname()[1]}")
        asked, _ = silent.accept()
        process.signal(signal.SIGINT)
        assert process.process.wait(GENEROUS) == 2
        asked.close()
    # What it had open may be told behind it.
    assert process.errors().startswith("COULD NOT CHECK: interrupted\n")
    assert "Traceback" not in process.errors()


def test_the_first_signal_asks_and_the_second_forces() -> None:
    forced = list[int]()
    asked = Asked(forced.append)
    assert not asked.is_set()
    asked(signal.SIGTERM)
    asked.wait()
    assert (asked.by, forced) == (signal.SIGTERM, [])
    asked(signal.SIGINT)
    assert forced == [130]


@pytest.mark.parametrize("grace", ["-1", "nan", "1e9"])
def test_a_grace_period_that_is_none_is_told_in_one_line(started: Start, grace: str) -> None:
    process = started(*SERVE, "--grace", grace)
    assert process.process.wait(GENEROUS) == 1
    [line] = process.errors().splitlines()
    assert line.startswith("Error: grace is ")
