"""The Redis of these tests, and stores on it."""

from collections.abc import AsyncIterator
from typing import Protocol

import pytest

from modeldouble_server.store.redis import RedisStore

from .redis_fixtures import Started, own_redis, redis, shared_redis, store

__all__ = ["Started", "own_redis", "redis", "shared_redis", "store"]


class Opened(Protocol):
    async def __call__(
        self, url: str, prefix: str | None = None, connect: float = 2.0, answer: float = 5.0, connections: int = 32
    ) -> RedisStore: ...


@pytest.fixture
async def opened() -> AsyncIterator[Opened]:
    """Opens stores, which are closed at the end."""
    stores: list[RedisStore] = []

    async def opening(
        url: str, prefix: str | None = None, connect: float = 2.0, answer: float = 5.0, connections: int = 32
    ) -> RedisStore:
        stores.append(await RedisStore.open(url, prefix, connect, answer, connections))
        return stores[-1]

    yield opening
    for one in stores:
        await one.close()
