"""One server at a time, of those that share a store."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from modeldouble_server.refusal import CannotServe
from modeldouble_server.store.sqlite import SqliteStore
from modeldouble_server.turn import turn


class Time:
    """A clock that a wait moves forward."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
async def store(time: Time) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(clock=time)
    yield store
    await store.close()


async def test_nobody_is_in_it_at_the_same_time(store: SqliteStore, time: Time) -> None:
    inside: list[int] = []

    async def server() -> int:
        async with turn(store, "start", time.sleep):
            inside.append(1)
            await asyncio.sleep(0)
            most = len(inside)
            inside.pop()
            return most

    assert await asyncio.gather(*(server() for _ in range(5))) == [1] * 5


async def test_the_turn_of_a_server_that_was_killed_is_over_in_half_a_minute(store: SqliteStore, time: Time) -> None:
    await store.create("start", b"killed", 30.0)
    async with turn(store, "start", time.sleep):
        assert time.now == pytest.approx(30.0, abs=0.1)


async def test_who_waits_for_ever_is_told(store: SqliteStore, time: Time) -> None:
    await store.create("start", b"for ever")
    with pytest.raises(CannotServe, match="another server has been starting for 60 s"):
        async with turn(store, "start", time.sleep):
            pass


async def test_an_error_ends_the_turn(store: SqliteStore, time: Time) -> None:
    with pytest.raises(ZeroDivisionError):
        async with turn(store, "start", time.sleep):
            raise ZeroDivisionError
    assert await store.create("start", b"free")


async def test_a_turn_that_lasted_too_long_does_not_end_anothers(store: SqliteStore, time: Time) -> None:
    async with turn(store, "start", time.sleep):
        time.now += 31
        assert await store.create("start", b"another", 30.0)
    assert await store.get("start") == b"another"
