"""A head that begins before the server waits for it has the seconds of a head, and who is done those of the idle."""

from __future__ import annotations

import importlib.util
import socket
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.guards.conftest import Start

LIVEZ = b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n"
POST = b"POST /get_session_info HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
WHOLE = POST + b"Content-Length: 11\r\n\r\n" + b'{"a":\r\n\r\n1}'
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
REQUESTS = [LIVEZ, WHOLE, CHUNKED, LIVEZ + WHOLE, CHUNKED + LIVEZ, WHOLE + CHUNKED]
LOOPS = [
    "asyncio",
    pytest.param("uvloop", marks=pytest.mark.skipif(not importlib.util.find_spec("uvloop"), reason="not installed")),
]


def answers(plug: socket.socket) -> list[bytes]:
    """The status of each answer until the server ends the connection."""
    told = b"".join(iter(lambda: plug.recv(65536), b""))
    return [part[:3] for part in told.split(b"HTTP/1.1 ")[1:]]


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("request_", REQUESTS)
def test_a_head_that_begins_in_the_packet_of_a_request_is_408(start: Start, request_: bytes, loop: str) -> None:
    plug = start(loop, head_seconds=0.2, idle_seconds=60.0).plug()
    plug.sendall(request_ + b"GET /liv")
    assert answers(plug) == [b"200"] * request_.count(b"/1.1") + [b"408"]


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("request_", [WHOLE, CHUNKED])
def test_a_head_that_begins_in_the_packet_in_which_a_body_ends_is_408(start: Start, request_: bytes, loop: str) -> None:
    fake = start(loop, head_seconds=0.2, idle_seconds=60.0)
    plug = fake.plug()
    cut = len(request_) - 6
    plug.sendall(request_[:cut])
    fake.until(lambda: any(one._current_request is not None for one in fake.gate.all))
    plug.sendall(request_[cut:] + b"GET /liv")
    assert answers(plug) == [b"200", b"408"]


@pytest.mark.parametrize("loop", LOOPS)
def test_a_head_that_begins_while_a_request_is_answered_is_408(start: Start, loop: str) -> None:
    fake, go = start(loop, head_seconds=0.2, idle_seconds=60.0), Event()

    def waits(*_: Any) -> list[Any]:
        go.wait(20)
        return []

    url = fake.server.add_model(predictor=waits).session_url.removeprefix(fake.server.server_address).strip("/")
    body = b'{"state": {"image_url": "http://a.example/b.jpg"}}'
    plug = fake.begin(f"{url}/inference_image_url", len(body), "application/json")
    plug.sendall(body)
    fake.until(lambda: any(not one.is_resting for one in fake.gate.all))
    plug.sendall(b"GET /liv")
    fake.until(lambda: any(one._head is not None for one in fake.gate.all))
    go.set()
    assert answers(plug) == [b"200", b"408"]


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("request_", [*REQUESTS, LIVEZ + b"\r\n", WHOLE + b"\r\n"])
def test_who_is_done_is_idle_and_hears_nothing_more(start: Start, request_: bytes, loop: str) -> None:
    plug = start(loop, head_seconds=0.1, idle_seconds=0.4).plug()
    plug.sendall(request_)
    assert answers(plug) == [b"200"] * request_.count(b"/1.1")


@pytest.mark.parametrize("cut", [-1, -2, -3, -5, 12])
@pytest.mark.parametrize("request_", [LIVEZ, WHOLE, CHUNKED])
def test_who_is_done_in_two_packets_is_idle_too(start: Start, request_: bytes, cut: int) -> None:
    fake = start("asyncio", head_seconds=0.3, idle_seconds=0.5)
    plug = fake.plug()
    plug.sendall(request_[:cut])
    fake.until(lambda: any(one._heard > one._rested for one in fake.gate.all))
    plug.sendall(request_[cut:])
    assert answers(plug) == [b"200"]


def test_a_head_that_began_early_and_ends_in_time_is_answered(start: Start) -> None:
    plug = start("asyncio", head_seconds=10.0, idle_seconds=0.3).plug()
    plug.sendall(LIVEZ + LIVEZ[:9])
    assert plug.recv(65536).startswith(b"HTTP/1.1 200 ")
    plug.sendall(LIVEZ[9:])
    assert answers(plug) == [b"200"]
