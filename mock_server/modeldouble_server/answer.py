"""Answers as aiohttp responses: JSON of a value, JSON that was encoded before, a refusal."""

from collections.abc import Iterable
from typing import Any

from aiohttp import web

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


def answer(value: Any, status: int = 200) -> web.Response:
    """A value as JSON."""
    return raw_answer(encoded(value), status)


def raw_answer(body: bytes, status: int = 200) -> web.Response:
    """JSON that is encoded already."""
    return web.Response(body=body, status=status, content_type="application/json")


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
