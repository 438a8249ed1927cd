"""Changes of a model, in one order for all servers that share a store."""

import asyncio
from collections.abc import AsyncIterator
from itertools import count
from typing import Any

import pytest

from modeldouble_server.clock import Clock
from modeldouble_server.ledger import Change, Ledger
from modeldouble_server.refusal import Refused
from modeldouble_server.store import Store, StoreDown
from modeldouble_server.store.sqlite import SqliteStore


class State:
    """What the changes come to: the names that were added, each once."""

    def __init__(self) -> None:
        self.names: list[str] = []

    async def act(self, change: Change) -> int:
        if change["name"] in self.names:
            raise Refused(409, f"{change['name']} is there")
        self.names.append(change["name"])
        return len(self.names)


@pytest.fixture
async def store() -> AsyncIterator[SqliteStore]:
    store = SqliteStore()
    yield store
    await store.close()


@pytest.fixture
def clock() -> Clock:
    """Of all servers of a test; a wait moves it forward."""
    return Clock(lambda: 0.0)


def server(store: Store | None, clock: Clock | None = None, **options: Any) -> tuple[State, Ledger]:
    """One server; those without a clock of the test's look each time."""
    state, mine = State(), clock or Clock(count().__next__)

    async def sleep(seconds: float) -> None:
        mine.advance(seconds)
        await asyncio.sleep(0)

    return state, Ledger(state.act, store, "m:", clock=mine.now, sleep=sleep, **options)


async def test_a_server_does_not_look_again_at_once(store: SqliteStore, clock: Clock) -> None:
    (_, one), (state, other) = server(store, clock), server(store, clock)
    await other.catch_up()
    await one.note({"name": "a"})
    await other.catch_up()
    assert (state.names, clock.now()) == ([], 0.0)
    clock.advance(0.05)
    await other.catch_up()
    assert state.names == ["a"]


async def test_whoever_makes_a_change_is_answered_when_all_will_have_looked(store: SqliteStore, clock: Clock) -> None:
    (_, one), (state, other) = server(store, clock), server(store, clock)
    await other.catch_up()
    await one.make({"name": "a"})
    await other.catch_up()
    assert (state.names, clock.now()) == (["a"], 0.05)


class Interrupted(SqliteStore):
    """Somebody makes a change after the first count was taken, and before it is told."""

    one: Ledger | None = None

    async def count(self, key: str) -> int:
        found = await super().count(key)
        one, self.one = self.one, None
        if one is not None:
            await one.note({"name": "meanwhile"})
        return found


async def test_what_was_written_during_a_look_is_found_by_the_next(clock: Clock) -> None:
    store = Interrupted()
    (_, one), (state, other) = server(store, clock), server(store, clock)
    store.one = one
    await other.catch_up()
    before = list(state.names)
    clock.advance(0.05)
    await other.catch_up()
    assert (before, state.names) == ([], ["meanwhile"])
    await store.close()


class Away(SqliteStore):
    """Cannot be reached once."""

    away = False

    async def count(self, key: str) -> int:
        if self.away:
            self.away = False
            raise StoreDown("Store", "is away", "wait")
        return await super().count(key)


async def test_a_look_that_had_no_answer_is_none(clock: Clock) -> None:
    store = Away()
    (_, one), (state, other) = server(store, clock), server(store, clock)
    await one.note({"name": "a"})
    store.away = True
    with pytest.raises(StoreDown):
        await other.catch_up()
    await other.catch_up()
    assert state.names == ["a"]
    await store.close()


async def test_nobody_goes_on_while_changes_are_being_carried_out(store: SqliteStore, clock: Clock) -> None:
    begun, go_on, done = asyncio.Event(), asyncio.Event(), list[Change]()

    async def slow(change: Change) -> None:
        begun.set()
        await go_on.wait()
        done.append(change)

    await server(store, clock)[1].note({"name": "a"})
    other = Ledger(slow, store, "m:", clock=clock.now)
    first = asyncio.create_task(other.catch_up())
    await begun.wait()
    second = asyncio.create_task(other.catch_up())
    await asyncio.sleep(0)
    assert not second.done()
    go_on.set()
    await asyncio.gather(first, second)
    assert done == [{"name": "a"}]


async def test_where_nothing_is_shared_a_change_is_carried_out_at_once() -> None:
    state, ledger = server(None)
    assert (await ledger.make({"name": "a"}), state.names, ledger.shared) == (1, ["a"], False)
    await ledger.catch_up()
    assert state.names == ["a"]


async def test_another_server_knows_a_change_when_it_catches_up(store: SqliteStore) -> None:
    (_, one), (state, other) = server(store), server(store)
    await one.make({"name": "a"})
    await one.make({"name": "b"})
    await other.catch_up()
    assert (state.names, one.shared) == (["a", "b"], True)


async def test_a_change_comes_behind_those_that_its_maker_has_not_seen(store: SqliteStore) -> None:
    (first, one), (second, other) = server(store), server(store)
    await one.make({"name": "a"})
    assert await other.make({"name": "b"}) == 2
    await one.catch_up()
    assert first.names == second.names == ["a", "b"]


async def test_a_change_is_carried_out_once(store: SqliteStore) -> None:
    state, ledger = server(store)
    await ledger.make({"name": "a"})
    await ledger.catch_up()
    await ledger.catch_up()
    assert state.names == ["a"]


async def test_what_is_refused_is_refused_to_its_maker_alone(store: SqliteStore) -> None:
    (first, one), (second, other) = server(store), server(store)
    await one.make({"name": "a"})
    with pytest.raises(Refused, match="a is there"):
        await other.make({"name": "a"})
    await other.make({"name": "b"})
    await one.catch_up()
    assert first.names == second.names == ["a", "b"]


async def test_many_at_once_have_one_order(store: SqliteStore) -> None:
    servers = [server(store) for _ in range(3)]
    wanted = [f"{at}" for at in range(60)]
    makes = [servers[at % 3][1].make({"name": name}) for at, name in enumerate(wanted)]
    assert sorted(await asyncio.gather(*makes)) == list(range(1, 61))
    for _, ledger in servers:
        await ledger.catch_up()
    assert servers[0][0].names == servers[1][0].names == servers[2][0].names
    assert sorted(servers[0][0].names) == sorted(wanted)


async def test_a_server_that_comes_later_comes_to_the_same_state(store: SqliteStore) -> None:
    _, ledger = server(store)
    for name in "abc":
        await ledger.make({"name": name})
    state, later = server(store)
    await later.catch_up()
    assert state.names == ["a", "b", "c"]


async def test_changes_are_bounded(store: SqliteStore) -> None:
    _, ledger = server(store, most=2)
    await ledger.make({"name": "a"})
    await ledger.make({"name": "b"})
    with pytest.raises(Refused, match="changed 2 times, which is the limit") as refused:
        await ledger.make({"name": "c"})
    assert refused.value.status == 429


async def test_a_change_that_is_gone_is_told(store: SqliteStore) -> None:
    (_, one), (_, other) = server(store), server(store)
    await one.make({"name": "a"})
    await store.delete("m:change:0")
    with pytest.raises(Refused, match="change 0 of the model is gone") as refused:
        await other.catch_up()
    assert refused.value.status == 503


async def test_what_was_dropped_is_not_known_later(store: SqliteStore) -> None:
    (_, one), (state, later) = server(store), server(store)
    await one.make({"name": "a"})
    await store.drop("m:")
    await later.catch_up()
    assert state.names == []


async def test_a_change_is_what_others_read_also_for_its_maker(store: SqliteStore) -> None:
    async def told(change: Change) -> Change:
        return change

    assert await Ledger(told, store, "m:").make({"pair": (1, 2)}) == {"pair": [1, 2]}


async def test_a_store_that_has_lost_its_changes_is_told(store: SqliteStore) -> None:
    _, ledger = server(store)
    await ledger.make({"name": "a"})
    await store.drop("m:")
    for asked in (ledger.catch_up(), ledger.make({"name": "b"})):
        with pytest.raises(Refused, match="the store has lost what it held") as refused:
            await asked
        assert refused.value.status == 503


async def test_changes_have_a_limit_of_bytes_that_every_server_keeps(store: SqliteStore) -> None:
    (_, one), (state, other) = server(store, most_bytes=40), server(store, most_bytes=40)
    await one.make({"name": "a" * 20})
    with pytest.raises(Refused, match="more than 40 bytes, which is the limit; reset it, or serve another"):
        await other.make({"name": "b" * 20})
    with pytest.raises(Refused, match="more than 40 bytes"):
        await one.make({"name": "b" * 20})
    await other.catch_up()
    assert state.names == ["a" * 20]
    assert await store.count("m:changes") == 1
