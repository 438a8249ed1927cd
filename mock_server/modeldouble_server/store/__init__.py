"""Where state lives: a handful of atomic operations over keys, each with an optional time to live.

Everything above (jobs, platform entities) is written once against this interface; a backend is one file.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple, Protocol

from .claiming import Claim, Claimed

__all__ = ["Claim", "Claimed", "Renewal", "Store", "StoreDown", "Writes"]


class Writes(NamedTuple):
    """What is written together, and on which conditions. No key is both put and deleted; nothing expires."""

    put: Mapping[str, bytes] = {}
    """Values to write, whatever was there."""
    delete: Collection[str] = ()
    """Keys to forget, whether value, counter or log."""
    add: Mapping[str, int] = {}
    """By how much counters (absent: 0) grow, or shrink."""
    least: Mapping[str, int] = {}
    """What counters are afterwards at the least."""
    absent: Collection[str] = ()
    """Condition: none of these keys has a value."""
    same: Mapping[str, bytes] = {}
    """Condition: each of these keys still has this value."""
    lasting: Collection[str] = ()
    """Condition: each of these keys has a value. From now on it does not expire."""
    frees: bool = False
    """More is forgotten than is put, so that a store that is full does it, too."""


class Renewal(NamedTuple):
    """What becomes of a value, if it is still what it was."""

    key: str
    old: bytes
    new: bytes
    ttl: float | None = None


class StoreDown(Exception):
    """The store did not do what it was asked, or nobody knows whether it did: none of it may be acknowledged.

    The text names the store (its address without password), what is wrong with it, and the remedy.
    """

    def __init__(self, store: str, problem: str, remedy: str, unsure: bool = False) -> None:
        super().__init__(f"{store} {problem}; {remedy}")
        self.store = store
        self.problem = problem
        self.remedy = remedy
        self.unsure = unsure
        """The answer was lost, so that it may have been done. Otherwise it was not."""


class Store(Protocol):
    """Bytes by key. Times to live are in seconds of real time; an expired key is as if it had never been."""

    async def get(self, key: str) -> bytes | None:
        """The value, or None."""
        ...

    async def many(self, keys: Sequence[str]) -> list[bytes | None]:
        """What `get` says of each of the keys, in their order: one question to the backend for each thousand, and for
        each four megabytes."""
        ...

    async def counts(self, keys: Sequence[str]) -> list[int]:
        """What `count` says of each of the keys, in their order: one question to the backend for each thousand."""
        ...

    async def read(self, key: str, counter: str) -> tuple[bytes | None, int]:
        """What `get` says of one key and `count` of another, as they are at one moment: a question to the backend."""
        ...

    async def read_beside(self, key: str, counter: str, beside: str) -> tuple[bytes | None, int, int]:
        """What `read` says, and what `count` says of one more counter, at one moment: a question to the backend."""
        ...

    async def claim(self, claims: Sequence[Claim], key: str, counter: str, beside: str, stands: int) -> Claimed:
        """What `read_beside` says, and where the counter beside stands so, a call is counted for each claim, and is the
        first one's that takes it: a question to the backend. A store that is full does it, too."""
        ...

    async def put(self, key: str, value: bytes, ttl: float | None = None) -> None:
        """Write, whatever was there."""
        ...

    async def create(self, key: str, value: bytes, ttl: float | None = None) -> bool:
        """Write if the key is absent; False, and nothing written, if it is there."""
        ...

    async def swap(self, key: str, old: bytes, new: bytes, ttl: float | None = None) -> bool:
        """Compare and set: write `new` if the value is still `old`."""
        ...

    async def advance(self, key: str, ready: int, most: int, ttl: float | None = None) -> tuple[int, int]:
        """Move the counter at `key` (absent: 0) up to `ready`, by `most` at the most, and tell (from, to).

        Two callers never get overlapping ranges. Where nothing is handed out, the time to live stays as it was.
        """
        ...

    async def take(
        self, key: str, ready: int, most: int, ttl: float | None, renewal: Renewal
    ) -> tuple[int, int, bool]:  # fmt: skip
        """`advance`, and where that hands something out, `swap` at the same moment: (from, to, whether it swapped).

        One operation, so that each pop costs one.
        """
        ...

    async def apply(self, writes: Writes) -> bool:
        """Do all of it if every condition holds, else nothing: False.

        Nobody sees a part of it, also if the process is killed meanwhile. One transaction of SQLite; one script of
        Redis, whose writes nothing comes between.
        """
        ...

    async def count(self, key: str) -> int:
        """Where the counter at `key` stands (absent: 0)."""
        ...

    async def delete(self, key: str) -> bool:
        """Forget a key, whether value, counter or log; tell whether it was there."""
        ...

    async def expire(self, key: str, ttl: float) -> None:
        """Let a key that is there live for `ttl` seconds from now, whether value, counter or log."""
        ...

    async def drop(self, prefix: str) -> None:
        """Forget every key that begins with `prefix`: values, counters and logs."""
        ...

    async def scan(self, prefix: str, most: int | None = None) -> list[tuple[str, bytes]]:
        """The first `most` keys (None: all) that begin with `prefix`, in the order of their names, with their values;
        no counters, no logs."""
        ...

    async def append(
        self, key: str, values: Sequence[bytes], cap: int, most_bytes: int, ttl: float | None = None
    ) -> int:  # fmt: skip
        """Add to the log at `key`, all or nothing, and give the number of its last entry; without values, just that.

        Entries are numbered from 1 without gaps, and anew when the log was forgotten or has expired (0: it is empty).
        The newest `cap` are kept, at least one, and of these the newest that have `most_bytes` together; the last one
        always. The whole log lives as long as the longest of its entries, each of which wants `ttl` seconds.
        """
        ...

    async def tail(self, key: str, most: int, before: int | None = None) -> list[tuple[int, bytes]]:
        """The newest `most` entries of a log with their numbers, of those numbered below `before`; oldest first."""
        ...

    async def lengths(self, keys: Sequence[str]) -> list[tuple[int, int]]:
        """Of each of these logs, how many entries it had, and how many are kept: a question to the backend."""
        ...

    async def close(self) -> None:
        """Let go of files and connections."""
        ...
