"""Many pictures, so many at a time: in order, or as they come."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sized
from typing import Any, Literal

from modeldouble.arguments import several
from modeldouble.errors import BadArgument, ModelDoubleError
from modeldouble.values import Prediction, whole_number

ProgressCb = Callable[[int, int], object]
Infer = Callable[[Any], Awaitable[Prediction]]
Errors = Literal["raise", "return"]


async def infer_many(
    infer: Infer, pictures: Iterable[Any], concurrency: int, errors: Errors, progress: ProgressCb | None
) -> list[Any]:
    """Return what came of each picture, in their order."""
    pictures = several("pictures", pictures, "inference_image")
    if progress is not None and not isinstance(pictures, Sized):
        pictures = list(pictures)
    outcomes: dict[int, Any] = {}
    workers, turns = _workers(pictures, concurrency, errors), enumerate(pictures)

    async def work() -> None:
        for position, picture in turns:
            outcome = await _outcome(infer, position, picture)
            if errors == "raise" and isinstance(outcome, ModelDoubleError):
                raise outcome
            outcomes[position] = outcome
            if progress is not None and isinstance(pictures, Sized):
                progress(len(outcomes), len(pictures))

    tasks = [asyncio.ensure_future(work()) for _ in range(workers)]
    try:
        await asyncio.gather(*tasks)
    finally:
        await _given_up(tasks)
    return [outcomes[position] for position in range(len(outcomes))]


def iter_many(
    infer: Infer, pictures: Iterable[Any], concurrency: int, errors: Errors
) -> AsyncGenerator[tuple[int, Any], None]:
    """Yield (position, outcome) as they come; the rest is cancelled when nobody waits for it any more."""
    pictures = several("pictures", pictures, "inference_image")
    return _as_they_come(infer, pictures, _workers(pictures, concurrency, errors), errors)


def _workers(pictures: Iterable[Any], concurrency: int, errors: Errors) -> int:
    workers = whole_number("concurrency", concurrency, 1)
    if errors not in ("raise", "return"):
        raise BadArgument("errors", errors, 'give "raise" or "return"')
    return min(workers, len(pictures)) if isinstance(pictures, Sized) else workers


async def _as_they_come(
    infer: Infer, pictures: Iterable[Any], workers: int, errors: Errors
) -> AsyncGenerator[tuple[int, Any], None]:
    # Bounded, so that nothing is inferred far ahead of whoever takes the outcomes.
    outcomes: asyncio.Queue[tuple[int, Any] | BaseException | None] = asyncio.Queue(workers)
    turns = enumerate(pictures)
    tasks = [asyncio.ensure_future(_work(infer, turns, outcomes)) for _ in range(workers)]
    try:
        while workers:
            one = await outcomes.get()
            if one is None:
                workers -= 1
            elif isinstance(one, BaseException):
                raise one
            elif errors == "raise" and isinstance(one[1], ModelDoubleError):
                raise one[1]
            else:
                yield one
    finally:
        await _given_up(tasks)


async def _given_up(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _work(infer: Infer, turns: Iterable[tuple[int, Any]], outcomes: asyncio.Queue[Any]) -> None:
    """Take picture after picture, from where all workers take them, and end with None, or with what was no outcome."""
    try:
        for position, picture in turns:
            await outcomes.put((position, await _outcome(infer, position, picture)))
    except Exception as error:  # noqa: BLE001  of the caller's own iterator or picture: it goes to the caller
        await outcomes.put(error)
    else:
        await outcomes.put(None)


async def _outcome(infer: Infer, position: int, picture: Any) -> Prediction | ModelDoubleError:
    try:
        return await infer(picture)
    except ModelDoubleError as error:
        return _named(error, position, picture)


def _named(error: ModelDoubleError, position: int, picture: Any) -> ModelDoubleError:
    """Say which picture it was."""
    name = os.fspath(picture) if isinstance(picture, str | os.PathLike) else type(picture).__name__
    error.args = (f"picture {position} ({name}): {error}", *error.args[1:])
    return error
