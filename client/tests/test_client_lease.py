"""Giving a job back, from wherever."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from modeldouble import HttpTransport, Session
from modeldouble.lease import Lease
from modeldouble.link import Link

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import JobPlay, PaperTransport, Reply, RoughServer

ENDS = ["stop_inference", "clear_inference_request"]


@pytest.fixture
def lease(paper: PaperTransport, play: type[JobPlay]) -> Lease:
    play(paper.script)
    return Lease(Link("http://paper", paper), "0" * 32)


@pytest.mark.parametrize(("stop", "routes"), [(True, ENDS), (False, ENDS[1:])])
def test_it_is_stopped_only_if_asked_to(lease: Lease, paper: PaperTransport, stop: bool, routes: list[str]) -> None:
    lease.give_back(stop)
    assert paper.script.routes() == routes


def test_failures_are_swallowed_and_not_repeated(lease: Lease, paper: PaperTransport, reply: type[Reply]) -> None:
    paper.script.on("stop_inference", reply("", 500))
    paper.script.on("clear_inference_request", reply(way="lost"))
    lease.give_back(stop=True)
    assert paper.script.routes() == ENDS
    assert paper.slept == []


def test_abandoning_uses_connections_of_its_own(lease: Lease, paper: PaperTransport) -> None:
    lease.abandon()
    assert (paper.detachments, paper.script.routes()) == (1, ENDS)
    lease.give_back(stop=False)
    assert paper.detachments == 1


def test_a_forked_child_leaves_the_job_to_its_parent(lease: Lease, paper: PaperTransport) -> None:
    lease._pid += 1
    lease.abandon()
    assert paper.script.routes() == []


def test_a_server_that_is_gone_costs_one_try(rough: RoughServer) -> None:
    rough.stop()
    transport = HttpTransport(1.0, 1.0, sleep=lambda seconds: pytest.fail("it must not wait"))
    Lease(Link(rough.url, transport), "0" * 32).give_back(stop=True)
    transport.close()


def test_the_end_of_the_program_stops_and_clears(rough: RoughServer, play: type[JobPlay]) -> None:
    made = play(rough)
    code = f"import modeldouble; job = modeldouble.Session(session_url={rough.url!r}).inference_video_id_async(7)"
    subprocess.run([sys.executable, "-c", code], timeout=60, check=True)
    assert (made.stopped, made.cleared) == ({made.uuids[0]}, {made.uuids[0]})


def test_connections_end_with_their_thread(rough: RoughServer, connect: Callable[..., Session]) -> None:
    import gc
    import threading
    import time

    session = connect()
    thread = threading.Thread(target=session.get_session_info)
    before = threading.active_count()
    thread.start()
    thread.join(20)
    gc.collect()
    # The server keeps one thread for each open connection.
    until = time.monotonic() + 20
    while threading.active_count() > before and time.monotonic() < until:
        time.sleep(0.01)
    assert threading.active_count() <= before
