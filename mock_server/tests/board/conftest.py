"""A board on a store in memory, both on a clock that a test pushes."""

from collections.abc import AsyncIterator

import pytest

from modeldouble_server.board import Board
from modeldouble_server.clock import Clock
from modeldouble_server.store.sqlite import SqliteStore

NOW = 1_700_000_000.0


@pytest.fixture
def clock() -> Clock:
    return Clock(lambda: NOW)


@pytest.fixture
async def store(clock: Clock) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(clock=clock.now)
    yield store
    await store.close()


@pytest.fixture
def board(store: SqliteStore, clock: Clock) -> Board:
    return Board(store, "job:", clock.now, 1000)
