"""Waiting: for real on a live server, and not longer than a test's clock says."""

from __future__ import annotations

import pytest

from modeldouble_server.clock import Clock
from modeldouble_server.latency.waiting import SLICE, wait


class Sleeper:
    """A sleep that notes what it is asked for, and moves a source of time unless told otherwise."""

    def __init__(self, moves: bool = True) -> None:
        self.now, self.slept, self._moves = 1000.0, list[float](), moves
        self.clock = Clock(lambda: self.now)
        self.advance_at: dict[int, float] = {}

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds if self._moves else 0
        self.clock.advance(self.advance_at.get(len(self.slept), 0))


async def test_it_waits_in_slices_that_add_up() -> None:
    sleeper = Sleeper()
    await wait(1.1, sleeper.sleep, sleeper.clock)
    assert sleeper.slept == pytest.approx([SLICE] * 4 + [0.1])


async def test_a_short_time_is_one_sleep_and_none_is_none() -> None:
    sleeper = Sleeper()
    await wait(0.15, sleeper.sleep, sleeper.clock)
    await wait(0, sleeper.sleep, sleeper.clock)
    assert sleeper.slept == [0.15]


async def test_advance_ends_a_wait_early() -> None:
    sleeper = Sleeper()
    sleeper.advance_at[2] = 60
    await wait(30, sleeper.sleep, sleeper.clock)
    assert sleeper.slept == [SLICE] * 2


async def test_a_smaller_advance_is_given_back_too() -> None:
    sleeper = Sleeper()
    sleeper.advance_at[1] = 0.5
    await wait(1, sleeper.sleep, sleeper.clock)
    assert sleeper.slept == pytest.approx([SLICE] * 2)


async def test_an_advance_of_before_does_not_count() -> None:
    sleeper = Sleeper()
    sleeper.clock.advance(60)
    await wait(0.5, sleeper.sleep, sleeper.clock)
    assert sleeper.slept == [SLICE] * 2


async def test_a_sleep_that_does_not_move_the_clock_ends() -> None:
    sleeper = Sleeper(moves=False)
    await wait(2, sleeper.sleep, sleeper.clock)
    assert sum(sleeper.slept) == 2


async def test_a_sleep_that_moves_the_tenant_s_clock_counts_once() -> None:
    clock, slept = Clock(lambda: 0.0), list[float]()

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        clock.advance(seconds)

    await wait(1, sleep, clock)
    assert clock.now() == sum(slept) == 1


async def test_a_clock_that_is_set_back_does_not_prolong_it() -> None:
    sleeper = Sleeper()

    async def sleep(seconds: float) -> None:
        await sleeper.sleep(seconds)
        sleeper.now -= 100

    await wait(0.5, sleep, sleeper.clock)
    assert len(sleeper.slept) == 2
