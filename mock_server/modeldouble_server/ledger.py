"""What is changed of a model while it is served, in one order for all servers that share a store.

A change is a JSON document. Whoever makes one writes it behind those that were written before, and every server carries
all of them out, in that order, each once: so all of them come to the same state, and a change that one of them has
answered is known to the next one that is asked. Where nothing is shared, a change is carried out and written nowhere.

A change of the kind `ANEW` takes back all before it but for the first: these are forgotten, and a server that has not
carried them out goes on with it.

A server looks for changes when it is asked something, but not again within the twentieth of a second: so whoever makes
a change waits for so long before it is answered.
"""

import asyncio
import hashlib
import json
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from math import inf
from typing import Any

from .forgetting import change_key, forget_changes
from .refusal import Refused
from .store import Claim, Claimed, Store, Writes

_READ_AT_ONCE = 15
"""Changes that are read together with the number of the last reset: a store reads sixteen keys at one moment."""
_KNOWN = 0.05
"""Seconds for which it is known that there is no change."""
ANEW = "begin anew"
"""The kind of a change after which a model is as it was at first."""
_BORN = "born"
_LOST = "the store has lost what it held; start the servers anew, on a store that persists"
Change = Mapping[str, Any]
Act = Callable[[Change], Awaitable[Any]]


class Lost(Refused):
    """Changes that were there are not there any more."""


def ledger_prefix(session_token: str) -> str:
    """Of the keys of a model's ledger."""
    return f"ledger:{hashlib.sha256(session_token.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}:"


async def born(store: Store) -> str:
    """What a store was given when it was begun, and has as long as it keeps what it holds."""
    await store.create(_BORN, secrets.token_hex(8).encode())
    found = await store.get(_BORN)
    if found is None:
        raise Lost(503, _LOST)
    return found.decode()


def opening(prefix: str, change: Change) -> Writes:
    """What is to be written for a ledger that begins with a change, and has no other yet."""
    key = change_key(prefix, 0)
    return Writes(put={key: _written(change)}, add={f"{prefix}changes": 1}, absent=[key])


async def opened(store: Store, prefix: str) -> Change | None:
    """The change that a ledger begins with, if there is one."""
    raw = await store.get(change_key(prefix, 0))
    return None if raw is None else _read(raw)


class Unknown(Refused):
    """A change that this release cannot carry out, and must not pass over."""


class Behind(Exception):
    """Others have changed what is asked: this server has to carry that out, and to begin anew with the question."""


class Ledger:
    """The changes of one model. `act` carries one out, by it and those before it alone, and gives what its maker wants
    to know. What it raises is for that one, and changes nothing."""

    def __init__(
        self, act: Act, store: Store | None = None, prefix: str = "", most: int = 100_000, done: int = 0,
        most_bytes: int = 64 * 1024 * 1024,
        clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        *, begins: bool = False,
    ) -> None:  # fmt: skip
        """With a store, changes lie under `prefix` in it, at most so many since the last `ANEW`, and of so many bytes;
        the first `done` are carried out already.

        One that `begins` has a first change that says nothing, so that it is noticed when it is not there any more.
        """
        self._act, self._store = act, store
        self._prefix = prefix
        self._count, self._newest = f"{prefix}changes", f"{prefix}first"
        self._most, self._most_bytes = most, most_bytes
        self._done, self._bytes = done, 0
        self._first: int | None = None
        """The number of the last change of the kind `ANEW`, of those that are carried out."""
        self._clock, self._sleep = clock, sleep
        self._looked = -inf
        self.looks = 0
        """How often it was seen that all changes are carried out."""
        self._turn = asyncio.Lock()
        self._begins = begins and not done
        self._look: asyncio.Task[None] | None = None
        self._look_begun = -inf

    @property
    def shared(self) -> bool:
        """Whether other servers may make changes."""
        return self._store is not None

    @property
    def is_due(self) -> bool:
        """It is not known whether others have changed anything meanwhile."""
        return self._store is not None and self._clock() >= self._looked + _KNOWN

    async def read(self, key: str, counter: str) -> tuple[bytes | None, int]:
        """`Store.read` of a shared store, which shows at the same time whether there are changes: then it is a Behind.

        So a question costs no operation more for it.
        """
        store, begun = self._common(), self._clock()
        raw, handed_out, changes = await store.read_beside(key, counter, self._count)
        if changes != self._done:
            raise Behind
        self._saw(begun)
        return raw, handed_out

    def _common(self) -> Store:
        if self._store is None:
            raise RuntimeError("nothing is shared, so nobody else reads, counts or changes anything")
        if self._begins:
            raise Behind
        return self._store

    async def claim(self, claims: Sequence[Claim], key: str = "", counter: str = "") -> Claimed:
        """`Store.claim` of a shared store, if there are no changes: else nothing is counted, and it is a Behind."""
        store, begun, done = self._common(), self._clock(), self._done
        told = await store.claim(claims, key, counter, self._count, done)
        if told.beside != done:
            raise Behind
        self._saw(begun)
        return told

    async def catch_up(self, *, at_once: bool = False) -> None:
        """Carry out what others have changed since the last time, `at_once` also if that was a moment ago.

        If nothing was changed: one operation of the store at most.
        """
        now = self._clock()
        if self._store is None or (now < self._looked + _KNOWN and not at_once):
            return
        if self._look is None or now >= self._look_begun + _KNOWN or at_once:
            self._look, self._look_begun = asyncio.ensure_future(self._look_now(self._store, now)), now
            self._look.add_done_callback(self._looked_up)
        # Of many that are asked together, one looks for all; who leaves meanwhile must not end that.
        await asyncio.shield(self._look)

    async def _look_now(self, store: Store, begun: float) -> None:
        if self._begins:
            await self._begin(store)
        if await store.count(self._count) != self._done:
            async with self._turn:
                await self._follow(store)
        # Only now, as others must not go on before all is carried out, or where the store has not answered.
        self._saw(begun)

    def _looked_up(self, look: "asyncio.Task[None]") -> None:
        if self._look is look:
            self._look = None
        # Or asyncio logs what it raised, where all who waited have left.
        if not look.cancelled():
            look.exception()

    async def _begin(self, store: Store) -> None:
        async with self._turn:
            if self._begins:
                # Another server may have been faster.
                await store.apply(opening(self._prefix, {"kind": "begin"}))
                self._begins, self._done = False, 1

    def _saw(self, begun: float) -> None:
        # As of before the look: what is written while it is under way may be missed.
        self._looked = max(self._looked, begun)
        self.looks += 1

    async def make(self, change: Change) -> Any:
        """Make a change that the next request to any server must know; what `act` gives or raises of it.

        Too many changes are a 429.
        """
        told = await self.note(change)
        await self.settle()
        return told

    async def settle(self) -> None:
        """Wait until every server has looked once more, or will before it answers."""
        if self._store is not None:
            await self._sleep(_KNOWN)

    async def note(self, change: Change) -> Any:
        """As `make`, of a change that others may come to know a moment later."""
        if self._store is None:
            return await self._act(change)
        written = _written(change)
        if self._begins:
            await self._begin(self._store)
        async with self._turn:
            told = await self._write(self._store, written)
        if change.get("kind") == ANEW:
            await forget_changes(self._store, self._prefix, self._first or 0)
        return told

    async def _write(self, store: Store, written: bytes) -> Any:
        while True:
            await self._follow(store)
            change = _read(written)
            if change.get("kind") != ANEW:
                self._bound(len(written))
            if await store.apply(self._next(written, change)):
                # As the others will have read it.
                try:
                    return await self._act(change)
                finally:
                    self._pass(change, len(written))

    def _next(self, written: bytes, change: Change) -> Writes:
        """What is to be written for the next change, unless others have written another one, or forgotten some."""
        key, newest = change_key(self._prefix, self._done), self._newest
        writes = Writes(put={key: written}, add={self._count: 1}, absent=[key, newest])
        if self._first is not None:
            writes = writes._replace(absent=[key], same={newest: b"%d" % self._first})
        if change.get("kind") == ANEW:
            # In the place of the last one, so that a store that is full takes it, too.
            gone = [] if self._first is None else [change_key(self._prefix, self._first)]
            writes = writes._replace(put={**writes.put, newest: b"%d" % self._done}, delete=gone, frees=True)
        return writes

    def _pass(self, change: Change, size: int) -> None:
        if change.get("kind") == ANEW:
            self._first, self._bytes = self._done, 0
        self._done += 1
        self._bytes += size

    def _bound(self, more: int) -> None:
        remedy = "which is the limit; reset it, or serve another in its place"
        kept = self._done - max(0, (self._first or 0) - 1)
        if kept >= self._most:
            raise Refused(429, f"the model was changed {kept:,} times, {remedy}")
        if self._bytes + more > self._most_bytes:
            raise Refused(429, f"changes of the model would take more than {self._most_bytes:,} bytes, {remedy}")

    async def _follow(self, store: Store) -> None:
        while (written := await store.count(self._count)) > self._done:
            numbers = range(self._done, min(written, self._done + _READ_AT_ONCE))
            # At one moment, as those that come next may be forgotten at any time.
            *each, first = await store.many([*(change_key(self._prefix, one) for one in numbers), self._newest])
            if first is not None and int(first) > self._done:
                self._done = int(first)
                continue
            for raw in each:
                if raw is None:
                    text = f"change {self._done:,} of the model is gone from the store; start the servers anew"
                    raise Refused(503, text)
                await self._carry_out(raw)
        if written < self._done:
            raise Lost(503, _LOST)

    async def _carry_out(self, raw: bytes) -> None:
        change, passed = _read(raw), True
        try:
            await self._act(change)
        except Unknown:
            passed = False
            raise
        except (Refused, ValueError):
            # As it was refused to the one who wanted it.
            return
        finally:
            # Whoever finds it done goes on.
            if passed:
                self._pass(change, len(raw))

    async def begun(self, now: float) -> float:
        """When the model was served for the first time by those who share it, which is `now` if this is the first."""
        if self._store is None:
            return now
        key = f"{self._prefix}begun"
        await self._store.create(key, repr(now).encode())
        return float(await self._store.get(key) or now)


def _written(change: Change) -> bytes:
    return json.dumps(change, separators=(",", ":")).encode()


def _read(raw: bytes) -> Change:
    change: Change = json.loads(raw)
    return change
