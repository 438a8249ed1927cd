"""A fake that is recorded, the recorder in front of it, and folders of recordings that are written by hand."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from queue import Queue
from typing import Any

import pytest
import requests

from modeldouble_server import Server
from modeldouble_server.default_world import DATA
from modeldouble_server.recording.command import record
from modeldouble_server.recording.exchange import ABOUT, BLOBS, LINES

Json = dict[str, Any]
GENEROUS = 20.0
CAT, ASTRONAUT = ((DATA / "demo" / f"{name}.jpg").read_bytes() for name in ("cat", "astronaut"))
RIDER, ORANGES, VIDEO = 171250, 17551748, 18635803
TOKEN = "tok" + "5e" * 30


@contextmanager
def recorded(url: str, output: Path, **options: Any) -> Iterator[str]:
    """The address of a recorder, until the block ends."""
    leave, ready, failed = threading.Event(), Queue[str](), list[BaseException]()

    def run() -> None:
        try:
            record(url, output, leave, ready.put, **options)
        except BaseException as error:  # noqa: BLE001 - the test raises it
            failed.append(error)
            ready.put("")

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        address = ready.get(timeout=GENEROUS)
        if failed:
            raise failed[0]
        yield address
    finally:
        leave.set()
        thread.join(GENEROUS)


class Client:
    """Raw requests below one address."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = requests.Session()
        self.http.trust_env = False

    def post(self, route: str, **state: Any) -> requests.Response:
        """A JSON request; the keys are the state's."""
        body = {"state": state, "context": {"apiToken": TOKEN}, "api_token": TOKEN}
        return self.http.post(f"{self.url}/{route}", json=body, headers={"x-api-key": TOKEN}, timeout=GENEROUS)

    def upload(self, route: str, *files: bytes, **state: Any) -> requests.Response:
        """A form as clients send it."""
        parts: list[tuple[str, Any]] = [("files", (f"{at}.jpg", content)) for at, content in enumerate(files)]
        parts.append(("settings", (None, json.dumps(state), "text/plain")))
        return self.http.post(f"{self.url}/{route}", files=parts, timeout=GENEROUS)

    def job(self, route: str, **state: Any) -> list[Json]:
        """All results of a job, from its start to its clear."""
        uuid = self.post(route, **state).json()["inference_request_uuid"]
        found: list[Json] = []
        while True:
            popped = self.post("pop_inference_results", inference_request_uuid=uuid).json()
            found += popped["pending_results"]
            if not popped["is_inferring"] and not popped["pending_results"]:
                self.post("clear_inference_request", inference_request_uuid=uuid)
                return found


def lines(folder: Path) -> list[Json]:
    return [json.loads(line) for line in (folder / LINES).read_text().splitlines()]


def line(route: str, state: Json, response: Json, number: int = 0, status: int = 200) -> Json:
    """An exchange as it is written."""
    asked = {"json": {"state": state}}
    return {"number": number, "method": "POST", "route": route, "request": asked, "status": status,
            "response": response}  # fmt: skip


def written(folder: Path, *exchanges: Json) -> Path:
    """A recording that is made by hand."""
    (folder / BLOBS).mkdir(parents=True)
    (folder / ABOUT).write_text(json.dumps({"format": 1, "url": "http://127.0.0.1:1", "info": {"app_name": "By hand"}}))
    (folder / LINES).write_text("".join(f"{json.dumps(one)}\n" for one in exchanges))
    return folder


def prediction(width: int = 8, **more: Any) -> Json:
    return {"annotation": {"size": {"height": 6, "width": width}, "objects": [], "tags": []}, "data": {}, **more}


@pytest.fixture(scope="session")
def app() -> Iterator[Server]:
    with Server() as server:
        yield server


Replay = Callable[..., Client]


@pytest.fixture
def replay() -> Iterator[Replay]:
    """Serve a recording and give a client of it."""
    with ExitStack() as stack:

        def start(folder: Path, **options: Any) -> Client:
            return Client(stack.enter_context(Server(replay=folder, **options)).server_address)

        yield start
