"""Rows that several servers write into one log: in few operations, none waited for, none lost without notice."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest

from modeldouble_server.shared.log import (
    AGAIN,
    AT_ONCE,
    EVERY,
    MOST_PENDING,
    MOST_PENDING_BYTES,
    WRITTEN,
    SharedLog,
)
from modeldouble_server.store import StoreDown

from .logs import Naps, Noting

DAY = 86_400.0


@pytest.fixture
async def store() -> AsyncIterator[Noting]:
    store = Noting()
    yield store
    await store.close()


@pytest.fixture
async def naps() -> AsyncIterator[Naps]:
    naps = Naps()
    yield naps
    # Nobody sleeps on at the end.
    await naps.end()


@pytest.fixture
def log(store: Noting, naps: Naps) -> SharedLog:
    return SharedLog(store, "log", 5_000, 1_000_000, naps)


@pytest.fixture
def other(store: Noting, naps: Naps) -> SharedLog:
    """The same log, as another server has it."""
    return SharedLog(store, "log", 5_000, 1_000_000, naps)


async def filled(log: SharedLog, *rows: bytes) -> None:
    for row in rows:
        log.add(row)
    await log.flush()


def as_it_is(number: int, row: bytes) -> tuple[int, bytes]:
    return number, row


async def test_rows_of_two_servers_are_numbered_together_and_read_by_both(log: SharedLog, other: SharedLog) -> None:
    await filled(log, b"a", b"b")
    await filled(other, b"c")
    for one in (log, other):
        assert await one.newest(as_it_is, 9) == [(1, b"a"), (2, b"b"), (3, b"c")]
        assert await one.size() == (3, 3)


async def test_what_comes_within_a_tenth_of_a_second_is_one_operation(
    log: SharedLog, store: Noting, naps: Naps
) -> None:
    for at in range(1_000):
        log.add(b"%d" % at)
        await asyncio.sleep(0)
    assert (store.added, naps.lasting) == ([], [EVERY])
    await naps.end()
    assert store.added == [1_000]
    assert await log.newest(as_it_is, 2) == [(999, b"998"), (1_000, b"999")]


async def test_nothing_is_written_where_nothing_came(log: SharedLog, store: Noting, naps: Naps) -> None:
    await log.flush()
    await naps.end()
    assert (store.added, naps.lasting) == ([], [])
    log.add(b"a")
    for _ in range(5):
        await asyncio.sleep(0)
        await naps.end()
    assert (store.added, naps.lasting) == ([1], [EVERY])
    log.add(b"b")
    await asyncio.sleep(0)
    await naps.end()
    assert (store.added, naps.lasting) == ([1, 1], [EVERY, EVERY])


async def test_while_the_store_is_away_rows_are_kept_and_it_is_asked_less_often(
    log: SharedLog, store: Noting, naps: Naps
) -> None:
    store.away = True
    log.add(b"a")
    await asyncio.sleep(0)
    await naps.end()
    log.add(b"b")
    await naps.end()
    with pytest.raises(StoreDown):
        await log.flush()
    store.away = False
    await naps.end()
    assert (store.added, naps.lasting) == ([1, 2, 2, 2], [EVERY, AGAIN, AGAIN])
    assert await log.newest(as_it_is, 9) == [(1, b"a"), (2, b"b")]


async def test_rows_that_are_kept_are_bounded_and_the_oldest_are_lost_and_counted(
    log: SharedLog, store: Noting, caplog: pytest.LogCaptureFixture
) -> None:
    store.away = True
    with pytest.raises(StoreDown):
        await filled(log, *(b"%d" % at for at in range(MOST_PENDING)))
    for at in range(3):
        log.add(b"new %d" % at)
    assert log.lost == 3
    store.away = False
    await log.flush()
    assert (store.added, log.lost) == ([MOST_PENDING] * 2, 0)
    assert [one.getMessage() for one in caplog.records] == [
        "3 requests are in no journal, as the store was away for too long"
    ]
    assert (await log.newest(as_it_is, 1))[0][1] == b"new 2"


async def test_rows_that_are_kept_are_bounded_in_bytes(log: SharedLog, store: Noting) -> None:
    store.away = True
    for _ in range(20):
        log.add(bytes(MOST_PENDING_BYTES // 16))
    assert log.lost == 4
    with pytest.raises(StoreDown):
        await log.flush()
    log.add(b"x")
    assert log.lost == 5
    log.add(bytes(MOST_PENDING_BYTES + 1))
    assert log.lost == 22
    store.away = False
    await log.flush()
    assert await log.size() == (0, 0)


class Slow(Noting):
    """A store that takes its time to add."""

    def __init__(self) -> None:
        super().__init__()
        self.may_go_on = asyncio.Event()

    async def append(
        self, key: str, values: Sequence[bytes], cap: int, most_bytes: int, ttl: float | None = None
    ) -> int:  # fmt: skip
        await self.may_go_on.wait()
        return await super().append(key, values, cap, most_bytes, ttl)


async def test_a_flush_that_is_cancelled_costs_no_row_and_keeps_their_order(naps: Naps) -> None:
    slow = Slow()
    log = SharedLog(slow, "log", 9, 99, naps)
    log.add(b"a")
    flushing = asyncio.ensure_future(log.flush())
    await asyncio.sleep(0)
    log.add(b"b")
    flushing.cancel()
    await asyncio.wait([flushing])
    slow.may_go_on.set()
    await log.flush()
    assert await log.newest(as_it_is, 9) == [(1, b"a"), (2, b"b")]
    await slow.close()


async def test_a_flush_waits_for_one_that_is_under_way(naps: Naps) -> None:
    slow = Slow()
    log = SharedLog(slow, "log", 9, 99, naps)
    log.add(b"a")
    both = [asyncio.ensure_future(log.flush()) for _ in range(2)]
    await asyncio.sleep(0.01)
    assert not any(one.done() for one in both)
    slow.may_go_on.set()
    await asyncio.gather(*both)
    assert slow.added == [1]
    await slow.close()


async def test_whoever_reads_waits_until_all_servers_have_written(log: SharedLog, other: SharedLog, naps: Naps) -> None:
    log.add(b"mine")
    other.add(b"theirs")
    reading = asyncio.ensure_future(log.settle())
    await asyncio.sleep(0)
    assert not reading.done()
    assert sorted(naps.lasting) == [EVERY, EVERY, WRITTEN]
    assert WRITTEN > EVERY
    await naps.end()
    assert reading.done()
    assert sorted(row for _, row in await log.newest(as_it_is, 9)) == [b"mine", b"theirs"]


async def test_the_newest_that_are_wanted_are_looked_for_piece_by_piece(log: SharedLog, store: Noting) -> None:
    await filled(log, *(b"%d" % number for number in range(1, 1_204)))

    def wanted(number: int, row: bytes) -> bytes | None:
        return row if number % 400 == 3 else None

    assert await log.newest(wanted, 9) == [b"3", b"403", b"803", b"1203"]
    assert store.asked_for == [AT_ONCE] * 3
    assert await log.newest(wanted, 2) == [b"803", b"1203"]
    assert await log.newest(wanted, 9, since=403) == [b"803", b"1203"]
    assert await log.newest(wanted, 9, since=402) == [b"403", b"803", b"1203"]


async def test_no_more_is_read_than_is_needed(log: SharedLog, store: Noting) -> None:
    await filled(log, *(b"x" for _ in range(3 * AT_ONCE)))
    assert len(await log.newest(as_it_is, 10)) == 10
    assert len(await log.newest(as_it_is, 9_999, since=3 * AT_ONCE - 7)) == 7
    assert store.asked_for == [AT_ONCE] * 2
    assert len(await log.newest(as_it_is, 9_999)) == 3 * AT_ONCE


async def test_the_oldest_are_the_first_of_those_that_are_kept(store: Noting, naps: Naps) -> None:
    log = SharedLog(store, "log", 4, 99, naps)
    assert await log.oldest(3) == []
    await filled(log, *(b"%d" % at for at in range(1, 8)))
    assert await log.oldest(3) == [b"4", b"5", b"6"]
    assert await log.oldest(9) == [b"4", b"5", b"6", b"7"]


async def test_what_is_kept_is_bounded_in_rows_and_in_bytes(store: Noting, naps: Naps) -> None:
    few, small = SharedLog(store, "few", 3, 99, naps), SharedLog(store, "small", 99, 5, naps)
    for log in (few, small):
        await filled(log, *(b"%d" % at for at in range(10, 15)))
    assert [row for _, row in await few.newest(as_it_is, 9)] == [b"12", b"13", b"14"]
    assert [row for _, row in await small.newest(as_it_is, 9)] == [b"13", b"14"]


async def test_a_log_is_forgotten_for_all_servers_and_numbered_anew(log: SharedLog, other: SharedLog) -> None:
    await filled(log, b"a", b"b")
    log.add(b"pending")
    await log.clear()
    assert (await other.size(), await log.newest(as_it_is, 9)) == ((0, 0), [])
    await filled(other, b"c")
    await log.flush()
    assert await log.newest(as_it_is, 9) == [(1, b"c")]


async def test_a_log_that_nobody_writes_to_any_more_is_gone_after_a_day(log: SharedLog, store: Noting) -> None:
    await filled(log, b"a")
    store.now = DAY - 1.0
    await filled(log, b"b")
    store.now = 2 * DAY - 2.0
    assert await log.size() == (2, 2)
    store.now = 2 * DAY
    assert await log.size() == (0, 0)


async def test_whoever_reads_finds_what_it_was_asked_itself_a_moment_before(store: Noting, naps: Naps) -> None:
    async def as_a_reader_sleeps(seconds: float) -> None:
        if seconds != WRITTEN:
            await naps(seconds)

    log = SharedLog(store, "log", 9, 99, as_a_reader_sleeps)
    log.add(b"mine")
    await log.settle()
    assert await log.newest(as_it_is, 9) == [(1, b"mine")]
