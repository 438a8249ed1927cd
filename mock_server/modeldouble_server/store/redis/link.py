"""The connections to one Redis: what is asked is asked once, and every wait ends."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from redis.asyncio import BlockingConnectionPool, Connection, Redis, SSLConnection, UnixDomainSocketConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError, RedisError

from .address import Address
from .script import Script
from .trouble import NotSent, down

Argument = bytes | int | str
_CLASSES: dict[str, type[Connection | UnixDomainSocketConnection]] = {
    "redis": Connection, "rediss": SSLConnection, "unix": UnixDomainSocketConnection,
}  # fmt: skip


class _Pool(BlockingConnectionPool):
    """Tells an operation that was never sent from one whose answer was lost."""

    async def get_connection(self, *args: Any, **kwargs: Any) -> Any:
        # Its own types leave this one open.
        connected: Callable[..., Awaitable[Any]] = super().get_connection
        try:
            return await connected(*args, **kwargs)
        except (RedisError, OSError) as error:
            raise NotSent from error


class Link:
    """Up to `connections` connections to one Redis; `connect` and `answer` in seconds. Every failure is a StoreDown.

    Nothing is asked twice: an operation whose answer was lost may have been done. Only a connection that is found
    closed before anything was sent is replaced.
    """

    def __init__(self, address: Address, connect: float, answer: float, connections: int) -> None:
        self.address = address
        self._answer = answer
        self._pool = _Pool(
            connections, answer, _CLASSES[address.scheme], **address.connection(), protocol=2,
            socket_connect_timeout=connect, socket_timeout=answer, retry=Retry(NoBackoff(), 0),
        )  # fmt: skip
        self._execute: Callable[..., Awaitable[Any]] = Redis(connection_pool=self._pool).execute_command

    async def ask(self, *words: Argument) -> Any:
        """What Redis answers to one command."""
        try:
            return await self._execute(*words)
        except (NotSent, RedisError, OSError) as error:
            raise down(error, self.address, self._answer) from error

    async def run(self, script: Script, *words: Argument) -> Any:
        """What a script answers, which sees the prefix as ARGV[1] and `words` behind it."""
        return await self._run(script, (self.address.prefix, *words))

    async def _run(self, script: Script, words: Sequence[Argument]) -> Any:
        try:
            return await self.ask("EVALSHA", script.digest, 0, *words)
        except Exception as error:
            # Redis has been started anew and has run nothing of it.
            if not isinstance(error.__cause__, NoScriptError):
                raise
        return await self.ask("EVAL", script.text, 0, *words)

    async def close(self) -> None:
        """Close the connections."""
        await self._pool.disconnect()
