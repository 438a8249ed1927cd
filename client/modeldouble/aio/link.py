"""A server, and the asynchronous transport over which its courses are gone through."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Coroutine
from typing import Any

from modeldouble.aio.transport import AsyncTransport
from modeldouble.course import Apart, Course, Nap, Step, T, drive_async
from modeldouble.server import FOREVER, Read, Server
from modeldouble.wire import Ask


class AsyncLink:
    """A transport bound to one base URL. `secrets` are cut out of every error that leaves here."""

    def __init__(self, base: str, transport: AsyncTransport, secrets: tuple[str, ...] = ()) -> None:
        self.transport = transport
        self.server = Server(base, transport.clock, secrets)
        self._apart: set[asyncio.Task[Any]] = set()

    async def call(self, ask: Ask, read: Read[T], deadline: float = FOREVER) -> T:
        """Send, read, and repeat as far as the kind of request and the deadline allow."""
        return await drive_async(self.server.call(ask, read, deadline), self._do)

    async def run(self, course: Course[T]) -> T:
        """Go through a course and return its value."""
        return await drive_async(course, self._do)

    async def settled(self) -> None:
        """Wait for what was begun apart and nobody may be waiting for."""
        if self._apart:
            await asyncio.wait(self._apart)

    def _do(self, step: Step) -> Awaitable[Any]:
        if isinstance(step, Nap):
            return self.transport.sleep(step.seconds)
        if isinstance(step, Apart):
            return self.to_the_end(self.run(step.course))
        return self.transport.send(step.url, step.ask, step.deadline)

    async def to_the_end(self, work: Coroutine[Any, Any, Any]) -> None:
        """Wait for work of bounded length, even when cancelled; a cancellation is passed on after it."""
        task = asyncio.ensure_future(work)
        self._apart.add(task)
        task.add_done_callback(self._apart.discard)
        cancelled: asyncio.CancelledError | None = None
        while not task.done():
            try:
                await asyncio.shield(task)
            except asyncio.CancelledError as error:
                cancelled = error
        if cancelled is not None:
            raise cancelled
        task.result()
