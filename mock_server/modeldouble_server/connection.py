"""One connection: what aiohttp answers and logs by itself, in the fake's own form, and how long a caller may take.

Bytes that are not HTTP never reach the application. aiohttp would answer them as plain text and log a traceback each
time, and official clients send some on purpose: a TLS greeting, to learn whether the port speaks it.

aiohttp has no bound on a caller that sends slowly. Here one timer per connection, aiohttp's own for idle ones, looks
after all phases: what comes in only notes the time, and the timer is set anew when it has fired too early.
"""

import asyncio
import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from aiohttp import StreamReader, hdrs, web
from aiohttp.http_parser import RawRequestMessage

from .answer import refusal
from .guards.bare import bare
from .refusal import Refused

if TYPE_CHECKING:
    from .guards.gate import Gate

log = logging.getLogger("modeldouble_server")
_WORTH_READING = 1024 * 1024
"""Bytes of a body that nobody wants which are read all the same, so that the connection can be used again."""
_LINE = b"\r\n"
_END = _LINE * 2
_data_received, _finish_response = web.RequestHandler.data_received, web.RequestHandler.finish_response


class Connection(web.RequestHandler):
    """aiohttp's protocol of one connection, with refusals as JSON and a caller's mistakes logged in one line."""

    def __init__(self, manager: web.Server, *, loop: asyncio.AbstractEventLoop, gate: "Gate") -> None:
        limits = gate.limits
        unlogged: dict[str, Any] = {"access_log": None}
        super().__init__(
            manager, loop=loop, keepalive_timeout=limits.idle_seconds, max_line_size=limits.line_bytes,
            max_field_size=limits.line_bytes, max_headers=limits.headers, lingering_time=limits.linger_seconds,
            **unlogged,
        )  # fmt: skip
        self._gate = gate
        self._limits = limits
        # Of the instance: these are asked for with every piece that comes in.
        self._silence, self._time, self._move = limits.body_silence_seconds, loop.time, gate.all.move_to_end
        self._first = min(limits.body_silence_seconds, limits.body_seconds)
        self._inside = True
        self._holds = 0
        self._due = self._heard = self._begun = self._rested = loop.time()
        # Not when it is made: many are accepted at a time, and only then made.
        gate.enter(self)
        self._body: StreamReader | None = None
        """Of the last request, while it is not whole."""
        self._in_chunks = False
        self._head: float | None = None
        """Since when a head is coming in."""
        self._stuck: float | None = None
        """Since when the caller takes nothing of an answer."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count the connection, and look after it."""
        super().connection_made(transport)
        self._rested = self._loop.time()
        self._look_at(self._rested + self._limits.idle_seconds)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Count it no longer."""
        self._leave()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came in, and note the time."""
        self._heard = now = self._time()
        count, body = self._request_count, self._body
        before = 0 if body is None else body.total_bytes
        _data_received(self, data)
        if self._request_count != count:
            self._begun, self._head = now, now if self._goes_on(data) else None
            due = now + self._first
        elif body is not None:
            self._note_body(body, data, before, now)
            return
        elif data and not self._upgraded:
            if self._head is None:
                self._head = now
            if not self.is_resting:
                return
            due = self._head + self._limits.head_seconds
        else:
            return
        if due < self._due:
            self._look_at(due)

    def _goes_on(self, data: bytes) -> bool:
        """Behind the request that came in with these bytes, another one begins."""
        if not self._messages:
            return False
        message, payload = self._messages[-1]
        if not isinstance(message, RawRequestMessage):
            return False
        if not payload.is_eof():
            self._body, self._in_chunks = payload, message.chunked
            return False
        self._body = None
        length = message.headers.get(hdrs.CONTENT_LENGTH)
        return _is_followed(data, 0 if length is None else int(length))

    def _note_body(self, body: StreamReader, data: bytes, before: int, now: float) -> None:
        if body.is_eof():
            self._body = None
            rest = data[body.total_bytes - before :]
            if _is_followed(data, 0) if self._in_chunks else rest.strip(_LINE):
                self._head = now

    def pause_writing(self) -> None:
        """Note since when the caller takes nothing."""
        super().pause_writing()
        self._stuck = now = self._loop.time()
        if now + self._limits.answer_silence_seconds < self._due:
            self._look_at(now + self._limits.answer_silence_seconds)

    def resume_writing(self) -> None:
        """Note that it does again."""
        super().resume_writing()
        self._stuck = None

    @property
    def is_resting(self) -> bool:
        """It waits for a request, or for the rest of a head."""
        return self._waiter is not None and not self._waiter.done()

    def hold(self, size: int) -> None:
        """Count `size` bytes of a body for the request under way, until it is answered; too many in all are a 429."""
        if size != self._holds:
            self._gate.uploading.move(self._holds, size)
            self._holds = size

    def drop(self) -> None:
        """End at once, unsent bytes and all: whoever does not read would keep the socket open for ever."""
        transport = self.transport
        self._leave()
        self.force_close()
        if transport is not None:
            transport.abort()

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        """Give back what the request held; one whose body will not be read to its end is the last one."""
        if self._holds:
            self.hold(0)
        if not request.content.is_eof():
            length = request.content_length
            if length is None or length > _WORTH_READING or not self._lingering_time:
                resp.force_close()
        return await _finish_response(self, request, resp, start_time)

    def log_access(self, request: web.BaseRequest, response: web.StreamResponse, time: float | None) -> None:
        """Note the end of an answer, which aiohttp tells here."""
        self._rested = now = self._time()
        if self._head is not None and not self._messages:
            self._head = now
            if now + self._limits.head_seconds < self._due:
                self._look_at(now + self._limits.head_seconds)
        if self._inside:
            self._move(self)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what could not be handled."""
        if status >= 500:
            return super().handle_error(request, status, exc, message)
        told = " ".join((message or "malformed").split())[:200]
        log.info("refused bytes that are not HTTP: %s", told)
        response = refusal(Refused(status, f"request is not HTTP: {told}; send an HTTP/1.1 request"))
        response.force_close()
        return response

    def log_exception(self, *args: Any, **options: Any) -> None:
        """Log a defect, but not that the rest of a broken body could not be read either."""
        if not isinstance(options.get("exc_info"), (web.RequestPayloadError, ConnectionError)):
            super().log_exception(*args, **options)

    def _leave(self) -> None:
        if self._inside:
            self._inside = False
            self._gate.leave(self)

    def _look_at(self, due: float) -> None:
        if self._keepalive_handle is not None:
            self._keepalive_handle.cancel()
        self._due = due
        self._keepalive_handle = self._loop.call_at(due, self._process_keepalive)

    def _process_keepalive(self) -> None:
        # aiohttp's name for what its timer does. Only idle connections would end there.
        self._keepalive_handle = None
        if self.transport is None:
            return
        now = self._loop.time()
        due = self._deadline(now)
        if now < due:
            self._look_at(due)
        else:
            self._give_up(now)

    def _deadline(self, now: float) -> float:
        limits, request = self._limits, self._current_request
        if self._stuck is not None:
            return self._stuck + limits.answer_silence_seconds
        if self._is_sending(request):
            return min(self._heard + self._silence, self._begun + limits.body_seconds)
        if not self.is_resting:
            return now + self._silence
        return self._rested + limits.idle_seconds if self._head is None else self._head + limits.head_seconds

    def _is_sending(self, request: web.BaseRequest | None) -> bool:
        # Where we do not read, because the model has to do with what came, the caller is not to blame. And once told
        # is enough.
        unfinished = request is not None and not request.content.is_eof() and not self._reading_paused
        return unfinished and self._lingering_time > 0

    def _give_up(self, now: float) -> None:
        request = self._current_request
        if self._stuck is None and request is not None:
            self._refuse_body(request)
            self._look_at(now + self._silence)
        elif self._stuck is None and self._head is not None and self.transport is not None:
            text = f"request has no whole head after {self._limits.head_seconds:g} s; send it at once"
            log.info("%s", text)
            self.transport.write(bare(HTTPStatus.REQUEST_TIMEOUT, text))
            self._leave()
            self.force_close()
        else:
            self.drop()

    def _refuse_body(self, request: web.BaseRequest) -> None:
        silence, whole = self._silence, self._limits.body_seconds
        text = f"body is not whole: {silence:g} s without a byte, or {whole:g} s in all; send it at once"
        log.info("%s", text)
        # Whoever reads the body raises it, and nobody reads on behind the answer.
        request.content.set_exception(Refused(408, text))
        self._lingering_time = 0.0


def _is_followed(data: bytes, length: int) -> bool:
    """More than line breaks comes behind a request whose body of `length` bytes, or whose last chunk, ends in `data`.

    No, where the end of the head came before: a caller that is done must not be taken for one that is not.
    """
    end = max(0, len(data) - length)
    if data.endswith(_END, 0, end):
        return False
    found = data.rfind(_END, 0, end)
    return found >= 0 and bool(data[found + len(_END) + length :].strip(_LINE))


def hold(request: web.BaseRequest, size: int) -> None:
    """Count bytes of a request's body among those under way, until it is answered; too many in all are a 429."""
    protocol = request.protocol
    if isinstance(protocol, Connection):
        protocol.hold(size)
