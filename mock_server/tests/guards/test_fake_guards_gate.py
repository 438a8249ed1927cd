"""Connections: as many as there is room for, the longest idle one makes room, and whoever finds none is told so."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest

from modeldouble_server import Limits
from modeldouble_server.guards.gate import Gate, affordable
from modeldouble_server.guards.turned import Turned

if TYPE_CHECKING:
    from tests.guards.conftest import Guarded, Start

    Read = Callable[[socket.socket], tuple[int, dict[str, Any], bytes]]

LIVEZ = b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.fixture
def held(start: Start) -> Iterator[tuple[Guarded, Event]]:
    """A fake of two connections, both of which wait for a model until the event is set."""
    fake, go = start(connections=2), Event()

    def waits(*_: Any) -> list[Any]:
        go.wait(20)
        return []

    model = fake.server.add_model(predictor=waits)
    path = model.session_url.removeprefix(fake.server.server_address).strip("/")
    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(ask, fake, path) for _ in range(2)]
        fake.until(lambda: len([one for one in fake.gate.all if not one.is_resting]) == 2)
        yield fake, go
        go.set()
        assert [one.result(20).startswith(b"HTTP/1.1 200 ") for one in asked] == [True, True]


def ask(fake: Guarded, path: str) -> bytes:
    """One question on a connection of its own."""
    body = b'{"state": {"image_url": "http://a.example/b.jpg"}}'
    plug = fake.begin(f"{path}/inference_image_url", len(body), "application/json")
    plug.sendall(body)
    return plug.recv(65536)


def alive(plug: socket.socket) -> bool:
    """A request on it is answered."""
    try:
        plug.sendall(LIVEZ)
        return plug.recv(65536).startswith(b"HTTP/1.1 200 ")
    except ConnectionError:
        return False


def test_the_longest_idle_connection_makes_room(start: Start) -> None:
    fake = start(connections=3)
    plugs = [fake.plug() for _ in range(3)]
    assert [alive(plugs[at]) for at in (2, 0, 1)] == [True] * 3
    assert alive(fake.plug())
    assert (fake.connections, [alive(plug) for plug in plugs]) == (3, [True, True, False])


def test_a_head_that_never_ends_makes_room_as_well(start: Start) -> None:
    fake = start(connections=2)
    seen: dict[Any, None] = {}
    for _ in range(5):
        fake.plug().sendall(b"GET /livez")
        fake.until(lambda: any(one not in seen for one in list(fake.gate.all)))
        seen.update(fake.gate.all)
        fake.until(lambda: all(one.is_resting for one in list(fake.gate.all)))
    assert fake.connections == 2
    assert alive(fake.plug())


def test_where_all_are_busy_a_new_one_is_503_until_one_is_not(held: tuple[Guarded, Event], read: Read) -> None:
    fake, go = held
    plug = fake.plug()
    plug.sendall(LIVEZ)
    status, body, head = read(plug)
    assert (status, "all 2 connections are taken" in body["detail"]) == (503, True)
    assert b"Retry-After: 1\r\n" in head
    assert b"Connection: close\r\n" in head + b"\r\n"
    go.set()
    fake.until(lambda: alive(fake.plug()))


def test_who_is_turned_away_in_the_middle_of_a_body_sees_the_answer(held: tuple[Guarded, Event], read: Read) -> None:
    fake, _ = held
    plug = fake.begin("inference_image", 300_000)
    plug.sendall(b"x" * 300_000)
    assert read(plug)[0] == 503
    fake.until(lambda: not fake.gate._turned)


async def test_few_are_turned_away_with_an_answer_at_a_time() -> None:
    gate, loop = Gate(Limits()), asyncio.get_running_loop()
    turned = [Turned(gate, loop) for _ in range(51)]
    assert [gate.turn(one) for one in turned] == [True] * 50 + [False]
    for one in turned[49:]:
        gate.forget(one)
    assert gate.turn(turned[50])


def test_no_more_connections_than_files_are_promised() -> None:
    assert affordable(5) == 5
    assert affordable(10**9) <= 10**9
    if sys.platform != "win32":
        import resource

        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        assert soft == resource.RLIM_INFINITY or affordable(10**9) == max(16, soft - 100)
