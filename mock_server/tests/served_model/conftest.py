"""A served model on a running server, raw HTTP to it, and test suites that run in a pytest of their own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import requests

from modeldouble_server import ServedModel, Server

GENEROUS = 20.0
"""Seconds after which a test gives up: never what is measured."""


class Caller:
    """Requests to one served model."""

    def __init__(self, model: ServedModel) -> None:
        self.model = model
        self.http = requests.Session()
        self.http.trust_env = False

    def send(self, route: str, settings: Any = None, **state: Any) -> requests.Response:
        """A JSON request; the keys are the state's."""
        body = {"state": {"settings": settings or {}, **state}, "context": {}}
        return self.http.post(f"{self.model.session_url}/{route}", json=body, timeout=GENEROUS)

    def ask(self, route: str, settings: Any = None, **state: Any) -> Any:
        """The JSON of an answer that must be 200."""
        answer = self.send(route, settings, **state)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def upload(self, *pictures: Path, route: str = "inference_image", **settings: Any) -> requests.Response:
        """A form with pictures."""
        parts: list[tuple[str, Any]] = [("files", (one.name, one.read_bytes())) for one in pictures]
        form = [*parts, ("settings", (None, json.dumps({"settings": settings})))]
        return self.http.post(f"{self.model.session_url}/{route}", files=form, timeout=GENEROUS)

    def classes(self, picture: Path, **settings: Any) -> list[str]:
        """The names of the classes that are seen in a picture."""
        answer = self.upload(picture, **settings)
        assert answer.status_code == 200, answer.text
        return [one["classTitle"] for one in answer.json()["annotation"]["objects"]]

    def platform(self, method: str, token: str | None = None, **fields: Any) -> requests.Response:
        """A request to a platform method."""
        headers = {"x-api-key": self.model.api_token if token is None else token}
        url = f"{self.model.server_address}/public/api/v3/{method}"
        return self.http.post(url, json=fields, headers=headers, timeout=GENEROUS)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """One server for all tests of the folder, as the plugin has it."""
    with Server() as running:
        yield running


@pytest.fixture
def model(server: Server) -> Iterator[ServedModel]:
    """A model of the test's own."""
    made = server.add_model()
    yield made
    made.close()


@pytest.fixture
def caller(model: ServedModel) -> Iterator[Caller]:
    """Requests to the model."""
    made = Caller(model)
    yield made
    made.http.close()


class Ran(NamedTuple):
    """How a suite ended."""

    status: int
    text: str

    @property
    def counts(self) -> dict[str, int]:
        """Numbers of the last line, such as {"passed": 2}."""
        return {
            name.rstrip("s"): int(count) for count, name in re.findall(r"(\d+) ([a-z]+)", self.text.splitlines()[-1])
        }


Suite = Callable[..., Ran]
HEAD = """
import pytest, requests

def ask(model, **state):
    body = {"state": {"settings": {}, **state}, "context": {}}
    with requests.Session() as http:
        http.trust_env = False
        return http.post(f"{model.session_url}/inference_image_id", json=body, timeout=20)
"""


@pytest.fixture(scope="session")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Suite:
    """Run a suite in an empty folder, as a stranger's, with this plugin and those that are named; `ini` is its
    pytest.ini. With `installed` it has the plugins that are installed instead, as they are found."""

    def run(
        source: str, *arguments: str, ini: str = "[pytest]\n", head: str = HEAD, plugins: tuple[str, ...] = (),
        installed: bool = False,
    ) -> Ran:  # fmt: skip
        folder = tmp_path_factory.mktemp("suite")
        (folder / "pytest.ini").write_text(ini, encoding="utf-8")
        (folder / "test_it.py").write_text(head + source, encoding="utf-8")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV_"))}
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", *arguments]
        if not installed:
            kept["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
            command += [part for name in ("modeldouble_server.plugin", *plugins) for part in ("-p", name)]
        ran = subprocess.run(command, cwd=folder, env=kept, capture_output=True, text=True, timeout=300)
        return Ran(ran.returncode, ran.stderr + ran.stdout)

    return run
