"""A large upload is in Redis in pieces, and comes back from any server as it was sent."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from PIL import Image

from modeldouble_server import Server

from .conftest import Started
from .redis_server import RedisServer
from .test_fake_shared_storage import address_of, fetched, platform

_MIB = 1024 * 1024
_PATIENCE = 60.0


def large(mib: int) -> bytes:
    """A picture with so much behind its end, which no reader minds."""
    out = io.BytesIO()
    Image.new("RGB", (40, 30), (mib, 0, 0)).save(out, "PNG")
    return out.getvalue() + bytes(range(256)) * (mib * 4096)


@pytest.fixture
def two(redis: RedisServer) -> Iterator[tuple[Server, Server]]:
    with Server(redis=redis.url) as one, Server(redis=redis.url) as other:
        yield one, other


def lengths(redis: RedisServer) -> list[int]:
    """Bytes of the values of contents, the longest first."""
    names = redis.say("KEYS", "*content:piece:*").split(b"\r\n")[2::2]
    return sorted((int(redis.say("STRLEN", one.decode()).strip(b":\r\n")) for one in names), reverse=True)


def test_no_value_is_longer_than_8_mib_and_all_of_it_comes_back(
    two: tuple[Server, Server], redis: RedisServer
) -> None:  # fmt: skip
    content = large(20)
    address = address_of(two[0], two[0].api_token, content)
    found = lengths(redis)
    assert (found[:2], len(found), sum(found)) == ([8 * _MIB] * 2, 3, len(content))
    assert [fetched(server, address) == (200, content) for server in two] == [True, True]
    ttls = {redis.say("TTL", one.decode()) for one in redis.say("KEYS", "*content:piece:*").split(b"\r\n")[2::2]}
    assert ttls == {b":-1\r\n"}


def images_of(server: Server) -> list[dict[str, Any]]:
    [project] = [
        one for one in platform(server, server.api_token, "projects.list", json={"workspaceId": 662})["entities"]
        if one["name"] == "Shared"
    ]  # fmt: skip
    found = platform(server, server.api_token, "images.list", json={"projectId": project["id"]})["entities"]
    return list(found)


def test_who_administers_sees_it_as_it_comes_piece_by_piece(two: tuple[Server, Server], redis: RedisServer) -> None:
    content = large(20)
    address_of(two[0], two[0].api_token, content)
    address = f"{two[1].server_address}/__admin/models/1/images/{images_of(two[1])[0]['id']}"
    answer = requests.get(address, timeout=_PATIENCE)
    assert (answer.content == content, answer.headers["Content-Type"]) == (True, "image/png")
    assert (answer.headers["Content-Length"], answer.headers["Cache-Control"]) == (str(len(content)), "no-store")
    redis.say("DEL", sorted(redis.say("KEYS", "*content:piece:*").split(b"\r\n")[2::2])[1].decode())
    # Its head was out when the second piece was asked for.
    with pytest.raises(requests.RequestException):
        requests.get(address, timeout=_PATIENCE)


def test_it_is_downloaded_with_its_length_and_its_kind(two: tuple[Server, Server]) -> None:
    content = large(9)
    address_of(two[0], two[0].api_token, content)
    images = images_of(two[1])
    for method in ("post", "head"):
        answer = requests.request(
            method, f"{two[1].server_address}/public/api/v3/images.download", json={"id": images[0]["id"]},
            headers={"x-api-key": two[1].api_token}, timeout=_PATIENCE,
        )  # fmt: skip
        assert answer.headers["Content-Type"] == "image/png"
        assert answer.headers["Content-Length"] == str(len(content))
        assert answer.content == (content if method == "post" else b"")


def test_a_full_redis_refuses_it_and_keeps_nothing_of_it(own_redis: Started) -> None:
    redis = own_redis()
    with Server(redis=redis.url) as server:
        used = int(redis.say("INFO", "memory").decode().partition("used_memory:")[2].split()[0])
        redis.say("CONFIG", "SET", "maxmemory", str(used + 30 * _MIB))
        answer = requests.post(
            f"{server.server_address}/public/api/v3/images.bulk.upload", files={"0-file": ("0", large(60))},
            headers={"x-api-key": server.api_token}, timeout=_PATIENCE,
        )  # fmt: skip
        assert (answer.status_code, "is full" in answer.text, lengths(redis)) == (503, True, [])


def test_a_piece_that_is_gone_breaks_the_answer_off(two: tuple[Server, Server], redis: RedisServer) -> None:
    address = address_of(two[0], two[0].api_token, large(20))
    pieces = sorted(redis.say("KEYS", "*content:piece:*").split(b"\r\n")[2::2])
    redis.say("DEL", pieces[1].decode())
    with pytest.raises(requests.RequestException):
        fetched(two[1], address)
    redis.say("DEL", pieces[0].decode())
    assert fetched(two[1], address)[0] == 503
