"""Whoever of two servers of one Redis is looked at, it shows what both were asked, and looking uses up nothing."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from modeldouble_server import Server
from modeldouble_server.default_world import VIDEO_ID

from ..administration.streams import Stream
from ..store.redis_server import RedisServer
from .asking import IMAGE, admin, ask, ask_only, infer, send

Two = tuple[Server, Server]


@pytest.fixture
def two(redis: RedisServer) -> Iterator[Two]:
    with ExitStack() as running:
        yield running.enter_context(Server(redis=redis.url)), running.enter_context(Server(redis=redis.url))


def test_a_stream_tells_what_the_other_was_asked(two: Two) -> None:
    with Stream(two[0].server_address) as stream:
        stream.until("misses")
        ask(two[1], "get_session_info")
        [entry] = stream.until("entries", lambda told: told["entries"])["entries"]
        assert stream.until("model", lambda told: told["counts"]["requests"] == 1)
    assert admin(two[1], "models/1/journal")["entries"] == [entry]


def test_a_journal_that_the_other_forgets_is_begun_anew(two: Two) -> None:
    ask(two[0], "get_session_info")
    with Stream(two[0].server_address) as stream:
        assert stream.until("entries")["count"] == 1
        admin(two[1], "models/1/journal", "DELETE")
        assert stream.until("entries") == {"entries": [], "count": 0, "cleared": True}


def test_jobs_faults_and_misses_of_the_other_are_told(two: Two) -> None:
    with Stream(two[0].server_address) as stream:
        stream.until("misses")
        uuid = ask(two[1], "inference_video_id_async", video_id=VIDEO_ID).json()["inference_request_uuid"]
        assert stream.until("jobs", lambda told: told["jobs"])["jobs"][0]["uuid"] == uuid
        admin(two[1], "models/1/faults", "POST", {"status": 503, "route": "get_status"})
        assert stream.until("faults", lambda told: told["faults"])
        admin(two[1], "models/1/stubs", "POST", {"when": {"image_id": 1}, "predict": []})
        infer(two[1])
        assert stream.until("misses", lambda told: told["count"] == 1)["misses"][0]["call"] == 2


def test_how_often_a_fault_was_met_is_told_of_both(two: Two) -> None:
    with Stream(two[0].server_address) as stream:
        stream.until("misses")
        admin(two[0], "models/1/faults", "POST", {"status": 503, "route": "get_status", "times": 3})
        for server in (*two, two[1]):
            assert ask(server, "get_status").status_code == 503
        told = stream.until("faults", lambda told: told["fired"] == {"status": 3})
        assert [(one["seen"], one["fired"], one["over"]) for one in told["faults"]] == [(3, 3, True)]


def test_a_model_that_the_other_takes_away_ends_the_stream(two: Two) -> None:
    number = admin(two[0], "models", "POST", {})["id"]
    with Stream(two[0].server_address, number) as stream:
        stream.until("misses")
        admin(two[1], f"models/{number}", "DELETE")
        assert stream.rest()[-1] == ("gone", {})


def test_a_look_knows_what_the_other_has_used_up_and_uses_nothing(two: Two) -> None:
    box = {"class": "car", "box": [1, 2, 3, 4]}
    stub = {"when": {"image_id": IMAGE}, "predict": [box], "times": 1, "then": [{"predict": []}]}
    admin(two[0], "models/1/stubs", "POST", stub)
    for server in two * 2:
        told = admin(server, "models/1/looks", "POST", {"image_id": IMAGE})
        assert (told["by"], len(told["frames"][0]["objects"])) == ("stub 1", 1)
    infer(two[1])
    assert admin(two[0], "models/1/looks", "POST", {"image_id": IMAGE})["frames"][0]["objects"] == []
    assert len(admin(two[0], "models/1/received")["calls"]) == 1


def test_a_stub_that_the_other_has_used_up_is_not_shown(two: Two) -> None:
    for times in ({"times": 1}, {}):
        predict = [{"class": "car", "box": [1, 2, 3, 4]}] if times else []
        when = {"image_id": IMAGE} if times else {}
        admin(two[0], "models/1/stubs", "POST", {"when": when, "predict": predict, **times})
    infer(two[1])
    assert admin(two[0], "models/1/looks", "POST", {"image_id": IMAGE})["by"] == "stub 2"


def test_a_command_is_found_by_the_number_of_all_servers(two: Two) -> None:
    for at, route in enumerate(("get_session_info", "is_deployed", "get_status")):
        ask(two[at % 2], route)
    told = admin(two[0], "models/1/journal/2/curl")
    assert f"{two[0].session_url}/is_deployed" in told["curl"]
    assert send(two[0], "GET", "models/1/journal/4/curl").status_code == 404


def test_a_job_of_the_other_can_be_stopped(two: Two) -> None:
    uuid = ask(two[1], "inference_video_id_async", video_id=VIDEO_ID).json()["inference_request_uuid"]
    admin(two[0], f"models/1/jobs/{uuid}/stop", "POST")
    assert admin(two[1], "models/1/jobs")["jobs"][0]["stopped"]


def test_a_look_asks_as_the_next_call_of_all_servers_at_once(two: Two) -> None:
    admin(two[0], "models/1/stubs", "POST", {"when": {"call": 2}, "predict": []})
    admin(two[0], "models/1/stubs", "POST", {"when": {}, "predict": []})
    for by in ("stub 2", "stub 1", "stub 2"):
        assert admin(two[0], "models/1/looks", "POST", {"image_id": IMAGE})["by"] == by
        # Nobody waits until it is in the journal.
        ask_only(two[1], "inference_image_id", image_id=IMAGE)
