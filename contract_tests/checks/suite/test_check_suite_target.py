"""Whatever an app does to a connection ends in time, and is a finding."""

import json
import socket
import time
from collections.abc import Callable

import pytest

from modeldouble_contract.exchange import File
from modeldouble_contract.finding import Finding
from modeldouble_contract.target import NEVER, Target

from .scripted import Reply, Turns, raw, scripted

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
SHORT = 0.3


def lost(talk: Callable[[socket.socket], None], largest: int = 1 << 20) -> Finding:
    """The finding that comes of asking a server which talks so."""
    with raw(talk) as url, pytest.raises(Finding) as caught:
        Target(url, patience=SHORT, largest=largest).post("get_session_info")
    return caught.value


def dribble(head: bytes) -> Callable[[socket.socket], None]:
    """Write some bytes every now and then, each in time, and longer in all than anybody waits."""

    def talk(one: socket.socket) -> None:
        one.sendall(head)
        for _ in range(15):
            time.sleep(0.1)
            one.sendall(b"1\r\na\r\n" if b"chunked" in head else b"x")

    return talk


@pytest.mark.parametrize("said", [
    b"", HEAD + b"Content-Length: 100\r\n\r\n{", HEAD + b"Transfer-Encoding: chunked\r\n\r\nnonsense\r\n",
    HEAD + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}", b"nonsense\r\n\r\n",
])  # fmt: skip
def test_an_answer_that_is_not_whole_is_a_finding(said: bytes) -> None:
    found = lost(lambda one: one.sendall(said))
    assert found.code == "answer.whole"
    assert found.at is not None
    assert found.at.status == 0


def test_a_hang_ends_with_patience() -> None:
    found = lost(lambda one: time.sleep(1.0))
    assert found.expected == "an answer within 0.3 s (--patience), to its end"
    assert "Timeout" in found.got


@pytest.mark.parametrize("head", [
    HEAD + b"Content-Length: 1000\r\n\r\n", HEAD + b"Transfer-Encoding: chunked\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nX-Long: ",
])  # fmt: skip
def test_an_answer_that_dribbles_ends_with_patience(head: bytes) -> None:
    assert "the answer did not end in time" in lost(dribble(head)).got


def test_an_answer_that_the_deadline_cuts_off_is_no_finding() -> None:
    with raw(lambda one: time.sleep(1.0)) as url, pytest.raises(pytest.skip.Exception, match="--deadline"):
        Target(url, patience=5.0, deadline=SHORT).post("get_session_info")


def test_a_reset_is_a_finding() -> None:
    def reset(one: socket.socket) -> None:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")

    assert lost(reset).code == "answer.whole"


def test_an_answer_may_not_be_huge() -> None:
    def talk(one: socket.socket) -> None:
        one.sendall(HEAD + b"Content-Length: 300000\r\n\r\n" + b"x" * 300_000)

    assert "more than 1,000 bytes" in lost(talk, largest=1000).got


def test_a_redirect_is_an_answer() -> None:
    with scripted({"a": Reply(b"", 307, location="/b"), "b": {}}) as app:
        assert Target(app.url).post("a").status == 307
    assert app.routes() == ["a"]


def test_nothing_is_asked_twice() -> None:
    with scripted({"a": Turns([Reply(b"busy", 503), {}])}) as app:
        assert Target(app.url).post("a").status == 503


def test_each_request_has_a_connection_of_its_own() -> None:
    with scripted({"a": {}}) as app:
        Target(app.url).post("a")
    assert app.asked[0].connection == "close"


def test_the_standard_body_has_state_context_and_token() -> None:
    with scripted({"a": {}}) as app:
        Target(app.url, api_token="t").post("a", {"image_id": 5})
    expected = {"state": {"settings": {}, "image_id": 5}, "context": {}, "api_token": "t"}
    assert json.loads(app.asked[0].body) == expected


def test_a_form_is_one_also_where_no_file_is_sent() -> None:
    with scripted({"a": {}}) as app:
        target = Target(app.url)
        target.form("a", [File("p.jpg", b"123")], {"settings": {"x": 1}})
        target.form("a", [], {"settings": {}}, part="state")
    first, second = (one.body for one in app.asked)
    assert b'name="files"; filename="p.jpg"' in first
    assert b'name="settings"\r\n\r\n{"settings": {"x": 1}}' in first
    assert b'name="state"\r\n\r\n{"settings": {}}' in second


def test_secrets_are_hidden_from_what_people_see_and_are_sent() -> None:
    with scripted({"net/secret/a": {}}) as app:
        target = Target(
            f"{app.url}/net/secret", api_token="token", secrets={"secret": "SESSION_TOKEN", "token": "API_TOKEN"}
        )
        at = target.post("a")
    assert at.sent.url.endswith("/net/$SESSION_TOKEN/a")
    assert at.sent.body is not None
    assert '"api_$API_TOKEN": "$API_TOKEN"' in at.sent.body
    assert b'"api_token": "token"' in app.asked[0].body


def test_secrets_are_hidden_from_errors() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    target = Target(f"http://127.0.0.1:{port}/net/secret", secrets={"secret": "SESSION_TOKEN"})
    with pytest.raises(Finding) as caught:
        target.post("a")
    assert "secret" not in caught.value.told()


@pytest.mark.parametrize(("state", "count"), [
    ({"framesCount": 7}, 7), ({"batch_ids": [1, 2]}, 2), ({"images_ids": [1, 2, 3]}, 3), ({"image_id": 1}, 1),
])  # fmt: skip
def test_inferences_are_counted_by_what_was_asked_for(state: dict[str, object], count: int) -> None:
    with scripted({"inference_x": {}}) as app:
        target = Target(app.url)
        target.post("inference_x", state)
        target.post("get_session_info")
    assert target.asked == count


def test_files_are_counted_and_paced() -> None:
    now = iter([0.0, 0.0, 0.0, 0.0, 0.0, 0.0] + [6.0] * 20)
    with scripted({"inference_batch": []}) as app:
        target = Target(app.url, clock=lambda: next(now))
        assert target.pace == 0.0
        target.form("inference_batch", [File("a", b""), File("b", b""), File("c", b"")])
    assert target.asked == 3
    assert target.pace == 2.0


@pytest.mark.parametrize("route", sorted(NEVER))
def test_what_would_change_the_target_is_never_called(route: str) -> None:
    with scripted({}) as app, pytest.raises(RuntimeError, match="never calls"):
        Target(app.url).post(f"/{route}")
    assert app.asked == []


def test_after_the_deadline_nothing_is_asked() -> None:
    now = [0.0]
    with scripted({"a": {}}) as app:
        target = Target(app.url, deadline=10.0, clock=lambda: now[0])
        target.post("a")
        now[0] = 10.0
        with pytest.raises(Finding, match="deadline"):
            target.post("a")
    assert len(app.asked) == 1
