"""Streams that follow a model, while the workers that tell them are replaced."""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING

import pytest

from ..administration.streams import Stream
from .conftest import until

if TYPE_CHECKING:
    from .conftest import Together

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot share a port")


def test_a_stream_ends_with_its_worker_and_the_next_one_goes_on(two: Together) -> None:
    address = f"http://127.0.0.1:{two.port}"
    two.ask("get_session_info")
    with Stream(address) as stream:
        count = stream.until("entries", lambda told: told["entries"])["count"]
        two.signal(signal.SIGHUP)
        # What else the first look told may still be on its way.
        assert {name for name, _ in stream.rest()} <= {"platform", "jobs", "faults", "misses"}
    until(lambda: two.said("2 workers were restarted"), "the restart is not over")
    two.ask("get_session_info")
    with Stream(address, query=f"?since={count}") as stream:
        told = stream.until("entries", lambda told: told["entries"])
    assert ([one["number"] for one in told["entries"]], told["cleared"]) == ([count + 1], False)


def test_streams_do_not_hold_up_the_end_of_workers(two: Together) -> None:
    with Stream(f"http://127.0.0.1:{two.port}") as first, Stream(f"http://127.0.0.1:{two.port}") as second:
        first.until("misses")
        second.until("misses")
        two.signal(signal.SIGTERM)
        assert first.rest() == second.rest() == []
    assert two.status() == 0
