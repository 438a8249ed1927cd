"""The connection of one caller, below HTTP: bytes, waiting, and the ways to end."""

import asyncio
import socket
import struct
import sys

from ..fake import Sleep

_LOOK_EVERY = 0.05
_RESET = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
"""SO_LINGER, on and without patience."""
_UNSENT = 300.0
"""Seconds for which a caller that does not read is waited for."""
_UNKNOWN = 0.25
"""Seconds that bytes are given to arrive where the system does not tell whether they did."""


class Line:
    """What a fault writes to. `sleep` is the time that an order speaks of."""

    def __init__(self, transport: asyncio.Transport, sleep: Sleep) -> None:
        self._transport, self._sleep = transport, sleep

    @property
    def is_left(self) -> bool:
        """The caller has gone."""
        return self._transport.is_closing()

    def write(self, content: bytes) -> None:
        """Send bytes, if there is somebody to take them."""
        if not self.is_left:
            self._transport.write(content)

    async def rest(self, seconds: float | None) -> None:
        """Let `seconds` pass, None: all time; it ends when the caller leaves."""
        if seconds is None:
            while not self.is_left:
                await asyncio.sleep(_LOOK_EVERY)
            return
        passing = asyncio.ensure_future(self._sleep(seconds))
        try:
            while not passing.done() and not self.is_left:
                await asyncio.wait([passing], timeout=_LOOK_EVERY)
            if passing.done():
                await passing
        finally:
            passing.cancel()

    async def arrived(self) -> None:
        """Wait until the caller's machine has all bytes: a reset takes away those that are still here."""
        end = asyncio.get_running_loop().time() + _UNSENT
        while self._unsent() and not self.is_left and asyncio.get_running_loop().time() < end:
            await asyncio.sleep(_LOOK_EVERY)
        if _unacknowledged(self._transport) is None:
            await asyncio.sleep(_UNKNOWN)

    def reset(self) -> None:
        """End with a reset and not with a close."""
        inner = self._transport.get_extra_info("socket")
        if inner is not None and not self._transport.is_closing():
            inner.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self._transport.abort()

    def _unsent(self) -> bool:
        return bool(self._transport.get_write_buffer_size() or _unacknowledged(self._transport))


def _unacknowledged(transport: asyncio.Transport) -> int | None:
    """Bytes that the system holds for a connection; None where it does not say."""
    inner = transport.get_extra_info("socket")
    if inner is None or inner.fileno() < 0:
        # Closed meanwhile, as the caller has left.
        return 0
    try:
        from fcntl import ioctl
        from termios import TIOCOUTQ

        return int(struct.unpack("i", ioctl(inner.fileno(), TIOCOUTQ, b"\0" * 4))[0])
    except (ImportError, OSError, AttributeError):  # not Linux
        return None
