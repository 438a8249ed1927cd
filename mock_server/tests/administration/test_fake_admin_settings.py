"""Faults, clock and latency over the admin API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .conftest import Caller, Start

FAULTS, CLOCK, LATENCY = "models/1/faults", "models/1/clock", "models/1/latency"


def statuses(caller: Caller, count: int, route: str = "get_session_info") -> list[int]:
    """What so many calls are answered."""
    return [caller.post(route).status_code for _ in range(count)]


def test_a_fault_fires_in_the_calls_that_were_ordered(fake: Caller) -> None:
    made = fake.ask("POST", FAULTS, {"status": 503, "route": "get_session_info", "calls": [2, 3]}, 201)
    assert made["number"] == 1
    assert "call 2, 3 of 'get_session_info'" in made["sentence"]
    assert statuses(fake, 4) == [200, 503, 503, 200]
    told = fake.ask("GET", FAULTS)
    assert told["fired"] == {"status": 2}
    assert told["faults"] == [{**told["faults"][0], "number": 1, "calls": [2, 3], "seen": 3, "fired": 2, "over": True}]


def test_a_document_without_times_is_every_call_as_in_a_scenario(fake: Caller) -> None:
    fake.ask("POST", FAULTS, {}, 201)
    assert statuses(fake, 3) == [503, 503, 503]


@pytest.mark.parametrize(("body", "text"), [
    ({"fault": "rest"}, "did you mean 'reset'"), ({"status": 200}, "status"), ({"bogus": 1}, "bogus"),
    ({"route": "no_such_route"}, "which no route fits"), ({"calls": 1, "probability": 0.5}, "keep one"),
    ({"calls": []}, "calls"), ({"fault": []}, "fault: is []"), ({"probability": 2}, "probability: is 2"),
])  # fmt: skip
def test_an_order_that_cannot_be_is_a_400(fake: Caller, body: dict[str, Any], text: str) -> None:
    assert text in fake.refused(400, "POST", FAULTS, body)
    assert fake.ask("GET", FAULTS)["faults"] == []


def test_one_order_is_taken_back_and_then_all(fake: Caller) -> None:
    for status in (500, 501, 502):
        fake.ask("POST", FAULTS, {"status": status}, 201)
    fake.ask("DELETE", f"{FAULTS}/1")
    assert statuses(fake, 1) == [501]
    fake.refused(404, "DELETE", f"{FAULTS}/1")
    assert fake.ask("DELETE", FAULTS) == {"removed": 2}
    assert statuses(fake, 1) == [200]


def test_orders_are_bounded(start: Start) -> None:
    from modeldouble_server import Limits

    caller = start(limits=Limits(faults=1))
    caller.ask("POST", FAULTS, {}, 201)
    assert "the limit is 1" in caller.refused(400, "POST", FAULTS, {})


def test_faults_of_one_model_are_not_those_of_another(fake: Caller) -> None:
    url = fake.ask("POST", "models", {}, 201)["session_url"]
    fake.ask("POST", FAULTS, {}, 201)
    assert fake.post("get_session_info", url).status_code == 200


def test_time_passes_for_the_jobs_of_one_model(fake: Caller) -> None:
    other = fake.ask("POST", "models", {}, 201)["id"]
    uuid = fake.post("inference_video_id_async", videoId=18635803).json()["inference_request_uuid"]
    assert fake.ask("POST", CLOCK, {"advance": 60}) == {"now": 1_700_000_060.0, "ahead": 60.0}
    popped = fake.post("pop_inference_results", inference_request_uuid=uuid).json()
    assert len(popped["pending_results"]) == 10
    assert fake.ask("GET", f"models/{other}/clock") == {"now": 1_700_000_000.0, "ahead": 0.0}


@pytest.mark.parametrize(("body", "text"), [
    ({}, "'advance' is missing"), ({"advance": -1}, "at least 0"), ({"advance": "60"}, "advance: is '60'"),
    ({"advance": 1e10}, "at most"), ({"advance": True}, "advance"), ({"advance": 1, "x": 1}, "'x' is unknown"),
])  # fmt: skip
def test_time_that_cannot_pass_is_a_400(fake: Caller, body: dict[str, Any], text: str) -> None:
    assert text in fake.refused(400, "POST", CLOCK, body)
    assert fake.ask("GET", CLOCK)["ahead"] == 0


def test_time_has_an_end_however_small_the_steps(fake: Caller) -> None:
    for _ in range(10):
        fake.ask("POST", CLOCK, {"advance": 1e9})
    assert "reset it" in fake.refused(400, "POST", CLOCK, {"advance": 1})
    assert fake.infer().status_code == 200


def test_latency_is_told_with_its_label_and_acts(start: Start) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        clock.advance(seconds)

    from modeldouble_server import Clock

    clock = Clock(lambda: 1_700_000_000.0)
    caller = start(clock=clock, sleep=sleep)
    assert caller.ask("GET", LATENCY) == {"label": None, "document": None}
    told = caller.ask("PUT", LATENCY, {"fixed": 0.25})
    assert told == {"label": "synthetic", "document": {"fixed": 0.25}} == caller.ask("GET", LATENCY)
    caller.infer()
    assert sum(slept) == pytest.approx(0.25)
    assert caller.ask("DELETE", LATENCY) == {"label": None, "document": None}


@pytest.mark.parametrize(("body", "text"), [
    ({}, "give"), ({"fixed": -1}, "latency.fixed is -1"), ({"fixd": 1}, "did you mean 'fixed'"),
    ({"profile": "/etc/passwd"}, "no file is read here"), ({"recording": "."}, "no file is read here"),
    ({"fixed": 1, "lognormal": {"p50": 1, "p99": 2}}, "give one of them"), ({"workers": 10**9}, "workers"),
])  # fmt: skip
def test_a_latency_that_cannot_be_is_a_400(fake: Caller, body: dict[str, Any], text: str) -> None:
    assert text in fake.refused(400, "PUT", LATENCY, body)
    assert fake.ask("GET", LATENCY)["label"] is None
