"""Every way to leave a job: stopped, broken off, dropped, stalled, out of time; alone and beside others."""

from __future__ import annotations

import gc
import threading
from typing import TYPE_CHECKING, Any

import pytest

from modeldouble import (
    DeadlineExceeded,
    Job,
    JobClosed,
    JobStalled,
    NoJob,
    ResultsLost,
    Session,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import JobPlay, PaperTransport, Reply, RoughServer

    Connect = Callable[..., Session]

ENDS = ["stop_inference", "clear_inference_request"]


def stops_and_clears(routes: list[str]) -> list[str]:
    return [route for route in routes if route in ENDS]


@pytest.mark.parametrize("wrap", ["plain", "enumerate", "kept"])
def test_break_stops_and_clears(rough: RoughServer, connect: Connect, play: type[JobPlay], wrap: str) -> None:
    play(rough)
    job: Job = connect().inference_video_id_async(7)
    for _ in enumerate(job) if wrap == "enumerate" else job:
        if wrap != "kept":
            del job
        break
    assert stops_and_clears(rough.routes()) == ENDS


def test_a_job_left_by_break_cannot_be_mistaken_for_an_empty_one(
    rough: RoughServer, connect: Connect, play: type[JobPlay]
) -> None:
    play(rough)
    job = connect().inference_video_id_async(7)
    for _ in job:
        break
    with pytest.raises(JobClosed, match="start it again"):
        list(job)
    with pytest.raises(JobClosed, match="start it again"):
        next(job, None)


def test_a_job_that_is_over_ends_quietly_and_is_not_closed(
    rough: RoughServer, connect: Connect, play: type[JobPlay]
) -> None:
    play(rough, frames=5)
    job = connect().inference_video_id_async(7)
    assert len(list(job)) == 5
    assert next(job, "END") == "END"
    job.close()
    assert next(job, "END") == "END"


def test_a_loop_whose_job_is_closed_in_its_midst_just_ends(
    rough: RoughServer, connect: Connect, play: type[JobPlay]
) -> None:
    play(rough, frames=5)
    job = connect().inference_video_id_async(7)
    count = 0
    for _ in job:
        count += 1
        job.close()
    assert count == 1
    assert stops_and_clears(rough.routes()) == ENDS


def test_an_exception_in_the_loop_stops_and_clears(rough: RoughServer, connect: Connect, play: type[JobPlay]) -> None:
    play(rough)

    def loop() -> None:
        for _ in connect().inference_video_id_async(7):
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        loop()
    assert stops_and_clears(rough.routes()) == ENDS


def test_a_dropped_job_stops_and_clears(rough: RoughServer, connect: Connect, play: type[JobPlay]) -> None:
    play(rough)
    connect().inference_video_id_async(7)
    gc.collect()
    assert stops_and_clears(rough.routes()) == ENDS


def test_the_end_of_a_with_block_stops_and_clears(rough: RoughServer, connect: Connect, play: type[JobPlay]) -> None:
    play(rough)
    with connect().inference_video_id_async(7) as job:
        next(job)
    assert stops_and_clears(rough.routes()) == ENDS


def test_an_interrupt_while_preparing_stops_and_clears(paper: PaperTransport, play: type[JobPlay]) -> None:
    play(paper.script)

    def interrupt(request: Any) -> Reply:
        raise KeyboardInterrupt

    paper.script.on("get_inference_progress", interrupt)
    session = Session(session_url="http://paper", transport=paper)
    with pytest.raises(KeyboardInterrupt):
        session.inference_video_id_async(7)
    assert paper.script.routes()[-2:] == ENDS


def test_stopping_at_the_third_frame_gives_three(rough: RoughServer, connect: Connect, play: type[JobPlay]) -> None:
    play(rough, frames=10, per_pop=7)
    session, count = connect(), 0
    for index, _ in enumerate(session.inference_video_id_async(7)):
        count += 1
        if index == 2:
            assert session.stop_async_inference()["success"] is True
            assert session.stop_async_inference()["success"] is True
    assert count == 3
    assert stops_and_clears(rough.routes()) == ENDS
    assert session.stop_async_inference() == {}


def test_stop_before_any_start_is_refused(connect: Connect) -> None:
    with pytest.raises(NoJob, match="inference_video_id_async"):
        connect().stop_async_inference()


def test_a_job_stopped_by_somebody_else_does_not_end_quietly(
    rough: RoughServer, connect: Connect, play: type[JobPlay]
) -> None:
    made = play(rough, "superset", frames=6)
    job = connect().inference_video_id_async(7)
    next(job)
    made.left[job.uuid].clear()
    made.stopped.add(job.uuid)
    with pytest.raises(ResultsLost, match="somebody else") as caught:
        list(job)
    assert caught.value.missing == [2, 3, 4, 5]


def test_two_jobs_on_one_session_in_two_threads(rough: RoughServer, connect: Connect, play: type[JobPlay]) -> None:
    made = play(rough, frames=30, per_pop=1)
    session = connect()
    both, results = threading.Barrier(2), {}

    def run(video: int) -> None:
        job = session.inference_video_id_async(video)
        both.wait(20)
        results[video] = list(job)

    threads = [threading.Thread(target=run, args=(video,)) for video in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert results == {1: made.frames, 2: made.frames}
    assert made.cleared == set(made.uuids)
    assert not made.stopped


def test_stop_concerns_the_job_started_last(rough: RoughServer, connect: Connect, play: type[JobPlay]) -> None:
    made = play(rough)
    session = connect()
    first, second = session.inference_video_id_async(1), session.inference_video_id_async(2)
    session.stop_async_inference()
    assert made.stopped == {second.uuid}
    assert (len(list(first)), list(second)) == (5, [])


def test_a_job_without_progress_is_given_up(paper: PaperTransport, play: type[JobPlay]) -> None:
    made = play(paper.script)
    session = Session(session_url="http://paper", transport=paper, stall_after=600)
    job = session.inference_video_id_async(7)
    made.per_pop = 0
    with pytest.raises(JobStalled, match="600 s"):
        list(job)
    assert 600 <= sum(paper.slept) < 603
    assert paper.script.routes()[-2:] == ENDS


def test_a_job_that_creeps_is_not_given_up(paper: PaperTransport, play: type[JobPlay]) -> None:
    made = play(paper.script, frames=4, per_pop=1)
    paper.seconds_each = 500.0
    session = Session(session_url="http://paper", transport=paper)
    assert list(session.inference_video_id_async(7)) == made.frames


def test_the_deadline_bounds_a_job(paper: PaperTransport, play: type[JobPlay]) -> None:
    made = play(paper.script)
    session = Session(session_url="http://paper", transport=paper, deadline=30)
    job = session.inference_video_id_async(7)
    made.per_pop = 0
    with pytest.raises(DeadlineExceeded, match="deadline="):
        list(job)
    assert paper.now == pytest.approx(1030)
    assert paper.script.routes()[-2:] == ENDS


def test_progress_tells_what_was_seen_last(rough: RoughServer, connect: Connect, play: type[JobPlay]) -> None:
    play(rough, frames=5)
    job = connect().inference_video_id_async(7)
    assert (job.progress.current, job.progress.total) == (0, 5)
    next(job)
    assert (job.progress.current, job.progress.total, job.progress.stage) == (2, 5, "Running inference...")


def test_tqdm_shows_the_total(rough: RoughServer, connect: Connect, play: type[JobPlay]) -> None:
    tqdm = pytest.importorskip("tqdm").tqdm
    play(rough, frames=5)
    bar = tqdm(connect().inference_video_id_async(7), disable=None, file=None)
    assert (bar.total, len(list(bar))) == (5, 5)
