"""A course of steps, and the two who go through it."""

from __future__ import annotations

import ast
import asyncio
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

import modeldouble
from modeldouble.course import Apart, Course, Nap, drive, drive_async

PACKAGE = Path(modeldouble.__file__).parent


def careful(done: list[str]) -> Course[str]:
    """Sleeps, is told how that went, and cleans up when it went badly."""
    try:
        told = yield Nap(1.0)
        return f"told {told}"
    except BaseException as error:
        if not isinstance(error, GeneratorExit):
            yield Apart(cleaned(done))
        raise


def cleaned(done: list[str]) -> Course[None]:
    yield Nap(2.0)
    done.append("cleaned")


def both(course: Course[Any], do: Any) -> Any:
    """Go through it as threads do."""

    def step(step: Any) -> Any:
        return drive(step.course, step_of) if isinstance(step, Apart) else do(step)

    step_of = step
    return drive(course, step)


def test_a_course_is_told_what_came_of_its_steps_and_returns() -> None:
    assert both(careful([]), lambda step: step.seconds) == "told 1.0"


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_what_a_step_raises_is_raised_in_the_course_which_may_clean_up(error: type[BaseException]) -> None:
    done: list[str] = []

    def fail(step: Nap) -> None:
        if step.seconds == 1.0:
            raise error("mine")

    with pytest.raises(error, match="mine"):
        both(careful(done), fail)
    assert done == ["cleaned"]


async def test_awaited_steps_are_the_same() -> None:
    async def do(step: Any) -> float:
        await asyncio.sleep(0)
        return float(step.seconds)

    assert await drive_async(careful([]), do) == "told 1.0"


async def test_a_cancellation_is_thrown_into_the_course() -> None:
    done: list[str] = []

    async def do(step: Any) -> None:
        if isinstance(step, Apart):
            await drive_async(step.course, do)
        elif step.seconds == 1.0:
            await asyncio.sleep(30)

    task = asyncio.ensure_future(drive_async(careful(done), do))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert done == ["cleaned"]


class Never:
    """To be waited for without a loop."""

    def __await__(self) -> Generator[None, None, None]:
        yield


def test_a_coroutine_that_is_destroyed_lets_its_course_go_without_a_further_step() -> None:
    done: list[str] = []
    waiting = drive_async(careful(done), lambda step: Never())
    waiting.send(None)
    waiting.close()
    assert done == []


def test_only_its_transport_knows_aiohttp() -> None:
    knowing = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if any(name.partition(".")[0] == "aiohttp" for name in names):
                knowing.add(str(path.relative_to(PACKAGE)))
    assert knowing == {str(Path("aio") / "transport.py")}


def test_what_courses_are_made_of_touches_no_network() -> None:
    for name in ("course", "server", "jobcourse", "joberrors", "ending"):
        source = (PACKAGE / f"{name}.py").read_text(encoding="utf-8")
        assert not [word for word in ("requests", "transport", "asyncio", "threading") if f"import {word}" in source]
