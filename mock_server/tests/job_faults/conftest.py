"""A served model whose time stands still, on a real socket, and raw HTTP to it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
import requests

from modeldouble_server import Clock, ServedModel, Server

GENEROUS = 20.0
"""Seconds after which a test gives up: never what is measured."""
FRAMES = 10


class Asked:
    """A model, and questions about its jobs: ten frames of a second, after two seconds."""

    def __init__(self, model: ServedModel) -> None:
        self.model = model
        self.video = model.add_video(FRAMES)
        self.http = requests.Session()
        self.http.trust_env = False

    def send(self, route: str, **state: Any) -> requests.Response:
        """A JSON request; the keys are the state's."""
        body = {"state": state, "context": {}, "api_token": self.model.api_token}
        return self.http.post(f"{self.model.session_url}/{route}", json=body, timeout=GENEROUS)

    def start(self, fault: str | None = None, after: float = 0.0, **parameters: Any) -> str:
        """The uuid of a job that meets the fault, `after` seconds after its start."""
        if fault is not None:
            self.model.fail(fault, **parameters)
        uuid: str = self.send("inference_video_id_async", videoId=self.video, framesCount=FRAMES).json()[
            "inference_request_uuid"
        ]
        self.model.clock.advance(after)
        return uuid

    def poll(self, route: str, uuid: str) -> Any:
        """The JSON of an answer about a job, which must be 200."""
        answer = self.send(route, inference_request_uuid=uuid)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def popped(self, uuid: str) -> list[int]:
        """The frames of one pop."""
        return [one["frame_index"] for one in self.poll("pop_inference_results", uuid)["pending_results"]]

    def statuses(self, uuid: str, routes: list[str]) -> list[int]:
        """How each of these routes answers about the job."""
        return [self.send(route, inference_request_uuid=uuid).status_code for route in routes]


Serving = Callable[..., Asked]


@pytest.fixture
def serving(caplog: pytest.LogCaptureFixture) -> Iterator[Serving]:
    """Serve a model in a dialect; at the end nothing may have been logged as an error."""
    with ExitStack() as stack:

        def served(dialect: str | None = None) -> Asked:
            server = stack.enter_context(Server(clock=Clock(lambda: 1_700_000_000.0), dialect=dialect))
            asked = Asked(stack.enter_context(server.add_model(pace=1.0, preparation=2.0)))
            stack.callback(asked.http.close)
            return asked

        yield served
    assert [one.getMessage() for one in caplog.get_records("call") if one.levelno >= logging.ERROR] == []


@pytest.fixture
def asked(serving: Serving) -> Asked:
    """A model in the fake's own dialect."""
    return serving()
