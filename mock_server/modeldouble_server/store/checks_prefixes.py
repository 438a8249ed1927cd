"""What `scan` and `drop` must do with any prefix: a part of `checks.StoreChecks`."""

from . import Store

LAST = "\U0010ffff"
"""The last character that there is."""
_PREFIXES = ("a", f"a{LAST}", f"a{LAST}{LAST}", "a\ud7ff", "\ud7ff", LAST, "\x7f", "\u07ff", "\uffff", "a\0", "%", "")
_KEYS = (
    *(f"{prefix}{rest}" for prefix in _PREFIXES for rest in ("", "\0", "b", LAST, f"{LAST}{LAST}b")),
    "b", "a\U0010fffe", "a\ue000", "\ue000", "\x80", "\u0800", "\U00010000", "`", "A",
)  # fmt: skip


class PrefixChecks:
    """A prefix ends where it ends, whatever comes behind it, and whatever its own last character is."""

    async def test_scan_finds_whatever_begins_with_a_prefix_and_nothing_else(self, store: Store) -> None:
        # The order of code points, which is that of the bytes of UTF-8.
        keys = sorted(set(_KEYS))
        for key in keys:
            await store.put(key, key.encode())
        for prefix in _PREFIXES:
            wanted = [(key, key.encode()) for key in keys if key.startswith(prefix)]
            assert await store.scan(prefix) == wanted
            assert await store.scan(prefix, 2) == wanted[:2]

    async def test_drop_forgets_whatever_begins_with_a_prefix_and_nothing_else(self, store: Store) -> None:
        for prefix in _PREFIXES:
            keys = sorted(set(_KEYS))
            for key in keys:
                await store.put(key, b"1")
                await store.advance(key, 5, 5)
                await store.append(key, [b"1"], 1, 99)
            await store.drop(prefix)
            left = [key for key in keys if not key.startswith(prefix)]
            assert [key for key, _ in await store.scan("")] == left
            assert [key for key in keys if await store.count(key)] == left
            assert [key for key in keys if await store.tail(key, 1)] == left
