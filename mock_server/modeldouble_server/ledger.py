"""What is changed of a model while it is served, in one order for all servers that share a store.

A change is a JSON document. Whoever makes one writes it behind those that were written before, and every server carries
all of them out, in that order, each once: so all of them come to the same state, and a change that one of them has
answered is known to the next one that is asked. Where nothing is shared, a change is carried out and written nowhere.
"""

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from .refusal import Refused
from .store import Store, Writes

Change = Mapping[str, Any]
Act = Callable[[Change], Awaitable[Any]]


class Lost(Refused):
    """Changes that were there are not there any more."""


def ledger_prefix(session_token: str) -> str:
    """Of the keys of a model's ledger."""
    return f"ledger:{hashlib.sha256(session_token.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}:"


def opening(prefix: str, change: Change) -> Writes:
    """What is to be written for a ledger that begins with a change, and has no other yet."""
    key = f"{prefix}change:0"
    return Writes(put={key: _written(change)}, add={f"{prefix}changes": 1}, absent=[key])


async def opened(store: Store, prefix: str) -> Change | None:
    """The change that a ledger begins with, if there is one."""
    raw = await store.get(f"{prefix}change:0")
    return None if raw is None else _read(raw)


class Ledger:
    """The changes of one model. `act` carries one out: it must depend on the change and on those before it alone, and
    gives what the one who made the change wants to know. What it raises is for that one, and changes nothing."""

    def __init__(
        self, act: Act, store: Store | None = None, prefix: str = "", most: int = 100_000, done: int = 0
    ) -> None:  # fmt: skip
        """With a store, changes lie under `prefix` in it, at most so many; the first `done` are carried out already."""
        self._act = act
        self._store = store
        self._prefix = prefix
        self._most = most
        self._done = done
        self._turn = asyncio.Lock()

    @property
    def shared(self) -> bool:
        """Whether other servers may make changes."""
        return self._store is not None

    async def catch_up(self) -> None:
        """Carry out what others have changed since the last time: one operation of the store if they have not."""
        if self._store is None:
            return
        if await self._store.count(self._count) != self._done:
            async with self._turn:
                await self._follow(self._store)

    async def make(self, change: Change) -> Any:
        """Make a change; what `act` gives or raises of it. Too many changes are a 429."""
        if self._store is None:
            return await self._act(change)
        written = _written(change)
        async with self._turn:
            while True:
                await self._follow(self._store)
                if self._done >= self._most:
                    raise Refused(
                        429,
                        f"the model was changed {self._done:,} times, which is the limit; serve another in its place",
                    )
                key = self._key(self._done)
                if await self._store.apply(Writes(put={key: written}, add={self._count: 1}, absent=[key])):
                    self._done += 1
                    # As the others will have read it.
                    return await self._act(_read(written))

    async def drop(self) -> None:
        """Forget all changes."""
        if self._store is not None:
            await self._store.drop(self._prefix)

    async def _follow(self, store: Store) -> None:
        while (written := await store.count(self._count)) > self._done:
            raw = await store.get(self._key(self._done))
            if raw is None:
                raise Refused(503, f"change {self._done:,} of the model is gone from the store; start the servers anew")
            self._done += 1
            await self._carry_out(raw)
        if written < self._done:
            raise Lost(503, "the store has lost what it held; start the servers anew, on a store that persists")

    async def _carry_out(self, raw: bytes) -> None:
        try:
            await self._act(_read(raw))
        except (Refused, ValueError):
            # As it was refused to the one who wanted it.
            return

    @property
    def _count(self) -> str:
        return f"{self._prefix}changes"

    def _key(self, number: int) -> str:
        return f"{self._prefix}change:{number}"


def _written(change: Change) -> bytes:
    return json.dumps(change, separators=(",", ":")).encode()


def _read(raw: bytes) -> Change:
    change: Change = json.loads(raw)
    return change
