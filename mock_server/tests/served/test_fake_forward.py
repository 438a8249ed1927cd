"""A serving app that runs elsewhere gets a task of the platform, and is reached through it."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from modeldouble_server import CannotServe, Server

from .conftest import GENEROUS, Caller


@pytest.fixture
def elsewhere() -> Iterator[Server]:
    with Server(seed=7) as server:
        yield server


def session_url(fake: Caller, task_id: int) -> str:
    found = fake.send("POST", "/public/api/v3/tasks.info", json={"id": task_id}, headers=key(fake)).json()
    return f"{fake.server.server_address}/net/{found['meta']['sessionToken']}"


def key(fake: Caller) -> dict[str, str]:
    return {"x-api-key": fake.server.api_token}


def both(fake: Caller, elsewhere: Server, method: str, route: str, **options: Any) -> list[requests.Response]:
    through = session_url(fake, fake.server.add_app(elsewhere.session_url))
    urls = (elsewhere.session_url, through)
    return [
        fake.http.request(method, f"{url}/{route}", timeout=GENEROUS, allow_redirects=False, **options) for url in urls
    ]


def test_an_answer_comes_back_as_it_is(fake: Caller, elsewhere: Server) -> None:
    direct, through = both(fake, elsewhere, "POST", "get_session_info", json={"state": {}})
    assert through.status_code == direct.status_code == 200
    assert through.content == direct.content
    assert through.headers["Content-Type"] == direct.headers["Content-Type"]


def test_a_form_is_passed_on(fake: Caller, elsewhere: Server, png: Callable[..., bytes]) -> None:
    direct, through = both(fake, elsewhere, "POST", "inference_image", files={"files": ("a.jpg", png(90, 60))})
    assert through.json() == direct.json()
    assert through.json()["annotation"]["size"] == {"height": 60, "width": 90}


@pytest.mark.parametrize(("method", "route", "status"), [
    ("GET", "get_session_info", 405), ("GET", "nothing", 404), ("POST", "get_session_info/", 307),
    ("GET", "livez", 200),
])  # fmt: skip
def test_refusals_and_redirects_come_back_too(
    fake: Caller, elsewhere: Server, method: str, route: str, status: int
) -> None:
    direct, through = both(fake, elsewhere, method, route)
    assert [direct.status_code, through.status_code] == [status, status]
    assert through.content == direct.content


def test_an_app_that_is_not_there_is_a_bad_gateway(fake: Caller) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{free.getsockname()[1]}"
    answer = fake.http.post(
        f"{session_url(fake, fake.server.add_app(nobody))}/get_session_info", json={}, timeout=GENEROUS
    )
    assert answer.status_code == 502
    assert "start it" in answer.json()["message"]


def test_each_app_is_a_task_of_its_own(fake: Caller, elsewhere: Server) -> None:
    tasks = [fake.server.add_app(elsewhere.session_url) for _ in range(2)]
    assert len({session_url(fake, task) for task in tasks}) == 2
    assert fake.server.task_id not in tasks


@pytest.mark.parametrize("url", ["", "nonsense", "file:///etc/passwd", "ftp://h/x"])
def test_what_is_no_address_is_refused(fake: Caller, url: str) -> None:
    with pytest.raises(CannotServe, match="serving app"):
        fake.server.add_app(url)
