"""One request to the admin API, as its handler sees it."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from aiohttp import web

from ..fake import Fake
from ..model import Model
from ..redaction import Secrets
from ..refusal import Refused, shown
from ..scenario.check import errors
from ..scenario.place import shown_path
from ..wire import read_json
from .document import validator


class AdminCall(NamedTuple):
    """A request and the fake it came to; `model_id`, `number` (of whatever it is) and `frame` as the path says them."""

    fake: Fake
    request: web.Request
    model_id: str = ""
    number: str = ""
    frame: str = ""

    @property
    def token(self) -> str:
        """The session token of the model that the path names, which is its place among the fake's."""
        number = whole(self.model_id)
        for token, model in self.fake.models.items():
            if model.number == number:
                return token
        raise Refused(404, f"model id {shown(self.model_id)} is not served; GET /__admin/models lists those that are")

    @property
    def model(self) -> Model:
        """The model that the path names."""
        return self.fake.models[self.token]

    @property
    def base(self) -> str:
        """The server's address, as the caller reached it."""
        return f"{self.request.scheme}://{self.request.host}"

    async def body(self, schema: str) -> dict[str, Any]:
        """The JSON body, which keeps a schema of the OpenAPI document."""
        raw = await self.request.read()
        if not raw:
            raise Refused(400, "body is empty; send a JSON object")
        value = read_json(raw, self.fake.limits)
        _check_text(value)
        found = next(errors(validator(schema), value), None)
        if found is not None:
            raise Refused(400, f"{shown_path(found[0]) or 'body'}: {found[1]}")
        if not isinstance(value, dict):
            raise Refused(400, f"body is {shown(value)}; send a JSON object")
        return value

    def query(self, known: Mapping[str, type]) -> dict[str, Any]:
        """The query's parameters, each a whole number, true or false, or a text."""
        found: dict[str, Any] = {}
        for name, value in self.request.query.items():
            if name not in known or name in found:
                told = ", ".join(known) or "none"
                raise Refused(400, f"parameter {shown(name)} is unknown or there twice; there are {told}")
            found[name] = _parameter(name, value, known[name])
        return found


def said(value: Any, status: int = 200) -> web.Response:
    """JSON, also of texts that UTF-8 does not have: callers' file names are kept as they came."""
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return web.Response(
        body=json.dumps(value, separators=(",", ":"), default=str).encode(), status=status,
        content_type="application/json", headers=headers,
    )  # fmt: skip


def cut(model: Model, value: Any) -> Any:
    """JSON without the model's secrets."""
    return Secrets(model.tokens).cut_json(value)


def whole(text: str) -> int:
    """A number of a path; 0, which nothing has, if it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _parameter(name: str, value: str, kind: type) -> Any:
    if kind is bool:
        if value not in ("true", "false"):
            raise Refused(400, f"{name} is {shown(value)}; give true or false")
        return value == "true"
    if kind is int:
        if not (value.isascii() and value.isdigit() and len(value) < 19):
            raise Refused(400, f"{name} is {shown(value)}; give a whole number of at least 0")
        return int(value)
    return value


def _check_text(value: Any) -> None:
    try:
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except ValueError as error:  # also UnicodeEncodeError
        text = f"body has a number or a text that cannot be sent on ({str(error)[:100]}); send finite numbers and UTF-8"
        raise Refused(400, text) from error
