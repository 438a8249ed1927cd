"""The stream of a model over a real socket: what it tells, who may have it, and that it ends when it must."""

from __future__ import annotations

import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from modeldouble_server import Limits, Server
from modeldouble_server.administration.live import MOST_STREAMS
from modeldouble_server.default_world import VIDEO_ID

from ..ending.conftest import Process
from .streams import GENEROUS, Stream

if TYPE_CHECKING:
    from .conftest import Caller, Start

LIVE = "models/1/live"
NAMES = ["model", "entries", "platform", "jobs", "faults", "misses"]


def follow(caller: Caller, query: str = "", model: int = 1, **headers: str) -> Stream:
    """A stream that is open."""
    stream = Stream(caller.server.server_address, model, query, **headers)
    assert stream.answer.status_code == 200, stream.answer.text
    return stream


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    end = time.monotonic() + GENEROUS
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.005)


def open_streams(caller: Caller) -> int:
    """How many streams the server counts."""
    return caller.server.fake.console.streams


def test_all_is_told_at_first_and_the_model_before_all(fake: Caller) -> None:
    with follow(fake) as stream:
        found = stream.first(len(NAMES))
    assert [name for name, _ in found] == NAMES
    told = found[0][1]
    details = fake.ask("GET", "models/1")
    assert {name: told[name] for name in ("name", "counts", "deviations", "latency", "classes")} == {
        name: details[name] for name in ("name", "counts", "deviations", "latency", "classes")
    }
    assert (told["ahead"], told["unused"], told["deployed"]) == (0.0, 0, True)


def test_it_is_a_stream_that_nobody_keeps(fake: Caller) -> None:
    with follow(fake) as stream:
        headers = stream.answer.headers
    assert headers["Content-Type"] == "text/event-stream; charset=utf-8"
    assert (headers["Cache-Control"], headers["X-Content-Type-Options"]) == ("no-store", "nosniff")
    assert fake.send("HEAD", LIVE).headers["Content-Type"] == headers["Content-Type"]


def test_a_request_is_told_as_the_journal_has_it(fake: Caller) -> None:
    with follow(fake) as stream:
        stream.until("misses")
        fake.infer("<img src=x>\n\ndata: x.jpg")
        [entry] = stream.until("entries", lambda told: told["entries"])["entries"]
        assert stream.until("model", lambda told: told["counts"]["requests"] == 1)
    assert fake.ask("GET", "models/1/journal")["entries"] == [entry]


def test_only_entries_above_a_number_are_told(fake: Caller) -> None:
    for _ in range(3):
        fake.post("get_session_info")
    with follow(fake, "?since=2") as stream:
        told = stream.until("entries")
    assert ([one["number"] for one in told["entries"]], told["count"], told["cleared"]) == ([3], 3, False)


def test_a_reset_empties_the_rows(fake: Caller) -> None:
    fake.post("get_session_info")
    with follow(fake) as stream:
        assert stream.until("entries")["count"] == 1
        fake.ask("POST", "models/1/reset")
        told = stream.until("entries")
    assert told == {"entries": [], "count": 0, "cleared": True}


def test_requests_to_the_platform_are_told_apart(fake: Caller) -> None:
    with follow(fake) as stream:
        assert stream.until("platform") == {"entries": [], "count": 0, "cleared": True}
        fake.platform("tasks.info", id=27209)
        told = stream.until("platform")
    assert ([one["route"] for one in told["entries"]], told["cleared"]) == (["platform/tasks.info"], False)


def test_a_job_is_told_as_it_goes_on(fake: Caller) -> None:
    with follow(fake) as stream:
        stream.until("jobs")
        fake.post("inference_video_id_async", video_id=VIDEO_ID)
        [job] = stream.until("jobs")["jobs"]
        assert job["state"] == "running"
        fake.ask("POST", f"models/1/jobs/{job['uuid']}/stop")
        told = stream.until("jobs", lambda told: told["jobs"][0]["stopped"])
    assert told == fake.ask("GET", "models/1/jobs")


def test_a_fault_is_told_when_it_is_armed_and_when_it_fires(fake: Caller) -> None:
    with follow(fake) as stream:
        stream.until("faults")
        fake.ask("POST", "models/1/faults", {"fault": "status", "status": 503}, 201)
        assert [one["fired"] for one in stream.until("faults")["faults"]] == [0]
        fake.post("get_session_info")
        told = stream.until("faults")
    assert (told["faults"][0]["fired"], told["fired"]) == (1, {"status": 1})


def test_a_model_that_is_not_deployed_is_told_so(fake: Caller) -> None:
    number = fake.ask("POST", "models/1/faults", {"fault": "not_deployed"}, 201)["number"]
    with follow(fake) as stream:
        assert not stream.until("model")["deployed"]
        fake.ask("DELETE", f"models/1/faults/{number}")
        assert stream.until("model", lambda told: told["deployed"])


def test_a_miss_and_the_clock_are_told(fake: Caller) -> None:
    with follow(fake) as stream:
        assert stream.until("misses") == {"misses": [], "count": 0}
        fake.ask("POST", "models/1/stubs", {"when": {"image": "b.jpg"}, "predict": []}, 201)
        fake.infer("a.jpg")
        fake.ask("POST", "models/1/clock", {"advance": 60})
        assert stream.until("misses") == fake.ask("GET", "models/1/misses")
        assert stream.until("model", lambda told: told["ahead"] == 60.0)["counts"]["misses"] == 1


def test_a_model_that_is_taken_away_ends_the_stream(fake: Caller) -> None:
    number = fake.ask("POST", "models", {}, 201)["id"]
    with follow(fake, model=number) as stream:
        stream.until("misses")
        fake.ask("DELETE", f"models/{number}")
        assert stream.rest()[-1] == ("gone", {})
    until(lambda: open_streams(fake) == 0)


def test_streams_are_counted_and_too_many_refused(fake: Caller) -> None:
    streams = [follow(fake) for _ in range(MOST_STREAMS)]
    assert open_streams(fake) == MOST_STREAMS
    assert "32 streams" in fake.refused(429, "GET", LIVE)
    streams.pop().__exit__(None, None, None)
    until(lambda: open_streams(fake) == MOST_STREAMS - 1)
    streams.append(follow(fake))
    for stream in streams:
        stream.__exit__(None, None, None)
    until(lambda: open_streams(fake) == 0)


def test_streams_leave_connections_for_others(start: Start) -> None:
    caller = start(limits=Limits(connections=4))
    with follow(caller), follow(caller):
        assert "the limit is 2" in caller.refused(429, "GET", LIVE)
        assert caller.post("get_session_info").status_code == 200


def test_who_may_not_ask_is_told_nothing(start: Start) -> None:
    caller = start(admin_token="a-token-of-ours")
    caller.refused(401, "GET", LIVE)
    with follow(caller, Authorization="Bearer a-token-of-ours") as stream:
        stream.until("model")
        assert open_streams(caller) == 1


@pytest.mark.parametrize("headers", [{"Origin": "http://evil.example"}, {"Host": "evil.example"}])
def test_a_page_of_another_site_is_told_nothing(fake: Caller, headers: dict[str, str]) -> None:
    fake.refused(403, "GET", LIVE, headers=headers)


def test_what_is_asked_wrongly_is_refused(fake: Caller) -> None:
    fake.refused(400, "GET", f"{LIVE}?since=x")
    fake.refused(404, "GET", "models/9/live")


def test_a_server_that_ends_says_so(fake: Caller) -> None:
    async def leave() -> None:
        fake.server.fake.console.left.set()

    fake.server.call(leave())
    assert "ending" in fake.refused(503, "GET", LIVE)


def ends_at_once(server: Server) -> bool:
    """A server whose grace period is long ends all the same."""
    ending = threading.Thread(target=server.stop)
    ending.start()
    ending.join(GENEROUS)
    return not ending.is_alive()


def test_an_open_stream_does_not_hold_up_the_end() -> None:
    server = Server(grace=300).start()
    with Stream(server.server_address) as stream:
        stream.until("misses")
        assert ends_at_once(server)
        assert stream.rest() == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals that a process can handle")
def test_nor_does_it_when_a_process_is_told_to_end(tmp_path: Path) -> None:
    process = Process(["serve", "--port", "0", "--grace", "300"], tmp_path)
    try:
        with Stream(f"http://127.0.0.1:{process.port}") as stream:
            stream.until("misses")
            process.signal(signal.SIGTERM)
            assert stream.rest() == []
            assert process.status() == 0
    finally:
        process.close()


def unread(server: Server) -> socket.socket:
    """A stream whose reader takes nothing of what the server has to tell."""
    plug = socket.socket()
    plug.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    plug.connect((server.host, server.port))
    plug.sendall(b"GET /__admin/models/1/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    return plug


def flood(server: Server, rounds: int = 40) -> None:
    """Fill the journal anew and anew, so that there is ever more to tell."""
    [model] = server.fake.models.values()

    async def noted() -> None:
        for _ in range(1000):
            model.journal.add("POST", "x" * 190, 200, 0.1, error="y" * 200)

    for _ in range(rounds):
        server.call(noted())
        time.sleep(0.01)


def is_cut(plug: socket.socket) -> bool:
    """The server has closed its end."""
    plug.settimeout(GENEROUS)
    with plug, suppress(ConnectionResetError):
        while plug.recv(65536):
            pass
    return True


def test_a_reader_that_is_slow_costs_no_memory_and_holds_up_no_end() -> None:
    with Server(grace=300) as server:
        plug = unread(server)
        until(lambda: server.fake.console.streams == 1)
        running: Any = server._running
        [connection] = running.gate.all
        # More than the system takes for both sides, so that the server has to wait.
        end = time.monotonic() + GENEROUS
        while not connection.transport.get_write_buffer_size():
            assert time.monotonic() < end
            flood(server, 5)
        flood(server)
        # One event, at the most, on top of what asyncio takes before it says that it is enough.
        assert connection.transport.get_write_buffer_size() < 400_000
        assert ends_at_once(server)
        assert is_cut(plug)


def test_a_reader_that_takes_nothing_is_cut_in_the_end(start: Start) -> None:
    caller = start(limits=Limits(answer_silence_seconds=0.2))
    plug = unread(caller.server)
    until(lambda: open_streams(caller) == 1)
    end = time.monotonic() + GENEROUS
    while open_streams(caller):
        assert time.monotonic() < end
        flood(caller.server, 5)
    plug.close()


def test_a_reader_that_leaves_is_noticed(fake: Caller) -> None:
    with follow(fake) as stream:
        stream.until("misses")
        assert open_streams(fake) == 1
    until(lambda: open_streams(fake) == 0)
