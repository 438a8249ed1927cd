"""What is prepared once for an address, and when it is prepared anew."""

from __future__ import annotations

import gc
import gzip
import time
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from modeldouble import AnswerLost, Redirected, Session, Unreachable
from modeldouble.multipart import CHUNK, Form, Part
from modeldouble.pool import Pool
from modeldouble.retry import Kind
from modeldouble.transport import HttpTransport
from modeldouble.wire import Ask

if TYPE_CHECKING:
    from tests.conftest import Reply, RoughServer

    Connect = Callable[..., Session]


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY", "NETRC"):
        monkeypatch.delenv(name, raising=False)


def test_a_proxy_that_the_environment_names_later_is_used(
    rough: RoughServer, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = connect()
    # Which is itself the proxy here: of one it is asked for the whole address.
    monkeypatch.setenv("http_proxy", rough.url)
    session.get_session_info()
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    session.get_session_info()
    assert rough.paths == ["/get_session_info", f"{rough.url}/get_session_info", "/get_session_info"]


def test_each_address_has_its_own_proxy(rough: RoughServer, connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", rough.url)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    connect(session_url="http://model.invalid")
    connect()
    assert rough.paths == ["http://model.invalid/get_session_info", "/get_session_info"]


def test_a_netrc_that_the_environment_names_later_is_read(
    rough: RoughServer, connect: Connect, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    session = connect()
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password mine\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    session.get_session_info()
    assert "authorization" not in rough.received[0].headers
    assert rough.received[1].headers["authorization"] == "Basic bWU6bWluZQ=="


def test_a_certificate_bundle_that_the_environment_names_later_is_looked_for(
    connect: Connect, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    transport = HttpTransport(1.0, 1.0)
    ask = Ask("get_session_info", Kind.READ, {})
    with pytest.raises(Unreachable):
        transport.send("https://127.0.0.1:1/get_session_info", ask, float("inf"))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "none.pem"))
    with pytest.raises(OSError, match=r"none\.pem"):
        transport.send("https://127.0.0.1:1/get_session_info", ask, float("inf"))
    transport.close()


def test_a_cookie_is_sent_with_what_follows(rough: RoughServer, connect: Connect, reply: type[Reply]) -> None:
    session = connect()
    rough.on("get_session_info", reply({}, headers={"Set-Cookie": "seat=7; Path=/"}), reply({}))
    for _ in range(3):
        session.get_session_info()
    assert [one.headers.get("cookie") for one in rough.received] == [None, None, "seat=7", "seat=7"]


def test_and_no_longer_when_the_server_takes_it_back(rough: RoughServer, connect: Connect, reply: type[Reply]) -> None:
    given, taken = (reply({}, headers={"Set-Cookie": f"seat=7; Path=/; Max-Age={age}"}) for age in (60, 0))
    rough.on("get_session_info", given, taken, reply({}))
    session = connect()
    for _ in range(2):
        session.get_session_info()
    assert [one.headers.get("cookie") for one in rough.received] == [None, "seat=7", None]


def test_a_body_is_not_kept_when_it_was_sent(rough: RoughServer) -> None:
    pool, form = Pool(time.monotonic), Form((Part.text("a", "b"),))
    sent = weakref.ref(form)
    pool.post(f"{rough.url}/get_session_info", {}, form.content_type, form, (5.0, 5.0)).close()
    pool.close()
    del form
    gc.collect()
    assert sent() is None


def test_headers_of_one_request_are_not_in_the_next(rough: RoughServer) -> None:
    transport = HttpTransport()
    for headers in ({"x-api-key": "a"}, {}, {"x-api-key": "b"}, {"x-api-key": "a"}):
        transport.send(f"{rough.url}/get_session_info", Ask("get_session_info", Kind.READ, {}, headers=headers), 1e9)
    transport.close()
    assert [one.headers.get("x-api-key") for one in rough.received] == ["a", None, "b", "a"]


def test_lengths_and_types_are_those_of_each_body(rough: RoughServer) -> None:
    transport = HttpTransport()
    url = f"{rough.url}/get_session_info"
    transport.send(url, Ask("get_session_info", Kind.READ, {"a": 1}), 1e9)
    transport.send(url, Ask("get_session_info", Kind.READ, parts=(Part.text("a", "b" * 99),)), 1e9)
    transport.send(url, Ask("get_session_info", Kind.READ, {"a": 10}), 1e9)
    transport.close()
    assert [one.body for one in rough.received][::2] == [b'{"a": 1}', b'{"a": 10}']
    kinds = [one.headers["content-type"].partition(";")[0] for one in rough.received]
    assert kinds == ["application/json", "multipart/form-data", "application/json"]


def test_a_header_that_would_be_two_is_refused(rough: RoughServer) -> None:
    transport = HttpTransport()
    ask = Ask("get_session_info", Kind.READ, {}, headers={"x-api-key": "a\r\nx-other: b"})
    for _ in range(2):
        with pytest.raises(AnswerLost):
            transport.send(f"{rough.url}/get_session_info", ask, 1e9)
    transport.close()
    assert rough.received == []


def test_more_addresses_than_are_remembered_are_all_right(rough: RoughServer) -> None:
    transport = HttpTransport()
    for number in [*range(200), 0]:
        transport.send(f"{rough.url}/{number}/get_session_info", Ask("get_session_info", Kind.READ, {}), 1e9)
    transport.close()
    assert rough.paths == [f"/{number}/get_session_info" for number in [*range(200), 0]]
    assert len(rough.peers) == 1


def test_a_redirect_is_not_followed_and_its_address_need_not_be_one(
    rough: RoughServer, connect: Connect, reply: type[Reply]
) -> None:
    rough.on("get_session_info", reply({}, 302, {"Location": "http://[::1"}))
    with pytest.raises(Redirected, match=r"http://\[::1"):
        connect()
    assert len(rough.received) == 1


def test_packed_answers_are_unpacked_also_after_plain_ones(
    rough: RoughServer, connect: Connect, reply: type[Reply]
) -> None:
    session = connect()
    packed = reply(gzip.compress(b'{"app_name": "Packed"}'), headers={"Content-Encoding": "gzip"})
    rough.on("get_session_info", reply({"app_name": "Plain"}), packed)
    assert [session.get_session_info().app_name for _ in range(2)] == ["Plain", "Packed"]


def test_a_small_form_is_one_piece(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"xyz")
    form = Form((Part("files", tmp_path / "f", 3, "f"), Part.text("settings", "{}")))
    assert len(list(form)) == 1


def test_a_large_form_comes_in_bounded_pieces(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(bytes(CHUNK * 5 // 2))
    large, small = Part("files", tmp_path / "f", CHUNK * 5 // 2, "f"), Part("files", bytes(1000), 1000, "b")
    pieces = list(Form((large, *[small] * 500)))
    assert max(map(len, pieces)) <= 2 * CHUNK
    assert min(map(len, pieces[:-1])) >= CHUNK
    assert len(pieces) < 15
