"""Callers that take too long: each is told so, and the connection ends."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.guards.conftest import Start

    Read = Callable[[socket.socket], tuple[int, dict[str, Any], bytes]]

LIVEZ = b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n"
PLATFORM = "public/api/v3/images.bulk.upload HTTP/1.1\r\nx-api-key: {}\r\nX:"


def drip(plug: socket.socket, piece: bytes) -> None:
    """Send a piece again and again, until the other side has ended."""
    plug.settimeout(0.02)
    try:
        for _ in range(2000):
            plug.sendall(piece)
            if plug.recv(1, socket.MSG_PEEK) is not None:
                break
    except TimeoutError:
        drip(plug, piece)
    except OSError:
        pass
    plug.settimeout(20)


@pytest.mark.parametrize("piece", [b"X: y\r\n", b"/x", b"\r\n"])
def test_a_head_that_drips_is_408(start: Start, read: Read, piece: bytes) -> None:
    fake = start(head_seconds=0.2)
    plug = fake.plug()
    plug.sendall({b"X: y\r\n": b"GET /livez HTTP/1.1\r\n", b"/x": b"GET /"}.get(piece, piece))
    drip(plug, piece)
    status, body, head = read(plug)
    assert (status, "whole head after 0.2 s" in body["detail"], body["success"]) == (408, True, False)
    assert b"Connection: close" in head
    fake.until(lambda: fake.connections == 0)


def test_a_head_that_stops_is_408_also_behind_another_request(start: Start) -> None:
    fake = start(head_seconds=0.2)
    plug = fake.plug()
    plug.sendall(LIVEZ)
    assert plug.recv(65536).startswith(b"HTTP/1.1 200 ")
    plug.sendall(b"GET /liv")
    assert plug.recv(65536).startswith(b"HTTP/1.1 408 ")
    assert plug.recv(65536) == b""


def test_a_slow_head_that_ends_in_time_is_answered(start: Start) -> None:
    fake = start(head_seconds=10.0)
    plug = fake.plug()
    for at in range(0, len(LIVEZ), 5):
        plug.sendall(LIVEZ[at : at + 5])
        time.sleep(0.01)
    assert plug.recv(65536).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("first", [b"", LIVEZ])
def test_a_connection_without_a_request_is_closed_without_a_word(start: Start, first: bytes) -> None:
    fake = start(idle_seconds=0.2, head_seconds=0.1)
    plug = fake.plug()
    plug.sendall(first)
    if first:
        assert plug.recv(65536).startswith(b"HTTP/1.1 200 ")
    assert ended(plug)
    fake.until(lambda: fake.connections == 0)


def ended(plug: socket.socket) -> bool:
    """The other side has closed or reset it, having said nothing."""
    try:
        return plug.recv(65536) == b""
    except ConnectionError:
        return True


def test_a_connection_in_use_is_not_idle(start: Start) -> None:
    fake = start(idle_seconds=2.0)
    plug = fake.plug()
    for _ in range(6):
        plug.sendall(LIVEZ)
        assert plug.recv(65536).startswith(b"HTTP/1.1 200 ")
        time.sleep(0.4)


@pytest.mark.parametrize("size", [1000, None])
@pytest.mark.parametrize("path", ["inference_image", "inference_image_id", "get_session_info", "platform"])
def test_a_body_that_stops_is_408(start: Start, read: Read, path: str, size: int | None) -> None:
    fake = start(body_silence_seconds=0.2)
    kind = "application/json" if path.endswith(("_id", "_info")) else "multipart/form-data; boundary=XX"
    plug = fake.begin(PLATFORM.format(fake.server.api_token) if path == "platform" else path, size, kind)
    status, body, head = read(plug)
    assert (status, "body is not whole: 0.2 s without a byte" in body["detail"]) == (408, True)
    assert b"Connection: close" in head
    fake.until(lambda: (fake.connections, fake.uploading) == (0, 0))


def test_a_body_that_drips_for_too_long_is_408(start: Start, read: Read) -> None:
    fake = start(body_silence_seconds=10.0, body_seconds=0.3)
    plug = fake.begin(size=10_000_000)
    plug.sendall(b'--XX\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\n')
    drip(plug, b"x")
    status, body, _ = read(plug)
    assert (status, "0.3 s in all" in body["detail"]) == (408, True)


def test_a_body_that_drips_in_time_is_read(start: Start) -> None:
    fake = start(body_silence_seconds=5.0)
    body = b'{"state": {"image_id": 171250}}'
    plug = fake.begin("inference_image_id", len(body), "application/json")
    for at in range(0, len(body), 4):
        plug.sendall(body[at : at + 4])
        time.sleep(0.01)
    assert plug.recv(12) == b"HTTP/1.1 200"


def test_a_model_that_takes_long_is_not_the_callers_fault(start: Start) -> None:
    fake = start(body_silence_seconds=0.1, head_seconds=0.1, body_seconds=0.1, idle_seconds=0.2)

    def slow(*_: Any) -> list[Any]:
        time.sleep(0.6)
        return []

    model = fake.server.add_model(predictor=slow)
    path = model.session_url.removeprefix(fake.server.server_address).strip("/")
    answer = fake.post(f"{path}/inference_image_url", image_url="http://a.example/b.jpg")
    assert (answer.status_code, answer.json()["annotation"]["objects"]) == (200, [])


def rest(plug: socket.socket) -> Iterator[bytes]:
    """What still comes, until it ends in whichever way."""
    try:
        yield from iter(lambda: plug.recv(1 << 20), b"")
    except ConnectionError:
        return


def test_a_caller_that_takes_nothing_of_an_answer_is_reset(start: Start) -> None:
    fake = start(answer_silence_seconds=0.2)
    plug = fake.large()
    fake.until(lambda: fake.connections == 0)
    assert len(b"".join(rest(plug))) < 20_000_000
    assert fake.send("GET", "livez").status_code == 200
