"""Answers as aiohttp responses: JSON of a value, JSON that was encoded before, a refusal."""

from collections.abc import Iterable
from typing import Any

from aiohttp import HttpVersion11, web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.helpers import rfc822_formatted_time
from aiohttp.http import SERVER_SOFTWARE

from .model import encoded
from .refusal import Busy, Refused
from .wire import error_body


class Refusal(web.Response):
    """An answer that refuses."""

    why = ""
    """What it says."""


class WrongMethod(Refused):
    """A route that is there, but not for this HTTP method: `allowed` are the methods that it is there for."""

    def __init__(self, text: str, allowed: Iterable[str]) -> None:
        super().__init__(405, text, "method")
        self.allowed = tuple(allowed)


class Ready(web.Response):
    """JSON that says 200 and nothing else: head and body are written as one, in the order in which aiohttp has them.

    Whatever asks for more, or was done to it meanwhile, is answered by aiohttp's own way, to the same bytes.
    """

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        """Write all of it."""
        body, writer = self.body, request.writer
        if (
            not isinstance(body, bytes) or self.keep_alive is not None or len(self.headers) > 1 or self.prepared
            or not request.keep_alive or request.method not in _WITH_BODY or request.version != HttpVersion11
        ):  # fmt: skip
            return await super().prepare(request)
        await writer.write(_head(len(body)) + body)
        await writer.write_eof()
        self._keep_alive = self._eof_sent = True
        self._body_length = writer.output_size
        return None


def _head(length: int) -> bytes:
    return b"%b%d\r\nDate: %b%b" % (_BEGIN, length, rfc822_formatted_time().encode(), _END)


_BEGIN = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
_END = f"\r\nServer: {SERVER_SOFTWARE}\r\n\r\n".encode()
_WITH_BODY = frozenset(("GET", "POST"))


def answer(value: Any, status: int = 200) -> web.Response:
    """A value as JSON."""
    return raw_answer(encoded(value), status)


def raw_answer(body: bytes, status: int = 200) -> web.Response:
    """JSON that is encoded already."""
    kind = Ready if status == 200 else web.Response
    return kind(body=body, status=status, content_type="application/json")


def refusal(refused: Refused) -> Refusal:
    """A refusal in the one form that every refusal has."""
    body = encoded(error_body(refused.text))
    response = Refusal(body=body, status=refused.status, content_type="application/json")
    response.why = refused.text
    if isinstance(refused, WrongMethod):
        response.headers["Allow"] = ", ".join(refused.allowed)
    if isinstance(refused, Busy):
        response.headers["Retry-After"] = "1"
    return response
