"""Bytes under way are bounded over all requests, and counted no longer once they are answered."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from modeldouble_server.guards.uploading import Uploading
from modeldouble_server.multipart import give_way
from modeldouble_server.refusal import Busy, Refused

if TYPE_CHECKING:
    from tests.guards.conftest import Start

    Read = Callable[[socket.socket], tuple[int, dict[str, Any], bytes]]

FILE = b'--XX\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\n\r\n'


def test_what_fits_is_counted_and_given_back() -> None:
    counter = Uploading(100)
    counter.move(0, 60)
    counter.move(0, 40)
    with pytest.raises(Busy, match="hold 100 of 100 bytes, and this one has 1"):
        counter.move(0, 1)
    counter.move(60, 0)
    counter.move(40, 90)
    assert counter.held == 90


def test_what_never_fits_is_no_matter_of_time() -> None:
    with pytest.raises(Refused) as refused:
        Uploading(100).move(0, 101)
    assert (refused.value.status, type(refused.value)) == (413, Refused)


@pytest.mark.parametrize("path", ["inference_image", "inference_image_id", "images.bulk.upload"])
def test_one_more_than_fits_is_429_before_its_body_is_read(start: Start, path: str) -> None:
    fake = start(uploading_bytes=10_000)
    first = fake.begin(size=9_000)
    fake.until(lambda: fake.uploading == 9_000)
    answer = fake.send("POST", path, data=b"x" * 1_001)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "1")
    assert "9,000 of 10,000 bytes" in answer.json()["detail"]
    assert fake.send("POST", "inference_image_id", data=b"x" * 1_000).status_code == 400
    first.close()
    fake.until(lambda: fake.uploading == 0)


def test_a_form_in_chunks_is_counted_as_it_comes(start: Start, read: Read) -> None:
    fake = start(uploading_bytes=500_000)
    plug = fake.begin(size=None)
    for piece in (FILE, b"x" * 400_000):
        plug.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
    # What came in one piece is held back until it is known not to end in a boundary.
    fake.until(lambda: fake.uploading > 130_000)
    other = fake.begin(size=None)
    for piece in (FILE, b"x" * 400_000, b"\r\n--XX--\r\n"):
        other.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
    other.sendall(b"0\r\n\r\n")
    assert other.recv(12) == b"HTTP/1.1 429"
    plug.close()
    fake.until(lambda: fake.uploading == 0)


def test_json_in_chunks_counts_as_the_most_that_is_read(start: Start) -> None:
    fake = start(uploading_bytes=10_000, json_bytes=8_000)
    plug = fake.begin("inference_image_id", None, "application/json")
    fake.until(lambda: fake.uploading == 8_000)
    assert fake.send("POST", "inference_image_id", data=b"x" * 2_001).status_code == 429
    plug.sendall(b"2\r\n{}\r\n0\r\n\r\n")
    fake.until(lambda: fake.uploading == 0)


@pytest.mark.parametrize("size", [10_001, 3_000_000])
def test_a_refused_body_is_the_last_of_its_connection_only_if_it_is_large(start: Start, size: int) -> None:
    fake = start(body_bytes=10_000)
    plug = fake.begin(size=size)
    told = plug.recv(65536)
    assert told.startswith(b"HTTP/1.1 413 ")
    assert (b"Connection: close" in told) is (size > 1024 * 1024)
    plug.sendall(b"x" * size)
    plug.sendall(b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n") if size < 1024 * 1024 else None
    assert plug.recv(65536).startswith(b"HTTP/1.1 200 " if size < 1024 * 1024 else b"")
    assert fake.uploading == 0


def test_a_client_that_is_still_sending_sees_why_it_is_refused(start: Start) -> None:
    fake = start(body_bytes=10_000)
    answer = fake.send("POST", "inference_image", data=b"x" * 30_000_000)
    assert (answer.status_code, "10,000" in answer.json()["detail"]) == (413, True)


async def test_a_form_of_many_parts_lets_others_have_their_turn() -> None:
    turns: list[int] = []
    asyncio.get_running_loop().call_soon(turns.append, 1)
    for part in range(1, 8):
        await give_way(part)
    assert turns == []
    await give_way(8)
    assert turns == [1]
