"""What every backend must do about writes that belong together, as tests: a part of `checks.StoreChecks`."""

import asyncio
from collections.abc import Awaitable, Callable

from . import Store, Writes

Elapse = Callable[[float], Awaitable[None]]
SHORT, LATER, LONG = 0.05, 0.1, 1000.0
BRIEF, AFTER = 2.0, 2.5
"""For what must still be there when the next thing is asked, also of a slow machine that has no fake clock."""


class TogetherChecks:
    """apply: everything, or nothing."""

    async def test_all_of_it_is_written(self, store: Store) -> None:
        await store.put("old", b"1")
        assert await store.apply(Writes({"a": b"1", "b": b"2"}, ["old"], {"n": 3}, {"least": 7}))
        assert await store.scan("") == [("a", b"1"), ("b", b"2")]
        assert (await store.count("n"), await store.count("least")) == (3, 7)

    async def test_nothing_at_all_is_written_where_a_key_is_there_that_should_be_absent(self, store: Store) -> None:
        await store.put("taken", b"1")
        await store.put("old", b"1")
        assert not await store.apply(Writes({"a": b"1"}, ["old"], {"n": 3}, {"m": 7}, ["free", "taken"]))
        assert [key for key, _ in await store.scan("")] == ["old", "taken"]
        assert (await store.count("n"), await store.count("m")) == (0, 0)

    async def test_nothing_is_written_where_a_value_has_changed_or_is_gone(self, store: Store) -> None:
        await store.put("a", b"1")
        assert not await store.apply(Writes({"b": b"2"}, same={"a": b"0"}))
        assert not await store.apply(Writes({"b": b"2"}, same={"gone": b""}))
        assert await store.get("b") is None
        assert await store.apply(Writes({"a": b"2"}, same={"a": b"1"}))
        assert await store.get("a") == b"2"

    async def test_a_condition_on_a_key_that_is_written_looks_at_what_was_there(self, store: Store) -> None:
        assert await store.apply(Writes({"a": b"1"}, absent=["a"]))
        assert not await store.apply(Writes({"a": b"2"}, absent=["a"]))
        assert await store.get("a") == b"1"

    async def test_counters_grow_and_shrink_by_so_much(self, store: Store) -> None:
        await store.advance("n", 5, 5)
        assert await store.apply(Writes(add={"n": 2, "m": 1}))
        assert await store.apply(Writes(add={"n": -4}))
        assert (await store.count("n"), await store.count("m")) == (3, 1)

    async def test_a_counter_is_at_the_least_so_much_and_never_goes_back(self, store: Store) -> None:
        await store.advance("n", 5, 5)
        assert await store.apply(Writes(least={"n": 3, "m": 3}))
        assert (await store.count("n"), await store.count("m")) == (5, 3)

    async def test_of_many_at_once_on_one_absent_key_one_wins(self, store: Store) -> None:
        every = [Writes({"name": b"1", str(at): b"1"}, add={"n": 1}, absent=["name"]) for at in range(50)]
        won = await asyncio.gather(*(store.apply(one) for one in every))
        assert (sum(won), await store.count("n")) == (1, 1)
        assert [key for key, _ in await store.scan("")] == [str(won.index(True)), "name"]

    async def test_an_expired_key_is_absent(self, store: Store, elapse: Elapse) -> None:
        await store.put("a", b"1", SHORT)
        await elapse(LATER)
        assert not await store.apply(Writes({"b": b"1"}, same={"a": b"1"}))
        assert await store.apply(Writes({"a": b"2"}, absent=["a"]))
        assert await store.get("a") == b"2"

    async def test_what_was_put_together_does_not_expire(self, store: Store, elapse: Elapse) -> None:
        await store.put("a", b"1", SHORT)
        assert await store.apply(Writes({"a": b"2"}))
        await elapse(LATER)
        assert await store.get("a") == b"2"

    async def test_writing_nothing_is_done(self, store: Store) -> None:
        assert await store.apply(Writes())
