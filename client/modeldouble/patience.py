"""Every wait for a socket ends with the deadline, however the server spreads its bytes.

A timeout of the HTTP library bounds each silence by itself: a header that comes in a byte a second would never end, and
a body that falls silent shortly before the deadline would go on for as long again.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from http.client import HTTPResponse
from typing import Any, NamedTuple


class Bounds(NamedTuple):
    """Of one exchange. `end` is a reading of the clock, all else are seconds: of each wait, and of the answer."""

    end: float = float("inf")
    sending: float = 60.0
    silence: float = 60.0
    answer: float = 600.0


class Patience:
    """The bounds of the exchange that a thread is in, and what is left of them."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.bounds = Bounds()

    def to_send(self) -> float:
        return self._left(self.bounds.sending)

    def to_read(self) -> float:
        return self._left(self.bounds.silence)

    @property
    def spent(self) -> bool:
        return self._clock() >= self.bounds.end

    def answer_begins(self) -> None:
        self.bounds = self.bounds._replace(end=min(self.bounds.end, self._clock() + self.bounds.answer))

    def _left(self, most: float) -> float:
        left = min(most, self.bounds.end - self._clock())
        if left <= 0:
            # As a socket says it.
            raise TimeoutError("timed out")
        return left


def _wait_at_most(sock: Any, seconds: float) -> None:
    """Set the timeout of a socket, which is a call of the system, unless it is the one that the socket has."""
    if sock.gettimeout() != seconds:
        sock.settimeout(seconds)


class _Watched(io.RawIOBase):
    """What comes out of a socket, each wait for it with what is left as its timeout."""

    def __init__(self, sock: Any, raw: Any, patience: Patience) -> None:
        self._sock, self._raw, self._patience = sock, raw, patience

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int | None:
        _wait_at_most(self._sock, self._patience.to_read())
        count: int | None = self._raw.readinto(buffer)
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


def patient(connection: Any, patience: Patience) -> Any:
    """Return a class of connections, made of one of `http.client` or of a library on top of it, that is as patient."""

    class Response(HTTPResponse):
        def __init__(self, sock: Any, *arguments: Any, **named: Any) -> None:
            super().__init__(sock, *arguments, **named)
            patience.answer_begins()
            self.fp: Any = io.BufferedReader(_Watched(sock, self.fp.detach(), patience))

    def send(self: Any, data: Any) -> None:
        if self.sock is not None:
            _wait_at_most(self.sock, patience.to_send())
        connection.send(self, data)

    return type(connection.__name__, (connection,), {"response_class": Response, "send": send})
