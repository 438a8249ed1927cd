"""State in a Redis that several servers share."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from .data_dir import State
from .store.redis import RedisStore
from .stored_contents import StoredContents


@asynccontextmanager
async def redis_state(url: str) -> AsyncIterator[State]:
    """The state in the Redis at `url`; one that cannot be used is a CannotServe."""
    store = await RedisStore.open(url)
    try:
        yield State(store, StoredContents(store), store, shared=True)
    finally:
        await store.close()
