"""Jobs over a real socket: every way to begin, to go wrong, and to be left."""

from __future__ import annotations

import gc
import threading
from typing import TYPE_CHECKING, Any

import pytest
from modeldouble import (
    DeadlineExceeded,
    Job,
    JobClosed,
    JobFailed,
    JobForgotten,
    JobStalled,
    NoJob,
    ResultsLost,
    Session,
    StartUncertain,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import JobPlay, PaperTransport, Reply, RoughServer

    Connect = Callable[..., Session]

ENDS = ["stop_inference", "clear_inference_request"]


def stops_and_clears(routes: list[str]) -> list[str]:
    return [route for route in routes if route in ENDS]


@pytest.mark.parametrize("dialect", ["2023", "newest", "superset"])
@pytest.mark.parametrize("frames", [1, 5, 40])
def test_a_job_yields_all_frames_in_order_and_is_cleared(
    rough: RoughServer, connect: Connect, play: type[JobPlay], dialect: str, frames: int
) -> None:
    made = play(rough, dialect, frames, per_pop=3)
    job = connect().inference_video_id_async(7)
    assert len(job) == frames
    assert list(job) == made.frames
    assert stops_and_clears(rough.routes()) == ["clear_inference_request"]
    assert list(job) == []


@pytest.mark.parametrize("dialect", ["newest", "superset"])
def test_an_empty_job_ends_quietly(
    rough: RoughServer, connect: Connect, play: type[JobPlay], dialect: str
) -> None:
    play(rough, dialect, frames=0)
    job = connect().inference_video_id_async(7, frames_count=0)
    assert (len(job), list(job)) == (0, [])


def test_a_job_that_is_over_before_the_first_look_tells_its_length(
    rough: RoughServer, connect: Connect, play: type[JobPlay], reply: type[Reply]
) -> None:
    made = play(rough, "newest", frames=4, per_pop=9)
    over = {"stage": "Finished", "finished": True, "is_inferring": False, "exception": None, "pending_results": 4}
    rough.on("get_inference_progress", reply({**over, "progress": {"current": 0, "total": 1}}))
    job = connect().inference_video_id_async(7)
    assert (len(job), list(job)) == (4, made.frames)


def test_the_server_is_polled_until_it_is_prepared(
    paper: PaperTransport, play: type[JobPlay], reply: type[Reply]
) -> None:
    made = play(paper.script)
    preparing = {"stage": "Preparing", "finished": False, "is_inferring": False, "progress": {"current": 0, "total": 1}}
    waiting = reply({**preparing, "pending_results": 0, "exception": None})
    paper.script.on("get_inference_progress", *[waiting] * 20, made.progress)
    session = Session(session_url="http://paper", transport=paper)
    session.inference_video_id_async(7)
    assert paper.slept == sorted(paper.slept)
    assert (paper.slept[0], paper.slept[-1]) == (0.005, 1.0)


@pytest.mark.parametrize("dialect", ["2023", "newest"])
@pytest.mark.parametrize("lost", [0, 1, 2])
def test_the_lost_answer_of_a_pop_ends_in_results_lost(
    rough: RoughServer, connect: Connect, play: type[JobPlay], reply: type[Reply], dialect: str, lost: int
) -> None:
    made = play(rough, dialect, frames=6)

    def lose(request: Any) -> Reply:
        made.pop(request)
        return reply(way="lost")

    rough.on("pop_inference_results", *[made.pop] * lost, lose, made.pop)
    frames = []
    with pytest.raises(ResultsLost, match="4 of 6 frames") as caught:
        for frame in connect().inference_video_id_async(7, start_frame_index=0):
            frames.append(frame)  # noqa: PERF402 - the frames before the error are what is looked at
    gap = [2 * lost, 2 * lost + 1]
    assert (caught.value.missing, caught.value.announced, caught.value.received) == (gap, 6, 4)
    assert frames == [frame for index, frame in enumerate(made.frames) if index not in gap]


def test_a_pop_cut_in_mid_body_is_not_repeated_blindly(
    rough: RoughServer, connect: Connect, play: type[JobPlay], reply: type[Reply]
) -> None:
    made = play(rough, frames=2)
    rough.on("pop_inference_results", lambda request: made.pop(request)._replace(way="cut"), made.pop)
    with pytest.raises(ResultsLost) as caught:
        list(connect().inference_video_id_async(7))
    assert caught.value.missing == [0, 1]
    assert rough.routes()[2:4] == ["pop_inference_results", "get_inference_progress"]


def test_a_pop_that_failed_before_taking_anything_loses_nothing(
    rough: RoughServer, connect: Connect, play: type[JobPlay], reply: type[Reply]
) -> None:
    made = play(rough, frames=4)
    rough.on("pop_inference_results", reply("", 500), made.pop, reply(way="lost"), made.pop)
    assert len(list(connect().inference_video_id_async(7))) == 4


def test_pops_that_fail_for_ever_are_given_up(
    rough: RoughServer, connect: Connect, play: type[JobPlay], reply: type[Reply]
) -> None:
    play(rough, frames=4)
    rough.on("pop_inference_results", reply("", 500))
    with pytest.raises(ResultsLost, match="again and again"):
        list(connect().inference_video_id_async(7))
    assert rough.routes().count("pop_inference_results") == 4


def test_a_pop_that_is_never_answered_is_given_up(
    rough: RoughServer, connect: Connect, play: type[JobPlay], reply: type[Reply]
) -> None:
    made = play(rough, frames=4)
    rough.on("pop_inference_results", reply(way="silent"), made.pop)
    assert len(list(connect(read_timeout=0.2).inference_video_id_async(7))) == 4


@pytest.mark.parametrize(("start", "direction", "missing"), [(3, "forward", [3, 5, 6]), (6, "backward", [6, 4, 3])])
def test_frames_are_compared_with_those_asked_for(
    rough: RoughServer, connect: Connect, play: type[JobPlay], start: int, direction: str, missing: list[int]
) -> None:
    made = play(rough, frames=4)
    made.frames = [{**frame, "frame_index": index} for frame, index in zip(made.frames, [9, 8, 99, 0], strict=True)]
    made.frames[2] = {**made.frames[2], "frame_index": 4 if direction == "forward" else 5}
    with pytest.raises(ResultsLost) as caught:
        list(connect().inference_video_id_async(7, start, 4, direction))
    assert caught.value.missing == missing
    assert 9 in caught.value.unexpected


@pytest.mark.parametrize("status", [404, 500])
def test_a_forgotten_job_says_so(
    rough: RoughServer, connect: Connect, play: type[JobPlay], reply: type[Reply], status: int
) -> None:
    made = play(rough, frames=6)
    rough.on("pop_inference_results", made.pop, reply({"detail": "no such request"}, status))
    session = connect()
    job = session.inference_video_id_async(7)
    rough.on("get_inference_progress", reply({"detail": "no such request"}, status))
    with pytest.raises(JobForgotten) as caught:
        list(job)
    assert (caught.value.received, caught.value.missing) == (2, [2, 3, 4, 5])


def test_forgetting_the_job_after_its_last_frame_does_no_harm(
    rough: RoughServer, connect: Connect, play: type[JobPlay], reply: type[Reply]
) -> None:
    play(rough, frames=3)
    rough.on("clear_inference_request", reply("", 500))
    with connect().inference_video_id_async(7) as job:
        assert len(list(job)) == 3
    assert rough.routes().count("clear_inference_request") == 1


def test_a_start_answered_500_is_made_once(
    rough: RoughServer, connect: Connect, play: type[JobPlay], reply: type[Reply]
) -> None:
    made = play(rough)

    def perform_and_fail(request: Any) -> Reply:
        made.start(request)
        return reply("", 500)

    rough.on("inference_video_id_async", perform_and_fail)
    with pytest.raises(StartUncertain, match="may be running"):
        connect().inference_video_id_async(7)
    assert len(made.uuids) == 1


@pytest.mark.parametrize("way", ["lost", "cut", "silent"])
def test_a_start_whose_answer_is_lost_is_made_once(
    rough: RoughServer, connect: Connect, reply: type[Reply], way: str
) -> None:
    rough.on("inference_video_id_async", reply({"inference_request_uuid": "0" * 32}, way=way))
    with pytest.raises(StartUncertain):
        connect(read_timeout=0.2).inference_video_id_async(7)
    assert rough.routes() == ["inference_video_id_async"]


def test_a_start_that_was_put_off_is_made_again(
    rough: RoughServer, connect: Connect, play: type[JobPlay], reply: type[Reply]
) -> None:
    made = play(rough)
    rough.on("inference_video_id_async", reply("", 429), made.start)
    assert len(list(connect().inference_video_id_async(7))) == 5


@pytest.mark.parametrize("at", ["begin", "middle"])
def test_a_failed_job_carries_the_servers_traceback(
    rough: RoughServer, connect: Connect, play: type[JobPlay], at: str
) -> None:
    made = play(rough, frames=4)
    failure = {"type": "ValueError", "message": "bad frame", "traceback": "Traceback: line 5"}
    session = connect()
    made.extra = {"exception": failure, "stage": "Error", "pending_results": 0} if at == "begin" else {}
    with pytest.raises(JobFailed, match="ValueError: bad frame") as caught:
        job = session.inference_video_id_async(7)
        next(job)
        made.extra = {"exception": failure, "stage": "Error", "pending_results": [], "finished": True}
        list(job)
    error = caught.value
    assert (error.type, error.reason, error.traceback) == ("ValueError", "bad frame", "Traceback: line 5")
    assert stops_and_clears(rough.routes()) == ENDS


def test_a_failed_job_of_2023_fails_though_that_server_does_not_say_so(
    rough: RoughServer, connect: Connect, reply: type[Reply], play: type[JobPlay]
) -> None:
    made = play(rough, "2023")
    made.extra = {"is_inferring": False, "result": None, "pending_results": []}
    with pytest.raises(JobFailed, match="its log"):
        connect().inference_video_id_async(7)


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
