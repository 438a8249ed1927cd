"""A Redis for all tests that do not harm it, empty for each, and one of its own for a test that does.

To be imported by the conftest of a folder.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack

import pytest

from modeldouble_server.store.redis import RedisStore

from .redis_server import RedisServer, redis_server

Started = Callable[..., RedisServer]


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
