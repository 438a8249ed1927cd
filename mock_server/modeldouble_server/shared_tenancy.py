"""Models that were made over the admin API, of servers that share a store: whoever is asked for one serves it.

What a tenant was ordered to be is the first change of its ledger; it is there as long as the tenant is.
"""

import asyncio
import hashlib
import json
from functools import partial
from pathlib import Path

from .administration.ordered import ordered_spec
from .blobs import Blobs, Pieces
from .changes import carry_out
from .fake import Fake, jobs_prefix
from .ledger import Change, Ledger, Lost, ledger_prefix, opened, opening
from .model import Model
from .readiness import Readiness
from .refusal import Refused
from .shared import Shared
from .store import Store, Writes
from .stored_contents import StoredContents
from .tenancy import Tenant, new_tokens
from .world import World

_PREFIX = "tenants:"
_LIVE = "tenants:live"
_GONE = "tenants:gone:"
_GONE_AT_ONCE = 100
_AT_WORK = 10.0
"""Seconds for which whoever has begun a removal is left to end it. Others wrote of the tenant for a moment of them."""
_NO_END = 2**62
_LOOK_EVERY = 100
"""Tenants that a server opens before it looks which of them are gone."""
_FIRST = 1_000_001
"""The number of the first tenant; the operator's models have lower ones."""


class SharedTenancy:
    """The tenants of one server, and of all that share its store."""

    def __init__(self, fake: Fake, store: Store) -> None:
        self._fake = fake
        self._store = store
        self._opening = asyncio.Lock()
        self._opened = 0
        self._readiness = Readiness(store)
        # What opens the store: no journal may show it.
        fake.console.keep_secret(getattr(store, "secrets", ()))

    async def make(self, document: Change) -> Tenant:
        """Serve one as a document of the admin API orders it; too many, of all servers, are a ValueError."""
        # Before anything is written.
        ordered_spec(document)
        await self.finish()
        served, most = await self._store.count(_LIVE), self._fake.limits.models
        if served >= most:
            raise ValueError(f"the servers have {served:,} models, which is the limit; close some")
        number, tokens = _FIRST + (await self._store.advance(f"{_PREFIX}last", _NO_END, 1))[0], new_tokens()
        change = {"kind": "serve", "document": document, "tokens": tokens, "number": number}
        begin, token = opening(ledger_prefix(tokens[1]), change), tokens[1].encode()
        index = {self._by_number(number): token, self._by_api_token(tokens[0]): token}
        await self._store.apply(begin._replace(put={**begin.put, **index}, add={**begin.add, _LIVE: 1}))
        return await self._open(change)

    async def model(self, session_token: str, *, lazily: bool = False) -> Model | None:
        """The model under a session token, as it is by now, or lazily as it was; None if nobody serves one."""
        model = self._fake.models.get(session_token) or await self._found(session_token)
        if model is None or (lazily and _may_wait(model)):
            return model
        try:
            await model.ledger.catch_up()
        except Lost:
            if not model.is_tenant:
                raise
            # Another request may have been told the same.
            tenant = self._fake.console.tenants.get(session_token)
            if tenant is not None and tenant.model is model:
                self._fake.forget_tenant(tenant)
            return None
        return model

    async def world(self, api_token: str) -> World | None:
        """The world that an API token opens."""
        own = self._fake.worlds.get(api_token)
        # Of an operator, or of a tenant that lives in this process alone.
        if own is not None and own.blobs.owner is None:
            served = next((one for one in self._fake.models.values() if one.world is own), None)
            if served is not None:
                # So that a store that was emptied is noticed.
                await served.ledger.catch_up()
            return own
        raw = await self._store.get(self._by_api_token(api_token))
        model = None if raw is None else await self.model(raw.decode())
        return None if model is None else model.world

    async def know(self, number: int) -> None:
        """Serve the tenant of that number as it is by now, if there is one, and no longer if it was taken away."""
        raw = await self._store.get(self._by_number(number))
        served = [token for token, one in self._fake.models.items() if one.number == number]
        for token in served if raw is None else [raw.decode()]:
            await self.model(token)

    async def content(self, number: int, sha256: str) -> bytes | Path | Pieces | None:
        """A content of the tenant of that number, which is not opened for it."""
        if await self._store.get(self._by_number(number)) is None:
            return None
        return await self._contents(number).open(sha256)

    async def all(self) -> None:
        """Serve every tenant that there is, and no other."""
        await self.finish()
        for token in await self._there():
            await self.model(token)

    async def remove(self, tenant: Tenant) -> None:
        """Take one away, for all servers. One that another has taken away meanwhile is a 404."""
        if not tenant.model.ledger.shared:
            await self._fake.remove_tenant(tenant)
            return
        number, token = tenant.model.number, tenant.session_token.encode()
        begin = opening(ledger_prefix(tenant.session_token), {})
        keys = [self._by_number(number), self._by_api_token(tenant.api_token)]
        # With the beginning of its ledger nobody opens it any more. If this server is killed now, another goes on.
        mark = json.dumps([tenant.session_token, self._fake.clock.now()]).encode()
        gone = Writes({self._gone(number): mark}, [*keys, *begin.put, *begin.add], {_LIVE: -1}, frees=True)
        if not await self._store.apply(gone._replace(same={keys[0]: token})):
            raise Refused(404, f"model id {number} was taken away meanwhile; GET /__admin/models")
        self._fake.forget_tenant(tenant)
        # Requests that are under way elsewhere may write until their server has looked.
        await tenant.model.ledger.settle()
        if tenant.model.shared is not None:
            await tenant.model.shared.forget()
        await self._clear(number, tenant.session_token)

    async def finish(self) -> None:
        """Take away what is left of tenants whose removal another server has begun, and was killed since."""
        for key, mark in await self._store.scan(_GONE, _GONE_AT_ONCE):
            token, begun = json.loads(mark)
            if self._fake.clock.now() >= begun + _AT_WORK:
                await self._clear(int(key[len(_GONE) :]), token)

    async def _clear(self, number: int, session_token: str) -> None:
        for prefix in (ledger_prefix(session_token), jobs_prefix(session_token), _prefix(number)):
            await self._store.drop(prefix)
        await self._store.delete(self._gone(number))

    async def trouble(self) -> str | None:
        """What is wrong with the store."""
        return await self._readiness.trouble()

    async def _found(self, session_token: str) -> Model | None:
        change = await opened(self._store, ledger_prefix(session_token))
        if change is None or change["kind"] != "serve":
            return None
        return (await self._open(change)).model

    async def _there(self) -> list[str]:
        """Session tokens of all that there are. Those that another server has taken away are served no longer."""
        # First, as one that is made while the store answers is not in what it says.
        served = list(self._fake.console.tenants.items())
        found = await self._store.scan(f"{_PREFIX}number:", self._fake.limits.models)
        there = [raw.decode() for _, raw in found]
        known = frozenset(there)
        for token, tenant in served:
            if tenant.model.ledger.shared and token not in known:
                self._fake.forget_tenant(tenant)
        return there

    async def _open(self, change: Change) -> Tenant:
        number, (api_token, session_token) = change["number"], change["tokens"]
        async with self._opening:
            # Another request may have been faster.
            if session_token in self._fake.console.tenants:
                return self._fake.console.tenants[session_token]
            self._opened += 1
            if self._opened % _LOOK_EVERY == 0:
                # Nobody asks this server for those that are gone, and it would hold them for ever.
                await self._there()
            prefix, blobs = _prefix(number), Blobs(self._fake.limits.held_bytes, self._contents(number), number)
            spec = ordered_spec(change["document"])
            tenant = await self._fake.open_tenant((api_token, session_token), spec, prefix, blobs, number, self._store)
            act = partial(carry_out, tenant.model)
            tenant.model.ledger = Ledger(act, self._store, ledger_prefix(session_token), done=1)
            tenant.model.shared = Shared(self._store, f"{prefix}shared:", self._fake.limits)
            tenant.model.shared.hear(tenant.model)
            return tenant

    def _contents(self, number: int) -> StoredContents:
        return StoredContents(self._store, f"{_prefix(number)}content:", whose=self._by_number(number))

    def _gone(self, number: int) -> str:
        return f"{_GONE}{number}"

    def _by_number(self, number: int) -> str:
        return f"{_PREFIX}number:{number:020d}"

    def _by_api_token(self, api_token: str) -> str:
        return f"{_PREFIX}world:{hashlib.sha256(api_token.encode('utf-8', 'surrogatepass')).hexdigest()}"


def _prefix(number: int) -> str:
    """Of the keys of a tenant's world."""
    return f"tenant:{number}:"


def _may_wait(model: Model) -> bool:
    """Nothing is decided over a poll before its job, or the orders of faults, are read: no recording."""
    return model.spec.replay is None
