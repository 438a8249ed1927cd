"""What a server knows of itself beside its models: numbers, the server's own journal, counts, who may ask."""

import asyncio
import time
from collections.abc import Callable, Iterable
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from ..journal import Journal
from ..limits import Limits
from ..metrics import TENANT, Metrics
from ..redaction import Secrets
from .guard import Guard

if TYPE_CHECKING:
    from ..guards.gate import Gate
    from ..model import Model
    from ..shared import SharedLog
    from ..store import Store
    from ..tenancy import Tenant


class Console:
    """One server's. `guard` None: it is not told yet whom the server may answer, so it answers nobody."""

    def __init__(self, now: Callable[[], float], limits: Limits) -> None:
        self.journal = Journal(now, lambda: Secrets(self._secrets), limits.journal_entries, limits.journal_bytes)
        """Of requests that are no model's: to the platform, and under tokens that nobody has."""
        self.shared: SharedLog | None = None
        """Likewise of all servers, if they share a store."""
        self.metrics = Metrics()
        self.guard: Guard | None = None
        self.gate: Gate | None = None
        self.seed = 0
        self.begun = time.monotonic()
        self.tenants: dict[str, Tenant] = {}
        """By session token."""
        self.left = asyncio.Event()
        """The server ends, and streams that would go on for ever must end with it."""
        self.contract_report: Path | None = None
        """Where a report of `modeldouble contract --json` lies, to be shown."""
        self.streams = 0
        """How many are open."""
        self._numbers = count(1)
        self._secrets: tuple[str, ...] = ()

    def share(self, store: "Store", limits: Limits) -> None:
        """Let other servers of the store know what is in the journal from now on."""
        # Loaded where it is needed, as few servers share anything.
        from ..shared import SharedLog, hear

        self.shared = SharedLog(store, "shared:own", limits.journal_entries, limits.journal_bytes)
        hear(self.journal, self.shared)

    def open(self, guard: Guard, gate: "Gate", seed: int, models: "Iterable[Model]") -> None:
        """Let those in whom the guard lets in."""
        self.guard, self.gate, self.seed = guard, gate, seed
        if guard.token is not None:
            self._secrets += (guard.token,)
            for model in models:
                model.tokens = (*model.tokens, guard.token)

    def keep_secret(self, secrets: "Iterable[str]") -> None:
        """Let no journal show these, neither the server's nor that of a model that is enrolled from now on."""
        self._secrets += tuple(secrets)

    def enroll(self, model: "Model", session_token: str, *, tenant: bool, number: int | None = None) -> None:
        """Give a model a number, or the one that it has, and tell its journal what it must not show."""
        model.number, model.is_tenant = next(self._numbers) if number is None else number, tenant
        model.tokens = (session_token, *self._secrets)

    def label(self, model: "Model") -> str:
        """What metrics call a model."""
        return TENANT if model.is_tenant else self.metrics.label(model.name)
