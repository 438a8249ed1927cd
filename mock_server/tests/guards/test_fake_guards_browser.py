"""What a page in a browser, or one whose name was rebound to this machine, may do: what docs/security.md says of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from modeldouble_server import Server
from modeldouble_server.refusal import CannotServe

if TYPE_CHECKING:
    from tests.guards.conftest import Start

EVIL = {"Origin": "http://evil.example", "Host": "evil.example"}
BODY = '{"state": {"image_id": 171250}}'


def test_serving_routes_take_any_host_and_let_no_page_read_the_answer(start: Start) -> None:
    answer = start().send("POST", "inference_image_id", data=BODY, headers={**EVIL, "Content-Type": "application/json"})
    assert answer.status_code == 200
    assert [name for name in answer.headers if name.lower().startswith("access-control")] == []


@pytest.mark.parametrize("path", ["inference_image_id", "images.bulk.upload", "__admin/models"])
def test_a_preflight_is_not_granted(start: Start, path: str) -> None:
    headers = {**EVIL, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    answer = start().send("OPTIONS", path, headers=headers)
    assert answer.status_code >= 400
    assert [name for name in answer.headers if name.lower().startswith("access-control")] == []


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded"])
def test_json_of_a_kind_that_a_page_may_send_is_refused(start: Start, kind: str) -> None:
    answer = start().send("POST", "inference_image_id", data=BODY, headers={**EVIL, "Content-Type": kind})
    assert (answer.status_code, "application/json" in answer.json()["detail"]) == (400, True)


def test_a_form_of_a_page_is_taken_but_not_answered_to_it(start: Start, png: Callable[..., bytes]) -> None:
    answer = start().send("POST", "inference_image", files={"files": ("a.png", png())}, headers=EVIL)
    assert (answer.status_code, "Access-Control-Allow-Origin" in answer.headers) == (200, False)


def test_the_platform_wants_its_token_in_a_header(start: Start) -> None:
    fake = start()
    path = f"users.me?api_token={fake.server.api_token}"
    assert fake.send("POST", path, headers={"x-api-key": ""}).status_code == 401
    assert fake.send("POST", path).status_code == 200


def test_no_image_url_is_fetched(start: Start) -> None:
    fake, other = start(), start()
    url = f"{other.server.server_address}/livez"
    assert fake.post("inference_image_url", image_url=url).status_code == 200
    assert other.connections == 0


def test_another_host_needs_tokens_of_your_own() -> None:
    with pytest.raises(CannotServe, match="not loopback"):
        Server(host="0.0.0.0")
