"""What shared journals cost Redis: an operation for all that came within a tenth of a second, and so many bytes."""

import pytest

from modeldouble_server.journal import Entry
from modeldouble_server.shared import SharedLog
from modeldouble_server.shared.rows import entry_row
from modeldouble_server.store.redis import RedisStore

from ..store.redis_server import RedisServer
from ..store.watched import watching

POLL = Entry(1, 1_700_000_000.5, "POST", "get_inference_progress", 200, 0.000123, 64, job="ab" * 16)


@pytest.fixture
def log(store: RedisStore) -> SharedLog:
    return SharedLog(store, "log", 10_000, 16 * 1024 * 1024)


async def polled(log: SharedLog, times: int) -> None:
    for _ in range(times):
        log.add(entry_row(POLL, "a-host-of-mine:12345"))
    await log.flush()


def used(redis: RedisServer) -> int:
    return int(redis.say("INFO", "memory").decode().partition("used_memory:")[2].split()[0])


async def test_a_hundred_polls_are_one_operation_and_none_is_none(log: SharedLog, redis: RedisServer) -> None:
    # Redis keeps a script from its first run on.
    await polled(log, 1)
    async with watching(redis) as watched:
        await polled(log, 100)
        await log.flush()
        assert await watched.asked() == ["EVALSHA"]
    assert await log.size() == (101, 101)


async def test_a_poll_in_the_journal_takes_at_most_400_bytes(log: SharedLog, redis: RedisServer) -> None:
    await polled(log, 100)
    before = used(redis)
    await polled(log, 2_000)
    assert 200 < (used(redis) - before) / 2_000 <= 400


async def test_a_full_journal_takes_no_more(log: SharedLog, redis: RedisServer) -> None:
    for _ in range(6):
        await polled(log, 2_000)
    before = used(redis)
    await polled(log, 8_000)
    assert used(redis) - before < 100_000
    assert await log.size() == (20_000, 10_000)
