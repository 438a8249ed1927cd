"""What a Redis is asked, as it tells itself."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from .redis_server import RedisServer

_LONGEST = 2**24
"""Bytes of a command with all that is written by it."""


class Watched:
    """What Redis is asked by its clients, without what scripts ask it."""

    def __init__(self, redis: RedisServer, reader: asyncio.StreamReader) -> None:
        self._redis = redis
        self._reader = reader

    async def asked(self) -> list[str]:
        """The commands since it was asked last."""
        self._redis.say("ECHO", "so far")
        asked = []
        while "so far" not in (line := (await self._reader.readline()).decode()):
            asked.append(line)
        return [line.split('"')[1] for line in asked if " lua] " not in line and '"CLIENT"' not in line]


@asynccontextmanager
async def watching(redis: RedisServer) -> AsyncIterator[Watched]:
    """Watch from now on."""
    reader, writer = await asyncio.open_connection("127.0.0.1", redis.port, limit=_LONGEST)
    writer.write(b"MONITOR\r\n")
    assert await reader.readline() == b"+OK\r\n"
    yield Watched(redis, reader)
    writer.close()
    await writer.wait_closed()
