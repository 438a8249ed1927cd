"""The Redis of these tests."""

from ..store.redis_fixtures import Started, own_redis, redis, shared_redis, store

__all__ = ["Started", "own_redis", "redis", "shared_redis", "store"]
