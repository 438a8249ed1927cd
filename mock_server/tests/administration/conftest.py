"""A fake whose time stands still, raw HTTP to its admin API, and every answer held against its OpenAPI document."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from fnmatch import fnmatch
from importlib.resources import files
from typing import Any

import pytest
import requests
from jsonschema import Draft202012Validator

from modeldouble_server import Clock, Server
from modeldouble_server.administration.document import document

GENEROUS = 20.0
"""Seconds after which a test gives up: never what is measured."""


class Caller:
    """Requests to one running fake."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.http = requests.Session()
        self.http.trust_env = False

    def send(self, method: str, path: str, body: Any = None, **options: Any) -> requests.Response:
        """A request below /__admin/, whose answer is one that the document describes."""
        url = f"{self.server.server_address}/__admin/{path}"
        extra = {} if body is None else {"json": body}
        answer = self.http.request(method, url, timeout=GENEROUS, allow_redirects=False, **extra, **options)
        if method != "HEAD":
            check_described(method, path.partition("?")[0], answer)
        return answer

    def ask(self, method: str, path: str, body: Any = None, status: int = 200, **options: Any) -> Any:
        """The JSON of an answer of this status."""
        answer = self.send(method, path, body, **options)
        assert answer.status_code == status, answer.text
        return answer.json()

    def refused(self, status: int, method: str, path: str, body: Any = None, **options: Any) -> str:
        """The text of a refusal."""
        text: str = self.ask(method, path, body, status, **options)["detail"]
        assert "defect" not in text
        return text

    def infer(self, name: str = "a.jpg", url: str | None = None) -> requests.Response:
        """A picture to a model, which is the default one if none is told."""
        picture = files("modeldouble_server").joinpath("data/world/171250.jpg").read_bytes()
        parts: Any = [("files", (name, picture)), ("settings", (None, "{}"))]
        return self.http.post(f"{url or self.server.session_url}/inference_image", files=parts, timeout=GENEROUS)

    def post(self, route: str, url: str | None = None, **state: Any) -> requests.Response:
        """A JSON request to a model."""
        return self.http.post(f"{url or self.server.session_url}/{route}", json={"state": state}, timeout=GENEROUS)

    def platform(self, method: str, **fields: Any) -> requests.Response:
        """A request to the platform."""
        headers = {"x-api-key": self.server.api_token}
        url = f"{self.server.server_address}/public/api/v3/{method}"
        return self.http.post(url, json=fields, headers=headers, timeout=GENEROUS)


def described(path: str) -> str | None:
    """The document's path that a path below /__admin is an example of."""
    for template in document()["paths"]:
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), f"/{path}"):
            return str(template)
    return None


def check_described(method: str, path: str, answer: requests.Response) -> None:
    """The document has such an answer to such a request; whatever it does not describe is refused."""
    responses = {"default": {"$ref": "#/components/responses/Refusal"}}
    template = described(path)
    if template is not None:
        responses = document()["paths"][template].get(method.lower(), {}).get("responses", responses)
    code = str(answer.status_code)
    assert code in responses or answer.status_code >= 400, f"{method} {path} answers {code}"
    name = responses.get(code, responses["default"])["$ref"].rpartition("/")[2]
    [(kind, content)] = document()["components"]["responses"][name]["content"].items()
    assert fnmatch(answer.headers["Content-Type"].partition(";")[0], kind), answer.text
    if kind != "application/json":
        return
    schema = content["schema"]
    whole = {**schema, "components": document()["components"]}
    Draft202012Validator(whole).validate(json.loads(answer.content))


Start = Callable[..., Caller]


@pytest.fixture
def start(caplog: pytest.LogCaptureFixture) -> Iterator[Start]:
    """Start fakes; at the end none may have logged an error, whatever it was asked."""
    with ExitStack() as stack:

        def started(**options: Any) -> Caller:
            clock = Clock(lambda: 1_700_000_000.0)
            caller = Caller(stack.enter_context(Server(**{"clock": clock, **options})))
            stack.callback(caller.http.close)
            return caller

        yield started
    assert [one.getMessage() for one in caplog.get_records("call") if one.levelno >= logging.ERROR] == []


@pytest.fixture
def fake(start: Start) -> Caller:
    """A fake as it is after every start."""
    return start()
