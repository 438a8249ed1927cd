"""What every backend of `Store` must do, as tests: a backend's own test file subclasses and supplies two fixtures.

`store` is an empty store. `elapse` lets seconds pass for it, on a fake clock or by waiting. Nothing here needs pytest,
and nothing needs exact timing: what must still be there lives `LONG`, what must be gone lived `SHORT`.
"""

import asyncio

from . import Store
from .checks_claiming import ClaimChecks
from .checks_log import LogChecks
from .checks_many import ManyChecks
from .checks_prefixes import PrefixChecks
from .checks_reading import ReadingChecks
from .checks_taking import TakingChecks
from .checks_together import AFTER, BRIEF, LATER, SHORT, TogetherChecks
from .checks_together import LONG as LONG
from .checks_together import Elapse as Elapse

_PREFIX_ALIKES = ("job:1", "job:10", "job:1\U0010fffe", "job;1", "job", "JOB:1", "job_1", "job%1", "joc:1")


class ValueChecks:
    """get, put, delete, scan."""

    async def test_a_key_that_was_never_written_is_none(self, store: Store) -> None:
        assert await store.get("a") is None

    async def test_what_was_put_is_read_byte_by_byte(self, store: Store) -> None:
        every_byte = bytes(range(256))
        await store.put("a", every_byte)
        assert await store.get("a") == every_byte

    async def test_an_empty_value_is_not_an_absent_one(self, store: Store) -> None:
        await store.put("a", b"")
        assert await store.get("a") == b""
        assert not await store.create("a", b"1")

    async def test_put_replaces(self, store: Store) -> None:
        await store.put("a", b"1")
        await store.put("a", b"2")
        assert await store.get("a") == b"2"

    async def test_keys_are_exact(self, store: Store) -> None:
        for key in _PREFIX_ALIKES:
            await store.put(key, key.encode())
        assert [await store.get(key) for key in _PREFIX_ALIKES] == [key.encode() for key in _PREFIX_ALIKES]

    async def test_delete_tells_whether_the_key_was_there(self, store: Store) -> None:
        await store.put("a", b"1")
        assert await store.delete("a")
        assert not await store.delete("a")
        assert await store.get("a") is None

    async def test_delete_forgets_a_counter_and_a_log_too(self, store: Store) -> None:
        await store.advance("counter", 5, 5)
        await store.append("log", [b"1"], 10, 99)
        assert await store.delete("counter")
        assert await store.delete("log")
        assert (await store.count("counter"), await store.tail("log", 10)) == (0, [])

    async def test_value_counter_and_log_of_one_name_are_apart(self, store: Store) -> None:
        await store.put("a", b"1")
        await store.advance("a", 5, 5)
        await store.append("a", [b"2"], 10, 99)
        assert (await store.get("a"), await store.count("a"), await store.tail("a", 9)) == (b"1", 5, [(1, b"2")])
        assert await store.delete("a")
        assert (await store.get("a"), await store.count("a"), await store.tail("a", 9)) == (None, 0, [])

    async def test_drop_forgets_values_counters_and_logs_of_a_prefix_and_nothing_else(self, store: Store) -> None:
        for key in ("a:1", "a:2", "b:1"):
            await store.put(key, b"1")
            await store.advance(f"{key}#", 5, 5)
            await store.append(f"{key}!", [b"1"], 10, 99)
        await store.drop("a:")
        assert [key for key, _ in await store.scan("")] == ["b:1"]
        assert [await store.count(f"{key}#") for key in ("a:1", "b:1")] == [0, 5]
        assert [await store.tail(f"{key}!", 9) for key in ("a:2", "b:1")] == [[], [(1, b"1")]]

    async def test_delete_leaves_other_keys_alone(self, store: Store) -> None:
        await store.put("a", b"1")
        await store.put("ab", b"2")
        await store.delete("a")
        assert await store.get("ab") == b"2"

    async def test_scan_finds_a_prefix_and_nothing_else_in_order(self, store: Store) -> None:
        for key in _PREFIX_ALIKES:
            await store.put(key, b"1")
        assert await store.scan("job:1") == [("job:1", b"1"), ("job:10", b"1"), ("job:1\U0010fffe", b"1")]

    async def test_scan_gives_the_first_and_no_more_than_asked_for(self, store: Store) -> None:
        for key in ("a:2", "a:1", "a:3", "b:0"):
            await store.put(key, b"1")
        assert [key for key, _ in await store.scan("a:", 2)] == ["a:1", "a:2"]
        assert [key for key, _ in await store.scan("a:", 9)] == ["a:1", "a:2", "a:3"]

    async def test_scan_takes_wildcards_literally(self, store: Store) -> None:
        for key in ("a*", "ab", "a_", "a%", "a[b]", "a?"):
            await store.put(key, b"1")
        assert [key for key, _ in await store.scan("a*")] == ["a*"]
        assert [key for key, _ in await store.scan("a%")] == ["a%"]
        assert [key for key, _ in await store.scan("a[")] == ["a[b]"]

    async def test_scan_shows_neither_counters_nor_logs(self, store: Store) -> None:
        await store.put("a:value", b"1")
        await store.advance("a:counter", 5, 5)
        await store.append("a:log", [b"1"], 10, 99)
        assert await store.scan("a:") == [("a:value", b"1")]


class AtomicChecks:
    """create, swap, advance: of many callers at once, one wins."""

    async def test_create_writes_only_where_nothing_is(self, store: Store) -> None:
        assert await store.create("a", b"1")
        assert not await store.create("a", b"2")
        assert await store.get("a") == b"1"

    async def test_of_many_creates_one_wins(self, store: Store) -> None:
        won = await asyncio.gather(*(store.create("a", str(number).encode()) for number in range(50)))
        assert sum(won) == 1
        assert await store.get("a") == str(won.index(True)).encode()

    async def test_swap_writes_only_over_the_value_that_was_read(self, store: Store) -> None:
        await store.put("a", b"1")
        assert not await store.swap("a", b"0", b"2")
        assert await store.get("a") == b"1"
        assert await store.swap("a", b"1", b"2")
        assert await store.get("a") == b"2"

    async def test_swap_of_an_absent_key_writes_nothing(self, store: Store) -> None:
        assert not await store.swap("a", b"", b"2")
        assert await store.get("a") is None

    async def test_of_many_swaps_from_one_value_one_wins(self, store: Store) -> None:
        await store.put("a", b"old")
        won = await asyncio.gather(*(store.swap("a", b"old", str(number).encode()) for number in range(50)))
        assert sum(won) == 1
        assert await store.get("a") == str(won.index(True)).encode()

    async def test_a_counter_begins_at_zero(self, store: Store) -> None:
        assert await store.count("a") == 0
        assert await store.advance("a", 0, 10) == (0, 0)

    async def test_advance_goes_to_what_is_ready_by_at_most_so_much(self, store: Store) -> None:
        assert await store.advance("a", 7, 5) == (0, 5)
        assert await store.advance("a", 7, 5) == (5, 7)
        assert await store.advance("a", 7, 5) == (7, 7)
        assert await store.count("a") == 7

    async def test_advance_never_goes_back(self, store: Store) -> None:
        await store.advance("a", 7, 10)
        assert await store.advance("a", 3, 10) == (7, 7)
        assert await store.count("a") == 7

    async def test_advance_by_nothing_moves_nothing(self, store: Store) -> None:
        assert await store.advance("a", 7, 0) == (0, 0)
        assert await store.count("a") == 0

    async def test_counters_are_apart(self, store: Store) -> None:
        await store.advance("a", 7, 10)
        assert await store.advance("b", 2, 10) == (0, 2)

    async def test_a_counter_holds_a_large_number(self, store: Store) -> None:
        assert await store.advance("a", 2**40, 2**40) == (0, 2**40)
        assert await store.advance("a", 2**41, 1) == (2**40, 2**40 + 1)

    async def test_many_callers_get_ranges_that_neither_overlap_nor_leave_gaps(self, store: Store) -> None:
        ranges = await asyncio.gather(*(store.advance("a", 100, 3) for _ in range(60)))
        handed_out = [number for start, end in ranges for number in range(start, end)]
        assert sorted(handed_out) == list(range(100))


class ExpiryChecks:
    """Times to live. An expired key is as if it had never been."""

    async def test_a_value_lives_its_time_and_no_longer(self, store: Store, elapse: Elapse) -> None:
        await store.put("short", b"1", SHORT)
        await store.put("long", b"1", LONG)
        await store.put("ever", b"1")
        await elapse(LATER)
        assert [await store.get(key) for key in ("short", "long", "ever")] == [None, b"1", b"1"]
        assert [key for key, _ in await store.scan("")] == ["ever", "long"]

    async def test_a_time_to_live_can_be_set_alone(self, store: Store, elapse: Elapse) -> None:
        await store.put("a", b"1")
        await store.advance("b", 5, 5, LONG)
        await store.put("other", b"1")
        await store.append("c", [b"1"], 9, 99)
        for key in ("a", "b", "c", "never"):
            await store.expire(key, LONG)
        assert (await store.get("a"), await store.count("b"), await store.tail("c", 9)) == (b"1", 5, [(1, b"1")])
        for key in ("a", "b", "c", "never"):
            await store.expire(key, SHORT)
        await elapse(LATER)
        assert (await store.get("a"), await store.count("b"), await store.tail("c", 9)) == (None, 0, [])
        assert (await store.get("never"), await store.get("other")) == (None, b"1")

    async def test_an_expired_key_can_be_created_again(self, store: Store, elapse: Elapse) -> None:
        await store.create("a", b"1", SHORT)
        await elapse(LATER)
        assert await store.create("a", b"2", LONG)
        assert await store.get("a") == b"2"

    async def test_an_expired_key_cannot_be_swapped_or_deleted(self, store: Store, elapse: Elapse) -> None:
        await store.put("a", b"1", SHORT)
        await elapse(LATER)
        assert not await store.swap("a", b"1", b"2")
        assert not await store.delete("a")

    async def test_every_write_sets_the_time_to_live_anew(self, store: Store, elapse: Elapse) -> None:
        for key in ("put", "swap", "without"):
            await store.put(key, b"1", BRIEF)
        await store.put("put", b"2", LONG)
        await store.swap("swap", b"1", b"2", LONG)
        await store.put("without", b"2")
        await elapse(AFTER)
        assert [await store.get(key) for key in ("put", "swap", "without")] == [b"2"] * 3

    async def test_a_write_may_shorten_the_time_to_live(self, store: Store, elapse: Elapse) -> None:
        await store.put("a", b"1", LONG)
        await store.swap("a", b"1", b"2", SHORT)
        await elapse(LATER)
        assert await store.get("a") is None

    async def test_a_counter_that_expired_begins_at_zero(self, store: Store, elapse: Elapse) -> None:
        await store.advance("short", 5, 5, SHORT)
        await store.advance("long", 5, 5, LONG)
        await elapse(LATER)
        assert (await store.count("short"), await store.count("long")) == (0, 5)
        assert await store.advance("short", 9, 2, LONG) == (0, 2)

    async def test_advance_prolongs_a_counter(self, store: Store, elapse: Elapse) -> None:
        await store.advance("a", 5, 5, BRIEF)
        await store.advance("a", 6, 5, LONG)
        await elapse(AFTER)
        assert await store.count("a") == 6

    async def test_advance_by_nothing_prolongs_nothing(self, store: Store, elapse: Elapse) -> None:
        await store.advance("a", 5, 5, BRIEF)
        await store.advance("a", 5, 5, LONG)
        await elapse(AFTER)
        assert await store.count("a") == 0


class StoreChecks(
    ValueChecks, PrefixChecks, ReadingChecks, ManyChecks, ClaimChecks, TakingChecks, AtomicChecks, TogetherChecks,
    LogChecks, ExpiryChecks,
):  # fmt: skip
    """All of it."""
