"""A video job: frames as they become ready, and the certainty that none of them went missing."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from types import TracebackType

from modeldouble.jobcourse import JobCourse
from modeldouble.jobstate import Json
from modeldouble.lease import Lease
from modeldouble.link import Link
from modeldouble.server import FOREVER
from modeldouble.values import FrameRange, Prediction, Progress


class Job:
    """The frames of a video, in the order of inference. Iterate over it once; `len()` is the number of frames.

    Leaving the loop early (`break`, an exception, the end of a `with` block, dropping the object) stops the job and
    clears it on the server. Iterating raises `JobFailed` when the model raised, `ResultsLost` when fewer frames came
    than were announced (after yielding those that came), `JobForgotten`, `JobStalled`, and `DeadlineExceeded`.
    """

    def __init__(
        self,
        link: Link,
        uuid: str,
        frames: FrameRange,
        make: Callable[[Json], Prediction],
        deadline: float = FOREVER,
        stall_after: float = 600.0,
    ) -> None:
        self._link = link
        self._make = make
        # Also runs when the interpreter exits.
        self._finalizer = weakref.finalize(self, Lease(link, uuid).abandon)
        release = self._finalizer.detach
        self._course = JobCourse(link.server, uuid, frames, deadline, stall_after, lambda: release() is not None)

    @property
    def uuid(self) -> str:
        """The server's name of the job."""
        return self._course.uuid

    @property
    def progress(self) -> Progress:
        """How far the job was when the server was last asked; asks nothing itself."""
        return self._course.progress

    def __len__(self) -> int:
        """The number of frames announced; waits for the first results if the server tells it only with them."""
        return self._link.run(self._course.length())

    def __iter__(self) -> Iterator[Prediction]:
        self._course.refuse_if_left()
        return self._frames()

    def __next__(self) -> Prediction:
        frame = self._next()
        if frame is None:
            self._course.refuse_if_left()
            raise StopIteration
        return frame

    def __enter__(self) -> Job:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Job {self._course!r}>"

    def stop(self) -> Json:
        """Stop the job; its loop ends before the next frame, and what was already fetched is dropped.

        Returns the server's answer, and {} when the job is over. May be called from any thread, and again.
        """
        return self._link.run(self._course.stop())

    def close(self) -> None:
        """Stop the job unless it is over, and clear it on the server. May be called again."""
        self._link.run(self._course.closing())

    def await_start(self, what: str = "video") -> None:
        """Wait until the server works on it, and log so; `Session` does this before it hands the job out."""
        self._link.run(self._course.starting(what))

    def _frames(self) -> Iterator[Prediction]:
        try:
            yield from iter(self._next, None)
        finally:
            # A loop over this generator drops it when it is left, even while the job itself is still referred to.
            if self._finalizer.alive:
                self._course.left = self._course.over = True
                self._finalizer()

    def _next(self) -> Prediction | None:
        frame = self._link.run(self._course.next())
        return None if frame is None else self._make(frame)
