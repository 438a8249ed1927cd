"""One attempt at one request, on a pooled connection, bounded in time. Only this and `pool.py` touch `requests`."""

from __future__ import annotations

import json
import math
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO, Protocol

import requests
from urllib3.exceptions import HTTPError, NewConnectionError

from modeldouble.answers import Answer, check_status
from modeldouble.errors import AnswerLost, BadSettings, DeadlineExceeded, EmptyAnswer, TimedOut, Unreachable
from modeldouble.multipart import CHUNK, Form
from modeldouble.patience import Bounds
from modeldouble.pool import Pool
from modeldouble.redact import redact
from modeldouble.wire import Ask

CONNECT_TIMEOUT = 5.0
READ_TIMEOUT = 60.0
# One answer that trickles in may take this long in all; the read timeout alone bounds only each silence.
LONGEST_ANSWER = 600.0


class Transport(Protocol):
    """What the rest of the client needs of the network.

    Times in seconds; `deadline` is a reading of `clock`, inf for none.
    """

    def send(self, url: str, ask: Ask, deadline: float) -> Answer:
        """Send a request and return its answer, whatever its status. Raises `Unreachable`, `AnswerLost`, `TimedOut`."""
        ...

    def download(self, url: str, ask: Ask, deadline: float, target: BinaryIO) -> None:
        """Send a request and write the body of its answer into `target`."""
        ...

    def detached(self) -> Transport:
        """Return a transport for clearing up, which shares no connection with this one and waits less."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait, in seconds."""
        ...

    def clock(self) -> float:
        """Return a time in seconds that only grows."""
        ...

    def close(self) -> None:
        """Close idle connections."""
        ...


class HttpTransport:
    """HTTP/1.1 over `requests`, with one connection pool per thread. Thread-safe.

    `connect_timeout` and `read_timeout` are in seconds; the latter is the longest silence while an answer is awaited.
    """

    def __init__(
        self,
        connect_timeout: float = CONNECT_TIMEOUT,
        read_timeout: float = READ_TIMEOUT,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._connect_timeout = connect_timeout
        self._read_timeout = read_timeout
        self._sleep = sleep
        self._clock = clock
        self._local = threading.local()
        self._lock = threading.Lock()
        # Weak, so that the connections of a thread end with it.
        self._open: weakref.WeakSet[Pool] = weakref.WeakSet()

    def sleep(self, seconds: float) -> None:
        """Wait, in seconds."""
        self._sleep(seconds)

    def clock(self) -> float:
        """Return a time in seconds that only grows."""
        return self._clock()

    def detached(self) -> HttpTransport:
        """Return a transport that shares no connection or lock with this one, and is less patient.

        For cleaning up from the garbage collector, which may run while this thread holds a lock of its own pool.
        """
        patience = min(self._read_timeout, CONNECT_TIMEOUT)
        return HttpTransport(self._connect_timeout, patience, sleep=self._sleep, clock=self._clock)

    def close(self) -> None:
        """Close the idle connections of all threads. Later calls open new ones."""
        with self._lock:
            pools = list(self._open)
            self._local = threading.local()
        for pool in pools:
            pool.close()

    def send(self, url: str, ask: Ask, deadline: float) -> Answer:
        """Make one attempt and return the whole answer, whatever its status."""
        with self._exchange(url, ask, deadline) as response:
            end = min(deadline, self._clock() + max(LONGEST_ANSWER, ask.read_timeout or 0.0))
            body = b"".join(self._chunks(response, end, deadline))
            return Answer(response.status_code, _headers(response), body)

    def download(self, url: str, ask: Ask, deadline: float, target: BinaryIO) -> None:
        """Make one attempt and write the body of a success to `target` as it comes; another status raises."""
        with self._exchange(url, ask, deadline) as response:
            # A file may take longer than any other answer.
            patience = self._pool().patience
            patience.bounds = patience.bounds._replace(end=deadline)
            status = response.status_code
            body = b"" if status == 200 else b"".join(self._chunks(response, deadline, deadline))
            check_status(ask.route, status, _headers(response), body)
            if status != 200:
                raise EmptyAnswer(f"{ask.route} answered {status}, which says that no file follows")
            for chunk in self._chunks(response, deadline, deadline):
                target.write(chunk)

    @contextmanager
    def _exchange(self, url: str, ask: Ask, deadline: float) -> Iterator[requests.Response]:
        form = Form(ask.parts, lambda: self._left(deadline)) if ask.parts else None
        content_type, body = _body(ask, form)
        left = self._left(deadline)
        silence = ask.read_timeout or self._read_timeout
        timeout = (min(self._connect_timeout, left), min(silence, left))
        pool = self._pool()
        patience = pool.patience
        # Of the exchange that this one is made in the midst of, by a progress callback.
        before = patience.bounds
        patience.bounds = Bounds(deadline, self._connect_timeout, silence, max(LONGEST_ANSWER, silence))
        try:
            response = pool.post(url, ask.headers, content_type, body, timeout)
            try:
                yield response
            finally:
                response.close()
        except (requests.RequestException, HTTPError) as error:
            if form is not None and form.failure is not None:
                raise form.failure from None
            self._left(deadline)
            if patience.spent:
                raise _too_slow() from None
            # The cause is left out: its text and its request carry the URL with the session token.
            raise _translated(error, ask.route, url, timeout) from None
        finally:
            patience.bounds = before

    def _chunks(self, response: requests.Response, end: float, deadline: float) -> Iterator[bytes]:
        for chunk in _pieces(response):
            yield chunk
            self._left(deadline)
            if self._clock() > end:
                raise _too_slow()
        # urllib3 1.26 does not compare by itself.
        announced = response.headers.get("Content-Length", "")
        if announced.isdecimal() and response.raw.tell() < int(announced):
            raise AnswerLost(f"the connection closed after {response.raw.tell()} of {announced} bytes of the answer")

    def _left(self, deadline: float) -> float:
        left = deadline - self._clock()
        if left <= 0:
            raise DeadlineExceeded(
                "the deadline has passed before the server had answered. Give more time with deadline="
            )
        return left

    def _pool(self) -> Pool:
        pool: Pool | None = getattr(self._local, "pool", None)
        if pool is None:
            pool = self._local.pool = Pool(self._clock)
            with self._lock:
                self._open.add(pool)
        return pool


def _body(ask: Ask, form: Form | None) -> tuple[str, bytes | Form]:
    if form is not None:
        return form.content_type, form
    try:
        data = json.dumps(ask.json, allow_nan=False).encode()
    except (TypeError, ValueError) as error:
        raise BadSettings("settings", ask.json, f"they cannot be sent as JSON ({error})") from None
    return "application/json", data


def _pieces(response: requests.Response) -> Iterator[bytes]:
    """Yield what has arrived at once; `iter_content` waits for a full chunk, however slowly that trickles in."""
    raw = response.raw
    if response.headers.get("Content-Encoding") or not hasattr(raw, "read1"):
        yield from response.iter_content(CHUNK)
        return
    while piece := raw.read1(CHUNK, decode_content=False):
        yield piece


def _headers(response: requests.Response) -> dict[str, str]:
    return dict(response.headers.lower_items())


def _translated(
    error: requests.RequestException | HTTPError, route: str, url: str, timeout: tuple[float, float]
) -> Unreachable | AnswerLost | TimedOut:
    host = redact(url.partition("?")[0])
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return Unreachable(f"no connection to {host} within {timeout[0]:g} s. Is the address right, is the server up?")
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    never_sent = (requests.exceptions.SSLError, requests.exceptions.ProxyError, requests.exceptions.InvalidURL)
    if isinstance(error, never_sent) or isinstance(reason, NewConnectionError):
        return Unreachable(f"no connection to {host} ({redact(str(reason or error))}). Is the server running there?")
    if isinstance(error, requests.exceptions.ReadTimeout) or _says_timed_out(error):
        limit = "" if math.isinf(timeout[1]) else f" within {timeout[1]:g} s"
        return TimedOut(f"{route} was sent to {host}, no answer came{limit}. Is the server overloaded?")
    return AnswerLost(f"{route} was sent to {host}, but the connection broke before the whole answer had come")


def _too_slow() -> TimedOut:
    return TimedOut("the answer came in too slowly and was given up")


def _says_timed_out(error: Exception) -> bool:
    # While a body is being read requests reports a timeout as a connection error.
    return "timed out" in str(error).lower()
