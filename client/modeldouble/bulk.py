"""Many pictures, a few at a time, in threads."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sized
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from queue import Empty, SimpleQueue
from threading import Event
from typing import Any, Literal

from modeldouble import asking
from modeldouble.arguments import several
from modeldouble.course import Nap, Send, Step, drive
from modeldouble.errors import BadArgument, ModelDoubleError
from modeldouble.link import Link
from modeldouble.pictures import one_of_many
from modeldouble.values import Prediction, whole_number
from modeldouble.wire import Json

Errors = Literal["raise", "return"]
ProgressCallback = Callable[[int, int], object]

# Seconds after which one who waits looks around: Windows interrupts no wait, and nobody interrupts a thread.
_LOOK = 0.25


class Bulk:
    """One call for many pictures. `deadline` is that of the whole, a reading of the link's clock."""

    def __init__(self, link: Link, settings: Json, make: Callable[[Json], Prediction], deadline: float) -> None:
        self._link, self._make, self._deadline = link, make, deadline
        self._question = asking.each(settings)
        self._results: list[Any] = []
        self._outcomes: SimpleQueue[tuple[int, Any]] = SimpleQueue()
        self._running = 0
        self._over = Event()

    def infer(
        self, pictures: Iterable[Any], concurrency: int, errors: Errors, progress: ProgressCallback | None
    ) -> list[Any]:
        """Return what came of each picture, in their order. `concurrency` at a time are opened, sent and waited for."""
        most = whole_number("concurrency", concurrency, 1)
        if errors not in ("raise", "return"):
            raise BadArgument("errors", errors, 'give "raise" or "return"')
        counted = _counted(pictures, progress is not None)
        accepted = (Prediction, ModelDoubleError) if errors == "return" else Prediction
        turns = enumerate(counted)
        # To leave it is to wait for the requests that are under way; what has not begun is not in there.
        with ThreadPoolExecutor(most, "modeldouble") as threads:
            try:
                self._begin(threads, islice(turns, most))
                while self._running:
                    self._take(accepted)
                    self._begin(threads, islice(turns, 1))
                    if progress is not None and isinstance(counted, Sized):
                        progress(len(self._results) - self._running, len(counted))
            except BaseException:
                self._over.set()
                raise
        return self._results

    def _begin(self, threads: ThreadPoolExecutor, turns: Iterator[tuple[int, Any]]) -> None:
        for position, picture in turns:
            self._results.append(None)
            self._running += 1
            threads.submit(self._work, position, picture)

    def _take(self, accepted: Any) -> None:
        while True:
            try:
                position, outcome = self._outcomes.get(timeout=_LOOK)
                break
            except Empty:
                pass
        if not isinstance(outcome, accepted):
            raise outcome
        self._results[position] = outcome
        self._running -= 1

    def _work(self, position: int, picture: Any) -> None:
        outcome: Any
        try:
            ask, read = self._question(one_of_many(picture))
            outcome = self._make(drive(self._link.server.call(ask, read, self._deadline), self._do))
        except ModelDoubleError as error:
            outcome = _named(error, position, picture)
        except BaseException as error:  # noqa: BLE001  it is raised again where the call was made
            outcome = error
        self._outcomes.put((position, outcome))

    def _do(self, step: Step) -> Any:
        transport = self._link.transport
        self._refuse_if_over()
        if isinstance(step, Send):
            return transport.send(step.url, step.ask, step.deadline)
        left = step.seconds if isinstance(step, Nap) else 0.0
        while left > 0:
            transport.sleep(min(left, _LOOK))
            self._refuse_if_over()
            left -= _LOOK
        return None

    def _refuse_if_over(self) -> None:
        if self._over.is_set():
            raise _GivenUp


class _GivenUp(BaseException):
    """The call ends, and nobody waits for this picture any more."""


def _counted(pictures: Iterable[Any], now: bool) -> Iterable[Any]:
    pictures = several("pictures", pictures, "inference_image")
    return list(pictures) if now and not isinstance(pictures, Sized) else pictures


def _named(error: ModelDoubleError, position: int, picture: Any) -> ModelDoubleError:
    name = os.fspath(picture) if isinstance(picture, str | os.PathLike) else type(picture).__name__
    error.args = (f"picture {position} ({name}): {error}", *error.args[1:])
    return error
