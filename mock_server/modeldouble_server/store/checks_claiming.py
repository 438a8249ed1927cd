"""What `claim` must do: one call is counted for all who claim it, and is the first one's that takes it."""

import asyncio

from . import Claim, Claimed, Store


async def claimed(store: Store, *claims: Claim, stands: int = 0) -> tuple[bool, int | None, list[tuple[int, int]]]:
    """Whether a call was counted, who took it, and how often each has counted and taken."""
    told = await store.claim(claims, "", "", "changes", stands)
    return told.counted, told.taker, list(told.counts)


class ClaimChecks:
    """claim"""

    async def test_a_call_is_the_first_ones_that_takes_it_and_counts_for_all(self, store: Store) -> None:
        both = Claim("a", times=1), Claim("b", times=1)
        assert await claimed(store, *both) == (True, 0, [(1, 1), (1, 0)])
        assert await claimed(store, *both) == (True, 1, [(1, 1), (2, 1)])
        assert await claimed(store, *both) == (True, None, [(1, 1), (2, 1)])
        assert await store.counts(["a#calls", "a#taken", "b#calls", "b#taken"]) == [1, 1, 2, 1]

    async def test_calls_are_chosen_by_their_numbers_up_to_the_last(self, store: Store) -> None:
        claim = Claim("a", last=4, first=1, chosen="0101")
        assert [(await claimed(store, claim))[1] for _ in range(6)] == [None, 0, None, 0, None, None]
        assert await store.counts(["a#calls", "a#taken"]) == [4, 2]

    async def test_what_is_chosen_may_begin_with_a_later_call(self, store: Store) -> None:
        await store.advance("a#calls", 40, 40)
        assert await claimed(store, Claim("a", first=40, chosen="001")) == (True, None, [(41, 0)])
        assert await claimed(store, Claim("a", first=40, chosen="001")) == (True, 0, [(42, 1)])

    async def test_a_call_of_which_nothing_is_chosen_is_not_counted(self, store: Store) -> None:
        await store.advance("a#calls", 2, 2)
        for first in (1, 4):
            told = await claimed(store, Claim("free", times=0), Claim("a", first=first, chosen="11"))
            assert told == (False, None, [(0, 0), (2, 0)])
        assert await store.counts(["free#calls", "a#calls", "a#taken"]) == [0, 2, 0]

    async def test_nobody_asks_what_is_chosen_of_a_call_that_is_taken_or_by_one_that_is_over(
        self, store: Store
    ) -> None:
        await store.advance("a#calls", 9, 9)
        assert await claimed(store, Claim("first"), Claim("a", chosen="1")) == (True, 0, [(1, 1), (10, 0)])
        assert await claimed(store, Claim("a", last=10, chosen="1")) == (True, None, [(10, 0)])

    async def test_where_the_counter_beside_stands_elsewhere_nothing_is_counted(self, store: Store) -> None:
        await store.advance("changes", 3, 3)
        assert await claimed(store, Claim("a"), stands=2) == (False, None, [(0, 0)])
        assert await claimed(store, Claim("a"), stands=3) == (True, 0, [(1, 1)])

    async def test_a_value_and_counters_are_read_at_the_same_moment(self, store: Store) -> None:
        await store.put("job", b"1")
        await store.advance("popped", 5, 5)
        await store.advance("changes", 7, 7)
        assert await store.claim((), "job", "popped", "changes", 7) == Claimed(b"1", 5, 7, [], counted=True)
        assert await store.claim((), "none", "of", "these", 7) == Claimed(None, 0, 0, [], counted=False)

    async def test_a_hundred_at_once_are_counted_each(self, store: Store) -> None:
        told = await asyncio.gather(*(claimed(store, Claim("a", times=7), Claim("b")) for _ in range(100)))
        assert [taker for _, taker, _ in told].count(0) == 7
        assert await store.counts(["a#calls", "b#calls", "b#taken"]) == [7, 100, 93]

    async def test_what_is_claimed_may_be_forgotten(self, store: Store) -> None:
        await claimed(store, Claim("a"))
        await store.drop("a")
        assert await claimed(store, Claim("a")) == (True, 0, [(1, 1)])
