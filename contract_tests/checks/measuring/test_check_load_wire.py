"""Requests are bytes that servers understand, and heads are read as they are written."""

from pathlib import Path

import pytest

from modeldouble_contract.bench.load import wire
from modeldouble_contract.bench.load.wire import MARK, Head, Heads, NotUnderstood, Request, form_request, json_request


def test_a_json_request_says_its_length() -> None:
    head, _, body = json_request("/a/get_session_info", {"state": {}}).content.partition(b"\r\n\r\n")
    assert head.startswith(b"POST /a/get_session_info HTTP/1.1\r\nHost: ")
    assert body == b'{"state": {}}'
    assert b"\r\nContent-Length: 13" in head
    assert b"\r\nContent-Type: application/json\r\n" in head


def test_a_form_has_a_file_and_settings_as_clients_send_them() -> None:
    head, _, body = form_request("/x", "a.jpg", b"PICTURE").content.partition(b"\r\n\r\n")
    assert f"Content-Length: {len(body)}".encode() in head
    assert b'name="settings"\r\n\r\n{"settings": {}}\r\n' in body
    assert b'name="files"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\nPICTURE\r\n' in body
    assert body.endswith(b"--\r\n")


def test_the_mark_of_a_form_is_where_its_file_has_it() -> None:
    made = form_request("/x", "a.jpg", b"before" + MARK + b"after")
    assert made.mark is not None
    assert made.content[made.mark - 6 : made.mark + len(MARK) + 5] == b"before" + MARK + b"after"


def test_a_form_without_a_mark_is_always_the_same() -> None:
    assert form_request("/x", "a.jpg", b"content").mark is None


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    requests = [Request(b"one\n\r\n"), Request(b"", 0), Request(bytes(range(256)), 7)]
    assert wire.load(wire.save(tmp_path / "requests", requests)) == requests


@pytest.mark.parametrize(
    ("lines", "head"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5", Head(200, 5, False)),
        (b"HTTP/1.1 404 Not Found\r\ncontent-length:0\r\nX: y", Head(404, 0, False)),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: Close", Head(200, 5, True)),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 5", Head(200, 5, True)),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\nConnection: keep-alive", Head(200, 5, False)),
    ],
)
def test_a_head_is_read(lines: bytes, head: Head) -> None:
    assert wire.read_head(lines) == head


@pytest.mark.parametrize(
    "lines",
    [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1",
        b"HTTP/1.1 OK\r\nContent-Length: 1",
        b"220 mail\r\nContent-Length: 1",
    ],
)
def test_a_head_without_status_or_length_is_not_understood(lines: bytes) -> None:
    with pytest.raises(NotUnderstood, match=r"no status or no Content-Length"):
        wire.read_head(lines)


def test_a_head_that_comes_again_is_looked_up() -> None:
    heads = Heads()
    first = heads.read(b"HTTP/1.1 200 OK\r\nContent-Length: 5")
    assert heads.read(b"HTTP/1.1 200 OK\r\nContent-Length: 5") is first
    assert heads.read(b"HTTP/1.1 200 OK\r\nContent-Length: 6") == Head(200, 6, False)
