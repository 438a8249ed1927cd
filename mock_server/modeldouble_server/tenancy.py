"""Models and worlds by their tokens, and tenants: models with a world of their own, made while the server runs."""

import secrets
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from .blobs import Pieces
    from .fake import Fake
    from .model import Model
    from .world import World


class Tenant(NamedTuple):
    """A model and a world of its own, which nobody else's tokens open."""

    api_token: str
    session_token: str
    model: "Model"
    prefix: str
    """Of the world's keys in the store."""


def new_tokens() -> tuple[str, str]:
    """An API token and a session token that nobody has."""
    return secrets.token_hex(64), secrets.token_hex(32)


class Tenancy(Protocol):
    """Whom a server serves: its own models, and tenants that the admin API was asked for."""

    async def model(self, session_token: str, *, lazily: bool = False) -> "Model | None":
        """Who is served under a session token, as it is by now; or `lazily` perhaps as it was, if the job that is
        asked for is read with the model's ledger."""
        ...

    async def world(self, api_token: str) -> "World | None":
        """What an API token opens."""
        ...

    async def know(self, number: int) -> None:
        """Let `Fake.models` have the model of that number, as it is by now, if there is one, and no other of it."""
        ...

    async def content(self, number: int, sha256: str) -> "bytes | Path | Pieces | None":
        """What the tenant of that number has under the hash, if there is one; nothing is opened for it."""
        ...

    async def finish(self) -> None:
        """Finish removals that a server has begun which was killed meanwhile."""
        ...

    async def all(self) -> None:
        """Let `Fake.models` have all that there are, and no others."""
        ...

    async def make(self, document: "Mapping[str, Any]") -> Tenant:
        """Serve one as the admin API is asked for it. Too many, or what cannot be, is a ValueError or TypeError."""
        ...

    async def remove(self, tenant: Tenant) -> None:
        """Serve one no longer. One that was taken away meanwhile is a 404."""
        ...

    async def trouble(self) -> str | None:
        """What keeps the server from serving, as it has lost its store; None: nothing."""
        ...


class OwnTenancy:
    """Of a server that shares nothing."""

    def __init__(self, fake: "Fake") -> None:
        self._fake = fake

    async def model(self, session_token: str, *, lazily: bool = False) -> "Model | None":
        """Who is served under a session token."""
        return self._fake.models.get(session_token)

    async def world(self, api_token: str) -> "World | None":
        """What an API token opens."""
        return self._fake.worlds.get(api_token)

    async def know(self, number: int) -> None:
        """It is known already."""

    async def content(self, number: int, sha256: str) -> "bytes | Path | Pieces | None":
        """Tenants have no numbers in addresses here."""
        return None

    async def finish(self) -> None:
        """A server that is killed takes its tenants with it."""

    async def all(self) -> None:
        """They are known already."""

    async def make(self, document: "Mapping[str, Any]") -> Tenant:
        """Serve one."""
        from .administration.ordered import ordered_spec

        return await self._fake.add_tenant(ordered_spec(document))

    async def remove(self, tenant: Tenant) -> None:
        """Serve one no longer."""
        await self._fake.remove_tenant(tenant)

    async def trouble(self) -> str | None:
        """Nothing does: who shares nothing has it with himself."""
        return None
