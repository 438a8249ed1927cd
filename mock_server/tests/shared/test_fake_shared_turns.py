"""Turns of stubs and numbers of calls go on across servers that share a store, as if they were one."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest

from modeldouble_server.shared import SharedTurns
from modeldouble_server.store import StoreDown
from modeldouble_server.store.sqlite import SqliteStore
from modeldouble_server.stubs import Stub, Stubs, Tied, Unmatched
from modeldouble_server.stubs.contest import Tie

from .turns_servers import BOX, Interrupted, Sharing, Tell, query_of


@pytest.fixture
async def store() -> AsyncIterator[Interrupted]:
    store = Interrupted()
    yield store
    await store.close()


def servers(store: SqliteStore, tell: Tell, count: int = 3) -> list[Sharing]:
    return [Sharing(store, tell) for _ in range(count)]


def cat_then_dog(stubs: Stubs) -> None:
    stubs.when(image="a.jpg").predict("cat", box=BOX).once().then.predict("dog", box=BOX)


def twice_then_anything(stubs: Stubs) -> None:
    stubs.when(image="a.jpg").predict("cat", box=BOX).times(2)
    stubs.when().predict("other", box=BOX)


async def test_calls_are_numbered_from_one_and_those_of_a_batch_follow_each_other(store: Interrupted) -> None:
    one, other = SharedTurns(store, "m:"), SharedTurns(store, "m:")
    assert [await one.numbered(1), await other.numbered(5), await one.numbered(2), await other.numbered(1)] == [
        1, 2, 7, 9,
    ]  # fmt: skip
    assert await SharedTurns(store, "n:").numbered(1) == 1


async def test_batches_at_once_get_numbers_of_their_own(store: Interrupted) -> None:
    sharing = [SharedTurns(store, "m:") for _ in range(3)]
    firsts = await asyncio.gather(*(sharing[at % 3].numbered(4) for at in range(50)))
    assert sorted(firsts) == list(range(1, 201, 4))


async def test_uses_are_numbered_to_their_end(store: Interrupted) -> None:
    one, other = SharedTurns(store, "m:"), SharedTurns(store, "m:")
    assert [await one.use(7, 3), await other.use(7, 3), await one.use(7, 3)] == [0, 1, 2]
    assert [await one.use(7, 3), await other.use(7, 3), await other.use(8, None)] == [None, None, 0]
    assert [await one.uses(7), await one.uses(8), await other.uses(9)] == [3, 1, 0]


async def test_an_end_that_moves_lets_it_go_on(store: Interrupted) -> None:
    turns = SharedTurns(store, "m:")
    assert [await turns.use(7, 1), await turns.use(7, 1), await turns.use(7, 2)] == [0, None, 1]


async def test_what_comes_then_comes_whoever_is_asked(store: Interrupted) -> None:
    one, two, three = servers(store, cat_then_dog)
    assert [await server.see("a.jpg") for server in (two, one, three, one)] == [["cat"], ["dog"], ["dog"], ["dog"]]


async def test_what_is_used_up_elsewhere_is_used_up_here_and_the_next_one_answers(store: Interrupted) -> None:
    one, two, three = servers(store, twice_then_anything)
    found = [(await server.see("a.jpg"))[0] for server in (one, two, three, one, two)]
    assert found == ["cat", "cat", "other", "other", "other"]


async def test_a_call_of_a_number_comes_once(store: Interrupted) -> None:
    def tell(stubs: Stubs) -> None:
        stubs.when(call=5).predict("fifth", box=BOX)
        stubs.when().predict("other", box=BOX)

    found = [(await server.see("a.jpg"))[0] for server in servers(store, tell) * 4]
    assert [at for at, name in enumerate(found, 1) if name == "fifth"] == [5]


@pytest.mark.parametrize("times", [1, 7])
async def test_many_at_once_get_exactly_so_many(store: Interrupted, times: int) -> None:
    def tell(stubs: Stubs) -> None:
        stubs.when(image="a.jpg").predict("cat", box=BOX).times(times)
        stubs.when().predict("other", box=BOX)

    three = servers(store, tell)
    found = await asyncio.gather(*(three[at % 3].see("a.jpg") for at in range(100)))
    assert Counter(one[0] for one in found) == {"cat": times, "other": 100 - times}
    assert await three[0].turns.uses(1) == times


async def test_all_used_up_is_unmatched_and_told_so(store: Interrupted) -> None:
    one, two, _ = servers(store, lambda stubs: stubs.when(image="a.jpg").predict("cat", box=BOX).once())
    await one.see("a.jpg")
    with pytest.raises(Unmatched, match="used up: 1 of 1 times"):
        await two.see("a.jpg")
    assert [miss.call for miss in two.stubs.misses] == [2]


def tied_while_the_first_lives(stubs: Stubs) -> None:
    stubs.when(image="a.jpg").predict("cat", box=BOX).once()
    stubs.when(route="inference_image").predict("dog", box=BOX)


async def test_a_tie_is_one_only_if_both_are_not_used_up_elsewhere(store: Interrupted) -> None:
    one, two, _ = servers(store, tied_while_the_first_lives)
    assert await one.see("a.jpg", route="inference_batch") == ["cat"]
    assert await two.see("a.jpg") == ["dog"]
    assert two.stubs.misses == []


async def test_a_tie_uses_nothing_up_and_is_noted_once(store: Interrupted) -> None:
    one, two, _ = servers(store, tied_while_the_first_lives)
    for server in (one, two):
        with pytest.raises(Tied, match="equally well"):
            await server.see("a.jpg")
        assert [miss.tied for miss in server.stubs.misses] == [True]
    assert [await one.turns.uses(number) for number in (1, 2)] == [0, 0]


async def test_a_call_without_stubs_costs_its_number_alone(store: Interrupted) -> None:
    [server] = servers(store, lambda stubs: None, 1)
    await server.see("a.jpg")
    assert store.asked == ["advance m:0:calls"]


async def test_a_stub_costs_one_operation_and_none_once_it_is_known_to_be_used_up(store: Interrupted) -> None:
    one, two = servers(store, twice_then_anything, 2)
    for costs, server in [(2, one), (2, one), (3, two), (2, two), (2, one)]:
        store.asked.clear()
        await server.see("a.jpg")
        assert len(store.asked) == costs, store.asked


class Down(SqliteStore):
    async def advance(self, *args: Any, **given: Any) -> tuple[int, int]:
        raise StoreDown("Redis at nowhere", "is away", "start it")


async def test_a_store_that_is_away_is_told_and_nothing_is_used_up() -> None:
    down = Down()
    server = Sharing(down, twice_then_anything)
    with pytest.raises(StoreDown, match="Redis at nowhere is away; start it"):
        await server.see("a.jpg")
    assert [stub.used for stub in server.stubs.listed()] == [0, 0]
    await down.close()


async def test_what_is_known_of_uses_only_grows(store: Interrupted) -> None:
    server = Sharing(store, cat_then_dog)
    [stub] = server.stubs.listed()
    server.stubs.follow(stub, 5)
    server.stubs.follow(stub, 3)
    assert stub.used == 5


async def test_what_is_known_of_a_stub_that_was_removed_brings_it_not_back(store: Interrupted) -> None:
    server = Sharing(store, twice_then_anything)
    stub = server.stubs.listed()[0]
    server.stubs.remove(1)
    server.stubs.follow(stub, 1)
    assert [one.number for one in server.stubs.listed()] == [2]
    assert [one.number for one in found_by(server)] == [2]


def found_by(server: Sharing) -> list[Stub]:
    found = server.stubs.find(query_of("a.jpg"), 1)
    assert not isinstance(found, Tie)
    return found
