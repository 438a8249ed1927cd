"""Bounds that only the loop's own timer keeps, and what a loop that ends, or a driver that awaits, must not break."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from modeldouble import ModelDoubleError, TimedOut
from modeldouble.aio import AsyncHttpTransport
from modeldouble.aio.link import AsyncLink
from modeldouble.jobcourse import JobCourse
from modeldouble.retry import Kind
from modeldouble.server import FOREVER, Server
from modeldouble.transport import LONGEST_ANSWER
from modeldouble.values import UNNUMBERED
from modeldouble.wire import Ask, ask_image_id, read_prediction

if TYPE_CHECKING:
    from tests.aio.conftest import AsyncPaper
    from tests.conftest import Reply

INFO = Ask("get_session_info", Kind.READ, {})


class HurriedLoop(asyncio.SelectorEventLoop):
    """Its time goes on by one more second at each look at the clock, once it is in a hurry."""

    hurry, ahead = False, 0.0

    def time(self) -> float:
        self.ahead += self.hurry
        return super().time() + self.ahead


class Dripping:
    """Sends the head of an answer byte by byte, for as long as somebody reads."""

    def __init__(self, asked: Callable[[], None]) -> None:
        self._asked = asked
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._left = threading.Event()
        self._thread = threading.Thread(target=self._drip, daemon=True)
        self._thread.start()

    def _drip(self) -> None:
        with self._listening.accept()[0] as peer:
            peer.recv(65536)
            self._asked()
            peer.sendall(b"HTTP/1.1 200 OK\r\nX-Drips: ")
            while not self._left.wait(0.001):
                try:
                    peer.sendall(b".")
                except OSError:
                    return

    def stop(self) -> None:
        self._left.set()
        self._thread.join(30.0)
        self._listening.close()


def test_an_answer_whose_head_never_ends_is_given_up_after_the_longest_answer() -> None:
    loop = HurriedLoop()
    # Every byte that comes moves the end of the silence, so that only the limit is left.
    dripping = Dripping(lambda: setattr(loop, "hurry", True))

    async def ask() -> None:
        transport = AsyncHttpTransport()
        try:
            await transport.send(f"{dripping.url}/get_session_info", INFO, FOREVER)
        finally:
            loop.hurry = False
            await transport.close()

    try:
        with pytest.raises(TimedOut, match="too slowly"):
            loop.run_until_complete(ask())
    finally:
        dripping.stop()
        loop.close()
    assert loop.ahead > LONGEST_ANSWER


COURSES: dict[str, Callable[[JobCourse], Any]] = {
    "starting": lambda job: job.starting("video"),
    "length": lambda job: job.length(),
    "next": lambda job: job.next(),
}


@pytest.mark.parametrize("name", COURSES)
def test_a_course_that_is_destroyed_asks_for_nothing_more_and_leaves_the_job_to_its_holder(name: str) -> None:
    released: list[str] = []

    def release() -> bool:
        released.append("u")
        return True

    server = Server("http://paper", lambda: 0.0)
    job = JobCourse(server, "u", UNNUMBERED, FOREVER, 60.0, release)
    course = COURSES[name](job)
    next(course)
    # Whoever yields here is told that it ignored its end.
    course.close()
    assert (released, job.over) == ([], False)


@pytest.mark.parametrize("status", [400, 403, 404, 500])
async def test_what_a_server_says_of_a_secret_is_cut_out_of_the_error_that_is_awaited(
    async_paper: AsyncPaper, reply: type[Reply], status: int
) -> None:
    async_paper.paper.script.on("inference_image_id", reply({"detail": "no task for hunter22"}, status))
    link = AsyncLink("http://paper", async_paper, ("hunter22",))
    ask = ask_image_id(5, {}, None)
    with pytest.raises(ModelDoubleError, match="no task for") as caught:
        await link.call(ask, partial(read_prediction, ask.route))
    assert "hunter22" not in f"{caught.value!r} {vars(caught.value)}"
