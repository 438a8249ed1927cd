"""How often a model was asked, and each of its stubs answered, counted over all servers of a store."""

from ..store import Store


class SharedTurns:
    """Of one model: its counters lie under `prefix` of the store."""

    def __init__(self, store: Store, prefix: str) -> None:
        self._store = store
        self._prefix = prefix

    async def forget(self) -> None:
        """Count from the beginning."""
        await self._store.drop(self._prefix)
