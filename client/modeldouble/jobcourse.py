"""The course of a job: frames as they become ready, and the certainty that none of them went missing.

It says what to ask the server and when; `Job` does so in a thread, `modeldouble.aio.AsyncJob` in an event loop.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from functools import partial

from modeldouble.course import Apart, Course, Nap
from modeldouble.ending import giving_back, stopping
from modeldouble.errors import (
    DeadlineExceeded,
    JobClosed,
    JobForgotten,
    JobStalled,
    NotFound,
    ServerFailed,
    ServerFault,
    Unreachable,
)
from modeldouble.joberrors import job_failed, job_forgotten, results_lost
from modeldouble.jobstate import JobState, Json, frame_index, log_fields
from modeldouble.ledger import Ledger
from modeldouble.pace import Pace
from modeldouble.server import FOREVER, Server
from modeldouble.values import FrameRange, Progress
from modeldouble.wire import Ask, ask_pop, ask_progress, read_job

# As many pops in a row may fail, with the job found alive after each, before the job is given up.
LOST_POPS = 3

logger = logging.getLogger("modeldouble")


class JobCourse:
    """What is known of one job, and the courses by which more is learnt and the job is ended.

    `release` is asked once the job is over whether it still has to be given back to the server, and by this course.
    """

    def __init__(
        self, server: Server, uuid: str, frames: FrameRange, deadline: float, stall_after: float,
        release: Callable[[], bool],
    ) -> None:  # fmt: skip
        self.uuid = uuid
        self.over = False
        self.left = False
        self._server = server
        self._deadline = deadline
        self._stall_after = stall_after
        self._release = release
        self._ledger = Ledger(frames.first, frames.step)
        self._buffer: deque[Json] = deque()
        self._pace = Pace()
        self._state: JobState | None = None
        self._announced: int | None = None
        self._changed = server.clock()
        self._seen: object = None
        self._lost_pops = 0
        self._ended = False
        self._stopping = False
        self._stop_answer: Json | None = None

    @property
    def progress(self) -> Progress:
        current, stage = (0, "") if self._state is None else (self._state.progress.current, self._state.progress.stage)
        return Progress(max(current, self._ledger.received), self._announced, stage)

    def __repr__(self) -> str:
        return f"{self.uuid}: {self._ledger.received} of {self._announced} frames received"

    def refuse_if_left(self) -> None:
        """Raise `JobClosed` to whoever would take a job that was left for an empty one."""
        if self.left:
            raise JobClosed(
                "this job was stopped and cleared when its loop was left; start it again for its other frames"
            )

    def starting(self, what: str) -> Course[None]:
        """Wait until the server works on it, and log so."""
        logger.info("The %s is preparing on the server, this may take a while...", what)
        pace = Pace()
        try:
            while True:
                state = yield from self._ask_progress()
                if state.failure is not None and not state.pending:
                    raise job_failed(self.uuid, self._ledger, state.failure)
                if state.started:
                    break
                pace.saw(0, self._server.clock())
                yield from self._sleep(pace.wait())
        except BaseException as error:
            yield from self._broken(error)
            raise
        logger.info("Inference has started:", extra={"fields": log_fields(state.fields)})

    def length(self) -> Course[int]:
        """Return the number of frames announced; look for results if the server tells it only with them."""
        try:
            while self._announced is None and not (self._ended or self.over or self._stopping):
                yield from self._look()
        except BaseException as error:
            yield from self._broken(error)
            raise
        return self._ledger.received if self._announced is None else self._announced

    def next(self) -> Course[Json | None]:
        """Return the next frame, None after the last; the job is given back then, and before anything is raised."""
        if self.over:
            return None
        try:
            frame = yield from self._take()
        except BaseException as error:
            yield from self._broken(error)
            raise
        if frame is None:
            yield from self._finish(stop=self._stopping and self._stop_answer is None)
        return frame

    def stop(self) -> Course[Json]:
        """Let the loop end before the next frame, and return the server's answer, {} when the job is over."""
        if self.over:
            return {}
        if self._stop_answer is None:
            self._stopping = True
            try:
                self._stop_answer = yield from stopping(self._server, self.uuid)
            except NotFound:
                self._stop_answer = {}
            logger.info("Inference will be stopped on the server")
        return dict(self._stop_answer)

    def closing(self) -> Course[None]:
        """Stop the job unless it is over, and clear it on the server."""
        self.left = self.left or not self.over
        yield from self._finish(stop=True)

    def _broken(self, error: BaseException) -> Course[None]:
        # To a generator that is being destroyed nothing can be done any more, and so it can do nothing.
        if not isinstance(error, GeneratorExit):
            yield from self._finish(stop=True)

    def _finish(self, stop: bool) -> Course[None]:
        self.over = True
        self._buffer.clear()
        if self._release():
            yield Apart(giving_back(self._server, self.uuid, stop and self._stop_answer is None))

    def _take(self) -> Course[Json | None]:
        while not self._stopping:
            if self._buffer:
                return self._buffer.popleft()
            if self._ended:
                self._settle()
                return None
            yield from self._look()
        return None

    def _look(self) -> Course[None]:
        yield from self._sleep(self._pace.wait())
        state = yield from self._pop()
        if state is None:
            return
        self._pace.saw(len(state.results), self._server.clock())
        self._buffer.extend(state.results)
        lacking = FOREVER if self._announced is None else self._announced - self._ledger.received
        complete = state.failure is None and lacking <= 0
        # A server that hands out more than it announced may do so for ever.
        self._ended = lacking < 0 or (state.ended and (complete or not state.pending))

    def _pop(self) -> Course[JobState | None]:
        try:
            state = yield from self._ask(ask_pop(self.uuid))
        except (DeadlineExceeded, Unreachable, JobForgotten, JobStalled):
            raise
        except ServerFault as error:
            yield from self._recover(error)
            return None
        self._lost_pops = 0
        return state

    def _recover(self, error: ServerFault) -> Course[None]:
        """Go on after a pop whose answer was lost: it must not be repeated, but what it took may be missing now."""
        self._ledger.note_gap()
        self._lost_pops += 1
        logger.warning("results of job %s may be lost: %s", self.uuid, error)
        if self._lost_pops > LOST_POPS:
            why = "the server failed to hand out results again and again"
            raise results_lost(self.uuid, self._ledger, self._announced, why) from error
        yield from self._ask_progress()

    def _ask_progress(self) -> Course[JobState]:
        try:
            return (yield from self._ask(ask_progress(self.uuid)))
        except ServerFailed as failed:
            if failed.status != 500:
                raise
            # So real servers answer, and not 404, about a job they do not know.
            raise job_forgotten(self.uuid, self._ledger, self._announced) from failed

    def _ask(self, ask: Ask) -> Course[JobState]:
        try:
            state = yield from self._server.call(ask, partial(read_job, ask.route), self._deadline)
        except NotFound:
            raise job_forgotten(self.uuid, self._ledger, self._announced) from None
        # What comes a second time is no news, and no progress either.
        state = state._replace(results=[one for one in state.results if self._ledger.note(frame_index(one))])
        self._note(state)
        return state

    def _note(self, state: JobState) -> None:
        now = self._server.clock()
        self._state = state
        if state.progress.total is not None:
            self._announced = state.progress.total
        seen = (state.progress, state.pending, state.ended, len(state.results))
        if seen != self._seen or state.results:
            self._seen, self._changed = seen, now
        elif now - self._changed >= self._stall_after:
            text = f"job {self.uuid} has made no progress for {self._stall_after:g} s. Is the model still alive?"
            raise JobStalled(text, self.uuid, self._ledger.received, seconds=self._stall_after)

    def _sleep(self, seconds: float) -> Course[None]:
        left = self._server.remaining(self._deadline, f"job {self.uuid} was running")
        if seconds:
            yield Nap(min(seconds, left))

    def _settle(self) -> None:
        """Compare what came with what was announced, now that nothing more will come."""
        state, ledger, announced = self._state, self._ledger, self._announced
        assert state is not None
        if state.failure is not None:
            raise job_failed(self.uuid, ledger, state.failure)
        whole = announced is None or ledger.balance(announced) == (0, [], [])
        if (announced is None and ledger.has_gap) or not whole:
            why = "somebody else stopped it" if state.stopped else "answers were lost on the way"
            more = ledger.received > (announced or FOREVER)
            raise results_lost(self.uuid, ledger, announced, "some came twice" if more else why)
