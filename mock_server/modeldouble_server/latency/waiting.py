"""Waiting that a test's clock can end."""

from collections.abc import Awaitable, Callable

from ..clock import Clock

SLICE = 0.25
"""Seconds of sleep after which the clock is looked at again."""


async def wait(seconds: float, sleep: Callable[[float], Awaitable[object]], clock: Clock) -> None:
    """Sleep until `seconds` have passed: on the clock, which `advance` may push forward, or else by what was slept.

    A sleep that returns at once and a clock that stands still are an end too: of each slice the longer time counts.
    """
    left = seconds
    while left > 0:
        piece, before = min(SLICE, left), clock.now()
        await sleep(piece)
        left -= max(piece, clock.now() - before)
