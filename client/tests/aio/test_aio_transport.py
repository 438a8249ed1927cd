"""One awaited attempt at one request, and the loop around it, against a server that misbehaves."""

from __future__ import annotations

import asyncio
import gzip
import itertools
import socket
import threading
import zlib
from typing import TYPE_CHECKING, Any

import pytest

from modeldouble import (
    AnswerLost,
    BadArgument,
    BadSettings,
    DeadlineExceeded,
    EmptyAnswer,
    HtmlAnswer,
    Redirected,
    Refused,
    ServerFailed,
    TimedOut,
    Unreachable,
)
from modeldouble.aio import AsyncHttpTransport, AsyncSession
from modeldouble.retry import Kind
from modeldouble.wire import Ask

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.conftest import Reply, RoughServer

    Connect = Callable[..., Awaitable[AsyncSession]]

INFO = Ask("get_session_info", Kind.READ, {})
NEVER = float("inf")
WATCHDOG = 30.0


async def test_nobody_listens() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        transport = AsyncHttpTransport(1.0, 1.0, sleep=lambda seconds: asyncio.sleep(0))
        with pytest.raises(Unreachable, match="Is the server running"):
            await AsyncSession.connect(session_url=url, transport=transport)
        await transport.close()


async def test_a_server_that_never_answers_is_given_up(
    rough: RoughServer, connect: Connect, reply: type[Reply]
) -> None:
    rough.on("get_session_info", reply(way="silent"))
    with pytest.raises(TimedOut, match=r"0\.1 s"):
        await connect(read_timeout=0.1)
    assert len(rough.received) == 5


@pytest.mark.parametrize("way", ["lost", "cut"])
async def test_a_broken_answer_to_a_question_is_asked_for_again(
    rough: RoughServer, connect: Connect, reply: type[Reply], way: str
) -> None:
    info = reply({"app_name": "Second try"})
    rough.on("get_session_info", info._replace(way=way), info)
    assert (await (await connect()).get_session_info()).app_name == "Second try"


async def test_an_answer_that_always_breaks_is_lost(rough: RoughServer, connect: Connect, reply: type[Reply]) -> None:
    rough.on("get_session_info", reply({"app_name": "never whole"}, way="cut"))
    with pytest.raises(AnswerLost, match="the connection"):
        await connect()


@pytest.mark.parametrize(
    ("status", "headers", "body", "error"),
    [
        (200, {"Content-Type": "text/html"}, b"<html>hello</html>", HtmlAnswer),
        (204, {}, b"", EmptyAnswer),
        (200, {}, b"", EmptyAnswer),
        (307, {"Location": "https://elsewhere/"}, b"", Redirected),
        (400, {}, b'{"detail": "no"}', Refused),
    ],
)
async def test_what_is_not_a_serving_app_is_told_apart(
    rough: RoughServer, connect: Connect, reply: type[Reply], status: int, headers: Any, body: bytes, error: Any
) -> None:
    rough.on("get_session_info", reply(body, status, headers))
    with pytest.raises(error):
        await connect()
    assert len(rough.received) == 1


async def test_connections_are_kept_and_cookies_are_not(
    rough: RoughServer, connect: Connect, reply: type[Reply]
) -> None:
    rough.on("get_session_info", reply({}, headers={"Set-Cookie": "a=b"}))
    # By name, since cookies of numbers are never kept.
    session = await connect(session_url=rough.url.replace("127.0.0.1", "localhost"))
    for _ in range(5):
        await session.get_session_info()
    assert len(rough.peers) == 1
    assert not any("cookie" in one.headers for one in rough.received)


async def test_so_many_connections_are_open_and_no_more(rough: RoughServer) -> None:
    transport = AsyncHttpTransport(connections=3)
    await asyncio.gather(*[transport.send(f"{rough.url}/{INFO.route}", INFO, NEVER) for _ in range(20)])
    assert len(rough.peers) <= 3
    await transport.close()
    with pytest.raises(BadArgument, match="connections"):
        AsyncHttpTransport(connections=0)


async def test_a_pop_does_not_go_out_over_a_connection_that_was_closed_while_the_loop_was_busy() -> None:
    listening = socket.create_server(("127.0.0.1", 0))
    gone, answers = threading.Event(), b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"

    def answer_once_each() -> None:
        for _ in range(2):
            with listening.accept()[0] as peer:
                peer.recv(65536)
                peer.sendall(answers)
                peer.shutdown(socket.SHUT_RDWR)
            gone.set()

    thread = threading.Thread(target=answer_once_each, daemon=True)
    thread.start()
    url, transport = f"http://127.0.0.1:{listening.getsockname()[1]}", AsyncHttpTransport()
    pop = Ask("pop_inference_results", Kind.ONCE, {})
    await transport.send(f"{url}/pop", pop, NEVER)
    # The loop stands still until the server has hung up.
    gone.wait(WATCHDOG)
    assert (await transport.send(f"{url}/pop", pop, NEVER)).body == b"{}"
    thread.join(WATCHDOG)
    await transport.close()
    listening.close()


async def test_a_model_that_raises_or_is_slow_is_not_run_again(
    rough: RoughServer, connect: Connect, reply: type[Reply]
) -> None:
    rough.on("inference_image_id", reply({"detail": {"title": "Oops", "message": "ValueError()"}}, 500))
    session = await connect(read_timeout=0.1)
    with pytest.raises(ServerFailed, match=r"Oops: ValueError\(\)"):
        await session.inference_image_id(5)
    rough.on("inference_image_id", reply(way="silent"))
    with pytest.raises(TimedOut):
        await session.inference_image_id(5)
    assert rough.routes().count("inference_image_id") == 2


@pytest.mark.parametrize("way", ["silent", "trickle"])
async def test_the_deadline_bounds_an_answer(
    rough: RoughServer, connect: Connect, reply: type[Reply], way: str
) -> None:
    session = await connect(deadline=0.3)
    rough.on("get_session_info", reply({}, way=way))
    with pytest.raises(DeadlineExceeded):
        await session.get_session_info()


async def test_and_without_a_deadline_a_long_limit_bounds_it(rough: RoughServer, reply: type[Reply]) -> None:
    hours = itertools.count(0.0, 60.0)
    rough.on("get_session_info", reply({}, way="trickle"))
    transport = AsyncHttpTransport(clock=lambda: next(hours))
    with pytest.raises(TimedOut, match="too slowly"):
        await transport.send(f"{rough.url}/get_session_info", INFO, NEVER)
    await transport.close()


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(b'{"app_name": "Packed"}', mtime=0)),
        ("deflate", zlib.compress(b'{"app_name": "Packed"}')),
        ("deflate", zlib.compress(b'{"app_name": "Packed"}')[2:-4]),
    ],
    ids=["gzip", "zlib", "deflate"],
)
async def test_a_compressed_answer_is_unpacked(
    rough: RoughServer, connect: Connect, reply: type[Reply], encoding: str, packed: bytes
) -> None:
    rough.on("get_session_info", reply(packed, headers={"Content-Encoding": encoding}))
    assert (await (await connect()).get_session_info()).app_name == "Packed"


async def test_an_answer_that_says_it_is_compressed_and_is_not_is_lost(
    rough: RoughServer, connect: Connect, reply: type[Reply]
) -> None:
    rough.on("get_session_info", reply({}, headers={"Content-Encoding": "gzip"}))
    with pytest.raises(AnswerLost):
        await connect()


async def test_settings_that_are_no_json_are_refused() -> None:
    transport = AsyncHttpTransport()
    with pytest.raises(BadSettings, match="cannot be sent as JSON"):
        await transport.send("http://nowhere/x", Ask("x", Kind.READ, {"a": float("nan")}), NEVER)


async def test_secrets_are_in_no_error(rough: RoughServer, connect: Connect, reply: type[Reply]) -> None:
    secret = "f" * 64
    url = f"{rough.url}/net/{secret}"
    for plan in (reply("", 500), reply(way="lost"), reply(f"/net/{secret}/x", 400), reply(b"<html>")):
        rough.on("get_session_info", plan)
        with pytest.raises(Exception, match="get_session_info") as caught:
            await connect(session_url=url)
        assert secret not in f"{caught.value!r} {vars(caught.value)} {caught.value.__cause__}"


async def test_the_proxy_of_the_environment_is_used(
    rough: RoughServer, reply: type[Reply], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", rough.url)
    for name in ("http_proxy", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    async with AsyncSession(session_url="http://elsewhere.invalid/net/x"):
        assert rough.paths[0] == "http://elsewhere.invalid/net/x/get_session_info"
    assert [one.route for one in rough.received] == ["get_session_info", "get_output_classes_and_tags"]


async def test_a_closed_transport_opens_new_connections(rough: RoughServer, connect: Connect) -> None:
    session = await connect()
    await session._connection._transport.close()
    assert (await session.get_session_info()).app_name == "Rough"
