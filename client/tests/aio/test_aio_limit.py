"""A limit that can be moved, and whom it ends."""

from __future__ import annotations

import asyncio
import sys

import pytest

from modeldouble.aio.limit import Limit

SOON, LATE, NEVER = 0.01, 30.0, float("inf")


async def test_what_outlasts_it_is_ended() -> None:
    limit = Limit(SOON)
    with pytest.raises(TimeoutError), limit:
        await asyncio.sleep(LATE)
    assert limit.spent


async def test_what_ends_before_it_is_left_alone() -> None:
    with Limit(LATE) as limit:
        await asyncio.sleep(0)
    assert not limit.spent


async def test_it_can_be_put_off_again_and_again() -> None:
    with Limit(LATE) as limit:
        for _ in range(5):
            limit.move(SOON)
            limit.move(LATE)
            await asyncio.sleep(SOON)
    assert not limit.spent


async def test_it_can_be_put_off_for_ever() -> None:
    with Limit(NEVER) as limit:
        limit.move(SOON)
        limit.move(NEVER)
        await asyncio.sleep(5 * SOON)
    assert not limit.spent


@pytest.mark.parametrize("seconds", [LATE, NEVER])
async def test_it_cannot_be_put_off_beyond_its_end(seconds: float) -> None:
    with pytest.raises(TimeoutError):
        await _moved(Limit(SOON), seconds)


@pytest.mark.parametrize("first", [SOON, LATE, NEVER])
async def test_it_is_up_after_the_most_that_it_may_take(first: float) -> None:
    with pytest.raises(TimeoutError), Limit(NEVER, first=first, most=2 * SOON):
        await asyncio.sleep(LATE)


async def test_its_first_look_is_not_its_end() -> None:
    with Limit(NEVER, first=SOON, most=LATE) as limit:
        await asyncio.sleep(3 * SOON)
    assert not limit.spent


async def test_the_most_reaches_not_beyond_its_end() -> None:
    with pytest.raises(TimeoutError), Limit(SOON, first=LATE, most=LATE):
        await asyncio.sleep(LATE)


@pytest.mark.parametrize("first", [LATE, NEVER])
async def test_it_can_be_brought_forward(first: float) -> None:
    with pytest.raises(TimeoutError):
        await _moved(Limit(first), SOON)


async def test_it_fires_at_the_later_time_that_it_was_moved_to() -> None:
    limit = Limit(LATE)
    with pytest.raises(TimeoutError):
        await _moved(limit, SOON, 3 * SOON)
    assert limit.spent


async def _moved(limit: Limit, *seconds: float) -> None:
    with limit:
        for one in seconds:
            limit.move(one)
        await asyncio.sleep(LATE)


async def test_a_cancellation_by_others_stays_one() -> None:
    async def wait() -> None:
        with Limit(LATE):
            await asyncio.sleep(LATE)

    task = asyncio.ensure_future(wait())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_task_that_met_a_limit_is_not_cancelled() -> None:
    with pytest.raises(TimeoutError), Limit(SOON):
        await asyncio.sleep(LATE)
    if sys.version_info >= (3, 11):
        task = asyncio.current_task()
        assert task is not None
        assert task.cancelling() == 0
    await asyncio.sleep(0)


async def test_another_error_is_not_covered() -> None:
    with pytest.raises(KeyError), Limit(LATE):
        raise KeyError("mine")
