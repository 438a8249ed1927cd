"""A fake on a free port whose time stands still, and raw HTTP to talk to it: no client that could share its mistakes.

In a folder of its own, as the type checkers would take it for the client's `tests.conftest` otherwise.
"""

from __future__ import annotations

import io
import json
import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import requests
from PIL import Image

from modeldouble_server import Clock, Server
from modeldouble_server.default_world import DATA

Json = dict[str, Any]
GENEROUS = 20.0
"""Seconds after which a test gives up: never what is measured."""


class Caller:
    """Requests to one running fake, and the hands of its clock."""

    def __init__(self, server: Server, clock: Clock, slept: list[float]) -> None:
        self.server, self.clock, self.slept = server, clock, slept
        self.http = requests.Session()
        self.http.trust_env = False

    def send(self, method: str, path: str, **options: Any) -> requests.Response:
        """A request to a path of the server; a path without a slash is a route of the default model."""
        base = self.server.server_address if path.startswith("/") else f"{self.server.session_url}/"
        return self.http.request(method, base + path, timeout=GENEROUS, allow_redirects=False, **options)

    def post(self, route: str, state: Any = None, **keys: Any) -> requests.Response:
        """A JSON request as clients send it: the keys are the state's."""
        body = {"state": {**(state or {}), **keys}, "context": {}, "api_token": self.server.api_token}
        return self.send("POST", route, json=body)

    def ask(self, route: str, state: Any = None, **keys: Any) -> Any:
        """The JSON of an answer that must be 200."""
        answer = self.post(route, state, **keys)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def text(self, route: str, body: str | bytes, content_type: str = "application/json") -> requests.Response:
        """A request whose body is given byte for byte."""
        return self.send("POST", route, data=body, headers={"Content-Type": content_type})

    def upload(self, route: str, *files: bytes, names: Any = (), **state: Any) -> requests.Response:
        """A form as the official client sends it: parts `files`, of these `names`, and the state as `settings`."""
        parts: list[tuple[str, Any]] = [
            ("files", (names[at] if names else f"{at}.jpg", content)) for at, content in enumerate(files)
        ]
        return self.send("POST", route, files=[*parts, ("settings", (None, json.dumps(state), "text/plain"))])

    def form(
        self, *parts: tuple[str, bytes], route: str = "inference_image", end: bytes = b"--XX--\r\n", **more: Any
    ) -> requests.Response:
        """A form of which every byte is chosen: parts are (headers, content)."""
        body = b"".join(b"--XX\r\n" + head.encode("latin-1") + b"\r\n\r\n" + one + b"\r\n" for head, one in parts)
        headers = {"Content-Type": "multipart/form-data; boundary=XX", **more.pop("headers", {})}
        return self.send("POST", route, data=body + end, headers=headers, **more)

    def platform(self, method: str, fields: Any = None, verb: str = "POST", **options: Any) -> requests.Response:
        """A request to a platform method."""
        headers = {"x-api-key": self.server.api_token, **options.pop("headers", {})}
        body = {} if fields is None else {"json": fields}
        return self.send(verb, f"/public/api/v3/{method}", headers=headers, **body, **options)

    def tell(self, method: str, **fields: Any) -> Any:
        """The JSON of a platform method's answer, which must be 200."""
        answer = self.platform(method, fields)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def dataset(self, **names: str) -> Json:
        """A new, empty dataset in a new project of the empty workspace."""
        project = self.tell("projects.add", name=names.get("project", "Demo"), workspaceId=662)
        made: Json = self.tell("datasets.add", projectId=project["id"], name=names.get("dataset", "ds"))
        return made

    def put(self, dataset: Json, *pictures: bytes, names: Any = ()) -> list[int]:
        """Upload pictures as official clients do, and give their ids."""
        files = [(f"{at}-file", (str(at), content, "image/*")) for at, content in enumerate(pictures)]
        hashes = self.platform("images.bulk.upload", files=files).json()
        images = [{"title": names[at] if names else f"{at}.png", **one} for at, one in enumerate(hashes)]
        return [one["id"] for one in self.tell("images.bulk.add", datasetId=dataset["id"], images=images)]

    def raw(self, data: bytes) -> bytes:
        """Bytes to the socket, and what comes back until the server closes."""
        with socket.create_connection((self.server.host, self.server.port), timeout=GENEROUS) as connection:
            connection.sendall(data)
            return b"".join(iter(lambda: connection.recv(65536), b""))

    def start(self, route: str, **keys: Any) -> str:
        """Start a job and give its uuid."""
        uuid: str = self.ask(route, **keys)["inference_request_uuid"]
        return uuid

    def poll(self, route: str, uuid: str | None) -> Any:
        """One question about a job."""
        return self.ask(route, inference_request_uuid=uuid)


Start = Callable[..., Caller]


@pytest.fixture
def start(caplog: pytest.LogCaptureFixture) -> Iterator[Start]:
    """Start fakes; at the end none may have logged an error, whatever it was asked."""
    with ExitStack() as stack:

        def started(**options: Any) -> Caller:
            slept: list[float] = []

            async def sleep(seconds: float) -> None:
                slept.append(seconds)

            clock = Clock(lambda: 1_700_000_000.0)
            server = stack.enter_context(Server(**{"clock": clock, "sleep": sleep, **options}))
            caller = Caller(server, clock, slept)
            stack.callback(caller.http.close)
            return caller

        yield started
    assert [one.getMessage() for one in caplog.get_records("call") if one.levelno >= logging.ERROR] == []


@pytest.fixture
def fake(start: Start) -> Caller:
    """A fake as it is after every start."""
    return start()


@pytest.fixture
def refused() -> Callable[..., str]:
    """Check that an answer is a refusal in the one form that all have, and give its text."""

    def check(answer: requests.Response, status: int) -> str:
        assert answer.status_code == status, answer.text
        assert answer.headers["Content-Type"] == "application/json"
        body = answer.json()
        # Official clients read these two of the platform's refusals.
        own = {"error": body["detail"], "details": body["details"]} if "error" in body else {}
        assert body == {"detail": body["detail"], "message": body["detail"], "success": False, **own}
        assert "defect" not in body["detail"]
        text: str = body["detail"]
        return text

    return check


@pytest.fixture
def rider() -> bytes:
    """The file behind image 171250."""
    return (DATA / "world" / "171250.jpg").read_bytes()


@pytest.fixture
def street() -> bytes:
    """The file behind video 18635803: ten frames."""
    return (DATA / "world" / "18635803.mp4").read_bytes()


@pytest.fixture
def png() -> Callable[..., bytes]:
    """Make a picture of one colour."""

    def made(width: int = 40, height: int = 30, color: int = 0, kind: str = "PNG") -> bytes:
        file = io.BytesIO()
        Image.new("RGB", (width, height), (color % 256, color // 256 % 256, 7)).save(file, kind)
        return file.getvalue()

    return made


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home folder with credentials of a platform that no test may reach."""
    (tmp_path / "supervisely.env").write_text("SERVER_ADDRESS=http://platform.invalid\nAPI_TOKEN=own\n", "utf-8")
    return tmp_path
