"""What a fault does to the connection, and what it does not do to the others."""

from __future__ import annotations

import json
import socket
import time
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Any

import pytest

from modeldouble_server.faults import acting

from .conftest import FORM, GENEROUS, INFO, read_all, read_one

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Start, Wire

FOREVER: list[tuple[str, dict[str, Any]]] = [
    ("hang", {}), ("hang", {"seconds": 3600}), ("dribble", {"bytes_per_second": 0.1}),
    ("slow_headers", {"bytes_per_second": 0.1}),
]  # fmt: skip


def until(fact: Callable[[], bool]) -> None:
    """Wait for a fact, for a generous time."""
    end = time.monotonic() + GENEROUS
    while not fact():
        assert time.monotonic() < end, "it never became so"
        time.sleep(0.01)


@pytest.mark.parametrize(("name", "parameters"), FOREVER)
def test_a_fault_without_end_ends_when_the_caller_leaves(start: Start, name: str, parameters: Any) -> None:
    wire = start(real_sleep=True)
    held = wire.server.fake.held
    wire.model.fail(name, route=INFO, **parameters)
    with closing(wire.connect()) as connection:
        connection.sendall(wire.request())
        until(lambda: len(held) == 1)
        assert wire.ask().body == wire.plain
    until(lambda: len(held) == 0)


def test_a_caller_that_leaves_behind_a_large_upload_is_seen(start: Start) -> None:
    wire = start(real_sleep=True)
    wire.model.fail("hang", route="inference_image")
    with closing(wire.connect()) as connection:
        connection.sendall(wire.request("inference_image", wire.form(b"x" * 5_000_000), kind=FORM))
        until(lambda: len(wire.server.fake.held) == 1)
    until(lambda: len(wire.server.fake.held) == 0)


@pytest.mark.parametrize(("name", "parameters"), FOREVER)
def test_a_fault_without_end_ends_with_the_server(start: Start, name: str, parameters: Any) -> None:
    wire = start(real_sleep=True)
    wire.model.fail(name, route=INFO, **parameters)
    with closing(wire.connect()) as connection:
        connection.sendall(wire.request())
        until(lambda: len(wire.server.fake.held) == 1)
        wire.server.stop()
        assert read_all(connection).end in ("close", "reset")


def test_connections_that_faults_hold_are_bounded(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acting, "_MOST_HELD", 3)
    wire = start(real_sleep=True)
    wire.model.fail("hang", route=INFO, times=4)
    with ExitStack() as stack:
        for one in range(3):
            connection = stack.enter_context(closing(wire.connect()))
            connection.sendall(wire.request())
            until(lambda one=one: len(wire.server.fake.held) == one + 1)  # type: ignore[misc]
        seen = wire.ask()
    assert (seen.status, b"3 connections are held by faults, which is the limit" in seen.body) == (503, True)


STAYING: list[tuple[str, dict[str, Any]]] = [
    ("status", {}), ("html", {}), ("empty", {}), ("no_content", {}), ("redirect", {}), ("malformed_json", {}),
    ("not_deployed", {"times": 1}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "parameters"), STAYING)
def test_a_whole_answer_leaves_the_connection_open(wire: Wire, name: str, parameters: Any) -> None:
    wire.model.fail(name, route=INFO, **parameters)
    with closing(wire.connect()) as connection:
        connection.sendall(wire.request(headers=""))
        assert read_one(connection).body != wire.plain
        connection.sendall(wire.request())
        assert read_all(connection).body == wire.plain


ENDING: list[tuple[str, dict[str, Any], str]] = [
    ("cut", {}, "close"), ("wrong_length", {}, "close"), ("malformed_chunk", {}, "close"), ("dribble", {}, "close"),
    ("slow_headers", {}, "close"), ("reset", {}, "reset"), ("hang", {"seconds": 1}, "reset"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "parameters", "end"), ENDING)
def test_a_broken_answer_is_the_last_of_its_connection(wire: Wire, name: str, parameters: Any, end: str) -> None:
    wire.model.fail(name, route=INFO, **parameters)
    with closing(wire.connect()) as connection:
        connection.sendall(wire.request(headers=""))
        assert read_all(connection).end == end


@pytest.mark.parametrize(("name", "parameters", "end"), ENDING)
def test_a_broken_answer_ends_the_same_behind_an_upload_that_was_refused(
    wire: Wire, name: str, parameters: Any, end: str
) -> None:
    wire.model.fail(name, route="inference_image", **parameters)
    with closing(wire.connect()) as connection:
        connection.sendall(wire.request("inference_image", b"x" * 5_000_000, headers=""))
        assert read_all(connection).end == end


def test_requests_behind_each_other_meet_their_own_fault(wire: Wire) -> None:
    wire.model.fail(503, calls=2, route=INFO)
    with closing(wire.connect()) as connection:
        connection.sendall(wire.request(headers="") * 2 + wire.request())
        seen = read_all(connection)
    assert [int(one[:3]) for one in seen.raw.split(b"HTTP/1.1 ")[1:]] == [200, 503, 200]


def test_a_request_behind_a_cut_answer_gets_none(wire: Wire) -> None:
    wire.model.fail("cut", at=5, calls=1, route=INFO)
    with closing(wire.connect()) as connection:
        connection.sendall(wire.request(headers="") * 2)
        seen = read_all(connection)
    assert (seen.body, seen.raw.count(b"HTTP/1.1")) == (wire.plain[:5], 1)


def test_an_old_caller_gets_the_fault_in_its_own_version(wire: Wire) -> None:
    wire.model.fail("cut", at=5, route=INFO)
    seen = wire.ask(version="1.0", headers="")
    assert (seen.raw[:9], seen.body, seen.end) == (b"HTTP/1.0 ", wire.plain[:5], "close")


@pytest.mark.parametrize("name", ["cut", "dribble", "wrong_length"])
def test_a_head_has_no_body_whatever_the_fault(wire: Wire, name: str) -> None:
    wire.model.fail(name, route="livez")
    seen = wire.ask("livez", b"", method="HEAD")
    assert (seen.status, seen.body, int(seen.header("Content-Length") or 0) > 0) == (200, b"", True)


def test_a_service_route_fails_under_get(wire: Wire) -> None:
    wire.model.fail(503, route="livez")
    assert [wire.ask("livez", b"", method="GET").status for _ in range(2)] == [503, 200]


ASKING = "Expect: 100-continue\r\nConnection: close\r\n"


def test_a_caller_that_asks_first_is_told_to_go_on_and_meets_the_fault(wire: Wire) -> None:
    wire.model.fail(503, route="inference_image")
    with closing(wire.connect()) as connection:
        body = wire.form(b"x" * 1000)
        whole = wire.request("inference_image", body, headers=ASKING, kind=FORM)
        connection.sendall(whole[: -len(body)])
        # Exactly the invitation: the answer may be there as well.
        invited = b"HTTP/1.1 100 Continue\r\n\r\n"
        assert connection.recv(len(invited), socket.MSG_WAITALL) == invited
        connection.sendall(body)
        assert read_all(connection).status == 503


@pytest.mark.parametrize(
    ("name", "parameters", "end"), [("reset", {"when": "before"}, "reset"), ("cut", {"at": 4}, "close")]
)
def test_a_fault_hits_the_connection_that_the_platform_passes_on(
    wire: Wire, name: str, parameters: Any, end: str
) -> None:
    wire.model.fail(name, route=INFO, **parameters)
    body = json.dumps({"taskId": wire.model.task_id, "command": INFO, "state": {}}).encode()
    told = {"path": "/public/api/v3/tasks.request.direct", "headers": f"x-api-key: {wire.model.api_token}\r\n"}
    seen = wire.ask(body=body, **told)
    assert (seen.body, seen.end) == (wire.plain[: parameters.get("at", 0)], end)
    [entry] = wire.model.journal()
    assert (entry.route, (entry.fault or "").split("(")[0]) == (INFO, name)


def test_another_model_of_the_server_has_no_part_in_it(wire: Wire) -> None:
    wire.model.fail("reset", times=None)
    with wire.server.add_model() as other:
        path = f"/net/{other.session_url.rpartition('/')[2]}/{INFO}"
        assert wire.ask(path=path).status == 200
    assert wire.ask() == (b"", "reset")
