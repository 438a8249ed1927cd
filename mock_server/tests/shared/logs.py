"""A store that tells what is asked of logs and can be away, and a sleep that lasts as long as the test wants."""

import asyncio
from collections.abc import Sequence

from modeldouble_server.store import StoreDown
from modeldouble_server.store.sqlite import SqliteStore


class Noting(SqliteStore):
    """A store that notes how many entries were added in each operation, and how many were asked for."""

    away = False

    def __init__(self) -> None:
        super().__init__(clock=lambda: self.now)
        self.now = 0.0
        self.added: list[int] = []
        self.asked_for: list[int] = []

    async def append(
        self, key: str, values: Sequence[bytes], cap: int, most_bytes: int, ttl: float | None = None
    ) -> int:  # fmt: skip
        """As asked, and StoreDown while it is away."""
        self.added.append(len(values))
        if self.away:
            raise StoreDown("the store", "is away", "wait")
        return await super().append(key, values, cap, most_bytes, ttl)

    async def tail(self, key: str, most: int, before: int | None = None) -> list[tuple[int, bytes]]:
        """As asked."""
        self.asked_for.append(most)
        return await super().tail(key, most, before)


class Naps:
    """A sleep. `lasting` has how long each was to be; all of them end with `end`."""

    def __init__(self) -> None:
        self.lasting: list[float] = []
        self._over = asyncio.Event()

    async def __call__(self, seconds: float) -> None:
        self.lasting.append(seconds)
        await self._over.wait()

    async def end(self) -> None:
        """Wake all who sleep now, and let them do what they do then."""
        self._over.set()
        self._over = asyncio.Event()
        for _ in range(20):
            await asyncio.sleep(0)
