"""Every way to leave a job whose frames are awaited: it is stopped and cleared on the server."""

from __future__ import annotations

import asyncio
import gc
from typing import TYPE_CHECKING, Any

import pytest

from modeldouble import JobClosed
from modeldouble.aio import AsyncJob, AsyncSession

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.aio.conftest import AsyncPaper
    from tests.conftest import JobPlay, Received, Reply, RoughServer

    Connect = Callable[..., Awaitable[AsyncSession]]

ENDS = ["stop_inference", "clear_inference_request"]
WATCHDOG = 30.0


def ends(rough: RoughServer) -> list[str]:
    return [route for route in rough.routes() if route in ENDS]


async def ended(rough: RoughServer) -> list[str]:
    """What was asked for once nothing more is to be expected."""
    for _ in range(1000):
        if ends(rough) == ENDS:
            break
        await asyncio.sleep(0.01)
    return ends(rough)


async def asked(rough: RoughServer, route: str) -> None:
    while route not in rough.routes():
        await asyncio.sleep(0.005)


async def test_a_break_stops_and_clears_and_the_job_is_closed(
    rough: RoughServer, connect: Connect, play: type[JobPlay]
) -> None:
    play(rough)
    job = await (await connect()).inference_video_id_async(7)
    async for _ in job:
        break
    assert await ended(rough) == ENDS
    with pytest.raises(JobClosed, match="start it again"):
        aiter(job)
    with pytest.raises(JobClosed, match="start it again"):
        await anext(job, None)


async def test_a_loop_whose_job_is_closed_in_its_midst_just_ends(
    rough: RoughServer, connect: Connect, play: type[JobPlay]
) -> None:
    play(rough, frames=5)
    job = await (await connect()).inference_video_id_async(7)
    count = 0
    async for _ in job:
        count += 1
        await job.aclose()
    assert count == 1
    assert ends(rough) == ENDS


async def test_closing_after_a_break_waits_for_it(rough: RoughServer, connect: Connect, play: type[JobPlay]) -> None:
    play(rough)
    job = await (await connect()).inference_video_id_async(7)
    async for _ in job:
        break
    await job.aclose()
    assert ends(rough) == ENDS
    await job.aclose()
    assert ends(rough) == ENDS


async def test_an_exception_in_the_loop_stops_and_clears(
    rough: RoughServer, connect: Connect, play: type[JobPlay]
) -> None:
    play(rough)
    session = await connect()

    async def loop() -> None:
        async for _ in await session.inference_video_id_async(7):
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        await loop()
    assert await ended(rough) == ENDS


async def test_the_end_of_an_async_with_block_stops_and_clears(
    rough: RoughServer, connect: Connect, play: type[JobPlay]
) -> None:
    play(rough)
    async with await (await connect()).inference_video_id_async(7) as job:
        await job.__anext__()
    assert ends(rough) == ENDS


@pytest.mark.parametrize("route", ["pop_inference_results", "get_inference_progress"])
async def test_a_cancelled_task_stops_and_clears_before_it_ends(
    rough: RoughServer, connect: Connect, play: type[JobPlay], reply: type[Reply], route: str
) -> None:
    play(rough)
    session = await connect()
    rough.on(route, reply(way="silent"))

    async def loop() -> list[Any]:
        return [frame async for frame in await session.inference_video_id_async(7)]

    task = asyncio.ensure_future(loop())
    await asked(rough, route)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ends(rough) == ENDS


async def test_a_task_that_is_cancelled_while_it_waits_for_the_start_stops_what_it_started(
    rough: RoughServer, connect: Connect, play: type[JobPlay]
) -> None:
    made, session, loop = play(rough), await connect(), asyncio.get_running_loop()

    def start(request: Received) -> Reply:
        loop.call_soon_threadsafe(task.cancel)
        return made.start(request)

    rough.on("inference_video_id_async", start)
    task = asyncio.ensure_future(session.inference_video_id_async(7))
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (made.stopped, made.cleared) == (set(made.uuids), set(made.uuids))
    assert len(made.uuids) == 1


async def test_who_is_cancelled_twice_still_stops_and_clears(
    async_paper: AsyncPaper, on_paper: Connect, play: type[JobPlay]
) -> None:
    made, session = play(async_paper.paper.script), await on_paper()
    job = await session.inference_video_id_async(7)
    async_paper.turns = 10

    def stop(request: Received) -> Reply:
        task.cancel()
        return made.stop(request)

    async_paper.paper.script.on("stop_inference", stop)
    task = asyncio.ensure_future(job.__anext__())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert made.cleared == set(made.uuids)


async def test_the_end_of_a_session_waits_for_what_the_loop_is_ending(
    async_paper: AsyncPaper, on_paper: Connect, play: type[JobPlay]
) -> None:
    made, session = play(async_paper.paper.script), await on_paper()
    job = await session.inference_video_id_async(7)
    async_paper.turns = 10
    leaving = asyncio.ensure_future(job.aclose())
    await asyncio.sleep(0)
    await session.close()
    assert made.cleared == set(made.uuids)
    await leaving


async def test_both_requests_of_leaving_have_five_seconds_together(
    async_paper: AsyncPaper, on_paper: Connect, play: type[JobPlay]
) -> None:
    play(async_paper.paper.script)
    job = await (await on_paper(deadline=3)).inference_video_id_async(7)
    async_paper.paper.now, async_paper.paper.seconds_each = 2000.0, 2.0
    await job.aclose()
    assert async_paper.deadlines[-2:] == [(route, 2005.0) for route in ENDS]


async def test_a_start_that_is_never_answered_is_not_waited_for_without_end(
    rough: RoughServer, connect: Connect, reply: type[Reply]
) -> None:
    session = await connect()
    rough.on("inference_video_id_async", reply(way="silent"))
    task = asyncio.ensure_future(session.inference_video_id_async(7))
    await asked(rough, "inference_video_id_async")
    task.cancel()
    done, _ = await asyncio.wait([task], timeout=WATCHDOG)
    assert [one.cancelled() for one in done] == [True]


async def test_the_end_of_a_session_ends_its_jobs(rough: RoughServer, play: type[JobPlay]) -> None:
    made = play(rough)
    async with AsyncSession(session_url=rough.url) as session:
        jobs = [await session.inference_video_id_async(7) for _ in range(3)]
        finished = [frame async for frame in jobs[0]]
    assert (len(finished), made.cleared) == (5, set(made.uuids))
    assert made.stopped == {job.uuid for job in jobs[1:]}


async def test_a_session_that_ends_by_a_cancellation_ends_its_jobs(
    rough: RoughServer, play: type[JobPlay], reply: type[Reply]
) -> None:
    made = play(rough)
    rough.on("inference_image_id", reply(way="silent"))

    async def run() -> None:
        async with AsyncSession(session_url=rough.url) as session:
            job = await session.inference_video_id_async(7)
            async for _ in job:
                await session.inference_image_id(5)

    task = asyncio.ensure_future(run())
    await asked(rough, "inference_image_id")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (made.stopped, made.cleared) == (set(made.uuids), set(made.uuids))


def test_a_program_that_ends_by_a_break_leaves_no_job(rough: RoughServer, play: type[JobPlay]) -> None:
    made = play(rough)

    async def program() -> None:
        async with AsyncSession(session_url=rough.url) as session:
            async for _ in await session.inference_video_id_async(7):
                break

    asyncio.run(program())
    assert made.cleared == set(made.uuids)


async def test_a_job_that_is_dropped_unfinished_warns_and_ends_with_its_session(
    rough: RoughServer, play: type[JobPlay]
) -> None:
    made = play(rough)
    async with AsyncSession(session_url=rough.url) as session:
        with pytest.warns(ResourceWarning, match="dropped unfinished"):
            await session.inference_video_id_async(7)
        assert ends(rough) == []
        assert await session.stop_async_inference() == {}
    assert made.stopped == set(made.uuids)


async def test_a_job_that_is_over_is_dropped_without_a_word(connect: Connect, rough: RoughServer, play: Any) -> None:
    play(rough)
    job: AsyncJob | None = await (await connect()).inference_video_id_async(7)
    assert job is not None
    assert len([frame async for frame in job]) == 5
    job = None
    gc.collect()
