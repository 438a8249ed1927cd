"""What `read` must do: however something was written, it gives the same as `get` and `count`, asked again or not."""

from . import Store, Writes
from .checks_together import AFTER, BRIEF, SHORT, Elapse


class ReadingChecks:
    """read"""

    async def test_read_is_get_of_one_key_and_count_of_another(self, store: Store) -> None:
        assert await store.read("a", "n") == (None, 0)
        await store.advance("n", 7, 7)
        assert await store.read("a", "n") == (None, 7)
        await store.put("a", b"\0\xff")
        assert await store.read("a", "n") == (b"\0\xff", 7)
        assert await store.read("n", "a") == (None, 0)

    async def test_read_of_one_name_keeps_value_and_counter_apart(self, store: Store) -> None:
        await store.put("a", b"")
        assert await store.read("a", "a") == (b"", 0)
        await store.advance("a", 2, 2)
        assert await store.read("a", "a") == (b"", 2)

    async def test_beside_it_one_more_counter_is_read(self, store: Store) -> None:
        assert await store.read_beside("a", "n", "m") == (None, 0, 0)
        await store.put("a", b"1")
        await store.advance("n", 7, 7)
        await store.advance("m", 3, 2)
        assert await store.read_beside("a", "n", "m") == (b"1", 7, 2)
        await store.apply(Writes(delete=["a"], add={"m": 1}))
        assert await store.read_beside("a", "m", "n") == (None, 3, 7)

    async def test_read_sees_every_way_to_write_a_value(self, store: Store) -> None:
        seen = [await store.read("a", "n")]
        for write in (
            store.create("a", b"1"), store.swap("a", b"1", b"2"), store.swap("a", b"1", b"3"), store.put("a", b"4"),
            store.apply(Writes(put={"a": b"5"})), store.apply(Writes(put={"a": b"6"}, absent=["a"])),
            store.delete("a"), store.create("a", b"7"), store.apply(Writes(delete=["a"])), store.put("a", b"8"),
            store.drop("a"),
        ):  # fmt: skip
            await write
            seen.append(await store.read("a", "n"))
        assert [count for _, count in seen] == [0] * 12
        assert [value for value, _ in seen] == [None, b"1", b"2", b"2", b"4", b"5", b"5", None, b"7", None, b"8", None]

    async def test_read_sees_every_way_to_move_a_counter(self, store: Store) -> None:
        seen = [await store.read("a", "n")]
        for write in (
            store.advance("n", 5, 3), store.advance("n", 5, 9), store.advance("n", 5, 9),
            store.apply(Writes(add={"n": 2})), store.apply(Writes(least={"n": 9})), store.delete("n"),
            store.advance("n", 1, 1), store.drop("n"),
        ):  # fmt: skip
            await write
            seen.append(await store.read("a", "n"))
        assert seen == [(None, count) for count in (0, 3, 5, 5, 7, 9, 0, 1, 0)]

    async def test_what_was_read_expires_by_its_first_and_by_a_later_date(self, store: Store, elapse: Elapse) -> None:
        for key in ("short", "shortened", "kept"):
            await store.put(key, b"1", BRIEF if key == "short" else None)
            await store.advance(f"{key}#", 4, 4, BRIEF if key == "short" else None)
            assert await store.read(key, f"{key}#") == (b"1", 4)
        await store.expire("shortened", SHORT)
        await store.expire("shortened#", SHORT)
        await elapse(AFTER)
        assert await store.read("kept", "kept#") == (b"1", 4)
        assert [await store.read(key, f"{key}#") for key in ("short", "shortened")] == [(None, 0)] * 2

    async def test_many_are_read_as_few(self, store: Store) -> None:
        for at in range(3000):
            await store.put(f"a:{at}", b"%d" % at)
        for _ in range(2):
            assert [await store.read(f"a:{at}", "n") for at in range(0, 3000, 7)] == [
                (b"%d" % at, 0) for at in range(0, 3000, 7)
            ]
        await store.put("long", bytes(100_000))
        assert [len((await store.read("long", "n"))[0] or b"") for _ in range(2)] == [100_000] * 2
