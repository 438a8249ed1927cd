"""A job whose frames are awaited."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import AsyncIterator, Callable
from types import TracebackType

from modeldouble.aio.link import AsyncLink
from modeldouble.jobcourse import JobCourse
from modeldouble.jobstate import Json
from modeldouble.values import Prediction, Progress


class AsyncJob:
    """The frames of a video, in the order of inference: `async for frame in job`, once.

    Leaving the loop early (`break`, an exception, a cancellation, the end of `async with job`) stops the job and clears
    it on the server; where neither `async with job` nor `await job.aclose()` waits for that, the event loop does it
    next, and the end of the session at the latest. Raises what `modeldouble.Job` raises.
    """

    def __init__(self, link: AsyncLink, course: JobCourse, make: Callable[[Json], Prediction]) -> None:
        self._link = link
        self._course = course
        self._make = make
        self._lock = asyncio.Lock()

    @property
    def uuid(self) -> str:
        """The server's name of the job."""
        return self._course.uuid

    @property
    def progress(self) -> Progress:
        """How far the job was when the server was last asked; asks nothing itself."""
        return self._course.progress

    async def total(self) -> int:
        """The number of frames announced; waits for the first results if the server tells it only with them."""
        async with self._lock:
            return await self._link.run(self._course.length())

    def __aiter__(self) -> AsyncIterator[Prediction]:
        self._course.refuse_if_left()
        return self._frames()

    async def __anext__(self) -> Prediction:
        frame = await self._next()
        if frame is None:
            self._course.refuse_if_left()
            raise StopAsyncIteration
        return frame

    async def __aenter__(self) -> AsyncJob:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"<AsyncJob {self._course!r}>"

    def __del__(self) -> None:
        course = getattr(self, "_course", None)
        if course is not None and not course.over:
            text = f"job {course.uuid} was dropped unfinished. Use `async with job`, or await job.aclose()"
            warnings.warn(text, ResourceWarning, stacklevel=2, source=self)

    async def stop(self) -> Json:
        """Stop the job; its loop ends before the next frame, and what was already fetched is dropped.

        Returns the server's answer, and {} when the job is over. May be called from any task, and again.
        """
        return await self._link.run(self._course.stop())

    async def aclose(self) -> None:
        """Stop the job unless it is over, and clear it on the server. May be called again."""
        await self._link.run(self._course.closing())

    async def await_start(self, what: str = "video") -> None:
        """Wait until the server works on it, and log so; `AsyncSession` does this before it hands the job out."""
        await self._link.run(self._course.starting(what))

    async def _frames(self) -> AsyncIterator[Prediction]:
        try:
            while (frame := await self._next()) is not None:
                yield frame
        finally:
            # A loop over this generator drops it when it is left, even while the job itself is still referred to.
            if not self._course.over:
                await self.aclose()

    async def _next(self) -> Prediction | None:
        # One look at a time, however many tasks share the frames.
        async with self._lock:
            frame = await self._link.run(self._course.next())
        return None if frame is None else self._make(frame)
