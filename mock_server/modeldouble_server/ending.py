"""The end of a server: what is under way is answered, what comes after is refused, and nothing waits longer than told.

Who asks while a server ends gets a 503 and not a closed connection: of a connection that breaks nobody knows whether a
job was started, of a 503 everybody knows that nothing was. 502 and 504 are said by proxies, and leave that open; 429
blames the caller. Clients ask again after Retry-After, elsewhere or here: then they find the port closed, or the server
that came after this one. For the same reason idle connections stay open as long as something is under way.
"""

import asyncio
import socket
import struct
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING

from aiohttp import web

from .answer import refusal
from .refusal import Busy

if TYPE_CHECKING:
    from .connection import Connection
    from .guards.gate import Gate

_LOOK_EVERY = 0.02
_CANCELLED = 1.0
"""Seconds in which requests that were cancelled must have ended."""
_THREADS = 0.5
"""Seconds for which threads that nobody waits for any more are given to end."""
_TO_ACCEPT, _TO_ENTER = 2, 4
"""Turns of the loop until it has accepted all that was there, and until these connections have come to the gate."""
_RESET = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
"""SO_LINGER, on and without patience."""


class Ending:
    """Of one server. Once it has `begun`, requests are refused, and the answers under way are the last ones."""

    def __init__(self) -> None:
        self.begun = False
        self._serves = False

    def refusal(self) -> web.StreamResponse | None:
        """The answer to a request that comes too late, on a connection that was kept or was just being made."""
        if not self.begun or self._serves:
            return None
        return self.last(refusal(Busy(503, "the server is ending, and nothing was done; ask again when one runs")))

    def last(self, said: web.StreamResponse) -> web.StreamResponse:
        """An answer as it goes out: from the beginning of the end on, nothing comes after it on its connection."""
        if self.begun:
            said.force_close()
        return said

    async def finish(self, listening: asyncio.Server, gate: "Gate", grace: float, farewell: float = 0.0) -> None:
        """Listen no more, and return when all is answered; what is not after `grace` seconds is cut.

        Where others go on serving the port, nobody need be refused: for `farewell` seconds who asks on a connection of
        before is answered, and told to make another one.
        """
        begins = monotonic()
        self.begun, self._serves = True, farewell > 0
        await _close(listening)
        until, farewell_ends = begins + grace, begins + min(grace, farewell)
        while (left := until - monotonic()) > 0:
            self._serves = monotonic() < farewell_ends
            if not (any(map(_is_busy, gate.all)) or (self._serves and gate.all)):
                break
            await asyncio.sleep(min(_LOOK_EVERY, left))
        self._serves = False
        for connection in list(gate.all):
            if _is_busy(connection):
                _cut(connection)


async def _close(listening: asyncio.Server) -> None:
    # In three steps, as a socket that closes resets who is connecting, and asyncio forgets those whom it accepted, but
    # has not handed to a protocol yet, when their server closes.
    await _turns(_TO_ACCEPT)
    # Windows has no readers, and accepts otherwise.
    with suppress(NotImplementedError):
        for one in listening.sockets:
            asyncio.get_running_loop().remove_reader(one.fileno())
    await _turns(_TO_ENTER)
    listening.close()


async def _turns(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


def _is_busy(connection: "Connection") -> bool:
    """It has a request to answer, or an answer that is not with the system yet."""
    transport = connection.transport
    if transport is None:
        return False
    return not connection.is_resting or transport.get_write_buffer_size() > 0


def _cut(connection: "Connection") -> None:
    # A reset and not a close: an answer without Content-Length would look whole if it were closed.
    transport = connection.transport
    if transport is None:
        return
    inner = transport.get_extra_info("socket")
    if inner is not None:
        # One that is closed by now needs no reset.
        with suppress(OSError):
            inner.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    transport.abort()


async def cancel_the_rest() -> None:
    """End all that still runs on this loop, before what it works on is closed: requests that were cut, and those whose
    callers have left."""
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    for one in rest:
        one.cancel()
    if not rest:
        return
    ended, _ = await asyncio.wait(rest, timeout=_CANCELLED)
    for one in ended:
        # Asked for, so that nobody logs that it was never retrieved.
        _ = one.cancelled() or one.exception()


class Workers(ThreadPoolExecutor):
    """The threads of one loop. At its end they are not waited for: what a caller waits for has been waited for, and a
    predictor that never returns must not keep a server that was told to leave."""

    def __init__(self) -> None:
        self._running: list[threading.Thread] = []
        super().__init__(initializer=lambda: self._running.append(threading.current_thread()))

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more work, and give threads the time to do what was handed in, such as to close a file."""
        super().shutdown(wait=False)
        until = monotonic() + _THREADS
        for one in self._running:
            one.join(max(0.0, until - monotonic()))
        super().shutdown(wait=False, cancel_futures=True)
