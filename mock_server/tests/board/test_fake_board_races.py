"""Many requests work on one job at the same time, on a store that lets each of them in between any two operations."""

import asyncio
from collections.abc import Callable
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modeldouble_server.board import Board
from modeldouble_server.clock import Clock
from modeldouble_server.jobs import State
from modeldouble_server.predict.chance import Chance
from modeldouble_server.refusal import Refused
from modeldouble_server.store import Store
from modeldouble_server.store.sqlite import SqliteStore

from .conftest import NOW


class _Yielding:
    """A store that lets other requests in before and after each operation, as one behind a socket does."""

    def __init__(self, store: Store, seed: int = 0) -> None:
        self._store = store
        self._chance = Chance("yielding", seed)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        async def operation(*arguments: Any) -> Any:
            await self._yield()
            done = await getattr(self._store, name)(*arguments)
            await self._yield()
            return done

        return operation

    async def _yield(self) -> None:
        for _ in range(self._chance.whole(0, 3)):
            await asyncio.sleep(0)


def yielding(store: Store, seed: int = 0) -> Store:
    return cast(Store, _Yielding(store, seed))


@pytest.fixture
def board(store: SqliteStore, clock: Clock) -> Board:
    return Board(yielding(store), "job:", clock.now, 1000)


async def numbers(board: Board, uuid: str, most: int = 500) -> list[int]:
    popped = await board.pop(uuid, most)
    return list(range(popped.start, popped.end))


async def refused(asked: Any) -> int:
    with pytest.raises(Refused) as refusal:
        await asked
    return refusal.value.status


async def test_many_pops_at_once_hand_every_result_out_once(board: Board, clock: Clock) -> None:
    uuid = await board.start(1000, 1.0, 0.0, {})
    clock.advance(3000)
    taken = await asyncio.gather(*(numbers(board, uuid, 7) for _ in range(200)))
    assert sorted(number for some in taken for number in some) == list(range(1000))


async def test_pops_lose_nothing_when_time_passes_and_the_record_changes_under_them(store: SqliteStore) -> None:
    ticking = Clock(lambda: NOW)

    def tick() -> float:
        ticking.advance(0.001)
        return ticking.now()

    board = Board(yielding(store), "job:", tick, 1000)
    uuid = await board.start(300, 0.0, 0.0, {})
    taken = await asyncio.gather(*(numbers(board, uuid, 2) for _ in range(150)))
    assert sorted(number for some in taken for number in some) == list(range(300))


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10**6), st.integers(1, 40), st.integers(1, 9))
def test_a_stop_among_pops_cuts_off_a_suffix_and_nothing_else(seed: int, pops: int, most: int) -> None:
    async def race() -> None:
        clock = Clock(lambda: NOW)
        store = SqliteStore(clock=clock.now)
        board = Board(yielding(store, seed), "job:", clock.now, 9)
        uuid = await board.start(100, 1.0, 0.0, {})
        clock.advance(50)
        taken, _ = await asyncio.gather(_popping(board, clock, uuid, pops, most), board.stop(uuid))
        while rest := await numbers(board, uuid, most):
            taken += rest
        view = await board.look(uuid)
        assert sorted(taken) == list(range(len(taken)))
        assert 50 <= view.inferred <= len(taken) <= 50 + pops
        assert (view.state, view.over) == (State.CANCELLED, True)
        await store.close()

    asyncio.run(race())


async def _popping(board: Board, clock: Clock, uuid: str, pops: int, most: int) -> list[int]:
    async def later() -> list[int]:
        clock.advance(1)
        return await numbers(board, uuid, most)

    return [number for some in await asyncio.gather(*(later() for _ in range(pops))) for number in some]


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10**6))
def test_a_clear_among_pops_and_stops_ends_the_job_and_repeats_nothing(seed: int) -> None:
    async def race() -> None:
        clock = Clock(lambda: NOW)
        store = SqliteStore(clock=clock.now)
        board = Board(yielding(store, seed), "job:", clock.now, 9)
        uuid = await board.start(100, 1.0, 0.0, {})
        clock.advance(50)
        others = [board.stop(uuid), board.clear(uuid), board.stop(uuid), board.clear(uuid)]
        popping = asyncio.create_task(_popping(board, clock, uuid, 10, 3))
        await asyncio.gather(*others)
        taken = await popping
        assert sorted(taken) == list(range(len(taken)))
        assert (await board.look(uuid)).state is State.CLEARED
        assert await numbers(board, uuid) == []
        clock.advance(61)
        assert await refused(board.look(uuid)) == 404
        await store.close()

    asyncio.run(race())


async def test_a_job_that_changes_under_every_attempt_is_a_409(clock: Clock) -> None:
    class Contended(SqliteStore):
        async def swap(self, key: str, old: bytes, new: bytes, ttl: float | None = None) -> bool:
            return False

    contended = Contended(clock=clock.now)
    board = Board(contended, "job:", clock.now, 9)
    uuid = await board.start(9, 0.0, 0.0, {})
    clock.advance(1)
    assert await refused(board.stop(uuid)) == 409
    assert await refused(board.clear(uuid)) == 409
    assert len(await numbers(board, uuid)) == 9
    await contended.close()


@pytest.mark.parametrize("before", [0, 1, 5])
async def test_starts_at_the_same_moment_keep_the_limit(store: SqliteStore, clock: Clock, before: int) -> None:
    board = Board(yielding(store), "job:", clock.now, 10)
    for _ in range(before):
        await board.start(1, 1.0, 0.0, {})
    started = await asyncio.gather(*(board.start(1, 1.0, 0.0, {}) for _ in range(30)), return_exceptions=True)
    assert sum(isinstance(one, str) for one in started) == 10 - before
    assert len(await store.scan("job:")) == 10


async def test_a_pop_that_a_stop_overtakes_keeps_its_results_and_tells_of_the_stop(clock: Clock) -> None:
    class Overtaken(SqliteStore):
        async def advance(self, key: str, ready: int, most: int, ttl: float | None = None) -> tuple[int, int]:
            await board.stop(uuid)
            return await super().advance(key, ready, most, ttl)

    store = Overtaken(clock=clock.now)
    board = Board(store, "job:", clock.now, 9)
    uuid = await board.start(10, 1.0, 0.0, {})
    clock.advance(4)
    popped = await board.pop(uuid, 500)
    assert (popped.start, popped.end, popped.view.state, popped.view.over) == (0, 4, State.CANCELLED, True)
    assert (await board.look(uuid)).state is State.CANCELLED
    await store.close()
