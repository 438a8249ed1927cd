"""Jobs over a real socket: every way to begin and to go wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from modeldouble import (
    JobFailed,
    JobForgotten,
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
def test_an_empty_job_ends_quietly(rough: RoughServer, connect: Connect, play: type[JobPlay], dialect: str) -> None:
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
    frames: list[object] = []
    job = connect().inference_video_id_async(7, start_frame_index=0)
    with pytest.raises(ResultsLost, match="4 of 6 frames") as caught:
        frames.extend(job)
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


@pytest.mark.parametrize(
    ("asked", "missing"),
    [
        ((2, 3, None), [2, 3, 4]),
        ((None, 2, "forward"), [0, 1]),
        ((1, 5, "backward"), [1, 0]),
        ((None, 2, "backward"), None),
        ((3, None, None), None),
    ],
)
def test_a_lost_start_names_the_frames_that_are_missing(
    rough: RoughServer, connect: Connect, reply: type[Reply], asked: tuple[Any, ...], missing: list[int] | None
) -> None:
    rough.on("inference_video_id_async", reply({}, way="lost"))
    with pytest.raises(ResultsLost) as caught:
        connect().inference_video_id_async(7, *asked)
    assert (caught.value.missing, caught.value.announced, caught.value.received) == (missing, asked[1], 0)


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

    def run() -> None:
        job = session.inference_video_id_async(7)
        next(job)
        made.extra = {"exception": failure, "stage": "Error", "pending_results": [], "finished": True}
        list(job)

    with pytest.raises(JobFailed, match="ValueError: bad frame") as caught:
        run()
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
