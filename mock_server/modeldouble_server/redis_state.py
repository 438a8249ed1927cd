"""State in a Redis that several servers share."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from .data_dir import State
from .redaction import learn_for_logs
from .store.redis import RedisStore
from .store.redis.address import Address
from .store.sqlite import SqliteStore
from .stored_contents import StoredContents


@asynccontextmanager
async def redis_state(url: str) -> AsyncIterator[State]:
    """The state in the Redis at `url`; one that cannot be used is a CannotServe. No log of ours shows its password."""
    learn_for_logs(Address(url).secrets)
    store, passing = await RedisStore.open(url), SqliteStore()
    try:
        yield State(store, StoredContents(store), passing, shared=True)
    finally:
        await passing.close()
        await store.close()
