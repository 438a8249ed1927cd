"""A course of steps: what is to be done next, said by a generator, done by whoever drives it.

The logic of calls and jobs is written once, as generators that yield steps and are sent what came of each; one driver
waits for the network in a thread, the other in an event loop. Pure but for the drivers.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from typing import Any, BinaryIO, NamedTuple, TypeVar

from modeldouble.wire import Ask

T = TypeVar("T")


class Send(NamedTuple):
    """Make one attempt at a request. An `Answer` comes of it; None when its body was written to `target`."""

    url: str
    ask: Ask
    deadline: float
    target: BinaryIO | None = None


class Nap(NamedTuple):
    """Let time pass, in seconds."""

    seconds: float


class Apart(NamedTuple):
    """Go through another course that is to end even when the one who waits for it is cancelled meanwhile."""

    course: Generator[Any, Any, Any]


Step = Send | Nap | Apart
Course = Generator[Step, Any, T]
"""Yields steps, is sent what came of each, or has thrown into it what went wrong, and returns a value."""


def drive(course: Course[T], do: Callable[[Step], Any]) -> T:
    """Go through a course, each step done by `do`, and return its value."""
    try:
        step = next(course)
        while True:
            try:
                outcome = do(step)
            except BaseException as error:  # noqa: BLE001  interrupts too: the course cleans up, and raises them again
                step = course.throw(error)
            else:
                step = course.send(outcome)
    except StopIteration as end:
        value: T = end.value
        return value


async def drive_async(course: Course[T], do: Callable[[Step], Awaitable[Any]]) -> T:
    """The same for steps that are awaited."""
    try:
        step = next(course)
        while True:
            try:
                outcome = await do(step)
            except GeneratorExit:
                # The loop is being torn down: nothing can be awaited any more.
                raise
            except BaseException as error:  # noqa: BLE001  cancellation too
                step = course.throw(error)
            else:
                step = course.send(outcome)
    except StopIteration as end:
        value: T = end.value
        return value
