"""What a poll costs the Redis of several servers, and that it knows what others have changed. By raw HTTP."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import requests

from modeldouble_server import Limits, Server
from modeldouble_server.shared.log import EVERY

from .redis_server import RedisServer
from .watched import Watched, watching

VIDEO = 18635803
_PATIENCE = 20.0
_DUE = 0.06
"""Seconds after which a server does not know any more that nothing was changed."""


@pytest.fixture
def server(redis: RedisServer) -> Iterator[Server]:
    # Without a journal, which is written beside the polls, many rows at once.
    with Server(redis=redis.url, limits=Limits(journal_entries=0)) as server:
        yield server


@pytest.fixture
def other(redis: RedisServer) -> Iterator[Server]:
    with Server(redis=redis.url, limits=Limits(journal_entries=0)) as server:
        yield server


@pytest.fixture
async def watched(redis: RedisServer) -> AsyncIterator[Watched]:
    async with watching(redis) as watched:
        yield watched


def post(server: Server, route: str, **state: Any) -> requests.Response:
    return requests.post(f"{server.session_url}/{route}", json={"state": state}, timeout=_PATIENCE)


def started(server: Server) -> str:
    told = post(server, "inference_video_id_async", videoId=VIDEO, framesCount=9).json()
    uuid: str = told["inference_request_uuid"]
    return uuid


async def begun(server: Server) -> str:
    """A job whose call is noted by now."""
    uuid = await asyncio.to_thread(started, server)
    await asyncio.sleep(3 * EVERY)
    return uuid


async def slowly(server: Server, route: str, **state: Any) -> requests.Response:
    """Asked so late that the server has to look whether something was changed."""
    await asyncio.sleep(_DUE)
    return await asyncio.to_thread(post, server, route, **state)


@pytest.mark.parametrize(
    "route", ["get_inference_progress", "get_inference_status", "get_inference_result", "get_preparing_progress"]
)
async def test_a_look_is_one_operation_however_slowly_it_is_asked(server: Server, watched: Watched, route: str) -> None:
    uuid = await begun(server)
    for _ in range(3):
        await watched.asked()
        assert (await slowly(server, route, inference_request_uuid=uuid)).ok
        assert await watched.asked() == ["MGET"]


async def test_a_pop_is_two_operations_however_slowly_it_is_asked(server: Server, watched: Watched) -> None:
    # Redis keeps a script from its first run on, which is the first job's.
    await popped(server, watched)
    for frames, asked in await popped(server, watched):
        assert asked == (["MGET", "EVALSHA"] if frames else ["MGET"])


async def popped(
    server: Server, watched: Watched, look: list[str] | None = None
) -> list[tuple[list[int], list[str]]]:  # fmt: skip
    """A job to its end: what each pop brought, and what it asked of Redis; before each pop, what a look asks of it."""
    uuid, pops = await begun(server), list[tuple[list[int], list[str]]]()
    deadline = time.monotonic() + _PATIENCE
    while sum(len(frames) for frames, _ in pops) < 9 and time.monotonic() < deadline:
        if look is not None:
            await watched.asked()
            assert (await slowly(server, "get_inference_progress", inference_request_uuid=uuid)).ok
            assert await watched.asked() == look
        await watched.asked()
        told = (await slowly(server, "pop_inference_results", inference_request_uuid=uuid)).json()
        pops.append(([one["frame_index"] for one in told["pending_results"]], await watched.asked()))
    assert [frame for frames, _ in pops for frame in frames] == list(range(9))
    return pops


ORDERS: list[dict[str, Any]] = [
    {"fault": "html", "times": 1, "route": "*"}, {"fault": "html", "calls": [90], "route": "*"},
    {"fault": "html", "probability": 0.01, "seed": 1, "route": "*"}, {"fault": "pop_twice", "calls": [70]},
]  # fmt: skip


def order(server: Server, *documents: dict[str, Any]) -> None:
    for one in documents:
        answer = requests.post(f"{server.server_address}/__admin/models/1/faults", json=one, timeout=_PATIENCE)
        assert answer.ok, answer.text


async def test_under_faults_a_look_is_one_operation_and_a_pop_two_however_slowly(
    server: Server, watched: Watched
) -> None:
    await asyncio.to_thread(order, server, *ORDERS)
    # The first is met, and Redis keeps the script from then on.
    assert (await slowly(server, "get_session_info")).status_code == 502
    await popped(server, watched, ["EVALSHA"])
    pops = await popped(server, watched, ["EVALSHA"])
    assert [asked for _, asked in pops] == [["EVALSHA"] * (2 if frames else 1) for frames, _ in pops]


async def test_a_fault_that_a_poll_meets_costs_no_more(server: Server, watched: Watched) -> None:
    uuid = await begun(server)
    await asyncio.to_thread(order, server, {"status": 503, "times": 4, "route": "get_inference_progress"})
    found = []
    for _ in range(6):
        await watched.asked()
        status = (await slowly(server, "get_inference_progress", inference_request_uuid=uuid)).status_code
        found.append((status, await watched.asked()))
    assert [status for status, _ in found] == [503] * 4 + [200] * 2
    assert [asked for _, asked in found[1:]] == [["EVALSHA"]] * 3 + [["MGET"]] * 2


def test_what_every_server_met_is_told_by_each(server: Server, other: Server) -> None:
    order(server, {"status": 503, "times": 3, "route": "get_inference_progress"})
    asked = [post(one, "get_inference_progress").status_code for one in (server, other, server, other, server)]
    assert asked == [503, 503, 503, 400, 400]
    for one in (server, other):
        told = requests.get(f"{one.server_address}/__admin/models/1/faults", timeout=_PATIENCE).json()
        assert [(fault["seen"], fault["fired"], fault["over"]) for fault in told["faults"]] == [(3, 3, True)]
        assert told["fired"] == {"status": 3}


def test_orders_that_are_over_or_taken_back_leave_nothing_in_redis(
    server: Server, other: Server, redis: RedisServer
) -> None:
    for _ in range(3):
        order(server, {"status": 503, "times": 1, "route": "get_inference_progress"})
        assert [post(other, "get_inference_progress").status_code for _ in range(2)] == [503, 400]
    assert redis.say("KEYS", "*order:*").count(b"#calls") == 1
    faults = f"{server.server_address}/__admin/models/1/faults"
    told = requests.get(faults, timeout=_PATIENCE).json()
    assert ([one["number"] for one in told["faults"]], told["fired"]) == ([3], {"status": 3})
    assert requests.delete(f"{faults}/3", timeout=_PATIENCE).ok
    assert redis.say("KEYS", "*order:*").count(b"#") == 0
    assert requests.get(faults, timeout=_PATIENCE).json() == {"faults": [], "fired": {"status": 3}}


@pytest.mark.parametrize("state", [{}, {"inference_request_uuid": "a" * 32}, {"inference_request_uuid": "nobody's"}])
@pytest.mark.parametrize("route", ["get_inference_progress", "pop_inference_results"])
def test_a_fault_that_another_server_was_given_is_met_by_every_poll(
    server: Server, other: Server, route: str, state: dict[str, str]
) -> None:
    assert post(server, route, **state).status_code in (400, 404)
    told = {"status": 503, "times": 1, "route": route}
    assert requests.post(f"{other.server_address}/__admin/models/1/faults", json=told, timeout=_PATIENCE).ok
    assert [post(server, route, **state).status_code for _ in range(2)] in ([503, 400], [503, 404])


@pytest.mark.parametrize("route", ["get_inference_progress", "pop_inference_results"])
def test_a_store_that_has_lost_all_is_no_job_that_was_forgotten(server: Server, redis: RedisServer, route: str) -> None:
    uuid = started(server)
    for _ in range(3):
        assert post(server, route, inference_request_uuid=uuid).ok
    redis.say("FLUSHALL")
    answer = post(server, route, inference_request_uuid=uuid)
    assert (answer.status_code, "has lost what it held" in answer.text) == (503, True)


def test_a_job_that_another_server_has_reset_is_not_known_any_more(server: Server, other: Server) -> None:
    uuid = started(server)
    assert post(server, "get_inference_progress", inference_request_uuid=uuid).ok
    assert requests.post(f"{other.server_address}/__admin/models/1/reset", timeout=_PATIENCE).ok
    assert post(server, "get_inference_progress", inference_request_uuid=uuid).status_code == 404


def test_a_tenant_that_another_server_has_taken_away_is_polled_no_more(server: Server, other: Server) -> None:
    made = requests.post(f"{server.server_address}/__admin/models", json={"name": "Mine"}, timeout=_PATIENCE).json()
    poll = f"{made['session_url']}/get_inference_progress"
    asked = {"state": {"inference_request_uuid": "a" * 32}}
    assert "is not known" in requests.post(poll, json=asked, timeout=_PATIENCE).text
    assert requests.delete(f"{other.server_address}/__admin/models/{made['id']}", timeout=_PATIENCE).ok
    answer = requests.post(poll, json=asked, timeout=_PATIENCE)
    assert (answer.status_code, "no model is served" in answer.text) == (404, True)


def test_what_another_server_was_told_is_known_at_the_root(server: Server, other: Server) -> None:
    assert requests.post(f"{server.server_address}/get_session_info", json={"state": {}}, timeout=_PATIENCE).ok
    told = {"status": 503, "times": 1, "route": "get_session_info"}
    assert requests.post(f"{other.server_address}/__admin/models/1/faults", json=told, timeout=_PATIENCE).ok
    at_root = f"{server.server_address}/get_session_info"
    assert requests.post(at_root, json={"state": {}}, timeout=_PATIENCE).status_code == 503


@pytest.mark.parametrize("route", ["get_inference_progress", "pop_inference_results"])
def test_a_fault_that_another_server_has_taken_back_is_met_by_no_poll(
    server: Server, other: Server, route: str
) -> None:
    told = {"status": 503, "times": None, "route": route}
    faults = "__admin/models/1/faults"
    assert requests.post(f"{server.server_address}/{faults}", json=told, timeout=_PATIENCE).ok
    assert post(server, route).status_code == 503
    assert requests.delete(f"{other.server_address}/{faults}", timeout=_PATIENCE).ok
    assert post(server, route).status_code == 400
