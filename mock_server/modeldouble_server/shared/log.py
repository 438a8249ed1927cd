"""Rows that the servers of one store write together, and any of them reads: what was asked, of whichever of them."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TypeVar

from ..store import Store, StoreDown

T = TypeVar("T")
Sleep = Callable[[float], Awaitable[None]]
log = logging.getLogger("modeldouble_server")

EVERY = 0.1
"""Seconds between two writes."""
WRITTEN = 0.15
"""Seconds after which what any server was asked before is in the store: until its next write, and what that takes."""
AGAIN = 1.0
"""Seconds after which a store that was away is tried again."""
MOST_PENDING, MOST_PENDING_BYTES = 10_000, 16 * 1024 * 1024
"""Rows that a server keeps while the store is away."""
AT_ONCE = 500
"""Rows that are read in one operation."""
_LASTS = 86_400.0
"""Seconds for which a log outlives its newest row. A server may write rows of a model that another has taken away a
moment before, and nobody would forget them."""


class SharedLog:
    """The newest `most` rows at `key`, those of them that have `most_bytes` together; numbered from 1 over all servers.

    `add` costs nothing that a caller would wait for: what came within a tenth of a second is written together, in one
    operation, and nothing is written where nothing came. Of one loop.
    """

    def __init__(self, store: Store, key: str, most: int, most_bytes: int, sleep: Sleep = asyncio.sleep) -> None:
        self.key = key
        self._store = store
        self._most, self._most_bytes = max(1, most), most_bytes
        self._sleep = sleep
        self._pending: deque[bytes] = deque()
        self._pending_bytes = 0
        self._writing = asyncio.Lock()
        self._writer: asyncio.Task[None] | None = None
        self.lost = 0
        """Rows that were dropped since the last write, the oldest first, as the store was away for too long."""

    def add(self, row: bytes) -> None:
        """Let a row be written soon."""
        self._pending.append(row)
        self._pending_bytes += len(row)
        self._bound()
        if self._writer is None or self._writer.done():
            self._writer = asyncio.get_running_loop().create_task(self._write())

    async def flush(self) -> None:
        """Write what was added. StoreDown: it is kept, and written with what comes.

        Where the answer of the store was lost, rows may then be there twice.
        """
        async with self._writing:
            if not self._pending:
                return
            rows, self._pending, self._pending_bytes = self._pending, deque(), 0
            try:
                await self._store.append(self.key, list(rows), self._most, self._most_bytes, _LASTS)
            except BaseException:
                rows.extend(self._pending)
                self._pending, self._pending_bytes = rows, sum(map(len, rows))
                self._bound()
                raise
            if self.lost:
                log.warning("%d requests are in no journal, as the store was away for too long", self.lost)
                self.lost = 0

    async def settle(self) -> None:
        """Wait until every server has written what it was asked before."""
        await self._sleep(WRITTEN)
        await self.flush()

    async def newest(self, read: Callable[[int, bytes], T | None], most: int, since: int = 0) -> list[T]:
        """What `read` makes of rows and their numbers, the newest `most` of which it makes not None; oldest first.

        `since`: only of rows that are numbered above it.
        """
        found: list[T] = []
        before = None
        while True:
            rows = await self._store.tail(self.key, AT_ONCE, before)
            for number, row in reversed(rows):
                if number <= since or len(found) >= most:
                    return found[::-1]
                made = read(number, row)
                if made is not None:
                    found.append(made)
            if len(rows) < AT_ONCE:
                return found[::-1]
            before = rows[0][0]

    async def oldest(self, most: int) -> list[bytes]:
        """The first rows of those that are kept."""
        count, kept = await self.size()
        return [row for _, row in await self._store.tail(self.key, most, count - kept + 1 + most)]

    async def row(self, number: int) -> bytes | None:
        """The row of a number, or None if it is not kept."""
        found = await self._store.tail(self.key, 1, number + 1)
        return found[0][1] if found and found[0][0] == number else None

    async def size(self) -> tuple[int, int]:
        """How many rows there were, and how many are kept."""
        [size] = await self._store.lengths([self.key])
        return size

    async def clear(self) -> None:
        """Forget all rows, for all servers, and count from 1 again. What others have not written yet comes after."""
        async with self._writing:
            self._pending.clear()
            self._pending_bytes = 0
            await self._store.delete(self.key)

    def _bound(self) -> None:
        while len(self._pending) > MOST_PENDING or (self._pending_bytes > MOST_PENDING_BYTES and self._pending):
            self._pending_bytes -= len(self._pending.popleft())
            self.lost += 1

    async def _write(self) -> None:
        pause = EVERY
        while self._pending:
            await self._sleep(pause)
            try:
                await self.flush()
                pause = EVERY
            except StoreDown:
                pause = AGAIN
