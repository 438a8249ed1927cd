"""A question that reads its job and looks for changes with one operation."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

import pytest

from modeldouble_server.clock import Clock
from modeldouble_server.ledger import ANEW, Behind, Change, Ledger, Lost, born
from modeldouble_server.refusal import Refused
from modeldouble_server.store import StoreDown
from modeldouble_server.store.sqlite import SqliteStore


class Counting(SqliteStore):
    """Counts what it is asked by a ledger, and cannot be reached if it is told so."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.away = False

    async def count(self, key: str) -> int:
        self.asked.append("count")
        return await super().count(key)

    async def read_beside(self, key: str, counter: str, beside: str) -> tuple[bytes | None, int, int]:
        if self.away:
            raise StoreDown("Store", "is away", "wait")
        found = await super().read_beside(key, counter, beside)
        self.asked = [*self.asked[:-1], "read"]
        return found


@pytest.fixture
async def store() -> AsyncIterator[Counting]:
    store = Counting()
    yield store
    await store.close()


@pytest.fixture
def clock() -> Clock:
    return Clock(lambda: 0.0)


async def act(change: Change) -> None:
    """What a change comes to is not asked here."""


def server(store: Counting, clock: Clock) -> Ledger:
    async def sleep(seconds: float) -> None:
        clock.advance(seconds)

    return Ledger(act, store, "m:", clock=clock.now, sleep=sleep)


async def test_it_gives_what_the_store_reads(store: Counting, clock: Clock) -> None:
    await store.put("a", b"1")
    await store.advance("n", 7, 7)
    assert await server(store, clock).read("a", "n") == (b"1", 7)


async def test_it_is_a_look_so_that_none_is_due_after_it(store: Counting, clock: Clock) -> None:
    ledger = server(store, clock)
    assert (ledger.is_due, ledger.looks) == (True, 0)
    await ledger.read("a", "n")
    await ledger.catch_up()
    assert (ledger.is_due, ledger.looks, store.asked) == (False, 1, ["read"])
    clock.advance(0.05)
    assert ledger.is_due


async def test_where_others_have_changed_something_nothing_is_told_before_it_is_carried_out(
    store: Counting, clock: Clock
) -> None:
    ledger = server(store, clock)
    await ledger.read("a", "n")
    await server(store, clock).note({"name": "a"})
    clock.advance(0.05)
    with pytest.raises(Behind):
        await ledger.read("a", "n")
    assert ledger.is_due
    await ledger.catch_up()
    assert await ledger.read("a", "n") == (None, 0)


async def test_a_ledger_that_was_dropped_is_noticed(store: Counting, clock: Clock) -> None:
    ledger = server(store, clock)
    await ledger.note({"name": "a"})
    await store.drop("m:")
    with pytest.raises(Behind):
        await ledger.read("a", "n")


class Reading(Counting):
    """Counts how many keys are read at a time; before each time something happens, if there is anything left."""

    def __init__(self) -> None:
        super().__init__()
        self.read_at_once: list[int] = []
        self.before: list[Callable[[], Awaitable[object]] | None] = []

    async def many(self, keys: Sequence[str]) -> list[bytes | None]:
        if len(keys) > 1:
            self.read_at_once.append(len(keys))
            happens = self.before.pop(0) if self.before else None
            if happens is not None:
                await happens()
        return await super().many(keys)


@pytest.fixture
async def reading() -> AsyncIterator[Reading]:
    store = Reading()
    yield store
    await store.close()


async def test_many_changes_are_read_in_few_operations(reading: Reading, clock: Clock) -> None:
    found: list[int] = []

    async def hear(change: Change) -> None:
        found.append(change["name"])

    one = server(reading, clock)
    for name in range(40):
        await one.note({"name": name})
    await Ledger(hear, reading, "m:").catch_up()
    assert (found, reading.read_at_once) == (list(range(40)), [16, 16, 11])


@pytest.mark.parametrize("gone", [3, 20])
async def test_a_change_that_is_missing_is_told_and_none_behind_it_is_carried_out(
    reading: Reading, clock: Clock, gone: int
) -> None:
    found: list[int] = []

    async def hear(change: Change) -> None:
        found.append(change["name"])

    one, other = server(reading, clock), Ledger(hear, reading, "m:")
    for name in range(40):
        await one.note({"name": name})
    await reading.delete(f"m:change:{gone}")
    for _ in range(2):
        with pytest.raises(Refused, match=f"change {gone} of the model is gone") as refused:
            await other.catch_up(at_once=True)
        assert (found, refused.value.status) == (list(range(gone)), 503)


async def test_a_reset_while_others_read_is_gone_on_with(reading: Reading, clock: Clock) -> None:
    found: list[str] = []

    async def hear(change: Change) -> None:
        found.append(change.get("name", change["kind"]))

    one, other = server(reading, clock), Ledger(hear, reading, "m:")
    for name in range(40):
        await one.note({"kind": "add", "name": str(name)})
    reading.before = [None, lambda: one.note({"kind": ANEW}), lambda: one.note({"kind": "add", "name": "z"})]
    await other.catch_up()
    assert found == [*(str(name) for name in range(15)), ANEW, "z"]


async def test_one_that_had_no_answer_is_no_look(store: Counting, clock: Clock) -> None:
    ledger, store.away = server(store, clock), True
    with pytest.raises(StoreDown):
        await ledger.read("a", "n")
    assert (ledger.is_due, ledger.looks) == (True, 0)


async def test_where_nothing_is_shared_none_is_due_and_nothing_can_be_read() -> None:
    ledger = Ledger(act)
    assert not ledger.is_due
    with pytest.raises(RuntimeError, match="nothing is shared"):
        await ledger.read("a", "n")


def beginning(store: Counting, clock: Clock) -> Ledger:
    return Ledger(act, store, "m:", clock=clock.now, begins=True)


async def test_one_that_begins_notices_that_it_is_gone_though_nothing_was_changed(
    store: Counting, clock: Clock
) -> None:
    ledger = beginning(store, clock)
    with pytest.raises(Behind):
        await ledger.read("a", "n")
    await ledger.catch_up()
    assert await ledger.read("a", "n") == (None, 0)
    await store.drop("")
    clock.advance(0.05)
    with pytest.raises(Lost, match="has lost what it held"):
        await ledger.catch_up()


async def test_servers_that_begin_together_have_one_beginning(store: Counting, clock: Clock) -> None:
    one, other = beginning(store, clock), beginning(store, clock)
    await asyncio.gather(one.catch_up(), other.catch_up(), one.catch_up())
    await other.note({"name": "a"})
    assert await store.count("m:changes") == 2


async def test_a_store_is_born_once_and_anew_when_it_was_emptied(store: Counting) -> None:
    first = await born(store)
    assert await born(store) == first
    await store.drop("")
    assert await born(store) != first


async def test_who_has_to_know_now_looks_at_once(store: Counting, clock: Clock) -> None:
    ledger = server(store, clock)
    await ledger.catch_up()
    await ledger.catch_up()
    await ledger.catch_up(at_once=True)
    assert store.asked == ["count", "count"]


class Slow(Counting):
    """Answers when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on = asyncio.Event()

    async def count(self, key: str) -> int:
        found = await super().count(key)
        await self.go_on.wait()
        return found


async def test_of_many_that_are_asked_together_one_looks_for_all(clock: Clock) -> None:
    store = Slow()
    ledger = server(store, clock)
    looks = [asyncio.create_task(ledger.catch_up()) for _ in range(20)]
    await asyncio.sleep(0)
    looks[0].cancel()
    await asyncio.sleep(0)
    assert [one.done() for one in looks] == [True, *[False] * 19]
    store.go_on.set()
    await asyncio.gather(*looks[1:])
    assert (store.asked, ledger.looks) == (["count"], 1)
    await store.close()


async def test_a_look_that_began_too_long_ago_is_not_waited_for(clock: Clock) -> None:
    store = Slow()
    ledger = server(store, clock)
    first = asyncio.create_task(ledger.catch_up())
    await asyncio.sleep(0)
    clock.advance(0.05)
    second = asyncio.create_task(ledger.catch_up())
    third = asyncio.create_task(ledger.catch_up(at_once=True))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    store.go_on.set()
    await asyncio.gather(first, second, third)
    assert store.asked == ["count", "count", "count"]
    await store.close()


async def test_what_a_look_raises_is_raised_to_all_who_wait_and_the_next_looks_anew(clock: Clock) -> None:
    store = Slow()
    ledger = server(store, clock)
    await store.advance("m:changes", 1, 1)
    looks = [asyncio.create_task(ledger.catch_up()) for _ in range(3)]
    store.go_on.set()
    raised = await asyncio.gather(*looks, return_exceptions=True)
    assert ["is gone from the store" in str(one) for one in raised] == [True] * 3
    with pytest.raises(Refused, match="is gone from the store"):
        await ledger.catch_up()
    await store.close()
