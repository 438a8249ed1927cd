"""Where a path leads, with every method, and what is answered where it leads nowhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from modeldouble_server.serving.routes import LACKING, ROUTES

if TYPE_CHECKING:
    from requests import Response

    from tests.served.conftest import Caller, Start

    Refused = Callable[[Response, int], str]

POSTS = sorted(route for route, methods in ROUTES.items() if "GET" not in methods)
GETS = sorted(route for route, methods in ROUTES.items() if "GET" in methods)


@pytest.mark.parametrize("route", POSTS)
def test_get_on_a_post_route_is_405_and_names_the_method(fake: Caller, refused: Refused, route: str) -> None:
    answer = fake.send("GET", route)
    assert "POST" in refused(answer, 405)
    assert answer.headers["Allow"] == "POST"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods_on_a_route_are_405(fake: Caller, refused: Refused, method: str) -> None:
    assert method in refused(fake.send(method, "get_session_info"), 405)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "OPTIONS"])
@pytest.mark.parametrize("path", ["no_such_route", "/no_such_route", "/net", "/net/", "/public/api/v3", "/__admin/x"])
def test_an_unknown_path_is_404_for_any_method(fake: Caller, refused: Refused, method: str, path: str) -> None:
    assert refused(fake.send(method, path), 404)


@pytest.mark.parametrize("route", GETS)
def test_head_on_a_get_route_is_200_without_a_body(fake: Caller, route: str) -> None:
    answer = fake.send("HEAD", route)
    assert (answer.status_code, answer.content) == (200, b"")


def test_head_on_a_post_route_is_405_without_a_body(fake: Caller) -> None:
    answer = fake.send("HEAD", "get_session_info")
    assert (answer.status_code, answer.content) == (405, b"")


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("route", [*ROUTES, *sorted(LACKING)])
def test_a_trailing_slash_redirects_to_the_bare_path(fake: Caller, method: str, route: str) -> None:
    below, at_root = fake.send(method, f"{route}/"), fake.send(method, f"/{route}/")
    assert (below.status_code, at_root.status_code) == (307, 307)
    assert below.headers["Location"] == f"/net/{fake.server.session_token}/{route}"
    assert at_root.headers["Location"] == f"/{route}"
    assert below.content == b""


@pytest.mark.parametrize("query", ["a=1", "a=1&a=2&b=", "url=http%3A%2F%2Fx%2F%3Fy%3D1", "%C3%A9=%20+"])
def test_a_redirect_keeps_the_query(fake: Caller, query: str) -> None:
    location = fake.send("POST", f"get_session_info/?{query}").headers["Location"]
    assert location == f"/net/{fake.server.session_token}/get_session_info?{query}"


def test_a_redirect_that_is_followed_ends_at_the_answer(fake: Caller) -> None:
    url = f"{fake.server.session_url}/get_session_info/"
    assert fake.http.post(url, json={}, timeout=20).json() == fake.ask("get_session_info")


@pytest.mark.parametrize("path", ["//get_session_info", "//evil.example/get_session_info/", "/get_session_info//"])
def test_a_doubled_slash_is_404_at_the_root_and_below_the_token(fake: Caller, refused: Refused, path: str) -> None:
    below = f"/net/{fake.server.session_token}{path}"
    assert refused(fake.send("POST", below), 404)
    status = fake.raw(f"POST {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode()).split(b"\r\n")[0]
    assert status == b"HTTP/1.1 404 Not Found"


@pytest.mark.parametrize("route", sorted(LACKING))
def test_a_real_route_that_the_fake_lacks_is_501_with_its_name_and_the_list(
    fake: Caller, refused: Refused, route: str
) -> None:
    text = refused(fake.send("POST", route), 501)
    assert text.startswith(f"route {route} ")
    assert "inference_image_id, " in text
    assert fake.send("GET", f"/{route}").status_code == 501


def test_no_route_is_both_answered_and_lacking() -> None:
    assert not LACKING & set(ROUTES)


@pytest.mark.parametrize("token", ["wrong", "%2e%2e", "a%2Fb", "\ud55c", "x" * 2000])
def test_a_wrong_session_token_is_404_and_names_where_the_right_one_is(
    fake: Caller, refused: Refused, token: str
) -> None:
    assert "meta.sessionToken" in refused(fake.send("POST", f"/net/{token}/get_session_info"), 404)


def test_a_wrong_token_with_a_trailing_slash_is_not_redirected(fake: Caller, refused: Refused) -> None:
    assert refused(fake.send("POST", "/net/wrong/get_session_info/"), 404)


def test_the_root_is_the_default_model(fake: Caller) -> None:
    answer = fake.send("POST", "/inference_image_id", json={"state": {"image_id": 171250}})
    assert answer.json() == fake.ask("inference_image_id", image_id=171250)


def test_a_token_of_ones_own_replaces_the_built_in_one(start: Start) -> None:
    fake = start(session_token="mine")
    assert fake.server.session_url.endswith("/net/mine")
    assert fake.ask("get_session_info")["app_name"] == "Serve YOLOv5"


def test_a_long_unknown_route_is_cut_short_in_the_answer(fake: Caller, refused: Refused) -> None:
    assert "x" * 100 not in refused(fake.send("POST", "x" * 5000), 404)


def test_no_answer_invites_scripts_of_other_sites(fake: Caller) -> None:
    answer = fake.send("OPTIONS", "get_session_info", headers={"Origin": "http://evil.example"})
    assert not [name for name in answer.headers if name.lower().startswith("access-control")]
