"""Models that were made over the admin API, of servers that share a store: whoever is asked for one serves it.

What a tenant was ordered to be is the first change of its ledger; it is there as long as the tenant is.
"""

import asyncio
import hashlib
from functools import partial

from .administration.ordered import ordered_spec
from .blobs import Blobs
from .changes import carry_out
from .fake import Fake
from .ledger import Change, Ledger, Lost, ledger_prefix, opened, opening
from .model import Model
from .refusal import Refused
from .shared import Shared
from .store import Store, Writes
from .stored_contents import StoredContents
from .tenancy import Tenant, new_tokens
from .world import World

_PREFIX = "tenants:"
_LIVE = "tenants:live"
_NO_END = 2**62
_FIRST = 1_000_001
"""The number of the first tenant; the operator's models have lower ones."""


class SharedTenancy:
    """The tenants of one server, and of all that share its store."""

    def __init__(self, fake: Fake, store: Store) -> None:
        self._fake = fake
        self._store = store
        self._opening = asyncio.Lock()

    async def make(self, document: Change) -> Tenant:
        """Serve one as a document of the admin API orders it; too many, of all servers, are a ValueError."""
        # Before anything is written.
        ordered_spec(document)
        served, most = await self._store.count(_LIVE), self._fake.limits.models
        if served >= most:
            raise ValueError(f"the servers have {served:,} models, which is the limit; close some")
        number, tokens = _FIRST + (await self._store.advance(f"{_PREFIX}last", _NO_END, 1))[0], new_tokens()
        change = {"kind": "serve", "document": document, "tokens": tokens, "number": number}
        begin, token = opening(ledger_prefix(tokens[1]), change), tokens[1].encode()
        index = {self._by_number(number): token, self._by_api_token(tokens[0]): token}
        await self._store.apply(begin._replace(put={**begin.put, **index}, add={**begin.add, _LIVE: 1}))
        return await self._open(change)

    async def model(self, session_token: str) -> Model | None:
        """The model under a session token, as it is by now; None if nobody serves one."""
        model = self._fake.models.get(session_token) or await self._found(session_token)
        if model is None:
            return None
        try:
            await model.ledger.catch_up()
        except Lost:
            tenant = self._fake.console.tenants.get(session_token)
            if tenant is None:
                raise
            self._fake.forget_tenant(tenant)
            return None
        return model

    async def world(self, api_token: str) -> World | None:
        """The world that an API token opens."""
        own = self._fake.worlds.get(api_token)
        if own is not None and api_token not in {one.api_token for one in self._fake.console.tenants.values()}:
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

    async def all(self) -> None:
        """Serve every tenant that there is, and no other."""
        found = await self._store.scan(f"{_PREFIX}number:", self._fake.limits.models)
        for _, raw in found:
            await self.model(raw.decode())
        there = {raw.decode() for _, raw in found}
        for token, tenant in list(self._fake.console.tenants.items()):
            if token not in there:
                self._fake.forget_tenant(tenant)

    async def remove(self, tenant: Tenant) -> None:
        """Take one away, for all servers. One that another has taken away meanwhile is a 404."""
        keys = [self._by_number(tenant.model.number), self._by_api_token(tenant.api_token)]
        there = {keys[0]: tenant.session_token.encode()}
        if not await self._store.apply(Writes(delete=keys, add={_LIVE: -1}, same=there)):
            raise Refused(404, f"model id {tenant.model.number} was taken away meanwhile; GET /__admin/models")
        await tenant.model.ledger.drop()
        await tenant.model.ledger.settle()
        await self._fake.remove_tenant(tenant)

    async def _found(self, session_token: str) -> Model | None:
        change = await opened(self._store, ledger_prefix(session_token))
        if change is None or change["kind"] != "serve":
            return None
        return (await self._open(change)).model

    async def _open(self, change: Change) -> Tenant:
        number, (api_token, session_token) = change["number"], change["tokens"]
        async with self._opening:
            # Another request may have been faster.
            if session_token in self._fake.console.tenants:
                return self._fake.console.tenants[session_token]
            prefix, contents = f"tenant:{number}:", StoredContents(self._store, f"tenant:{number}:content:")
            blobs, spec = Blobs(self._fake.limits.held_bytes, contents), ordered_spec(change["document"])
            tenant = await self._fake.open_tenant((api_token, session_token), spec, prefix, blobs, number)
            act = partial(carry_out, tenant.model)
            tenant.model.ledger = Ledger(act, self._store, ledger_prefix(session_token), done=1)
            tenant.model.shared = Shared(self._store, f"{prefix}shared:")
            return tenant

    def _by_number(self, number: int) -> str:
        return f"{_PREFIX}number:{number:020d}"

    def _by_api_token(self, api_token: str) -> str:
        return f"{_PREFIX}world:{hashlib.sha256(api_token.encode('utf-8', 'surrogatepass')).hexdigest()}"
