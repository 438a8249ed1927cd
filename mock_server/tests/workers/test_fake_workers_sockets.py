"""Sockets that outlive who listens on them, what is told over pipes, and the farewell of a server that is followed."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, cast

import pytest

from modeldouble_server import CannotServe, Server
from modeldouble_server.ending import Ending
from modeldouble_server.workers.sockets import anew, bound, only_parent
from modeldouble_server.workers.told import Ready, Refusal, Told, read, written

from .conftest import GENEROUS, Caller

if TYPE_CHECKING:
    from modeldouble_server.guards.gate import Gate

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot share a port")


@pytest.fixture
def held() -> Iterator[ExitStack]:
    """Closes what it is given."""
    with ExitStack() as stack:
        yield stack


def test_all_sockets_have_one_port_and_do_not_listen_yet(held: ExitStack) -> None:
    found = [held.enter_context(one) for one in bound("127.0.0.1", 0, 3)]
    assert len({one.getsockname() for one in found}) == 1
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(found[0].getsockname(), GENEROUS)


def test_a_port_that_is_given_is_taken_as_it_is(held: ExitStack) -> None:
    [one] = [held.enter_context(one) for one in bound("127.0.0.1", 0, 1)]
    port = one.getsockname()[1]
    one.close()
    assert {held.enter_context(one).getsockname()[1] for one in bound("127.0.0.1", port, 2)} == {port}


@pytest.mark.parametrize("shared", [True, False])
def test_a_port_on_which_somebody_listens_is_an_error(held: ExitStack, shared: bool) -> None:
    taken = held.enter_context(bound("127.0.0.1", 0, 1)[0] if shared else socket.create_server(("127.0.0.1", 0)))
    taken.listen()
    with pytest.raises(OSError, match="in use"):
        bound("127.0.0.1", taken.getsockname()[1], 2)


def test_a_socket_that_is_put_anew_leaves_all_callers_to_the_others(held: ExitStack) -> None:
    found = bound("127.0.0.1", 0, 2)
    address = found[0].getsockname()
    for one in found:
        one.listen()
    anew(found, 0)
    for one in found:
        held.enter_context(one)
    assert found[0].getsockname() == address
    for _ in range(20):
        held.enter_context(socket.create_connection(address, GENEROUS))
        held.enter_context(found[1].accept()[0])
    found[1].close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address, GENEROUS)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no names without files")
def test_an_address_has_one_parent_until_it_ends(held: ExitStack) -> None:
    [taken] = [held.enter_context(one) for one in bound("127.0.0.1", 0, 1)]
    address = taken.getsockname()
    with only_parent(address), pytest.raises(OSError, match="in use"):
        only_parent(address)
    held.enter_context(only_parent(address))
    held.enter_context(only_parent(("127.0.0.1", 0)))


def test_an_address_of_the_sixth_version_is_taken_too(held: ExitStack) -> None:
    try:
        found = [held.enter_context(one) for one in bound("::1", 0, 2)]
    except OSError:
        pytest.skip("no IPv6 here")
    assert [one.family for one in found] == [socket.AF_INET6] * 2


@pytest.mark.parametrize("told", [Ready({"API_TOKEN": "a\nb"}), Refusal("no\nway ü")])
def test_what_is_told_is_read_when_it_is_whole(told: Told) -> None:
    line = written(told)
    assert (read(line), read(line[:-1]), read(b"")) == (told, None, None)
    assert line.count(b"\n") == 1


def copy(one: socket.socket) -> socket.socket:
    """The same socket, as another process has it."""
    return socket.socket(fileno=os.dup(one.fileno()))


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_who_comes_between_two_servers_of_a_socket_is_answered_by_the_second(held: ExitStack, loop: str) -> None:
    if loop == "uvloop":
        pytest.importorskip("uvloop")
    one = held.enter_context(bound("127.0.0.1", 0, 1)[0])
    with Server(listener=copy(one), loop=loop) as first:
        port = first.port
        assert port == one.getsockname()[1]
    between = held.enter_context(socket.create_connection(("127.0.0.1", port), GENEROUS))
    between.sendall(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
    with Server(listener=copy(one), loop=loop) as second:
        assert second.port == port
        assert between.recv(100).startswith(b"HTTP/1.1 200 ")


def test_a_socket_of_a_server_that_has_ended_is_told_in_words(held: ExitStack) -> None:
    server = Server(listener=bound("127.0.0.1", 0, 1)[0])
    with server:
        pass
    with pytest.raises(CannotServe, match="cannot listen on"):
        server.start()


def test_a_kept_connection_is_answered_and_sent_elsewhere_while_a_server_ends(held: ExitStack) -> None:
    one = held.enter_context(bound("127.0.0.1", 0, 1)[0])
    server = Server(listener=copy(one), grace=GENEROUS).start()
    kept = held.enter_context(closing(Caller(server.port)))
    ending = threading.Thread(target=server.stop, args=[GENEROUS])
    assert kept.ask("get_session_info").closes is False
    held.callback(ending.join, GENEROUS)
    ending.start()
    for _ in range(100_000):
        answer = kept.ask("get_session_info")
        assert answer.status == 200
        if answer.closes:
            return
    raise AssertionError("it does not end")


class Entrance:
    """The gate of connections that rest."""

    def __init__(self) -> None:
        self.all = {Resting(): None}


class Resting:
    """A connection without a request."""

    is_resting, transport = True, None


async def finishing(ending: Ending, gate: Entrance, farewell: float) -> asyncio.Task[None]:
    """The end of a server, begun."""
    listening = await asyncio.get_running_loop().create_server(asyncio.Protocol, "127.0.0.1", 0)
    task = asyncio.create_task(ending.finish(listening, cast("Gate", gate), GENEROUS, farewell))
    while not ending.begun:
        await asyncio.sleep(0)
    return task


async def test_nobody_is_refused_during_the_farewell_which_ends_with_the_last_connection() -> None:
    ending, gate = Ending(), Entrance()
    task = await finishing(ending, gate, GENEROUS)
    assert ending.refusal() is None
    gate.all.clear()
    await asyncio.wait_for(task, GENEROUS)
    assert ending.refusal() is not None


async def test_without_a_farewell_all_are_refused_from_the_beginning() -> None:
    ending, gate = Ending(), Entrance()
    task = await finishing(ending, gate, 0.0)
    assert ending.refusal() is not None
    await asyncio.wait_for(task, GENEROUS)


async def test_the_farewell_has_an_end() -> None:
    ending, gate = Ending(), Entrance()
    task = await finishing(ending, gate, 0.05)
    await asyncio.wait_for(task, GENEROUS / 2)
    assert len(gate.all) == 1
