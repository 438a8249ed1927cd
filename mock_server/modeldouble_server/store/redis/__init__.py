"""The store that replicas share: Redis 6 or newer, by redis-py's asyncio client (the extra `redis`).

Every operation is one command or one script, which Redis runs with nothing in between; only `scan` and `drop` of more
than some thousand keys ask again. Scripts build the names of keys themselves, so a cluster of Redis is not supported.
"""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ...refusal import CannotServe
from .. import Claim, Claimed, Renewal, Writes
from .address import Address
from .opening import check
from .script import Script

if TYPE_CHECKING:
    from .link import Link

_ADVANCE, _APPEND, _APPLY, _CLAIM, _CREATE, _DELETE, _DROP, _EXPIRE, _LENGTHS, _MANY, _PUT, _SCAN, _SWAP, _TAKE = map(
    Script, "advance append apply claim create delete drop expire lengths many put scan swap take".split()
)  # fmt: skip
_AT_ONCE = 5_000
"""Names that one script looks at, so that Redis is back for others within some hundredths of a second."""
_BYTES_AT_ONCE = 4_000_000
_ASKED_AT_ONCE = 1_000
"""Keys that one command reads."""
_FEW = 16
"""Values of which it does not matter how long they are: each is a piece of a content at the most."""
_LONGEST = 2**53
"""Milliseconds: longer is for ever, and still a number that Redis takes."""


class RedisStore:
    """`Store` on Redis, whose clock is the one that counts. Trouble is a StoreDown, and what it ends was not answered.

    Counters are exact up to 2**53. A log lives as long as the longest of its entries. Of many thousand keys, `scan` is
    no snapshot and `drop` no single moment.
    """

    def __init__(self, link: "Link") -> None:
        self._link = link
        self._prefix = link.address.prefix

    @classmethod
    async def open(
        cls, url: str, prefix: str | None = None, connect: float = 2.0, answer: float = 5.0, connections: int = 32
    ) -> "RedisStore":
        """The store at `url`, `redis://[:PASSWORD@]HOST:PORT/DB`, `rediss://` or `unix://`, with `?prefix=NAME`.

        Stores of different prefixes share nothing. Waits `connect` seconds for a connection, and `answer` for an answer
        and for one of `connections` to be free. What will not do (away, older than 6, a policy that drops live
        jobs, a replica, a cluster) is a CannotServe.
        """
        address = Address(url, prefix)
        try:
            from .link import Link
        except ImportError as error:
            raise CannotServe("state in Redis needs its client: pip install 'modeldouble[redis]'") from error
        link = Link(address, connect, answer, connections)
        try:
            await check(link)
        except BaseException:
            await link.close()
            raise
        return cls(link)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be shown: the password."""
        return self._link.address.secrets

    def __str__(self) -> str:
        return f"Redis at {self._link.address}"

    def __repr__(self) -> str:
        return f"<RedisStore {self._link.address}, keys under {self._prefix}>"

    async def get(self, key: str) -> bytes | None:
        value: bytes | None = await self._link.ask("GET", self._name("v:", key))
        return value

    async def many(self, keys: Sequence[str]) -> list[bytes | None]:
        found: list[bytes | None] = []
        if 0 < len(keys) <= _FEW:
            found += await self._link.ask("MGET", *(self._name("v:", key) for key in keys))
        while len(found) < len(keys):
            some = keys[len(found) : len(found) + _ASKED_AT_ONCE]
            found += await self._link.run(_MANY, _BYTES_AT_ONCE, *(key.encode() for key in some))
        return found

    async def counts(self, keys: Sequence[str]) -> list[int]:
        found: list[int] = []
        for at in range(0, len(keys), _ASKED_AT_ONCE):
            some = [self._name("c:", key) for key in keys[at : at + _ASKED_AT_ONCE]]
            found += [int(count or 0) for count in await self._link.ask("MGET", *some)]
        return found

    async def read(self, key: str, counter: str) -> tuple[bytes | None, int]:
        value, count = await self._link.ask("MGET", self._name("v:", key), self._name("c:", counter))
        return value, int(count or 0)

    async def read_beside(self, key: str, counter: str, beside: str) -> tuple[bytes | None, int, int]:
        names = self._name("v:", key), self._name("c:", counter), self._name("c:", beside)
        value, count, other = await self._link.ask("MGET", *names)
        return value, int(count or 0), int(other or 0)

    async def claim(self, claims: Sequence[Claim], key: str, counter: str, beside: str, stands: int) -> Claimed:
        words: list[bytes | int] = [key.encode(), counter.encode(), beside.encode(), stands]
        for one in claims:
            times, last = (b"" if bound is None else bound for bound in (one.times, one.last))
            words += [one.key.encode(), times, last, one.first, one.chosen.encode()]
        value, count, other, counted, taker, *counts = await self._link.run(_CLAIM, *words)
        pairs = list(zip(counts[::2], counts[1::2], strict=True))
        return Claimed(value, count, other, pairs, bool(counted), taker - 1 if taker else None)

    async def put(self, key: str, value: bytes, ttl: float | None = None) -> None:
        await self._link.run(_PUT, key.encode(), value, _milliseconds(ttl))

    async def create(self, key: str, value: bytes, ttl: float | None = None) -> bool:
        return bool(await self._link.run(_CREATE, key.encode(), value, _milliseconds(ttl)))

    async def swap(self, key: str, old: bytes, new: bytes, ttl: float | None = None) -> bool:
        return bool(await self._link.run(_SWAP, key.encode(), old, new, _milliseconds(ttl)))

    async def advance(self, key: str, ready: int, most: int, ttl: float | None = None) -> tuple[int, int]:
        start, end = await self._link.run(_ADVANCE, key.encode(), ready, most, _milliseconds(ttl))
        return int(start), int(end)

    async def take(
        self, key: str, ready: int, most: int, ttl: float | None, renewal: Renewal
    ) -> tuple[int, int, bool]:  # fmt: skip
        beside = (renewal.key.encode(), renewal.old, renewal.new, _milliseconds(renewal.ttl))
        start, end, swapped = await self._link.run(_TAKE, key.encode(), ready, most, _milliseconds(ttl), *beside)
        return int(start), int(end), bool(swapped)

    async def apply(self, writes: Writes) -> bool:
        # What only takes away is done by a full Redis too.
        grows = bool(writes.put or writes.least) or any(more > 0 for more in writes.add.values())
        words: list[bytes | int] = [2 if writes.frees else int(grows)]
        for keys in (writes.absent, writes.same, writes.lasting, writes.delete, writes.put, writes.add, writes.least):
            words.append(len(keys))
            for key in keys:
                words.append(key.encode())
                if isinstance(keys, Mapping):
                    words.append(keys[key])
        return bool(await self._link.run(_APPLY, *words))

    async def count(self, key: str) -> int:
        return int(await self._link.ask("GET", self._name("c:", key)) or 0)

    async def delete(self, key: str) -> bool:
        return bool(await self._link.run(_DELETE, key.encode()))

    async def expire(self, key: str, ttl: float) -> None:
        await self._link.run(_EXPIRE, key.encode(), _milliseconds(ttl))

    async def drop(self, prefix: str) -> None:
        while await self._link.run(_DROP, prefix.encode(), _AT_ONCE) == _AT_ONCE:
            pass

    async def scan(self, prefix: str, most: int | None = None) -> list[tuple[str, bytes]]:
        found: list[tuple[str, bytes]] = []
        first, begin = b"[v:" + prefix.encode(), prefix.encode()
        while most is None or len(found) < most:
            wanted = _AT_ONCE if most is None else min(_AT_ONCE, most - len(found))
            last, *pairs = await self._link.run(_SCAN, first, begin, wanted, _BYTES_AT_ONCE)
            found += [(name[2:].decode(), value) for name, value in zip(pairs[::2], pairs[1::2], strict=True)]
            if not last:
                break
            first = b"(" + last
        return found

    async def append(
        self, key: str, values: Sequence[bytes], cap: int, most_bytes: int, ttl: float | None = None
    ) -> int:  # fmt: skip
        return int(await self._link.run(_APPEND, key.encode(), cap, most_bytes, _milliseconds(ttl), *values))

    async def tail(self, key: str, most: int, before: int | None = None) -> list[tuple[int, bytes]]:
        if most < 1 or (before is not None and before <= 1):
            return []
        newest = "+" if before is None else f"0-{before - 1}"
        entries = await self._link.ask("XREVRANGE", self._name("l:", key), newest, "-", "COUNT", most)
        return [(int(name.partition(b"-")[2]), fields[b"e"]) for name, fields in reversed(entries)]

    async def lengths(self, keys: Sequence[str]) -> list[tuple[int, int]]:
        found = [int(one) for one in await self._link.run(_LENGTHS, *(key.encode() for key in keys))]
        return list(zip(found[::2], found[1::2], strict=True))

    async def close(self) -> None:
        await self._link.close()

    def _name(self, kind: str, key: str) -> bytes:
        return f"{self._prefix}{kind}{key}".encode()


def _milliseconds(ttl: float | None) -> bytes | int:
    return b"" if ttl is None else max(1, min(_LONGEST, math.ceil(ttl * 1000)))
