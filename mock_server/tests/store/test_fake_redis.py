"""The store's checks on a real Redis, and what only Redis can show."""

import asyncio

import pytest

from modeldouble_server.store import Writes
from modeldouble_server.store.checks import LONG, Elapse, StoreChecks
from modeldouble_server.store.checks_together import LATER, SHORT
from modeldouble_server.store.redis import RedisStore

from .conftest import Opened
from .redis_server import RedisServer


@pytest.fixture
def elapse() -> Elapse:
    return asyncio.sleep


class TestRedis(StoreChecks):
    """Its `store` is that of conftest.py."""


async def test_twenty_tasks_on_three_stores_hand_out_every_number_once(redis: RedisServer, opened: Opened) -> None:
    stores = [await opened(redis.url) for _ in range(3)]

    async def take(store: RedisStore) -> list[int]:
        numbers: list[int] = []
        while (found := await store.advance("frames", 1000, 7))[1] > found[0]:
            numbers += range(*found)
        return numbers

    taken = await asyncio.gather(*(take(stores[task % 3]) for task in range(20)))
    assert sorted(number for numbers in taken for number in numbers) == list(range(1000))
    assert len([numbers for numbers in taken if numbers]) > 3


async def test_a_value_and_a_counter_are_read_together(store: RedisStore) -> None:
    await store.put("job", b"1")
    await store.advance("popped", 5, 3)
    assert await store.read("job", "popped") == (b"1", 3)
    assert await store.read("popped", "job") == (None, 0)


async def test_stores_of_two_prefixes_share_nothing(redis: RedisServer, opened: Opened) -> None:
    first, second = await opened(f"{redis.url}?prefix=a"), await opened(redis.url, prefix="b:")
    await first.put("key", b"1")
    await first.advance("key", 5, 5)
    await second.drop("")
    assert (await second.get("key"), await second.count("key"), await second.scan("")) == (None, 0, [])
    assert (await first.get("key"), await first.count("key")) == (b"1", 5)


async def test_a_store_is_reached_by_a_unix_socket_too(redis: RedisServer, opened: Opened) -> None:
    await (await opened(redis.url)).put("key", b"1")
    assert await (await opened(redis.unix_url)).get("key") == b"1"


async def test_scan_and_drop_of_more_than_one_script_looks_at(store: RedisStore) -> None:
    keys = [f"a:{number:05}" for number in range(5_003)]
    await store.apply(Writes(dict.fromkeys(keys, b"1"), add=dict.fromkeys(keys[:4], 1)))
    await store.put("b", b"1")
    assert [key for key, _ in await store.scan("a:")] == keys
    assert [key for key, _ in await store.scan("a:", 5_001)] == keys[:5_001]
    await store.drop("a:")
    assert [key for key, _ in await store.scan("")] == ["b"]
    assert await store.count(keys[3]) == 0


async def test_scan_of_more_bytes_than_one_answer_has(store: RedisStore) -> None:
    values = [(f"a:{number}", bytes([number]) * 1_000_000) for number in range(9)]
    for key, value in values:
        await store.put(key, value)
    assert await store.scan("") == values


async def test_scan_gives_as_many_as_asked_for_though_some_before_them_have_expired(store: RedisStore) -> None:
    for number in range(6):
        await store.put(f"a:{number}", b"1", SHORT if number < 3 else LONG)
    await asyncio.sleep(LATER)
    assert [key for key, _ in await store.scan("a:", 2)] == ["a:3", "a:4"]


async def test_names_of_expired_keys_do_not_pile_up(store: RedisStore, redis: RedisServer) -> None:
    for number in range(200):
        await store.put(f"old:{number}", b"1", SHORT)
        await store.advance(f"old:{number}", 1, 1, SHORT)
        await store.append(f"old:{number}", [b"1"], 1, 9, SHORT)
    await asyncio.sleep(LATER)
    for number in range(200):
        await store.put(f"new:{number}", b"1")
    assert redis.say("ZCARD", "modeldouble:index") == b":200\r\n"


async def test_what_was_forgotten_leaves_nothing_in_redis(store: RedisStore, redis: RedisServer) -> None:
    for key in ("a:1", "a:2", "b"):
        await store.put(key, b"1")
        await store.advance(key, 5, 5)
        await store.append(key, [b"1"], 9, 9)
    await store.drop("a:")
    await store.delete("b")
    assert redis.say("KEYS", "*") in (b"*0\r\n", b"*1\r\n$16\r\nmodeldouble:hand\r\n")


async def test_an_operation_that_was_cancelled_costs_the_next_one_nothing(redis: RedisServer, opened: Opened) -> None:
    store = await opened(redis.url, connections=1)
    await store.put("mine", b"mine")
    await store.put("other", b"other")
    redis.say("CLIENT", "PAUSE", "200")
    asked = asyncio.ensure_future(store.get("other"))
    await asyncio.sleep(0.05)
    assert asked.cancel()
    assert await store.get("mine") == b"mine"


async def test_a_key_that_redis_cannot_name_is_refused_and_the_store_goes_on(store: RedisStore) -> None:
    with pytest.raises(UnicodeEncodeError):
        await store.put("\ud800", b"1")
    await store.put("a", b"1")
    assert await store.get("a") == b"1"
