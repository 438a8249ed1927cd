"""Workers and parents that end in other ways than in order."""

from __future__ import annotations

import signal
import socket
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from .conftest import GENEROUS, Caller, kill, runs, until

if TYPE_CHECKING:
    from .conftest import Together

    Begun = Callable[..., Together]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot share a port")
BLOCKS = """
import pathlib, time
pathlib.Path("begun").touch()
while not pathlib.Path("go").exists():
    time.sleep(0.01)
def predict(subject, settings):
    return []
"""
BLOCKED = 'models: [{classes: [one], predictor: {callable: {function: "blocks:predict"}}}]'
BODY = b'{"state": {"image_id": 17551748}}'
HEAD = (
    b"POST /inference_image_id HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n"
    b"Content-Length: %d\r\n\r\n" % len(BODY)
)


def asking(two: Together, over: threading.Event) -> Counter[str]:
    """What came of questions, each on a connection of its own."""
    found = Counter[str]()
    while not over.is_set():
        try:
            found[str(two.ask("get_session_info").status)] += 1
        except ConnectionRefusedError:
            found["refused"] += 1
        except ConnectionError:
            found["lost"] += 1
    return found


def is_whole(two: Together, without: int) -> bool:
    """Two workers serve, and this one is none of them."""
    return two.said("another starts now") and len(two.pids()) == 2 and without not in two.pids()


def test_a_worker_that_is_killed_under_load_costs_what_it_was_answering_and_nobody_is_refused(two: Together) -> None:
    over, (killed, other) = threading.Event(), two.workers()
    with ThreadPoolExecutor(4) as threads:
        running = [threads.submit(asking, two, over) for _ in range(4)]
        kill([killed])
        until(lambda: is_whole(two, killed.pid), "nobody stands in its place")
        with closing(Caller(two.port)) as caller:
            until(lambda: reaches(two, caller, other.pid), "the new one is not asked")
        over.set()
        found = sum((one.result(GENEROUS) for one in running), Counter[str]())
    assert set(found) <= {"200", "lost"}
    assert found["lost"] <= 4
    assert two.said(f"(process {killed.pid}) was ended by signal 9; another starts now")
    assert other.is_running()


def reaches(two: Together, caller: Caller, but: int) -> bool:
    """A connection is another worker's than this one's."""
    caller.close()
    return caller.ask("get_session_info").status == 200 and two.worker_of(caller.port).pid != but


def test_who_comes_while_no_worker_runs_waits_and_is_answered(two: Together) -> None:
    before = two.workers()
    # Until the last of them is asked for again, the system holds the connection.
    for one in before:
        one.suspend()
    with closing(Caller(two.port)) as caller, ThreadPoolExecutor(1) as threads:
        answer = threads.submit(caller.ask, "get_session_info")
        kill(before)
        assert answer.result(GENEROUS).status == 200
    assert {one.pid for one in before}.isdisjoint(two.pids())


def test_workers_end_when_their_parent_is_killed(two: Together) -> None:
    workers = two.workers()
    two.process.kill()
    until(lambda: not any(map(runs, workers)), "workers outlive their parent")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", two.port), GENEROUS)


@pytest.fixture
def invited(begun: Begun) -> Iterator[tuple[Together, socket.socket]]:
    """Workers who may take a minute to end, and a connection on which one of them waits for a body."""
    two = begun("--grace", "60").started()
    with socket.create_connection(("127.0.0.1", two.port), GENEROUS) as asking:
        asking.sendall(HEAD)
        assert asking.recv(100).startswith(b"HTTP/1.1 100 ")
        yield two, asking


def is_closed(port: int) -> bool:
    """Nobody listens."""
    try:
        socket.create_connection(("127.0.0.1", port), GENEROUS).close()
    except ConnectionRefusedError:
        return True
    return False


def everything(asking: socket.socket) -> bytes:
    """What comes until the other end closes."""
    return b"".join(iter(lambda: asking.recv(65536), b""))


def test_what_is_under_way_is_answered_when_all_end(invited: tuple[Together, socket.socket]) -> None:
    two, asking = invited
    two.signal(signal.SIGTERM)
    until(lambda: is_closed(two.port), "the port stays open")
    asking.sendall(BODY)
    answer = everything(asking)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"Connection: close" in answer
    assert (two.status(), two.errors()) == (0, "")


def listens(worker: psutil.Process) -> bool:
    """It still takes connections."""
    return any(found.status == psutil.CONN_LISTEN for found in worker.net_connections("tcp"))


def test_what_is_under_way_is_answered_by_a_worker_whose_place_is_taken(
    invited: tuple[Together, socket.socket],
) -> None:
    two, asking = invited
    worker = two.worker_of(asking.getsockname()[1])
    two.signal(signal.SIGHUP)
    until(lambda: not listens(worker), "its place is not taken")
    assert len(two.pids()) == 3
    asking.sendall(BODY)
    assert everything(asking).startswith(b"HTTP/1.1 200 ")
    until(lambda: two.said("2 workers were restarted"), "the restart is not over")


def test_who_keeps_a_connection_to_a_worker_that_leaves_is_answered_and_sent_elsewhere(two: Together) -> None:
    with closing(Caller(two.port)) as caller:
        assert caller.ask("get_session_info").closes is False
        worker = two.worker_of(caller.port)
        two.signal(signal.SIGHUP)
        until(lambda: not listens(worker), "its place is not taken")
        answer = caller.ask("get_session_info")
    assert (answer.status, answer.closes) == (200, True)


def test_a_second_signal_kills(invited: tuple[Together, socket.socket]) -> None:
    two, asking = invited
    two.signal(signal.SIGTERM)
    until(lambda: is_closed(two.port), "the port stays open")
    two.signal(signal.SIGINT)
    assert two.status() == 128 + signal.SIGINT
    assert everything(asking) == b""


def test_a_signal_while_they_start_ends_them_without_a_line(begun: Begun, tmp_path: Path) -> None:
    (tmp_path / "blocks.py").write_text(BLOCKS, "utf-8")
    (tmp_path / "s.yaml").write_text(BLOCKED, "utf-8")
    two = begun("--scenario", "s.yaml")
    until((tmp_path / "begun").exists, "no worker comes")
    two.signal(signal.SIGTERM)
    (tmp_path / "go").touch()
    assert (two.status(), two.line(), two.errors()) == (0, "", "")
