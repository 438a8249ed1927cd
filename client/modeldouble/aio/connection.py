"""The way from a session to its server: found, greeted, and left with no job on it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from modeldouble import asking
from modeldouble.aio.job import AsyncJob
from modeldouble.aio.link import AsyncLink
from modeldouble.aio.transport import AsyncHttpTransport, AsyncTransport
from modeldouble.ending import GRACE, giving_back
from modeldouble.errors import Misuse, ModelDoubleError
from modeldouble.jobcourse import JobCourse
from modeldouble.values import FrameRange, Prediction
from modeldouble.wire import Ask, Json

if TYPE_CHECKING:
    from modeldouble.platform import Api


class Connection:
    """A transport, the server that it leads to once `open` has found it, and the jobs that run there for it."""

    def __init__(self, api: Api | None, place: str | int, transport: AsyncTransport | None) -> None:
        self._api = api
        self._place = place
        self._own_transport = transport is None
        self._transport: AsyncTransport = transport or AsyncHttpTransport()
        self._link: AsyncLink | None = None
        self._held: dict[str, JobCourse] = {}

    @property
    def link(self) -> AsyncLink:
        if self._link is None:
            raise Misuse("the session is not connected: enter it with `async with`, or use AsyncSession.connect")
        return self._link

    def clock(self) -> float:
        return self._transport.clock()

    async def open(self, end: float) -> None:
        """Find the server, through the platform if need be, and see that a serving app answers."""
        token = None if self._api is None else self._api.token
        link = await self._found(() if token is None else (token,), end)
        await link.run(asking.greeting(link.server, token, end))
        self._link = link

    async def _found(self, secrets: tuple[str, ...], end: float) -> AsyncLink:
        if isinstance(self._place, str) or self._api is None:
            return AsyncLink(str(self._place), self._transport, secrets)
        from modeldouble.platform.tasks import ask_task, read_session_token

        address = self._api.server_address
        platform = AsyncLink(address, self._transport, secrets)
        end = min(end, platform.server.deadline(self._api.deadline))
        found = await platform.call(ask_task(self._place, self._api.token), read_session_token(self._place), end)
        return AsyncLink(f"{address}/net/{found}", self._transport, (*secrets, found))

    async def close(self) -> None:
        """End the jobs that are not over, and close the connections, unless the transport is somebody else's."""
        try:
            if self._link is not None:
                await asyncio.gather(*[self._link.run(course.closing()) for course in list(self._held.values())])
                await self._link.settled()
        finally:
            if self._own_transport:
                await self._transport.close()

    async def start(
        self, ask: Ask, frames: FrameRange, deadline: float, stall_after: float, make: Callable[[Json], Prediction]
    ) -> AsyncJob:
        """Start a job; it is held until it is over."""
        link = self.link
        uuid = await self._uuid(link, ask, frames, deadline)
        held = self._held
        course = JobCourse(
            link.server, uuid, frames, deadline, stall_after, release=lambda: held.pop(uuid, None) is not None
        )
        held[uuid] = course
        return AsyncJob(link, course, make)

    async def _uuid(self, link: AsyncLink, ask: Ask, frames: FrameRange, deadline: float) -> str:
        start = asyncio.ensure_future(link.run(asking.starting(link.server, ask, frames, deadline)))
        try:
            return await asyncio.shield(start)
        except asyncio.CancelledError:
            # The job may be running by now, and only the answer to its start tells its name.
            await link.to_the_end(_unstarted(link, start))
            raise


async def _unstarted(link: AsyncLink, start: asyncio.Future[str]) -> None:
    async def end() -> None:
        with suppress(ModelDoubleError):
            await link.run(giving_back(link.server, await start, stop=True))

    with suppress(asyncio.TimeoutError):
        await asyncio.wait_for(end(), GRACE)
