"""Whether there is a serving app to judge, who its platform says that it is, and which release it is like."""

import json
import socket
from typing import Any

import pytest

from modeldouble_contract.platform import ask, image_size, session_url, video_facts
from modeldouble_contract.preflight import CannotCheck, find_target
from modeldouble_contract.probe import least_release, missing, routes_of
from modeldouble_contract.target import NEVER, Target
from modeldouble_contract.truth import Release, load

from .scripted import Reply, Turns, raw, scripted

API = "public/api/v3"


def refusal(answers: dict[str, Any]) -> str:
    """Why a server that answers so cannot be judged."""
    with scripted(answers) as app, pytest.raises(CannotCheck) as raised:
        find_target(app.url, None, timeout=2.0)
    return str(raised.value)


@pytest.mark.parametrize("reply", [
    {}, [], Reply(b"hello", kind="text/plain"), Reply(b"", kind=""), Reply(b"{nonsense"), Reply(b"\xff" * 40),
])  # fmt: skip
def test_what_answers_200_with_anything_but_html_is_judged(reply: Any) -> None:
    with scripted({"get_session_info": reply}) as app:
        find_target(f"{app.url}/", "t")
    assert app.routes() == ["get_session_info"]
    assert json.loads(app.asked[0].body)["api_token"] == "t"


@pytest.mark.parametrize("reply", [
    Reply(b"{}", kind="text/html; charset=utf-8"), Reply(b"\n <!DOCTYPE html>", kind="text/plain"),
    Reply(b"<HTML>", kind=""),
    Reply(b" " * 100 + b"<html>", kind="application/json"),
])  # fmt: skip
def test_a_web_page_is_no_serving_app(reply: Reply) -> None:
    assert "web page: give the URL of a serving app; a slow start can be waited for" in refusal(
        {"get_session_info": reply}
    )


@pytest.mark.parametrize("status", [404, 405, 501, 500])
def test_another_status_is_told(status: int) -> None:
    assert f"get_session_info answers {status}" in refusal({"get_session_info": Reply(b"", status)})


def test_a_model_that_is_not_deployed_is_told_with_the_remedy() -> None:
    told = refusal({"get_session_info": Reply(b"", 500), "is_deployed": {"deployed": False}})
    assert "its model is not deployed: deploy it (press Serve in the app), or give --wait" in told


@pytest.mark.parametrize("reply", [[], {"deployed": True}, Reply(b"nonsense"), Reply(b"", 500), Reply(b"[" * 10, 200)])
def test_whatever_is_deployed_answers_it_is_no_traceback(reply: Any) -> None:
    assert "answers 500" in refusal({"get_session_info": Reply(b"", 500), "is_deployed": reply})


def test_a_redirect_is_told_with_where_to() -> None:
    reply = Reply(b"", 308, location="https://app.example/x/get_session_info")
    assert "it redirects (308), which is not followed: give https://app.example/x as the URL" in refusal(
        {"get_session_info": reply}
    )


def test_a_dead_port_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(
        CannotCheck, match=r"nothing answers there \(ConnectionError\): start the app, or correct the URL"
    ):
        find_target(f"http://127.0.0.1:{port}", None)


@pytest.mark.parametrize("url", ["http://[", "nonsense", "ftp://x", "http://", "http://a b/"])
def test_what_is_no_url_is_told(url: str) -> None:
    with pytest.raises(CannotCheck, match="nothing answers there"):
        find_target(url, None, timeout=1.0)


def test_200_and_then_nothing_more_is_for_the_suite_to_judge() -> None:
    with raw(lambda one: one.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")) as url:
        find_target(url, None)


def test_a_slow_start_is_waited_for() -> None:
    now = [0.0]
    with scripted({"get_session_info": Turns([Reply(b"", 503), Reply(b"", 503), {}])}) as app:
        find_target(
            app.url, None, wait=10.0, clock=lambda: now[0], sleep=lambda seconds: now.__setitem__(0, now[0] + seconds)
        )
    assert now[0] == 1.0


def test_waiting_ends() -> None:
    now = [0.0]
    with scripted({}) as app, pytest.raises(CannotCheck) as raised:
        find_target(
            app.url, None, wait=3.0, clock=lambda: now[0], sleep=lambda seconds: now.__setitem__(0, now[0] + seconds)
        )
    assert now[0] == 3.0
    assert "--wait" not in str(raised.value)


def test_a_task_has_a_session_url() -> None:
    with scripted({f"{API}/tasks.info": {"meta": {"sessionToken": "abc"}}}) as app:
        assert session_url(f"{app.url}/", "t", 5) == f"{app.url}/net/abc"
    assert json.loads(app.asked[0].body) == {"id": 5}


@pytest.mark.parametrize(
    "found", [{}, [], {"meta": None}, {"meta": "x"}, {"meta": {"sessionToken": ""}}, {"meta": {"sessionToken": 5}}]
)
def test_a_task_without_a_token_is_told(found: Any) -> None:
    with scripted({f"{API}/tasks.info": found}) as app, pytest.raises(CannotCheck, match="task 5 has no session token"):
        session_url(app.url, "t", 5)


def test_a_platform_that_refuses_or_talks_nonsense_is_told() -> None:
    with scripted({f"{API}/a": Reply(b"no", 401), f"{API}/b": Reply(b"no")}) as app:
        with pytest.raises(CannotCheck, match="a answers 401: correct --token"):
            ask(app.url, "t", "a", {})
        with pytest.raises(CannotCheck, match="no platform answers at"):
            ask(app.url, "t", "b", {})


def test_sizes_come_from_the_platform() -> None:
    video = {"fileMeta": {"framesCount": 10, "width": 6, "height": 4}}
    with scripted({f"{API}/images.info": {"width": 5, "height": 3}, f"{API}/videos.info": video}) as app:
        assert image_size(app.url, "t", 1) == (5, 3)
        assert video_facts(app.url, "t", 1) == (10, 6, 4)


@pytest.mark.parametrize(("reply", "told"), [
    (Reply(b"no", 404), "does not tell of --image-id 7"), ({}, "no width, height of picture 7"), ([], "no width"),
    ({"width": "5", "height": 3}, "no width"),
])  # fmt: skip
def test_a_picture_that_a_platform_does_not_know_is_told(reply: Any, told: str) -> None:
    with scripted({f"{API}/images.info": reply}) as app, pytest.raises(CannotCheck, match=told):
        image_size(app.url, "t", 7)


def test_routes_are_found_with_get_alone() -> None:
    with scripted({"get_session_info": Reply(b"", 405), "livez": {}}) as app:
        assert routes_of(load(), Target(app.url)) == {"get_session_info", "livez"}
    assert {one.method for one in app.asked} == {"GET"}
    assert not NEVER & set(app.routes())


def test_the_least_release_has_all_routes() -> None:
    assert least_release(load(), {"get_session_info"}) == load().first
    assert str(least_release(load(), {"get_session_info", "get_inference_result", "livez"})) == "6.73.171"
    assert least_release(load(), []) == load().first


def test_what_a_release_has_and_a_target_lacks_is_missing() -> None:
    has = {one.route for one in load().operations.values()} - {"get_status", "openapi.json", "freeze_model"}
    assert [one.route for one in missing(load(), has, Release.parse("6.74.51"))] == ["get_status"]
    assert missing(load(), has, Release.parse("6.69.57")) == []
