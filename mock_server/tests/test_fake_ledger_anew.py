"""A ledger forgets the changes before a reset, also where servers follow it at that moment."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import count
from typing import Any

import pytest

from modeldouble_server.forgetting import forget_changes
from modeldouble_server.ledger import ANEW, Change, Ledger
from modeldouble_server.refusal import Refused
from modeldouble_server.store import Writes
from modeldouble_server.store.sqlite import SqliteStore


class Gone(SqliteStore):
    """A server that is killed before it has forgotten what it wanted to, if it is told so."""

    killed = False
    meanwhile: Callable[[], Awaitable[None]] | None = None
    """What happens before the next write."""

    async def apply(self, writes: Writes) -> bool:
        if self.killed and writes.least:
            raise asyncio.CancelledError
        happens, self.meanwhile = self.meanwhile, None
        if happens is not None:
            await happens()
        # Others go on meanwhile.
        await asyncio.sleep(0)
        return await super().apply(writes)

    async def many(self, keys: Any) -> list[bytes | None]:
        # Not in the midst of a transaction, which asks for none.
        if keys:
            await asyncio.sleep(0)
        return await super().many(keys)


@pytest.fixture
async def store() -> AsyncIterator[Gone]:
    store = Gone()
    yield store
    await store.close()


class Named:
    """A server, and the names that were added since the last reset."""

    def __init__(self, store: SqliteStore, **options: Any) -> None:
        self.names: list[str] = []
        self.seen = 0
        self.ledger = Ledger(self._act, store, "m:", clock=count().__next__, sleep=_nothing, begins=True, **options)

    async def _act(self, change: Change) -> None:
        self.seen += 1
        if change["kind"] == ANEW:
            self.names = []
        else:
            self.names.append(change["name"])

    async def add(self, *names: str) -> None:
        for name in names:
            await self.ledger.note({"kind": "add", "name": name})

    async def reset(self) -> None:
        await self.ledger.make({"kind": ANEW})


async def _nothing(seconds: float) -> None:
    return


async def kept(store: SqliteStore) -> list[str]:
    return [key.removeprefix("m:change:") for key, _ in await store.scan("m:change:")]


async def test_what_was_before_a_reset_is_forgotten_but_for_the_beginning(store: Gone) -> None:
    one = Named(store)
    await one.add(*"abc")
    await one.reset()
    await one.add("d")
    assert await kept(store) == ["0", "4", "5"]
    assert one.names == ["d"]


async def test_a_server_that_was_behind_goes_on_with_the_reset(store: Gone) -> None:
    one, other, later = (Named(store) for _ in range(3))
    await other.ledger.catch_up()
    await one.add(*"abc")
    await one.reset()
    await one.add("d")
    for server in (other, later):
        await server.ledger.catch_up()
        assert (server.names, server.seen) == (["d"], 2)
    await other.add("e")
    await one.ledger.catch_up()
    assert one.names == ["d", "e"]


async def test_it_is_passed_over_too_where_it_was_not_forgotten_yet(store: Gone) -> None:
    one, other = Named(store), Named(store)
    await one.add(*"abc")
    store.killed = True
    with pytest.raises(asyncio.CancelledError):
        await one.reset()
    await other.ledger.catch_up()
    assert (other.names, other.seen, len(await kept(store))) == ([], 1, 5)


async def test_what_a_killed_server_was_to_forget_is_forgotten_with_the_next_reset(store: Gone) -> None:
    one, other = Named(store), Named(store)
    await one.add(*"abc")
    store.killed = True
    with pytest.raises(asyncio.CancelledError):
        await one.reset()
    store.killed = False
    await other.add("d")
    await other.reset()
    assert await kept(store) == ["0", "6"]


async def test_a_reset_takes_the_place_of_the_last_one_also_where_nothing_was_forgotten(store: Gone) -> None:
    one = Named(store)
    await one.reset()
    store.killed = True
    for _ in range(2):
        with pytest.raises(asyncio.CancelledError):
            await one.reset()
    assert await kept(store) == ["0", "3"]


async def test_thousands_are_forgotten_in_pieces_each_once(store: Gone) -> None:
    await store.apply(Writes(put={f"m:change:{number}": b"{}" for number in range(2_503)}))
    await forget_changes(store, "m:", 2_500)
    assert await kept(store) == ["0", "2500", "2501", "2502"]
    assert await store.count("m:forgotten") == 2_500


async def test_limits_count_what_is_kept_and_a_reset_is_always_possible(store: Gone) -> None:
    one = Named(store, most=4)
    for _ in range(3):
        await one.add("a", "b")
        await one.reset()
        await one.add("c", "d")
        with pytest.raises(Refused, match="changed 4 times, which is the limit; reset it") as refused:
            await one.add("e")
        assert refused.value.status == 429
        await one.reset()


async def test_the_limit_of_bytes_is_kept_by_who_comes_later_too(store: Gone) -> None:
    one, later = Named(store, most_bytes=160), Named(store, most_bytes=160)
    await one.add("a" * 100)
    with pytest.raises(Refused, match="more than 160 bytes"):
        await one.add("b" * 100)
    await one.reset()
    await one.add("b" * 60)
    for server in (one, later):
        with pytest.raises(Refused, match="more than 160 bytes"):
            await server.add("c" * 60)
    assert later.names == ["b" * 60]


async def test_a_change_does_not_take_the_place_of_one_that_was_forgotten_meanwhile(store: Gone) -> None:
    one, other = Named(store), Named(store)

    async def reset() -> None:
        await one.add(*"xyz")
        await one.reset()

    for _ in range(2):
        await other.ledger.catch_up(at_once=True)
        store.meanwhile = reset
        await other.add("late")
        await one.ledger.catch_up(at_once=True)
        assert one.names == other.names == ["late"]


@pytest.mark.parametrize("seed", range(12))
async def test_servers_that_change_reset_and_follow_at_once_come_to_the_same(store: Gone, seed: int) -> None:
    chance, servers = random.Random(seed), [Named(store) for _ in range(4)]

    async def busy(server: Named, name: str) -> None:
        for at in range(25):
            what = chance.random()
            if what < 0.2:
                await server.reset()
            elif what < 0.7:
                await server.add(f"{name}{at}")
            else:
                await server.ledger.catch_up(at_once=True)

    await asyncio.gather(*(busy(server, name) for server, name in zip(servers, "abcd", strict=True)))
    later = Named(store)
    for server in (*servers, later):
        await server.ledger.catch_up(at_once=True)
        assert server.names == servers[0].names
    assert len(await kept(store)) == 2 + len(later.names)


async def test_when_it_was_served_first_is_the_same_for_all(store: Gone) -> None:
    one, other = Named(store), Named(store)
    assert [await one.ledger.begun(5.25), await other.ledger.begun(9.0)] == [5.25, 5.25]
    assert await Ledger(one.ledger.note).begun(9.0) == 9.0
