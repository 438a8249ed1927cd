"""What the servers of one store know together of a model, beside its jobs and the changes of its ledger."""

from ..store import Store
from .turns import SharedTurns

__all__ = ["Shared", "SharedTurns"]


class Shared:
    """Of one model: its keys lie under `prefix` of the store."""

    def __init__(self, store: Store, prefix: str) -> None:
        self.turns = SharedTurns(store, f"{prefix}turns:")

    async def forget(self) -> None:
        """Be as at first, as one of the servers does when the model is reset."""
        await self.turns.forget()
