"""A video job: frames as they become ready, and the certainty that none of them went missing."""

from __future__ import annotations

import logging
import weakref
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from types import TracebackType

from modeldouble.errors import (
    DeadlineExceeded,
    JobClosed,
    JobFailed,
    JobForgotten,
    JobStalled,
    NotFound,
    ResultsLost,
    ServerFailed,
    ServerFault,
    Unreachable,
)
from modeldouble.jobstate import JobState, Json, frame_index, log_fields
from modeldouble.lease import Lease
from modeldouble.ledger import Balance, Ledger
from modeldouble.link import FOREVER, Link, remaining
from modeldouble.pace import Pace
from modeldouble.values import FrameRange, Prediction, Progress
from modeldouble.wire import Ask, ask_pop, ask_progress, read_job

# As many pops in a row may fail, with the job found alive after each, before the job is given up.
LOST_POPS = 3

logger = logging.getLogger("modeldouble")


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
        self._deadline = deadline
        self._stall_after = stall_after
        self._ledger = Ledger(frames.first, frames.step)
        self._buffer: deque[Json] = deque()
        self._pace = Pace()
        self._state: JobState | None = None
        self._announced: int | None = None
        self._changed = link.transport.clock()
        self._seen: object = None
        self._lost_pops = 0
        self._ended = False
        self._over = False
        self._left = False
        self._stopping = False
        self._stop_answer: Json | None = None
        self._lease = Lease(link, uuid)
        # Also runs when the interpreter exits.
        self._finalizer = weakref.finalize(self, self._lease.abandon)

    @property
    def uuid(self) -> str:
        """The server's name of the job."""
        return self._lease.uuid

    @property
    def progress(self) -> Progress:
        """How far the job was when the server was last asked; asks nothing itself."""
        current, stage = (0, "") if self._state is None else (self._state.progress.current, self._state.progress.stage)
        return Progress(max(current, self._ledger.received), self._announced, stage)

    def __len__(self) -> int:
        """The number of frames announced; waits for the first results if the server tells it only with them."""
        try:
            while self._announced is None and not (self._ended or self._over or self._stopping):
                self._look()
        except BaseException:
            self._finish(stop=True)
            raise
        return self._ledger.received if self._announced is None else self._announced

    def __iter__(self) -> Iterator[Prediction]:
        if self._left:
            raise JobClosed(
                "this job was stopped and cleared when its loop was left; start it again for its other frames"
            )
        return self._frames()

    def __next__(self) -> Prediction:
        frame = self._next()
        if frame is None:
            raise StopIteration
        return frame

    def __enter__(self) -> Job:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Job {self.uuid}: {self._ledger.received} of {self._announced} frames received>"

    def stop(self) -> Json:
        """Stop the job; its loop ends before the next frame, and what was already fetched is dropped.

        Returns the server's answer, and {} when the job is over. May be called from any thread, and again.
        """
        if self._over:
            return {}
        if self._stop_answer is None:
            self._stopping = True
            try:
                self._stop_answer = self._lease.stop()
            except NotFound:
                self._stop_answer = {}
            logger.info("Inference will be stopped on the server")
        return dict(self._stop_answer)

    def close(self) -> None:
        """Stop the job unless it is over, and clear it on the server. May be called again."""
        self._left = self._left or not self._over
        self._finish(stop=True)

    def await_start(self, what: str = "video") -> None:
        """Wait until the server works on it, and log so; `Session` does this before it hands the job out."""
        logger.info("The %s is preparing on the server, this may take a while...", what)
        pace = Pace()
        try:
            while True:
                state = self._ask_progress()
                if state.failure is not None and not state.pending:
                    raise self._failed(state)
                if state.started:
                    break
                pace.saw(0, self._link.transport.clock())
                self._sleep(pace.wait())
        except BaseException:
            self._finish(stop=True)
            raise
        logger.info("Inference has started:", extra={"fields": log_fields(state.fields)})

    def _frames(self) -> Iterator[Prediction]:
        try:
            yield from iter(self._next, None)
        finally:
            # A loop over this generator drops it when it is left, even while the job itself is still referred to.
            if self._finalizer.alive:
                self._left = self._over = True
                self._finalizer()

    def _next(self) -> Prediction | None:
        if self._over:
            return None
        try:
            frame = self._take()
        except BaseException:
            self._finish(stop=True)
            raise
        if frame is None:
            self._finish(stop=self._stopping and self._stop_answer is None)
        return frame

    def _take(self) -> Prediction | None:
        while not self._stopping:
            if self._buffer:
                return self._make(self._buffer.popleft())
            if self._ended:
                self._settle()
                return None
            self._look()
        return None

    def _look(self) -> None:
        self._sleep(self._pace.wait())
        state = self._pop()
        if state is None:
            return
        self._pace.saw(len(state.results), self._link.transport.clock())
        self._buffer.extend(state.results)
        lacking = FOREVER if self._announced is None else self._announced - self._ledger.received
        complete = state.failure is None and lacking <= 0
        # A server that hands out more than it announced may do so for ever.
        self._ended = lacking < 0 or (state.ended and (complete or not state.pending))

    def _pop(self) -> JobState | None:
        try:
            state = self._ask(ask_pop(self.uuid))
        except (DeadlineExceeded, Unreachable, JobForgotten, JobStalled):
            raise
        except ServerFault as error:
            self._recover(error)
            return None
        self._lost_pops = 0
        return state

    def _recover(self, error: ServerFault) -> None:
        """Go on after a pop whose answer was lost: it must not be repeated, but what it took may be missing now."""
        self._ledger.note_gap()
        self._lost_pops += 1
        logger.warning("results of job %s may be lost: %s", self.uuid, error)
        if self._lost_pops > LOST_POPS:
            raise self._lost("the server failed to hand out results again and again") from error
        self._ask_progress()

    def _ask_progress(self) -> JobState:
        try:
            return self._ask(ask_progress(self.uuid))
        except ServerFailed as failed:
            if failed.status != 500:
                raise
            # So real servers answer, and not 404, about a job they do not know.
            raise self._forgotten() from failed

    def _ask(self, ask: Ask) -> JobState:
        try:
            state = self._link.call(ask, partial(read_job, ask.route), self._deadline)
        except NotFound:
            raise self._forgotten() from None
        # What comes a second time is no news, and no progress either.
        state = state._replace(results=[one for one in state.results if self._ledger.note(frame_index(one))])
        self._note(state)
        return state

    def _note(self, state: JobState) -> None:
        now = self._link.transport.clock()
        self._state = state
        if state.progress.total is not None:
            self._announced = state.progress.total
        seen = (state.progress, state.pending, state.ended, len(state.results))
        if seen != self._seen or state.results:
            self._seen, self._changed = seen, now
        elif now - self._changed >= self._stall_after:
            text = f"job {self.uuid} has made no progress for {self._stall_after:g} s. Is the model still alive?"
            raise JobStalled(text, self.uuid, self._ledger.received, seconds=self._stall_after)

    def _sleep(self, seconds: float) -> None:
        remaining(self._link, self._deadline, f"job {self.uuid} was running")
        if seconds:
            self._link.transport.sleep(min(seconds, max(0.0, self._deadline - self._link.transport.clock())))

    def _settle(self) -> None:
        """Compare what came with what was announced, now that nothing more will come."""
        assert self._state is not None
        if self._state.failure is not None:
            raise self._failed(self._state)
        if (self._announced is not None or self._ledger.has_gap) and self._balance() != (0, [], []):
            why = "somebody else stopped it" if self._state.stopped else "answers were lost on the way"
            raise self._lost("some came twice" if self._ledger.received > (self._announced or FOREVER) else why)

    def _balance(self) -> Balance:
        return Balance(0, None, []) if self._announced is None else self._ledger.balance(self._announced)

    def _failed(self, state: JobState) -> JobFailed:
        assert state.failure is not None
        kind, reason, trace = state.failure
        text = f"job {self.uuid} failed on the server: {kind + ': ' if kind else ''}{reason}"
        full = f"{text}\n{trace}" if trace else text
        return JobFailed(full, self.uuid, self._ledger.received, type=kind, reason=reason, traceback=trace)

    def _lost(self, why: str) -> ResultsLost:
        _, missing, unexpected = self._balance()
        came = f"job {self.uuid}: {self._ledger.received} of {self._announced} frames came, {why}"
        text = f"{came}. {_listed('Missing', missing)}{_listed('Not asked for', unexpected)}Infer them again"
        data = {"missing": missing, "unexpected": unexpected, "announced": self._announced}
        return ResultsLost(text, self.uuid, self._ledger.received, **data)

    def _forgotten(self) -> JobForgotten:
        text = f"the server no longer knows job {self.uuid}: it was restarted, or somebody cleared the job"
        return JobForgotten(text, self.uuid, self._ledger.received, missing=self._balance().missing)

    def _finish(self, stop: bool) -> None:
        self._over = True
        self._buffer.clear()
        if self._finalizer.detach() is not None:
            self._lease.give_back(stop and self._stop_answer is None)


def _listed(title: str, frames: list[int] | None) -> str:
    if not frames:
        return ""
    return f"{title}: {', '.join(map(str, frames[:20]))}{', ...' if len(frames) > 20 else ''}. "
