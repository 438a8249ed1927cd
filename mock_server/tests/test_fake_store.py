"""The store's checks on SQLite, in memory and in a file, and what only a file or only SQLite can show."""

import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from modeldouble_server.clock import Clock
from modeldouble_server.store.checks import Elapse, StoreChecks
from modeldouble_server.store.sqlite import SqliteStore


@pytest.fixture
def clock() -> Clock:
    return Clock(lambda: 1_700_000_000.0)


@pytest.fixture
def elapse(clock: Clock) -> Elapse:
    async def elapsed(seconds: float) -> None:
        clock.advance(seconds)

    return elapsed


class TestSqliteInMemory(StoreChecks):
    @pytest.fixture
    async def store(self, clock: Clock) -> AsyncIterator[SqliteStore]:
        store = SqliteStore(clock=clock.now)
        yield store
        await store.close()


class TestSqliteInAFile(StoreChecks):
    @pytest.fixture
    async def store(self, clock: Clock, tmp_path: Path) -> AsyncIterator[SqliteStore]:
        store = SqliteStore(str(tmp_path / "store.db"), clock.now)
        yield store
        await store.close()


async def test_a_file_keeps_everything_from_one_process_to_the_next(tmp_path: Path, clock: Clock) -> None:
    first = SqliteStore(str(tmp_path / "store.db"), clock.now)
    await first.put("value", b"1")
    await first.advance("counter", 5, 3)
    await first.append("log", [b"2"], 10, 99)
    await first.close()
    second = SqliteStore(str(tmp_path / "store.db"), clock.now)
    assert (await second.get("value"), await second.count("counter")) == (b"1", 3)
    assert await second.tail("log", 9) == [(1, b"2")]
    await second.close()


async def test_two_stores_in_memory_share_nothing(clock: Clock) -> None:
    first, second = SqliteStore(clock=clock.now), SqliteStore(clock=clock.now)
    await first.put("a", b"1")
    assert await second.get("a") is None
    await first.close()
    await second.close()


async def test_two_processes_on_one_file_never_hand_out_one_result_twice(tmp_path: Path, clock: Clock) -> None:
    stores = [SqliteStore(str(tmp_path / "store.db"), clock.now) for _ in range(2)]
    work = [asyncio.to_thread(_take, store, 200) for store in stores]
    taken = [number for numbers in await asyncio.gather(*work) for number in numbers]
    assert sorted(taken) == list(range(200))
    for store in stores:
        await store.close()


def _take(store: SqliteStore, ready: int) -> list[int]:
    async def taken() -> list[int]:
        numbers: list[int] = []
        while (found := await store.advance("a", ready, 3))[1] > found[0]:
            numbers += range(*found)
        return numbers

    return asyncio.run(taken())


async def test_a_process_that_comes_in_between_reading_and_writing_takes_nothing_twice(tmp_path: Path) -> None:
    path, taken = str(tmp_path / "store.db"), []
    other = SqliteStore(path, lambda: 0.0)
    rival = threading.Thread(target=lambda: taken.extend(_take(other, 5)))

    looks = iter(range(100))

    def look_at_the_clock() -> float:
        # First before the counter is read, then between reading and writing: that is when the rival comes.
        if next(looks) == 1:
            rival.start()
            rival.join(0.1)
        return 0.0

    store = SqliteStore(path, look_at_the_clock)
    start, end = await store.advance("a", 2, 2, 9.0)
    rival.join()
    assert sorted([*range(start, end), *taken]) == [0, 1, 2, 3, 4]
    await store.close()
    await other.close()


async def test_a_value_is_gone_at_the_very_moment_its_time_is_up(clock: Clock) -> None:
    store = SqliteStore(clock=clock.now)
    await store.put("a", b"1", 10.0)
    clock.advance(9.75)
    assert await store.get("a") == b"1"
    clock.advance(0.25)
    assert await store.get("a") is None
    await store.close()


async def test_expired_rows_are_swept_away_by_later_writes(tmp_path: Path, clock: Clock) -> None:
    store = SqliteStore(str(tmp_path / "store.db"), clock.now)
    for number in range(900):
        await store.put(f"old:{number}", b"x" * 100, 1.0)
    clock.advance(2.0)
    clock_before = SqliteStore(str(tmp_path / "store.db"), lambda: 0.0)
    assert len(await clock_before.scan("old:")) == 900
    for number in range(100):
        await store.put("new", str(number).encode())
    assert await clock_before.scan("old:") == []
    await clock_before.close()
    await store.close()


async def test_a_write_that_fails_leaves_the_store_usable(clock: Clock) -> None:
    store = SqliteStore(clock=clock.now)
    with pytest.raises(UnicodeEncodeError):
        await store.put("\ud800", b"1")
    await store.put("a", b"1")
    assert await store.get("a") == b"1"
    await store.close()
