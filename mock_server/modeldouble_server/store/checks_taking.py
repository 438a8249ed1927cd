"""What `take` must do: a counter moves and a value is renewed at the same moment, or neither."""

import asyncio

from . import Renewal, Store, Writes
from .checks_together import AFTER, BRIEF, Elapse


def renewal(key: str = "a", old: bytes = b"1", new: bytes = b"2", ttl: float | None = None) -> Renewal:
    """Of a value that is as it was put."""
    return Renewal(key, old, new, ttl)


class TakingChecks:
    """take"""

    async def test_what_is_taken_renews_the_value(self, store: Store) -> None:
        await store.put("a", b"1")
        assert await store.take("n", 5, 3, None, renewal()) == (0, 3, True)
        assert await store.read("a", "n") == (b"2", 3)

    async def test_where_nothing_is_taken_nothing_is_renewed(self, store: Store) -> None:
        await store.put("a", b"1")
        await store.advance("n", 5, 5)
        for ready, most in ((5, 9), (3, 9), (9, 0)):
            assert await store.take("n", ready, most, None, renewal()) == (5, 5, False)
        assert await store.read("a", "n") == (b"1", 5)

    async def test_a_value_that_has_changed_stays_and_it_is_taken_all_the_same(self, store: Store) -> None:
        await store.put("a", b"other")
        assert await store.take("n", 5, 2, None, renewal()) == (0, 2, False)
        assert await store.read("a", "n") == (b"other", 2)

    async def test_of_a_value_that_is_gone_nothing_is_taken(self, store: Store) -> None:
        await store.advance("n", 5, 2)
        assert await store.take("n", 5, 2, None, renewal("gone")) == (2, 2, False)
        assert (await store.count("n"), await store.get("gone")) == (2, None)

    async def test_what_was_read_before_is_read_anew(self, store: Store) -> None:
        await store.apply(Writes({"a": b"1"}))
        assert await store.read("a", "n") == (b"1", 0)
        await store.take("n", 1, 1, None, renewal())
        assert await store.read("a", "n") == (b"2", 1)

    async def test_many_who_take_get_no_overlap_and_no_gap(self, store: Store) -> None:
        await store.put("a", b"1")
        taken = await asyncio.gather(*(store.take("n", 60, 7, None, renewal()) for _ in range(20)))
        handed = sorted(at for start, end, _ in taken for at in range(start, end))
        assert handed == list(range(60))
        assert sum(renewed for _, _, renewed in taken) == 1

    async def test_both_live_their_own_time(self, store: Store, elapse: Elapse) -> None:
        await store.put("a", b"1")
        await store.put("b", b"1")
        await store.take("n", 5, 1, 1000.0, renewal(ttl=BRIEF))
        await store.take("m", 5, 1, BRIEF, renewal("b", ttl=1000.0))
        assert (await store.read("a", "n"), await store.read("b", "m")) == ((b"2", 1), (b"2", 1))
        await elapse(AFTER)
        assert (await store.read("a", "n"), await store.read("b", "m")) == ((None, 1), (b"2", 0))
