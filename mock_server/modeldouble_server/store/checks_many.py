"""What `many`, `counts` and lasting values must do: a part of `checks.StoreChecks`."""

from . import Store, Writes
from .checks_together import LATER, LONG, SHORT, Elapse

_HOW_MANY = 2_345


class ManyChecks:
    """many, counts, and `Writes.lasting`"""

    async def test_many_are_given_in_the_order_in_which_they_are_asked_for(self, store: Store) -> None:
        await store.put("a", b"1")
        await store.put("b", b"\0\xff")
        await store.put("empty", b"")
        found = await store.many(["b", "gone", "a", "b", "empty"])
        assert found == [b"\0\xff", None, b"1", b"\0\xff", b""]

    async def test_none_of_none(self, store: Store) -> None:
        assert (await store.many([]), await store.counts([])) == ([], [])

    async def test_more_are_given_than_are_asked_for_at_once(self, store: Store) -> None:
        for at in range(0, _HOW_MANY, 2):
            await store.put(str(at), b"%d" % at)
            await store.advance(str(at), at, at)
        asked = [str(at) for at in range(_HOW_MANY)]
        assert await store.many(asked) == [None if at % 2 else b"%d" % at for at in range(_HOW_MANY)]
        assert await store.counts(asked) == [0 if at % 2 else at for at in range(_HOW_MANY)]

    async def test_long_ones_are_given_whole(self, store: Store) -> None:
        long = {str(at): bytes([at]) * 1_000_000 for at in range(20)}
        for key, value in long.items():
            await store.put(key, value)
        asked = [*long, "gone", *reversed(long)]
        assert await store.many(asked) == [*long.values(), None, *reversed(long.values())]

    async def test_counts_are_of_counters_and_many_of_values(self, store: Store) -> None:
        await store.put("a", b"7")
        await store.advance("n", 5, 5)
        assert await store.counts(["n", "a", "gone", "n"]) == [5, 0, 0, 5]
        assert await store.many(["n", "a"]) == [None, b"7"]

    async def test_what_expired_is_not_among_many(self, store: Store, elapse: Elapse) -> None:
        for key, ttl in (("short", SHORT), ("long", LONG)):
            await store.put(key, b"1", ttl)
            await store.advance(key, 3, 3, ttl)
        await elapse(LATER)
        assert await store.many(["short", "long"]) == [None, b"1"]
        assert await store.counts(["short", "long"]) == [0, 3]

    async def test_what_is_let_last_does_not_expire(self, store: Store, elapse: Elapse) -> None:
        for key in ("a", "b", "c"):
            await store.put(key, key.encode(), SHORT)
        assert await store.apply(Writes({"record": b"1"}, lasting=["a", "b"]))
        await elapse(LATER)
        assert await store.many(["a", "b", "c", "record"]) == [b"a", b"b", None, b"1"]

    async def test_nothing_is_written_where_what_should_last_is_gone(self, store: Store, elapse: Elapse) -> None:
        await store.put("a", b"1", SHORT)
        assert not await store.apply(Writes({"record": b"1"}, lasting=["a", "gone"]))
        await elapse(LATER)
        assert not await store.apply(Writes({"record": b"1"}, lasting=["a"]))
        assert await store.many(["a", "record"]) == [None, None]

    async def test_more_is_forgotten_and_less_put(self, store: Store) -> None:
        await store.put("a", b"1")
        assert await store.apply(Writes({"b": b"2"}, delete=["a"], same={"a": b"1"}, frees=True))
        assert await store.scan("") == [("b", b"2")]
