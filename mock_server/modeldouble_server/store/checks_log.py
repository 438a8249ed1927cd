"""What every backend must do about logs, as tests: a part of `checks.StoreChecks`."""

import asyncio

from . import Store
from .checks_together import LATER, LONG, SHORT, Elapse

_MANY = 10_000
"""Bytes, more than any of these logs has."""


def _numbered(first: int, end: int) -> list[tuple[int, bytes]]:
    return [(number, str(number).encode()) for number in range(first, end)]


async def _filled(store: Store, count: int, cap: int, most_bytes: int = _MANY) -> None:
    for number, value in _numbered(1, count + 1):
        assert await store.append("a", [value], cap, most_bytes) == number


class OrderChecks:
    """append, tail, lengths: entries in order, by their numbers."""

    async def test_a_log_that_was_never_written_is_empty(self, store: Store) -> None:
        assert await store.tail("a", 10) == []
        assert await store.lengths(["a"]) == [(0, 0)]

    async def test_a_log_keeps_its_order_and_numbers_its_entries_from_one(self, store: Store) -> None:
        await _filled(store, 12, 20)
        assert await store.tail("a", 20) == _numbered(1, 13)
        assert await store.tail("a", 2) == _numbered(11, 13)
        assert await store.tail("a", 0) == []

    async def test_several_entries_are_added_at_once_and_the_last_number_is_told(self, store: Store) -> None:
        assert await store.append("a", [b"1", b"2", b"3"], 10, _MANY) == 3
        assert await store.append("a", [b"4", b"5"], 10, _MANY) == 5
        assert await store.tail("a", 10) == _numbered(1, 6)

    async def test_adding_nothing_tells_the_last_number_and_changes_nothing(self, store: Store) -> None:
        assert await store.append("a", [], 10, _MANY) == 0
        await _filled(store, 3, 10)
        assert await store.append("a", [], 1, 1) == 3
        assert await store.lengths(["a"]) == [(3, 3)]

    async def test_a_log_is_read_backwards_piece_by_piece(self, store: Store) -> None:
        await _filled(store, 12, 9)
        assert await store.tail("a", 4, 11) == _numbered(7, 11)
        assert await store.tail("a", 4, 7) == _numbered(4, 7)
        assert await store.tail("a", 4, 100) == _numbered(9, 13)
        assert [await store.tail("a", 4, before) for before in (4, 1, 0)] == [[], [], []]

    async def test_equal_entries_and_empty_ones_are_kept_apart(self, store: Store) -> None:
        await store.append("a", [b"same", b"", b"same"], 10, _MANY)
        await store.append("a", [b"same", bytes(range(256))], 10, _MANY)
        assert [value for _, value in await store.tail("a", 10)] == [b"same", b"", b"same", b"same", bytes(range(256))]

    async def test_many_callers_entries_get_all_numbers_once(self, store: Store) -> None:
        last = await asyncio.gather(*(store.append("a", [b"%d" % at] * 3, 200, _MANY) for at in range(40)))
        assert sorted(last) == list(range(3, 123, 3))
        for at, number in enumerate(last):
            assert [value for _, value in await store.tail("a", 3, number + 1)] == [b"%d" % at] * 3

    async def test_lengths_are_those_of_each_log_in_the_order_asked(self, store: Store) -> None:
        await _filled(store, 5, 3)
        await store.append("b", [b"1", b"2"], 3, _MANY)
        assert await store.lengths(["b", "never", "a", "b"]) == [(2, 2), (0, 0), (5, 3), (2, 2)]
        assert await store.lengths([]) == []


class RoomChecks:
    """append: what is kept."""

    async def test_a_log_keeps_its_newest_entries_and_their_numbers(self, store: Store) -> None:
        await _filled(store, 10, 3)
        assert await store.tail("a", 10) == _numbered(8, 11)
        assert await store.lengths(["a"]) == [(10, 3)]

    async def test_more_at_once_than_are_kept(self, store: Store) -> None:
        assert await store.append("a", [value for _, value in _numbered(1, 11)], 3, _MANY) == 10
        assert await store.tail("a", 10) == _numbered(8, 11)

    async def test_a_log_keeps_the_newest_that_have_so_many_bytes_together(self, store: Store) -> None:
        for size in (9, 1, 4, 5):
            await store.append("a", [b"x" * size], 10, 10)
        assert [number for number, _ in await store.tail("a", 10)] == [2, 3, 4]
        await store.append("a", [b"x"], 10, 10)
        assert [number for number, _ in await store.tail("a", 10)] == [3, 4, 5]
        assert await store.lengths(["a"]) == [(5, 3)]

    async def test_the_last_entry_is_kept_however_long_it_is(self, store: Store) -> None:
        await store.append("a", [b"1", b"2", b"x" * 100], 10, 10)
        assert await store.tail("a", 10) == [(3, b"x" * 100)]
        await store.append("a", [b"y"], 10, 10)
        assert await store.tail("a", 10) == [(4, b"y")]

    async def test_many_small_ones_make_room_for_a_long_one(self, store: Store) -> None:
        await store.append("a", [b"xx"] * 450, 1000, 1000)
        assert await store.lengths(["a"]) == [(450, 450)]
        await store.append("a", [b"x" * 700], 1000, 1000)
        assert await store.lengths(["a"]) == [(451, 151)]

    async def test_what_is_kept_follows_the_bounds_of_the_newest_call(self, store: Store) -> None:
        await _filled(store, 9, 9)
        await store.append("a", [b"x"], 4, _MANY)
        assert await store.lengths(["a"]) == [(10, 4)]
        await store.append("a", [b"x"], 4, 2)
        assert await store.lengths(["a"]) == [(11, 2)]

    async def test_a_full_log_does_not_cost_another_its_entries(self, store: Store) -> None:
        await store.append("b", [b"mine"], 3, 4)
        await _filled(store, 10, 3, 4)
        assert await store.tail("b", 10) == [(1, b"mine")]


class AnewChecks:
    """Logs that were forgotten, or have expired, are as if they had never been."""

    async def test_numbers_begin_anew_when_a_log_was_deleted_or_dropped(self, store: Store) -> None:
        await _filled(store, 5, 3)
        assert await store.delete("a")
        assert await store.append("a", [b"x"], 3, _MANY) == 1
        await store.drop("a")
        assert await store.lengths(["a"]) == [(0, 0)]
        assert await store.append("a", [b"x" * 9], 3, 10) == 1
        assert await store.append("a", [b"y"], 3, 10) == 2
        assert await store.lengths(["a"]) == [(2, 2)]

    async def test_a_log_expires_and_begins_anew(self, store: Store, elapse: Elapse) -> None:
        await store.append("a", [b"1", b"2"], 10, _MANY, SHORT)
        await store.append("b", [b"1", b"2"], 10, _MANY, LONG)
        await elapse(LATER)
        assert (await store.tail("a", 10), await store.tail("b", 10)) == ([], _numbered(1, 3))
        assert await store.lengths(["a", "b"]) == [(0, 0), (2, 2)]
        assert await store.append("a", [b"3"], 10, _MANY, LONG) == 1
        assert await store.append("b", [b"3"], 10, _MANY, LONG) == 3

    async def test_an_entry_of_a_log_lives_its_time_whatever_comes_after_it(self, store: Store, elapse: Elapse) -> None:
        for key, ttl in (("long", LONG), ("ever", None)):
            await store.append(key, [b"1"], 10, _MANY, ttl)
            await store.append(key, [b"2"], 10, _MANY, SHORT)
        for key, ttl in (("longer", LONG), ("for ever", None)):
            await store.append(key, [b"1"], 10, _MANY, SHORT)
            await store.append(key, [b"2"], 10, _MANY, ttl)
        await elapse(LATER)
        assert [(await store.tail(key, 10)) for key in ("long", "ever")] == [_numbered(1, 3)] * 2
        assert [(await store.tail(key, 1))[0][1] for key in ("longer", "for ever")] == [b"2"] * 2

    async def test_a_time_to_live_that_was_set_ends_the_log_as_a_whole(self, store: Store, elapse: Elapse) -> None:
        await _filled(store, 3, 10)
        await store.expire("a", SHORT)
        await elapse(LATER)
        assert (await store.tail("a", 9), await store.lengths(["a"])) == ([], [(0, 0)])
        assert await store.append("a", [b"1"], 10, _MANY) == 1


class LogChecks(OrderChecks, RoomChecks, AnewChecks):
    """All of it."""
