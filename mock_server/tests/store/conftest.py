"""A Redis for all tests that do not harm it, empty for each, and one of its own for a test that does."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from typing import Protocol

import pytest

from modeldouble_server.store.redis import RedisStore

from .redis_server import RedisServer, redis_server

Started = Callable[..., RedisServer]


class Opened(Protocol):
    async def __call__(
        self, url: str, prefix: str | None = None, connect: float = 2.0, answer: float = 5.0, connections: int = 32
    ) -> RedisStore: ...


@pytest.fixture(scope="session")
def shared_redis() -> Iterator[RedisServer]:
    with redis_server() as server:
        yield server


@pytest.fixture
def redis(shared_redis: RedisServer) -> RedisServer:
    shared_redis.say("FLUSHALL")
    return shared_redis


@pytest.fixture
def own_redis() -> Iterator[Started]:
    with ExitStack() as running:
        yield lambda *options: running.enter_context(redis_server(*options))


@pytest.fixture
async def store(redis: RedisServer) -> AsyncIterator[RedisStore]:
    store = await RedisStore.open(redis.url)
    yield store
    await store.close()


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
    for store in stores:
        await store.close()
