"""Which call meets which order, without a server."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from modeldouble_server.faults import KINDS, MOST_CALLS, Orders, read_order

ROUTE = "inference_image"


class Time:
    """A clock that a test moves."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def made(*documents: dict[str, Any], times: int | None = None) -> Orders:
    """Orders that were given one after the other."""
    orders = Orders(Time())
    for one in documents:
        orders.add(read_order(one, times))
    return orders


def met(orders: Orders, calls: int, route: str = ROUTE) -> list[str]:
    """What each of so many calls meets."""
    found = [orders.take(route) for _ in range(calls)]
    return ["" if one is None else one.name for one in found]


def test_calls_are_counted_from_one_and_only_those_of_the_route() -> None:
    orders = made({"fault": "reset", "calls": [2, 3], "route": "inference_*"})
    assert met(orders, 2, "get_session_info") == ["", ""]
    assert met(orders, 4) == ["", "reset", "reset", ""]


def test_a_call_meets_the_first_order_and_counts_for_all() -> None:
    orders = made({"fault": "empty", "calls": 2}, {"fault": "html", "calls": [2, 3]}, {"fault": "hang", "times": 2})
    assert met(orders, 6) == ["hang", "empty", "html", "hang", "", ""]


def test_times_are_counted_by_what_went_wrong() -> None:
    assert met(made({"calls": [1, 3, 5], "times": 2}), 6) == ["status", "", "status", "", "", ""]
    assert met(made({"fault": "html"}, times=1), 2) == ["html", ""]
    assert met(made({"fault": "html", "times": None}, times=1), 2) == ["html", "html"]
    assert met(made({"fault": "not_deployed"}, times=1), 2) == ["not_deployed", "not_deployed"]


def test_a_seed_gives_the_same_calls_whatever_was_ordered_before() -> None:
    order = {"fault": "html", "probability": 0.3, "seed": 5}
    first = met(made(order), 200)
    assert met(made({"fault": "reset", "route": "is_ready"}, order), 200) == first
    assert met(made({**order, "seed": 6}), 200) != first


@pytest.mark.parametrize(
    ("probability", "low", "high"), [(0.0, 0, 0), (0.05, 430, 570), (0.5, 4850, 5150), (1, 10_000, 10_000)]
)
def test_as_many_calls_go_wrong_as_are_likely(probability: float, low: int, high: int) -> None:
    count = met(made({"fault": "html", "probability": probability}), 10_000).count("html")
    assert low <= count <= high


def test_an_order_lasts_on_the_clock_of_the_model() -> None:
    time = Time()
    orders = Orders(time)
    orders.add(read_order({"fault": "html", "lasting": 60}))
    time.now = 59.9
    assert met(orders, 1) == ["html"]
    time.now = 60.0
    assert met(orders, 1) == [""]
    assert orders.listed()[0]["over"] is True


def test_threads_lose_no_call() -> None:
    orders = made({"fault": "html", "calls": list(range(1, 4001, 4))})
    threads = [threading.Thread(target=met, args=(orders, 500)) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert (orders.listed()[0]["seen"], orders.fired["html"]) == (3997, 1000)


def test_orders_are_listed_as_they_were_written_removed_and_cleared() -> None:
    document = {"fault": "reset", "when": "during", "route": "inference_*", "calls": [2, 5]}
    orders = made(document, {"fault": "html", "probability": 0.5, "seed": 3, "lasting": 9})
    first, second = orders.listed()
    assert first == {"number": 1, **document, "seen": 0, "fired": 0, "over": False}
    assert [second[key] for key in ("status", "probability", "seed")] == [502, 0.5, 3]
    assert [orders.remove(2), orders.remove(2), len(orders.listed())] == [True, False, 1]
    orders.clear()
    assert (orders.listed(), orders.take(ROUTE), orders.add(read_order({}))) == ([], None, 1)


def test_orders_are_bounded_and_those_that_are_over_do_not_count() -> None:
    orders = Orders(Time(), most=2)
    orders.add(read_order({"times": 1}))
    orders.add(read_order({}))
    with pytest.raises(ValueError, match="2 faults are ordered, the limit is 2; remove some"):
        orders.add(read_order({}))
    orders.take(ROUTE)
    assert orders.add(read_order({})) == 3


def test_routes_may_be_several() -> None:
    order = read_order({"route": "get_*, inference_image"})
    assert [order.fits(one) for one in ("get_status", "inference_image", "inference_batch")] == [True, True, False]


def test_a_fault_of_jobs_counts_only_calls_that_start_one() -> None:
    order = read_order({"fault": "stalls", "frame": 1, "route": "*"})
    fits = [one for one in ("is_ready", "run_speedtest", "inference_video_id_async") if order.fits(one)]
    assert fits == ["run_speedtest", "inference_video_id_async"]


WRONG = [
    ([], r"order is \[\]; give a mapping"),
    ({"fault": "rest"}, "fault is 'rest'; did you mean 'reset'?"),
    ({"fault": 3}, "fault is 3; known are status,"),
    ({"fault": "reset", "wen": 1}, "'wen' is nothing that fault 'reset' has; did you mean 'when'?"),
    ({"fault": "reset", "when": "never"}, "when is 'never'; give one of before, lost, during, after"),
    ({"status": 200}, "status is 200; give a number from 400 to 599"),
    ({"status": 503.0}, "status is 503.0; give a whole number"),
    ({"status": True}, "status is True; give a whole number"),
    ({"fault": "hang", "seconds": float("nan")}, "seconds is nan; give a number from 0 to 86400"),
    ({"fault": "stalls"}, "frame is missing; give results that come before it"),
    ({"fault": "stalls", "frame": 1, "route": "is_ready"}, "stalls is about [*]_async,run_speedtest: leave route out"),
    ({"fault": "pop_twice", "route": "inference_image"}, "pop_twice is about pop_inference_results"),
    ({"fault": "cold_start"}, "lasting is missing; give the seconds after which the model is there"),
    ({"fault": "wrong_length", "by": 0}, "by is 0, which is no fault"),
    ({"fault": "redirect", "location": "/a\r\nSet-Cookie: x"}, "location is .*; give a text of plain characters"),
    ({"fault": "redirect", "location": "/\\\\evil.invalid"}, "location is .*; give a text of plain characters"),
    ({"message": "\ud800"}, "message is .*; give a text of plain characters"),
    ({"message": "x" * 5000}, "message has 5,000 characters; give at most 4,096"),
    ({"calls": []}, r"calls is \[\]; give a number of a call"),
    ({"calls": [0]}, "calls is 0; give a number from 1"),
    ({"calls": range(MOST_CALLS + 2)}, "give a number of a call, or a list of at most 10,000"),
    ({"calls": 1, "probability": 0.5}, "calls and probability are both there; keep one of them"),
    ({"probability": 1.5}, "probability is 1.5; give a number from 0 to 1"),
    ({"route": "inference_imag"}, "route is 'inference_imag', which no route fits; give one such as"),
    ({"route": ""}, "route is ''; give a route such as"),
    ({"after": 1}, "after is 1; give true or false"),
    ({"fault": "reset", "after": True}, "after is only for faults with an answer of their own"),
]  # fmt: skip


@pytest.mark.parametrize(("document", "text"), WRONG, ids=[text[:40] for _, text in WRONG])
def test_what_cannot_be_ordered_is_told(document: Any, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        read_order(document)


@pytest.mark.parametrize("name", KINDS)
def test_an_order_is_read_again_as_it_is_told(name: str) -> None:
    needed = {one.name: 3 for one in KINDS[name].parameters if one.needed}
    order = read_order({"fault": name, "lasting": 5, "calls": [1, 4], **needed})
    assert read_order(order.told()) == order
    assert name in order.sentence()
