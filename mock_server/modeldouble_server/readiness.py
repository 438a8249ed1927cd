"""Whether a server lives, and whether it is ready: what those want to know who watch it, also while its store is away.

A server that has lost its store lives: to end it does not bring the store back. But it is not ready, so that whoever
shares out requests can pass it by.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine
from math import inf
from typing import TYPE_CHECKING, Any, TypeVar

from .store import Store, StoreDown

if TYPE_CHECKING:
    from .fake import Fake
    from .model import Model

T = TypeVar("T")
WATCHED = frozenset(("livez", "is_alive", "is_running", "readyz", "is_ready"))
"""Routes of a serving app that tell of the server, and not of the model's state."""
_PATIENCE = 1.0
"""Seconds that a watcher is kept waiting for a store that is silent: they give up after one, or few."""
_NOTHING = "nothing"
"""A counter that is never there."""


class Readiness:
    """Whether a store answers within `patience` seconds. It is asked at most once in `every` seconds, however many want
    to know."""

    def __init__(
        self, store: Store, clock: Callable[[], float] = time.monotonic, every: float = 1.0, patience: float = 2.0
    ) -> None:  # fmt: skip
        self._store = store
        self._clock, self._every, self._patience = clock, every, patience
        self._asking = asyncio.Lock()
        self._asked = -inf
        self._trouble: str | None = None

    async def trouble(self) -> str | None:
        """What is wrong with it, or None."""
        async with self._asking:
            if self._clock() >= self._asked + self._every:
                try:
                    await _in_time(self._store.count(_NOTHING), self._patience, str(self._store))
                    self._trouble = None
                except StoreDown as down:
                    self._trouble = str(down)
                # Of the answer, which may have taken longer: whoever has waited for it asks no second time.
                self._asked = self._clock()
            return self._trouble


async def model_all_the_same(
    fake: "Fake", session_token: str, patience: float = _PATIENCE
) -> "Model | None":  # fmt: skip
    """`Tenancy.model`; where the store is away, or silent for so many seconds, the model as it was known at last."""
    model = fake.models.get(session_token)
    if model is None or not model.ledger.shared:
        return await fake.tenancy.model(session_token)
    try:
        return await _in_time(fake.tenancy.model(session_token), patience)
    except StoreDown:
        return model


async def catch_up_all_the_same(model: "Model", patience: float = _PATIENCE) -> None:
    """`Ledger.catch_up`, as far as the store lets it within so many seconds."""
    try:
        if model.ledger.shared:
            await _in_time(model.ledger.catch_up(), patience)
    except StoreDown:
        return


async def _in_time(work: Coroutine[Any, Any, T], patience: float, store: str = "the store") -> T:
    # It goes on afterwards: `wait_for` would cut off a change in the midst of being carried out.
    task = asyncio.ensure_future(work)
    await asyncio.wait([task], timeout=patience)
    if not task.done():
        task.add_done_callback(_heard)
        raise StoreDown(store, f"has been silent for {patience:g} s", "see what keeps it busy", unsure=True)
    return task.result()


def _heard(task: "asyncio.Task[Any]") -> None:
    # Or asyncio logs that nobody wanted to know what it raised.
    if not task.cancelled():
        task.exception()
