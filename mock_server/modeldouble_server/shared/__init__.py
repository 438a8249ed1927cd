"""What the servers of one store know together of a model, beside its jobs and the changes of its ledger."""

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ..limits import Limits
from ..store import Store, StoreDown
from .log import SharedLog
from .rows import call_of, call_row, hear, miss_row
from .turns import SharedTurns

if TYPE_CHECKING:
    from ..model import Model
    from ..scene import Query
    from ..stubs.engine import Miss

__all__ = ["Shared", "SharedLog", "SharedTurns", "hear"]

_LIMITS = Limits()
_MOST_CALLS, _MOST_MISSES = 10_000, 1_000
_MOST_BYTES = 2 * 1024 * 1024
"""Of each log: jobs and worlds of all models have to be in the same memory."""


class Shared:
    """Of one model: its keys lie under `prefix` of the store."""

    def __init__(self, store: Store, prefix: str, limits: Limits = _LIMITS) -> None:
        self._store = store
        self.turns = SharedTurns(store, f"{prefix}turns:")
        most_bytes = min(limits.journal_bytes, _MOST_BYTES)
        self.journal = SharedLog(store, f"{prefix}journal", limits.journal_entries, most_bytes)
        self.received = SharedLog(store, f"{prefix}received", _MOST_CALLS, most_bytes)
        self.misses = SharedLog(store, f"{prefix}misses", _MOST_MISSES, most_bytes)

    def hear(self, model: "Model") -> None:
        """Let other servers know from now on what the model is asked here."""
        cut = model.journal.cut_json

        def hear_call(number: int, query: "Query") -> None:
            self.received.add(call_row(number, query, cut))

        def hear_miss(miss: "Miss") -> None:
            self.misses.add(miss_row(miss, cut))

        hear(model.journal, self.journal)
        model.received.spread, model.spread_miss = hear_call, hear_miss

    async def forget(self) -> None:
        """Forget what was asked, as one of the servers does when the model is reset or taken away."""
        # A store that is full does not take what would be forgotten at once.
        with suppress(StoreDown):
            await self.settle()
        for one in self._logs:
            await one.clear()

    async def settle(self) -> None:
        """Wait until every server has written what it was asked before."""
        await self.journal.settle()
        await self.flush()

    async def flush(self) -> None:
        """Write what was asked here."""
        for one in self._logs:
            await one.flush()

    async def counts(self) -> tuple[int, int, int]:
        """How many requests, and pictures and videos in them, there were, and how many misses are kept."""
        (requests, _), (calls, _), (_, misses) = await self._store.lengths([one.key for one in self._logs])
        return requests, calls, misses

    async def calls(self, most: int, since: int = 0) -> list[dict[str, Any]]:
        """The newest pictures and videos that were asked about, numbered above `since`, as JSON, by their numbers."""
        found = await self.received.newest(call_of(since), most)
        # Servers write them one after the other, and so perhaps not in that order.
        return sorted(found, key=lambda one: int(one["number"]))

    @property
    def _logs(self) -> tuple[SharedLog, SharedLog, SharedLog]:
        return self.journal, self.received, self.misses
