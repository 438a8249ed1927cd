"""Three servers of one Redis take turns of stubs and number calls as one server does. By raw HTTP."""

import io
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest
import requests
from PIL import Image

from modeldouble_server import Server

from ..store.redis_server import RedisServer, redis_server

Json = dict[str, Any]
Servers = list[Server]
IMAGE, VIDEO = 17551748, 18635803
_PATIENCE = 20.0


@pytest.fixture
def three(redis: RedisServer) -> Iterator[Servers]:
    with ExitStack() as running:
        yield [running.enter_context(Server(redis=redis.url)) for _ in range(3)]


def post(server: Server, route: str, **state: Any) -> requests.Response:
    return requests.post(f"{server.session_url}/{route}", json={"state": state}, timeout=_PATIENCE)


def admin(server: Server, method: str, path: str, body: Json | None = None) -> Any:
    answer = requests.request(method, f"{server.server_address}/__admin/models/1/{path}", json=body, timeout=_PATIENCE)
    assert answer.ok, answer.text
    return answer.json()


def tell(server: Server, when: Json, *names: str, **more: Any) -> None:
    """Add a stub that sees one after the other, each once but the last, of which `more` is said."""
    answers: list[Json] = [{"predict": [{"class": name, "box": [1, 2, 3, 4]}]} for name in names]
    first, *rest = [{**one, "once": True} for one in answers[:-1]] + [{**answers[-1], **more}]
    admin(server, "POST", "stubs", {"when": when, **first, **({"then": rest} if rest else {})})


def see(server: Server) -> str:
    """The first thing that is seen on a picture."""
    answer = post(server, "inference_image_id", image_id=IMAGE)
    assert answer.ok, answer.text
    name: str = answer.json()["annotation"]["objects"][0]["classTitle"]
    return name


def test_once_is_once_whoever_is_asked(three: Servers) -> None:
    tell(three[0], {"image_id": IMAGE}, "once", once=True)
    tell(three[1], {}, "other")
    assert [see(server) for server in three * 2] == ["once", *["other"] * 5]


def test_what_comes_then_comes_from_the_next_server(three: Servers) -> None:
    tell(three[0], {"image_id": IMAGE}, "first", "second", "third")
    assert [see(server) for server in three * 2] == ["first", "second", *["third"] * 4]


def test_a_hundred_at_once_get_exactly_so_many(three: Servers) -> None:
    tell(three[0], {"image_id": IMAGE}, "seven", times=7)
    tell(three[0], {}, "other")
    with ThreadPoolExecutor(30) as threads:
        found = list(threads.map(see, [three[at % 3] for at in range(100)]))
    assert Counter(found) == {"seven": 7, "other": 93}


def test_the_fifth_call_comes_once(three: Servers) -> None:
    tell(three[0], {"call": 5}, "fifth")
    tell(three[0], {}, "other")
    found = [see(server) for server in three * 4]
    assert [at for at, name in enumerate(found, 1) if name == "fifth"] == [5]


def png(color: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), (color, 0, 0)).save(out, "PNG")
    return out.getvalue()


def batch(server: Server, count: int) -> list[str]:
    files = [("files", (f"{at}.png", png(at))) for at in range(count)]
    answer = requests.post(f"{server.session_url}/inference_batch", files=files, timeout=_PATIENCE)
    assert answer.ok, answer.text
    return [one["annotation"]["objects"][0]["classTitle"] for one in answer.json()]


def test_numbers_of_a_batch_follow_each_other_while_others_are_asked(three: Servers) -> None:
    tell(three[0], {}, "other")
    with ThreadPoolExecutor(9) as threads:
        found = list(threads.map(lambda at: batch(three[at % 3], 4), range(18)))
    assert found == [["other"] * 4] * 18
    numbers = [[call.number for call in server.fake.models[server.session_token].received.calls()] for server in three]
    assert sorted(one for some in numbers for one in some) == list(range(1, 73))
    for some in numbers:
        firsts = sorted(some)[::4]
        assert sorted(some) == [first + more for first in firsts for more in range(4)]


def test_a_batch_goes_on_with_what_comes_then(three: Servers) -> None:
    tell(three[0], {}, "first", "second", "third", "fourth", "fifth")
    assert batch(three[1], 2) + batch(three[2], 2) == ["first", "second", "third", "fourth"]
    assert see(three[0]) == "fifth"


def frames_of(servers: Servers, uuid: str, count: int) -> list[str]:
    """What a job sees on each frame, popped from one server after the other."""
    found: list[str] = []
    for at in range(2000):
        told = post(servers[at % 3], "pop_inference_results", inference_request_uuid=uuid).json()
        found += [one["annotation"]["objects"][0]["classTitle"] for one in told["pending_results"]]
        if len(found) >= count:
            break
    return found


def test_a_video_takes_its_turn_at_the_start_and_keeps_it_whoever_is_polled(three: Servers) -> None:
    tell(three[0], {"video_id": VIDEO}, "first", "second")
    jobs = [post(one, "inference_video_id_async", videoId=VIDEO, framesCount=3).json() for one in three[1:]]
    found = [frames_of(three, job["inference_request_uuid"], 3) for job in jobs]
    assert found == [["first"] * 3, ["second"] * 3]


def test_frames_whose_stub_was_used_up_elsewhere_go_to_the_next_stub(three: Servers) -> None:
    tell(three[0], {"video_id": VIDEO, "frames": [0, 1]}, "begin", once=True)
    tell(three[0], {"video_id": VIDEO}, "all")
    jobs = [post(one, "inference_video_id_async", videoId=VIDEO, framesCount=3).json() for one in three[:2]]
    found = [frames_of(three, job["inference_request_uuid"], 3) for job in jobs]
    assert found == [["begin", "begin", "all"], ["all"] * 3]


def test_a_reset_gives_every_server_the_first_turn_and_the_first_number_again(three: Servers) -> None:
    for _ in range(2):
        tell(three[0], {"call": 1}, "one")
        tell(three[1], {}, "first", "second")
        assert [see(server) for server in three] == ["one", "first", "second"]
        admin(three[2], "POST", "reset")


def statuses(servers: Servers, calls: int) -> list[int]:
    return [post(servers[at % len(servers)], "get_session_info").status_code for at in range(calls)]


def test_a_fault_by_probability_goes_wrong_in_the_calls_of_one_server(three: Servers) -> None:
    order = {"status": 503, "probability": 0.3, "seed": 5, "route": "get_session_info"}
    with Server() as single:
        for one in (three[0], single):
            admin(one, "POST", "faults", order)
        found = statuses(three, 30)
        assert found == statuses([single], 30)
    assert 3 < found.count(503) < 20


def test_servers_that_are_started_later_go_on_with_the_turns(redis: RedisServer) -> None:
    with Server(redis=redis.url) as first:
        tell(first, {"image_id": IMAGE}, "first", "second", "third")
        assert see(first) == "first"
    with Server(redis=redis.url) as later:
        assert [see(later), see(later)] == ["second", "third"]


def test_without_the_store_a_turn_is_a_503_that_names_it() -> None:
    with redis_server("--appendonly", "yes") as redis, Server(redis=redis.url) as server:
        tell(server, {}, "first", "second")
        redis.kill()
        answer = post(server, "inference_image_id", image_id=IMAGE)
        assert (answer.status_code, f"127.0.0.1:{redis.port}" in answer.text) == (503, True), answer.text
        redis.start()
        assert see(server) == "first"
