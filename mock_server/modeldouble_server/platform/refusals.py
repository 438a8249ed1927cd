"""The platform's own form of a refusal, and the one that says whose name it is that was taken."""

from collections.abc import Sequence
from typing import Any

from aiohttp import web

from .. import wire
from ..answer import WrongMethod, answer
from ..refusal import Busy, Refused


class Taken(Refused):
    """A name that another entity of the same parent has: 400 NONUNIQUE. `errors` are pairs of name and id."""

    def __init__(self, text: str, errors: Sequence[tuple[str, int]]) -> None:
        super().__init__(400, text)
        self.errors = [{"name": name, "id": one} for name, one in errors]


def platform_refusal(refused: Refused) -> web.Response:
    """A refusal with the keys of the fake and those of the platform, which official clients read."""
    details: Any = {"message": refused.text}
    if isinstance(refused, Taken):
        details = [{"type": "NONUNIQUE", "message": refused.text, "errors": refused.errors}]
    body = {**wire.error_body(refused.text), "error": refused.text, "details": details}
    response = answer(body, refused.status)
    if isinstance(refused, WrongMethod):
        response.headers["Allow"] = ", ".join(refused.allowed)
    if isinstance(refused, Busy):
        response.headers["Retry-After"] = "1"
    return response
