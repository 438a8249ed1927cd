"""What was served before is kept for a while, and not for ever."""

from collections.abc import AsyncIterator

import pytest

from modeldouble_server.forgetting import forget_former, served_prefix
from modeldouble_server.store.sqlite import SqliteStore

DAY = 86_400.0


@pytest.fixture
async def store() -> AsyncIterator[SqliteStore]:
    store = SqliteStore()
    yield store
    await store.close()


async def serve(store: SqliteStore, name: str, now: float) -> None:
    await forget_former(store, name, now)
    await store.put(f"{served_prefix(name)}ledger:change:0", b"{}")
    await store.advance(f"{served_prefix(name)}turns:calls", 9, 9)


async def there(store: SqliteStore) -> str:
    return "".join(key.split(":")[1] for key, _ in await store.scan("served:"))


async def test_what_took_anothers_place_leaves_it_a_day(store: SqliteStore) -> None:
    await serve(store, "a", 0.0)
    await serve(store, "b", 100 * DAY)
    await serve(store, "b", 101 * DAY - 1)
    assert await there(store) == "ab"
    await serve(store, "b", 101 * DAY)
    assert await there(store) == "b"
    assert await store.count(f"{served_prefix('a')}turns:calls") == 0
    assert [key for key, _ in await store.scan("terms:")] == ["terms:b"]


async def test_one_that_is_served_again_is_kept(store: SqliteStore) -> None:
    for now, name in enumerate("aba"):
        await serve(store, name, now * DAY / 2)
    await serve(store, "a", 9 * DAY)
    assert await there(store) == "a"
    assert await store.get("terms:a") == b""


async def test_of_many_the_newest_ten_are_kept(store: SqliteStore) -> None:
    for now, name in enumerate("abcdefghijklm"):
        await serve(store, name, float(now))
    assert await there(store) == "cdefghijklm"


async def test_others_with_the_same_beginning_are_not_touched(store: SqliteStore) -> None:
    await store.put("served:aa:x", b"1")
    await serve(store, "a", 0.0)
    await serve(store, "b", 1.0)
    await serve(store, "b", 3 * DAY)
    assert await there(store) == "aab"
