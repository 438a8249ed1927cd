"""What ordered faults cost Redis, in bytes, and that a reset gives back what changes took."""

from collections.abc import Iterator

import pytest
import requests

from modeldouble_server import Server

from .redis_server import RedisServer

_PATIENCE = 20.0
MANY = 100


@pytest.fixture
def server(redis: RedisServer) -> Iterator[Server]:
    with Server(redis=redis.url) as server:
        yield server


def used(redis: RedisServer) -> int:
    return int(redis.say("INFO", "memory").decode().partition("used_memory:")[2].split()[0])


def asked(server: Server) -> int:
    return requests.post(f"{server.session_url}/get_status", json={"state": {}}, timeout=_PATIENCE).status_code


async def note(server: Server, kind: str, times: int, **more: object) -> None:
    model = server.fake.models[server.session_token]
    for _ in range(times):
        await model.ledger.note({"kind": kind, **more})


def test_an_order_takes_at_most_800_bytes_of_counters_whatever_it_is_asked(server: Server, redis: RedisServer) -> None:
    order = {"status": 503, "times": None, "route": "get_status"}
    server.call(note(server, "order", MANY, order=order, begun=0.0))
    assert [asked(server) for _ in range(20)] == [503] * 20
    # By each key: what all of Redis takes moves with its scripts and buffers as well.
    counters = [word for word in redis.say("KEYS", "*order:*#*").decode().split() if "#" in word]
    assert len(counters) == MANY + 1
    taken = sum(int(redis.say("MEMORY", "USAGE", one)[1:]) for one in counters)
    assert 100 < taken / MANY <= 800, taken


def test_changes_before_a_reset_are_given_back(server: Server, redis: RedisServer) -> None:
    assert asked(server) == 200
    before = used(redis)
    server.call(note(server, "advance", 2_000, seconds=0.0))
    taken = used(redis) - before
    assert requests.post(f"{server.server_address}/__admin/models/1/reset", timeout=_PATIENCE).ok
    assert taken > 200_000
    assert used(redis) - before < taken / 4
    assert redis.say("KEYS", "*change:*").count(b"change:") == 2
