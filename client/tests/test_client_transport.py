"""One attempt at one request, and the loop around it, against a server that misbehaves."""

from __future__ import annotations

import gzip
import itertools
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from modeldouble import (
    AnswerLost,
    Api,
    BadArgument,
    DeadlineExceeded,
    EmptyAnswer,
    HtmlAnswer,
    HttpTransport,
    NotAServingApp,
    Redirected,
    Refused,
    ServerFailed,
    Session,
    TimedOut,
    Unreachable,
    WrongToken,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Json, PaperTransport, Reply, RoughServer

    Connect = Callable[..., Session]


def test_nobody_listens() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(Unreachable, match="Is the server running"):
            Session(session_url=url, transport=HttpTransport(1.0, 1.0, sleep=lambda seconds: None))


def test_a_server_that_accepts_and_never_answers_is_given_up(
    rough: RoughServer, connect: Connect, reply: type[Reply]
) -> None:
    rough.on("get_session_info", reply(way="silent"))
    with pytest.raises(TimedOut, match=r"0\.1 s"):
        connect(read_timeout=0.1)
    assert len(rough.received) == 5


@pytest.mark.parametrize("way", ["lost", "cut"])
def test_a_broken_answer_to_a_question_is_asked_for_again(
    rough: RoughServer, connect: Connect, reply: type[Reply], way: str
) -> None:
    info = reply({"app_name": "Second try"})
    rough.on("get_session_info", info._replace(way=way), info)
    assert connect().get_session_info().app_name == "Second try"


def test_an_answer_that_always_breaks_is_lost(rough: RoughServer, connect: Connect, reply: type[Reply]) -> None:
    rough.on("get_session_info", reply({"app_name": "never whole"}, way="cut"))
    with pytest.raises(AnswerLost, match="the connection"):
        connect()


@pytest.mark.parametrize(
    ("status", "headers", "body", "error", "remedy"),
    [
        (200, {"Content-Type": "text/html"}, b"<html>hello</html>", HtmlAnswer, "address of a serving app"),
        (200, {}, b"<!DOCTYPE html><p>", HtmlAnswer, "web page"),
        (204, {}, b"", EmptyAnswer, "address of a serving app"),
        (200, {}, b"", EmptyAnswer, "without a body"),
        (307, {"Location": "https://elsewhere/"}, b"", Redirected, "https://elsewhere/"),
        (404, {}, b'{"detail": "Not Found"}', NotAServingApp, "URL complete"),
        (
            404,
            {},
            b'{"detail": "no model is served under this token."}',
            NotAServingApp,
            "under this token. No serving",
        ),
        (404, {}, b"", NotAServingApp, "answered 404: no reason given"),
        (405, {}, b'{"detail": "Method Not Allowed"}', NotAServingApp, "No serving app"),
        (501, {}, b"unsupported", NotAServingApp, "no serving app"),
        (200, {}, b"[1, 2]", NotAServingApp, "no serving app"),
        (200, {}, b"hello", NotAServingApp, "no serving app"),
        (400, {}, b'{"detail": "no"}', Refused, "no"),
    ],
)
def test_what_is_not_a_serving_app_is_told_apart(
    rough: RoughServer,
    connect: Connect,
    reply: type[Reply],
    status: int,
    headers: dict[str, str],
    body: bytes,
    error: type[Exception],
    remedy: str,
) -> None:
    rough.on("get_session_info", reply(body, status, headers))
    with pytest.raises(error, match=remedy):
        connect()
    assert len(rough.received) == 1


@pytest.mark.parametrize("url", ["", "ftp://host", "http://", "http://h:1/?x=1", "http://h:99999", 5])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(BadArgument, match="http://host:port"):
        Session(session_url=url)


def test_slashes_at_the_end_of_the_address_are_no_part_of_it(rough: RoughServer, connect: Connect) -> None:
    connect(session_url=f"{rough.url.removeprefix('http://')}/net/x//")
    assert rough.paths == ["/net/x/get_session_info"]


def test_connections_are_kept(rough: RoughServer, connect: Connect) -> None:
    with connect() as session:
        for _ in range(5):
            session.get_session_info()
    assert (len(rough.peers), len(rough.received)) == (1, 6)


def test_a_retried_upload_sends_the_bytes_again(
    rough: RoughServer, connect: Connect, reply: type[Reply], predict: Callable[..., Json], tmp_path: Path
) -> None:
    content = b"\x89PNG" + bytes(range(256)) * 1000
    (tmp_path / "a.png").write_bytes(content)
    rough.on("inference_image", reply("", 503), reply(way="lost"), reply(predict()))
    connect().inference_image_path(tmp_path / "a.png")
    sent = [one.body for one in rough.received if one.route == "inference_image"]
    assert [content in body for body in sent] == [True, True, True]


def test_an_upload_is_streamed(rough: RoughServer, connect: Connect, reply: type[Reply], tmp_path: Path) -> None:
    import tracemalloc

    with (tmp_path / "big.jpg").open("wb") as stream:
        stream.truncate(40 * 1024 * 1024)
    rough.on("inference_image", reply("too big", 413))
    session = connect()
    rough.on("inference_image", lambda request: reply({"detail": str(len(request.body))}, 413))
    tracemalloc.start()
    with pytest.raises(Refused, match="smaller image"):
        session.inference_image_path(tmp_path / "big.jpg")
    # The server, in this same process, holds the body once (and its reader a second time for a moment).
    assert tracemalloc.get_traced_memory()[1] < 110 * 1024 * 1024
    tracemalloc.stop()


def test_a_model_that_raises_is_not_run_again(rough: RoughServer, connect: Connect, reply: type[Reply]) -> None:
    rough.on("inference_image_id", reply({"detail": {"title": "Oops", "message": "ValueError()"}}, 500))
    with pytest.raises(ServerFailed, match=r"Oops: ValueError\(\)"):
        connect().inference_image_id(5)
    assert rough.routes() == ["inference_image_id"]


def test_a_predicted_image_is_not_asked_for_twice_when_the_model_is_slow(
    rough: RoughServer, connect: Connect, reply: type[Reply]
) -> None:
    rough.on("inference_image_id", reply(way="silent"))
    with pytest.raises(TimedOut):
        connect(read_timeout=0.1).inference_image_id(5)
    assert rough.routes() == ["inference_image_id"]


def test_the_deadline_bounds_retries(paper: PaperTransport, reply: type[Reply]) -> None:
    session = Session(session_url="http://paper", transport=paper, deadline=1.0)
    paper.script.on("get_session_info", reply("", 503))
    with pytest.raises(ServerFailed):
        session.get_session_info()
    assert 0 < sum(paper.slept) < 1.0


def test_the_deadline_bounds_a_silent_server(rough: RoughServer, connect: Connect, reply: type[Reply]) -> None:
    session = connect(deadline=0.2)
    rough.on("get_session_info", reply(way="silent"))
    with pytest.raises(DeadlineExceeded):
        session.get_session_info()


def test_the_deadline_bounds_an_upload(rough: RoughServer) -> None:
    readings = [0.0]
    # Once armed, the clock jumps beyond the deadline at its sixth reading: in the middle of the body.
    transport = HttpTransport(clock=lambda: readings.pop() if len(readings) > 1 else readings[0])
    session = Session(session_url=rough.url, transport=transport, deadline=50)
    readings[:] = [99.0, *[0.0] * 5]
    with pytest.raises(DeadlineExceeded):
        session.inference_image(b"\xff\xd8\xff" + bytes(10**6))
    transport.close()
    assert rough.routes() == []


def test_the_server_may_say_how_long_to_wait(paper: PaperTransport, reply: type[Reply]) -> None:
    paper.script.on("get_session_info", reply("", 429, {"retry-after": "7"}), reply({}))
    Session(session_url="http://paper", transport=paper)
    assert paper.slept == [7.0]


def test_the_session_token_is_in_no_error(rough: RoughServer, connect: Connect, reply: type[Reply]) -> None:
    secret = "f" * 64
    url = f"{rough.url}/net/{secret}"
    for plan in (reply("", 500), reply(way="lost"), reply(f"/net/{secret}/x", 400), reply(b"<html>")):
        rough.on("get_session_info", plan)
        with pytest.raises(Exception, match="get_session_info") as caught:
            connect(session_url=url)
        assert secret not in f"{caught.value!r} {vars(caught.value)} {caught.value.__cause__}"


def test_an_answer_that_trickles_in_is_bounded_by_the_deadline(
    rough: RoughServer, connect: Connect, reply: type[Reply]
) -> None:
    session = connect(deadline=0.3)
    rough.on("get_session_info", reply({}, way="trickle"))
    with pytest.raises(DeadlineExceeded):
        session.get_session_info()


def test_and_without_a_deadline_by_a_long_limit(rough: RoughServer, reply: type[Reply]) -> None:
    hours = itertools.count(0.0, 60.0)
    rough.on("get_session_info", reply({}, way="trickle"))
    transport = HttpTransport(sleep=lambda seconds: None, clock=lambda: next(hours))
    with pytest.raises(TimedOut, match="too slowly"):
        Session(session_url=rough.url, transport=transport)
    transport.close()


def test_a_compressed_answer_is_unpacked(rough: RoughServer, connect: Connect, reply: type[Reply]) -> None:
    packed = gzip.compress(b'{"app_name": "Packed"}')
    rough.on("get_session_info", reply(packed, headers={"Content-Encoding": "gzip"}))
    assert connect().get_session_info().app_name == "Packed"


def test_a_short_token_that_the_server_echoes_is_hidden(rough: RoughServer, reply: type[Reply]) -> None:
    rough.on("tasks.info", reply({"error": "hunter2 is no token"}, 401))
    api = Api(rough.url, "hunter2")
    with pytest.raises(WrongToken, match=r"\*\*\* is no token") as caught:
        api.task.get_info_by_id(5)
    assert "hunter2" not in str(vars(caught.value))
    api.close()
