"""Workers, waiting, cold starts: on a clock that the test moves."""

from __future__ import annotations

import sys

import pytest

from modeldouble_server.latency.queue import Queue


def test_ten_calls_at_once_on_two_workers_wait_in_pairs() -> None:
    queue = Queue(2)
    assert [queue.arrive(100, 1) for _ in range(10)] == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]


def test_a_worker_that_is_free_again_takes_the_next_call_at_once() -> None:
    queue = Queue(1)
    assert [queue.arrive(now, 2) for now in (10, 11, 20, 21.5)] == [2, 3, 2, 2.5]


def test_the_first_free_worker_takes_the_call() -> None:
    queue = Queue(2)
    assert [queue.arrive(0, service) for service in (10, 1, 1)] == [10, 1, 2]


def test_without_workers_nobody_waits() -> None:
    queue = Queue()
    assert {queue.arrive(0, 3) for _ in range(100)} == {3}


@pytest.mark.parametrize(("gap", "most"), [(2.0, 1.0), (1.0, 1.0), (0.5, 51.0)])
def test_waiting_grows_only_where_calls_come_faster_than_they_are_served(gap: float, most: float) -> None:
    queue = Queue(1)
    assert max(queue.arrive(at * gap, 1) for at in range(101)) == most


def test_only_the_first_call_is_cold() -> None:
    queue = Queue(cold_start=5)
    assert [queue.arrive(0, 1), queue.arrive(0, 1), queue.arrive(1e6, 1)] == [6, 1, 1]


def test_on_one_worker_the_others_wait_for_the_cold_start_too() -> None:
    queue = Queue(1, cold_start=5)
    assert [queue.arrive(0, 1), queue.arrive(0, 1)] == [6, 7]


def test_a_model_is_cold_again_when_it_was_idle_long_enough() -> None:
    queue = Queue(cold_start=5, idle_after=60)
    assert [queue.arrive(now, 1) for now in (0, 65.9, 126.9, 127.9)] == [6, 1, 6, 1]


def test_idle_time_counts_from_the_end_of_the_longest_call() -> None:
    queue = Queue(cold_start=5, idle_after=60)
    assert [queue.arrive(0, 100), queue.arrive(0, 1), queue.arrive(164, 1), queue.arrive(225, 1)] == [105, 1, 1, 6]


def test_a_clock_that_is_set_back_makes_nobody_wait_for_it() -> None:
    queue = Queue(1, cold_start=5, idle_after=60)
    assert [queue.arrive(1000, 4), queue.arrive(10, 1), queue.arrive(75, 1)] == [9, 10, 1]


def test_a_hundred_thousand_waiting_calls_take_no_memory() -> None:
    queue = Queue(3)
    for _ in range(100_000):
        queue.arrive(0, 1)
    assert sum(sys.getsizeof(one) for one in vars(queue).values()) < 1000
