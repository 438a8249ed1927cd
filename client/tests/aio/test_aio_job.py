"""Jobs that are awaited, over a real socket: every way to begin and to go wrong."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from modeldouble import (
    BadArgument,
    DeadlineExceeded,
    JobFailed,
    JobForgotten,
    JobStalled,
    NoJob,
    ResultsLost,
    StartUncertain,
)
from modeldouble.aio import AsyncSession

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.aio.conftest import AsyncPaper
    from tests.conftest import JobPlay, Reply, RoughServer

    Connect = Callable[..., Awaitable[AsyncSession]]

ENDS = ["stop_inference", "clear_inference_request"]


def stops_and_clears(routes: list[str]) -> list[str]:
    return [route for route in routes if route in ENDS]


@pytest.mark.parametrize("dialect", ["2023", "newest", "superset"])
@pytest.mark.parametrize("frames", [1, 5, 40])
async def test_a_job_yields_all_frames_in_order_and_is_cleared(
    rough: RoughServer, connect: Connect, play: type[JobPlay], dialect: str, frames: int
) -> None:
    made = play(rough, dialect, frames, per_pop=3)
    job = await (await connect()).inference_video_id_async(7)
    assert await job.total() == frames
    assert [frame async for frame in job] == made.frames
    assert stops_and_clears(rough.routes()) == ["clear_inference_request"]
    assert [frame async for frame in job] == []


async def test_an_empty_job_ends_quietly(rough: RoughServer, connect: Connect, play: type[JobPlay]) -> None:
    play(rough, frames=0)
    job = await (await connect()).inference_video_id_async(7, frames_count=0)
    assert (await job.total(), [frame async for frame in job]) == (0, [])


@pytest.mark.parametrize("dialect", ["2023", "newest"])
@pytest.mark.parametrize("lost", [0, 2])
async def test_the_lost_answer_of_a_pop_ends_in_results_lost(
    rough: RoughServer, connect: Connect, play: type[JobPlay], reply: type[Reply], dialect: str, lost: int
) -> None:
    made = play(rough, dialect, frames=6)

    def lose(request: Any) -> Reply:
        made.pop(request)
        return reply(way="lost")

    rough.on("pop_inference_results", *[made.pop] * lost, lose, made.pop)
    job = await (await connect()).inference_video_id_async(7, start_frame_index=0)
    with pytest.raises(ResultsLost, match="4 of 6 frames") as caught:
        _ = [frame async for frame in job]
    assert (caught.value.missing, caught.value.announced) == ([2 * lost, 2 * lost + 1], 6)


async def test_a_pop_cut_in_mid_body_is_not_repeated_blindly(
    rough: RoughServer, connect: Connect, play: type[JobPlay]
) -> None:
    made = play(rough, frames=2)
    rough.on("pop_inference_results", lambda request: made.pop(request)._replace(way="cut"), made.pop)
    job = await (await connect()).inference_video_id_async(7)
    with pytest.raises(ResultsLost):
        _ = [frame async for frame in job]
    pop = rough.routes().index("pop_inference_results")
    assert rough.routes()[pop : pop + 2] == ["pop_inference_results", "get_inference_progress"]


async def test_a_forgotten_job_says_so(
    rough: RoughServer, connect: Connect, play: type[JobPlay], reply: type[Reply]
) -> None:
    made = play(rough, frames=6)
    rough.on("pop_inference_results", made.pop, reply({"detail": "no such request"}, 404))
    job = await (await connect()).inference_video_id_async(7)
    with pytest.raises(JobForgotten) as caught:
        _ = [frame async for frame in job]
    assert (caught.value.received, caught.value.missing) == (2, [2, 3, 4, 5])


async def test_a_failed_job_carries_the_servers_traceback(
    rough: RoughServer, connect: Connect, play: type[JobPlay]
) -> None:
    made = play(rough, frames=4)
    made.extra = {"exception": {"type": "ValueError", "message": "bad", "traceback": "line 5"}, "pending_results": 0}
    with pytest.raises(JobFailed, match="ValueError: bad") as caught:
        await (await connect()).inference_video_id_async(7)
    assert caught.value.traceback == "line 5"
    assert stops_and_clears(rough.routes()) == ENDS


@pytest.mark.parametrize("way", ["lost", "cut", "silent"])
async def test_a_start_whose_answer_is_lost_is_made_once(
    rough: RoughServer, connect: Connect, reply: type[Reply], way: str
) -> None:
    session = await connect(read_timeout=0.2)
    rough.on("inference_video_id_async", reply({"inference_request_uuid": "0" * 32}, way=way))
    with pytest.raises(StartUncertain, match="may be running") as caught:
        await session.inference_video_id_async(7, 2, 3)
    assert rough.routes().count("inference_video_id_async") == 1
    assert caught.value.missing == [2, 3, 4]


async def test_a_start_that_was_put_off_is_made_again(
    rough: RoughServer, connect: Connect, play: type[JobPlay], reply: type[Reply]
) -> None:
    made = play(rough)
    rough.on("inference_video_id_async", reply("", 429), made.start)
    job = await (await connect()).inference_video_id_async(7)
    assert len([frame async for frame in job]) == 5


async def test_images_and_projects_are_jobs_too(rough: RoughServer, connect: Connect, play: type[JobPlay]) -> None:
    made = play(rough, "newest", frames=4, per_pop=3)
    made.frames = [{**frame, "frame_index": None, "image_id": 5 + at} for at, frame in enumerate(made.frames)]
    for route in ("inference_batch_ids_async", "inference_project_id_async"):
        rough.on(route, made.start)
    session = await connect()
    for job in (
        await session.inference_image_ids_async([5, 6, 7, 8]),
        await session.inference_project_id_async(3, [1]),
    ):
        assert [one["image_id"] async for one in job] == [5, 6, 7, 8]
    with pytest.raises(BadArgument):
        await session.inference_image_ids_async([0])


async def test_several_jobs_run_at_once_on_one_session(
    rough: RoughServer, connect: Connect, play: type[JobPlay]
) -> None:
    made = play(rough, frames=30, per_pop=1)
    session = await connect()

    async def run(video: int) -> list[Any]:
        return [frame async for frame in await session.inference_video_id_async(video)]

    assert list(await asyncio.gather(run(1), run(2), run(3))) == [made.frames] * 3
    assert made.cleared == set(made.uuids)
    assert not made.stopped


async def test_tasks_that_share_a_job_share_its_frames_and_look_one_at_a_time(
    async_paper: AsyncPaper, on_paper: Connect, play: type[JobPlay]
) -> None:
    play(async_paper.paper.script, frames=20, per_pop=3)
    job = await (await on_paper()).inference_video_id_async(7)

    async def some() -> list[int]:
        return [(await anext(job))["frame_index"] for _ in range(10)]

    first, second = await asyncio.gather(some(), some())
    assert sorted([*first, *second]) == list(range(20))
    assert async_paper.most_under_way == 1
    await job.aclose()


async def test_stopping_at_the_third_frame_gives_three(
    rough: RoughServer, connect: Connect, play: type[JobPlay]
) -> None:
    play(rough, frames=10, per_pop=7)
    session, count = await connect(), 0
    async for _ in await session.inference_video_id_async(7):
        count += 1
        if count == 3:
            assert (await session.stop_async_inference())["success"] is True
            assert (await session.stop_async_inference())["success"] is True
    assert count == 3
    assert stops_and_clears(rough.routes()) == ENDS
    assert await session.stop_async_inference() == {}


async def test_stop_before_any_start_is_refused(connect: Connect) -> None:
    with pytest.raises(NoJob, match="inference_video_id_async"):
        await (await connect()).stop_async_inference()


async def test_a_job_can_be_stopped_while_it_is_prepared(
    async_paper: AsyncPaper, on_paper: Connect, play: type[JobPlay], reply: type[Reply]
) -> None:
    made, session = play(async_paper.paper.script), await on_paper()
    waiting = {"stage": "Preparing", "finished": False, "is_inferring": False, "progress": {"current": 0, "total": 1}}
    async_paper.paper.script.on("get_inference_progress", reply({**waiting, "pending_results": 0, "exception": None}))
    starting = asyncio.ensure_future(session.inference_video_id_async(7))
    while async_paper.paper.now < 1010:
        await asyncio.sleep(0)
    await session.stop_async_inference()
    async_paper.paper.script.on("get_inference_progress", made.progress)
    assert [frame async for frame in await starting] == []
    assert made.stopped == set(made.uuids)


async def test_a_job_without_progress_is_given_up(
    async_paper: AsyncPaper, on_paper: Connect, play: type[JobPlay]
) -> None:
    made = play(async_paper.paper.script)
    job = await (await on_paper(stall_after=600)).inference_video_id_async(7)
    made.per_pop = 0
    with pytest.raises(JobStalled, match="600 s"):
        _ = [frame async for frame in job]
    assert 600 <= sum(async_paper.paper.slept) < 603
    assert async_paper.paper.script.routes()[-2:] == ENDS


async def test_the_deadline_bounds_a_job(async_paper: AsyncPaper, on_paper: Connect, play: type[JobPlay]) -> None:
    made = play(async_paper.paper.script)
    job = await (await on_paper(deadline=30)).inference_video_id_async(7)
    made.per_pop = 0
    with pytest.raises(DeadlineExceeded, match="deadline="):
        await job.__anext__()
    assert async_paper.paper.now == pytest.approx(1030)
    assert async_paper.paper.script.routes()[-2:] == ENDS


async def test_progress_tells_what_was_seen_last(rough: RoughServer, connect: Connect, play: type[JobPlay]) -> None:
    play(rough, frames=5)
    async with await (await connect()).inference_video_id_async(7) as job:
        assert (job.progress.current, job.progress.total) == (0, 5)
        await job.__anext__()
        assert (job.progress.current, job.progress.total) == (2, 5)
        assert "2 of 5 frames" in repr(job)
