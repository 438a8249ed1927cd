"""Parts of an end that no socket shows for certain: bytes that are not sent yet, order, threads."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any, cast

from modeldouble_server import Server
from modeldouble_server.ending import Ending, Workers

from .conftest import GENEROUS, VIDEO, Wire, refuses

if TYPE_CHECKING:
    from modeldouble_server.guards.gate import Gate


class Unsent:
    """A connection that rests, and its transport, which has so many bytes to send."""

    is_resting = True

    def __init__(self, size: int) -> None:
        self.transport, self.size = self, size
        self.aborted = False

    def get_write_buffer_size(self) -> int:
        """Fewer each time."""
        self.size = max(0, self.size - 1)
        return self.size

    def get_extra_info(self, name: str) -> None:
        """There is no socket."""

    def abort(self) -> None:
        """Note it."""
        self.aborted = True


class Entrance:
    """The gate of one connection."""

    def __init__(self, connection: Unsent) -> None:
        self.all = {connection: None}


async def finished(connection: Unsent, grace: float) -> Unsent:
    """A connection after the end of its server."""
    listening = await asyncio.get_running_loop().create_server(asyncio.Protocol, "127.0.0.1", 0)
    await Ending().finish(listening, cast("Gate", Entrance(connection)), grace)
    return connection


async def test_what_is_not_with_the_system_yet_is_waited_for() -> None:
    connection = await finished(Unsent(3), GENEROUS)
    assert (connection.size, connection.aborted) == (0, False)


async def test_what_is_not_with_the_system_after_the_grace_period_is_cut() -> None:
    assert (await finished(Unsent(10**9), 0.0)).aborted


def test_a_request_that_is_cut_ends_before_what_it_works_on() -> None:
    inside, ended = threading.Event(), list[Any]()

    async def sleep(seconds: float) -> None:
        inside.set()
        try:
            await asyncio.sleep(600)
        finally:
            ended.append(await store.get("nothing"))

    with Server(sleep=sleep, grace=0.0) as server:
        store = server.fake.store
        wire = Wire(server.port)
        wire.send(b"".join(VIDEO))
        assert inside.wait(GENEROUS)
    assert ended == [None]
    wire.socket.close()


def test_nobody_waits_for_a_thread_that_does_not_return() -> None:
    free = threading.Event()
    workers = Workers()
    workers.submit(free.wait)
    ending = threading.Thread(target=workers.shutdown)
    ending.start()
    ending.join(GENEROUS)
    returned = not ending.is_alive()
    free.set()
    assert returned


def test_threads_that_are_idle_have_ended_when_it_returns() -> None:
    before = set(threading.enumerate())
    workers = Workers()
    workers.submit(int).result(GENEROUS)
    workers.shutdown()
    assert set(threading.enumerate()) <= before


def test_a_storm_of_connections_leaves_no_socket_behind() -> None:
    """Else its garbage is a ResourceWarning, which fails this test or the next."""
    with Server() as server:
        storm = [threading.Thread(target=refuses, args=[server.port]) for _ in range(4)]
        for one in storm:
            one.start()
    for one in storm:
        one.join(GENEROUS)
    assert not any(one.is_alive() for one in storm)
