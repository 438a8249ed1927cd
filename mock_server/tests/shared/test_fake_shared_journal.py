"""Whichever of two servers of one Redis is asked over its admin API, it tells what both of them were asked."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from modeldouble_server import Limits, Server

from ..store.redis_server import RedisServer
from .asking import IMAGE, OTHER_IMAGE, admin, ask, ask_only, check, infer, platform, routes, send
from .conftest import Started

JOURNAL, RECEIVED, MISSES, UNUSED = (f"models/1/{name}" for name in ("journal", "received", "misses", "unused"))
Two = tuple[Server, Server]
Serve = Callable[..., Server]


@pytest.fixture
def serve(redis: RedisServer) -> Iterator[Serve]:
    with ExitStack() as running:
        yield lambda **options: running.enter_context(Server(**{"redis": redis.url, **options}))


@pytest.fixture
def two(serve: Serve) -> Two:
    return serve(), serve()


@pytest.fixture
def asked(two: Two) -> Two:
    """Both were asked, five times together, one of them with a fault."""
    admin(two[1], "models/1/faults", "POST", {"route": "get_model_meta", "status": 502, "times": 1})
    for at, route in enumerate(("get_session_info", "get_model_meta", "no_such_route", "get_tracking_settings")):
        ask(two[at % 2], route)
    infer(two[1])
    return two


def test_the_journal_has_what_both_were_asked_and_who_answered(asked: Two) -> None:
    both = [admin(server, JOURNAL) for server in asked]
    assert both[0] == both[1]
    check("Journal", both[0])
    assert routes(both[0]) == [
        "get_model_meta", "get_session_info", "get_tracking_settings", "inference_image_id", "no_such_route",
    ]  # fmt: skip
    assert [one["number"] for one in both[0]["entries"]] == [1, 2, 3, 4, 5]
    assert (both[0]["count"], both[0]["kept"]) == (5, 5)
    assert all(one["server"].endswith(f":{os.getpid()}") for one in both[0]["entries"])


@pytest.mark.parametrize(("query", "expected"), [
    ("route=get_*&status=200", ["get_session_info", "get_tracking_settings"]), ("status=404", ["no_such_route"]),
    ("fault=true", ["get_model_meta"]), ("fault=true&route=inf*", []), ("since=5", []), ("job=none", []),
])  # fmt: skip
def test_entries_are_chosen_by_the_query(asked: Two, query: str, expected: list[str]) -> None:
    told = admin(asked[0], f"{JOURNAL}?{query}")
    assert routes(told) == expected
    assert (told["count"], told["kept"]) == (5, 5)


def test_the_newest_are_told_and_those_above_a_number(asked: Two) -> None:
    whole = admin(asked[0], JOURNAL)["entries"]
    assert admin(asked[1], f"{JOURNAL}?most=2")["entries"] == whole[3:]
    assert admin(asked[1], f"{JOURNAL}?since=1&most=3")["entries"] == whole[2:]
    assert send(asked[0], "GET", f"{JOURNAL}?most=0").status_code == 400


def test_a_journal_is_forgotten_by_both_and_begins_anew(asked: Two) -> None:
    ask(asked[0], "get_session_info")
    assert admin(asked[1], JOURNAL, "DELETE") == {"removed": 6}
    assert [admin(server, JOURNAL) for server in asked] == [{"entries": [], "count": 0, "kept": 0}] * 2
    ask(asked[0], "get_session_info")
    assert [one["number"] for one in admin(asked[1], JOURNAL)["entries"]] == [1]


def test_calls_of_both_are_told_by_their_numbers(two: Two) -> None:
    for at in range(5):
        infer(two[at % 2], OTHER_IMAGE if at == 3 else IMAGE)
    told = admin(two[1], RECEIVED)
    check("Received", told)
    assert ([one["number"] for one in told["calls"]], told["count"]) == ([1, 2, 3, 4, 5], 5)
    assert [one["image_id"] for one in told["calls"]] == [IMAGE, IMAGE, IMAGE, OTHER_IMAGE, IMAGE]
    assert admin(two[0], f"{RECEIVED}?since=3") == {"calls": told["calls"][3:], "count": 5}
    assert len(admin(two[0], f"{RECEIVED}?most=2")["calls"]) == 2


def test_misses_of_both_are_told_until_stubs_are_cleared(two: Two) -> None:
    admin(two[0], "models/1/stubs", "POST", {"when": {"image_id": OTHER_IMAGE}, "predict": []})
    assert [infer(server).status_code for server in two] == [400, 400]
    told = [admin(server, MISSES) for server in two]
    check("Misses", told[0])
    assert told[0] == told[1]
    assert (sorted(one["call"] for one in told[0]["misses"]), told[0]["count"]) == ([1, 2], 2)
    assert len(admin(two[0], f"{MISSES}?most=1")["misses"]) == 1
    admin(two[1], "models/1/stubs", "DELETE")
    assert admin(two[0], MISSES) == {"misses": [], "count": 0}


def test_a_stub_that_answered_on_one_server_is_unused_on_none(two: Two) -> None:
    for image_id in (IMAGE, OTHER_IMAGE):
        admin(two[0], "models/1/stubs", "POST", {"when": {"image_id": image_id}, "predict": []})
    assert [admin(server, UNUSED)["count"] for server in two] == [2, 2]
    assert infer(two[1]).status_code == 200
    for server in two:
        told = admin(server, UNUSED)
        assert (told["count"], [str(OTHER_IMAGE) in line for line in told["unused"]]) == (1, [True])
        assert admin(server, "models/1")["unused"] == 1


def test_counts_are_those_of_both(two: Two) -> None:
    for at in range(5):
        infer(two[at % 2])
    ask(two[0], "get_session_info")
    wanted = {"requests": 6, "received": 5, "stubs": 0, "faults": 0, "misses": 0}
    for server in two:
        assert admin(server, "models")["models"][0]["counts"] == wanted
        assert admin(server, "models/1")["counts"] == wanted


def test_a_reset_by_one_forgets_what_both_were_asked(asked: Two) -> None:
    told = admin(asked[0], "models/1/reset", "POST")
    assert (told["counts"]["requests"], told["counts"]["received"]) == (0, 0)
    assert [admin(server, JOURNAL)["count"] for server in asked] == [0, 0]
    assert [admin(server, RECEIVED)["count"] for server in asked] == [0, 0]


def test_platform_requests_of_both_are_in_the_servers_own_journal(two: Two) -> None:
    platform(two[0], "users.me")
    platform(two[1], "no.such.method")
    told = admin(two[0], "journal")
    check("Journal", told)
    assert routes(told) == ["platform/no.such.method", "platform/users.me"]
    assert admin(two[1], "journal", "DELETE") == {"removed": 2}
    assert admin(two[0], "journal")["count"] == 0


def test_a_server_that_ends_tells_the_others_first(serve: Serve) -> None:
    one, other = serve(), serve()
    ask_only(one, "inference_image_id", image_id=IMAGE)
    one.stop()
    assert routes(admin(other, JOURNAL)) == ["inference_image_id"]
    assert admin(other, RECEIVED)["count"] == 1


def test_others_come_to_know_by_themselves_what_a_server_was_asked(two: Two) -> None:
    ask_only(two[0], "get_session_info")
    # A machine may be too slow for the time that a reader waits.
    found = next(told for _ in range(100) if (told := admin(two[1], JOURNAL))["count"])
    assert routes(found) == ["get_session_info"]


def test_a_journal_outlives_the_servers_and_its_limits_are_kept(serve: Serve) -> None:
    first = serve(limits=Limits(journal_entries=3))
    for _ in range(5):
        ask(first, "get_session_info")
    first.stop()
    told = admin(serve(limits=Limits(journal_entries=3)), JOURNAL)
    assert ([one["number"] for one in told["entries"]], told["count"], told["kept"]) == ([3, 4, 5], 5, 3)


def test_a_server_alone_tells_no_server(redis: RedisServer) -> None:
    with Server() as alone:
        ask(alone, "get_session_info")
        assert "server" not in admin(alone, JOURNAL)["entries"][0]
        assert redis.say("DBSIZE") == b":0\r\n"


def test_while_the_store_is_away_journals_are_503_and_what_came_meanwhile_is_told_afterwards(
    own_redis: Started,
) -> None:
    redis = own_redis("--appendonly", "yes", "--appendfsync", "always")
    with Server(redis=redis.url) as server:
        ask(server, "get_session_info")
        assert admin(server, JOURNAL)["count"] == 1
        redis.kill()
        assert platform(server, "projects.add", workspaceId=662, name="Lost").status_code == 503
        for path in ("journal", JOURNAL, RECEIVED, MISSES, UNUSED, "models"):
            answer = send(server, "GET", path)
            assert (answer.status_code, f"127.0.0.1:{redis.port}" in answer.text) == (503, True), path
        assert send(server, "DELETE", "journal").status_code == 503
        redis.start()
        assert [one["status"] for one in admin(server, "journal")["entries"]] == [503]
        assert admin(server, JOURNAL)["count"] == 1
