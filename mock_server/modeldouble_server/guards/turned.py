"""A connection for which there is no place: it is told so, and ends within a second."""

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING, cast

from .bare import bare

if TYPE_CHECKING:
    from .gate import Gate

_SECONDS = 1.0
"""For which it is kept at most. To close a socket with unread bytes resets it, and the answer would be lost."""


class Turned(asyncio.Protocol):
    """Answers 503 to the first bytes, ends its side, and reads on until the caller ends as well."""

    def __init__(self, gate: "Gate", loop: asyncio.AbstractEventLoop) -> None:
        self._gate = gate
        self._loop = loop
        self._transport: asyncio.Transport | None = None
        self._handle: asyncio.Handle | None = None
        self._answered = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for the request, as an answer to none is noise."""
        self._transport = cast("asyncio.Transport", transport)
        self._handle = self._loop.call_later(_SECONDS, self._transport.abort)
        if not self._gate.turn(self):
            self.abort()

    def data_received(self, data: bytes) -> None:
        """Answer once."""
        if self._transport is None or self._answered:
            return
        self._answered = True
        most = self._gate.most
        text = f"all {most:,} connections are taken, and none is idle; close some, or ask again soon"
        self._transport.write(bare(HTTPStatus.SERVICE_UNAVAILABLE, text, retry_after="1"))
        if self._transport.can_write_eof():
            self._transport.write_eof()

    def connection_lost(self, exc: BaseException | None) -> None:
        """Forget it."""
        if self._handle is not None:
            self._handle.cancel()
        self._gate.forget(self)

    def abort(self) -> None:
        """End without a word."""
        if self._transport is not None:
            self._transport.abort()
