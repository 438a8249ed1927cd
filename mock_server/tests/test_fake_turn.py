"""One server at a time, of those that share a store."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from modeldouble_server.clock import Clock
from modeldouble_server.fake import Sleep
from modeldouble_server.refusal import CannotServe
from modeldouble_server.store import StoreDown
from modeldouble_server.store.sqlite import SqliteStore
from modeldouble_server.turn import turn


@pytest.fixture
def clock() -> Clock:
    """A wait moves it forward."""
    return Clock(lambda: 0.0)


@pytest.fixture
def sleep(clock: Clock) -> Sleep:
    async def sleep(seconds: float) -> None:
        clock.advance(seconds)
        await asyncio.sleep(0)

    return sleep


@pytest.fixture
async def store(clock: Clock) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(clock=clock.now)
    yield store
    await store.close()


async def test_nobody_is_in_it_at_the_same_time(store: SqliteStore, sleep: Sleep) -> None:
    inside: list[int] = []

    async def server() -> int:
        async with turn(store, "start", sleep):
            inside.append(1)
            await asyncio.sleep(0)
            most = len(inside)
            inside.pop()
            return most

    assert await asyncio.gather(*(server() for _ in range(5))) == [1] * 5


async def test_the_turn_of_a_server_that_was_killed_is_over_in_ten_seconds(clock: Clock) -> None:
    taken: dict[str, float | None] = {}

    class Noting(SqliteStore):
        async def create(self, key: str, value: bytes, ttl: float | None = None) -> bool:
            taken[key] = ttl
            return await super().create(key, value, ttl)

    noting = Noting(clock=clock.now)
    async with turn(noting, "start", asyncio.sleep):
        assert taken == {"start": 10.0}
    await noting.close()


async def test_a_turn_lasts_as_long_as_its_holder_works(store: SqliteStore, clock: Clock) -> None:
    steps = asyncio.Queue[float]()

    async def sleep(seconds: float) -> None:
        clock.advance(await steps.get())

    async with turn(store, "start", sleep):
        for _ in range(10):
            steps.put_nowait(3.0)
            await asyncio.sleep(0.01)
        assert (clock.now(), await store.create("start", b"another")) == (30.0, False)


async def test_a_store_that_was_away_for_a_moment_takes_no_turn_away(clock: Clock) -> None:
    steps = asyncio.Queue[float]()
    away = [False, True]

    class Away(SqliteStore):
        async def swap(self, key: str, old: bytes, new: bytes, ttl: float | None = None) -> bool:
            if away.pop():
                raise StoreDown("Store", "is away", "wait")
            return await super().swap(key, old, new, ttl)

    async def sleep(seconds: float) -> None:
        clock.advance(await steps.get())

    store = Away(clock=clock.now)
    async with turn(store, "start", sleep):
        for _ in range(2):
            steps.put_nowait(6.0)
            await asyncio.sleep(0.01)
    await store.close()
    assert away == []


async def test_who_waits_for_ever_is_told(store: SqliteStore, sleep: Sleep) -> None:
    await store.create("start", b"for ever")
    with pytest.raises(CannotServe, match="another server has been starting for 60 s"):
        async with turn(store, "start", sleep):
            pass


async def test_an_error_ends_the_turn(store: SqliteStore, sleep: Sleep) -> None:
    with pytest.raises(ZeroDivisionError):
        async with turn(store, "start", sleep):
            raise ZeroDivisionError
    assert await store.create("start", b"free")


async def test_a_turn_that_lasted_too_long_does_not_end_anothers(
    store: SqliteStore, clock: Clock, sleep: Sleep
) -> None:
    async with turn(store, "start", sleep):
        clock.advance(11)
        assert await store.create("start", b"another", 30.0)
    assert await store.get("start") == b"another"
