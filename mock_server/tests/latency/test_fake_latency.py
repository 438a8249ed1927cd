"""What a request takes: by call, by picture, by size, by batch, under load."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from modeldouble_server.latency.latency import Latency
from modeldouble_server.latency.reading import read_latency

MEGA = 1_000_000


def read(value: Any) -> Latency:
    return read_latency(value, None)


def served(value: Any, count: int, pixels: int = 0) -> list[float]:
    latency = read(value).keyed(7, "yolo")
    return sorted(latency.service([pixels], number, "same") for number in range(count))


@pytest.mark.parametrize("value", [0.5, {"fixed": 0.5}])
def test_a_number_is_what_each_picture_takes(value: Any) -> None:
    latency = read(value)
    assert latency.service([MEGA], 1, "a") == 0.5
    assert latency.service([MEGA] * 3, 2, ["a", "b", "c"]) == 1.5


def test_of_a_range_each_picture_has_its_own_whenever_it_is_asked_for() -> None:
    latency = read({"min": 1, "max": 2})
    one, other = latency.service([5], 1, ["a"]), latency.service([5], 1, ["b"])
    assert 1 <= one < 2
    assert one != other
    assert latency.service([5], 99, ["a"]) == one
    assert latency.service([5, 5], 4, ["b", "a"]) == pytest.approx(one + other)


def test_uniform_times_are_each_call_s_own() -> None:
    found = served({"uniform": {"min": 1, "max": 2}}, 1000)
    assert len(set(found)) == 1000
    assert 1 <= found[0] < 1.01
    assert 1.99 < found[-1] < 2


def test_a_lognormal_s_calls_have_its_percentiles() -> None:
    found = served({"lognormal": {"p50": 0.03, "p99": 0.12}}, 20_000)
    assert found[10_000] == pytest.approx(0.03, rel=0.02)
    assert found[19_800] == pytest.approx(0.12, rel=0.05)


def test_quantiles_are_what_calls_have() -> None:
    found = served({"quantiles": [1, 2, 10]}, 10_000)
    assert [found[at] for at in (0, 2500, 5000, 7500, 9999)] == pytest.approx([1, 1.5, 2, 6, 10], abs=0.2)


def test_megapixels_and_further_pictures_come_on_top() -> None:
    latency = read({"fixed": 0.1, "per_image": 0.01, "per_megapixel": 0.5})
    assert latency.service([MEGA], 1, "a") == pytest.approx(0.6)
    assert latency.service([MEGA, 2 * MEGA, 0], 1, "a") == pytest.approx(0.1 + 0.02 + 1.5)
    assert latency.service([], 1, "a") == 0


def test_a_batch_has_one_time_with_per_image_and_each_picture_its_own_without() -> None:
    times = {"uniform": {"min": 1, "max": 2}}
    together, apart = read({**times, "per_image": 0}), read(times)
    assert 1 <= together.service([0] * 8, 1, "a") < 2
    assert 8 < apart.service([0] * 8, 1, "a") < 16
    assert apart.service([0] * 2, 1, "a") != 2 * apart.service([0], 1, "a")


def test_only_a_size_is_a_latency_too() -> None:
    assert read({"per_megapixel": 2}).service([MEGA // 2], 1, "a") == 1


def test_times_are_a_function_of_key_call_and_content() -> None:
    times = {"uniform": {"min": 0, "max": 1}}
    asked = [(0, "m", 1, "a"), (1, "m", 1, "a"), (0, "n", 1, "a"), (0, "m", 2, "a"), (0, "m", 1, "b")]
    twice = [[read(times).keyed(*one[:2]).service([1], *one[2:]) for one in asked] for _ in range(2)]
    assert twice[0] == twice[1]
    assert len(set(twice[0])) == len(asked)


def test_a_time_is_pinned_to_the_last_bit() -> None:
    latency = read({"lognormal": {"p50": 0.03, "p99": 0.12}, "per_megapixel": 0.01}).keyed(7, "yolo")
    assert latency.service([640 * 480], 3, ["ab" * 32]).hex() == "0x1.e08d5fc0d21cbp-7"


def test_one_call_is_a_day_at_most() -> None:
    assert read(600).service([1] * 1000, 1, "a") == 86400


def test_ten_calls_at_once_on_two_workers() -> None:
    latency = read({"fixed": 0.5, "workers": 2, "cold_start": 3})
    due = [latency.due([1], 50.0, number, "a") for number in range(1, 11)]
    assert due == [3.5, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4]
    assert Counter(due)[4] == 2


def test_the_whole_batch_is_one_call_of_the_queue() -> None:
    latency = read({"fixed": 1, "per_image": 0.5, "workers": 1})
    assert [latency.due([1] * 3, 0, 1, "a"), latency.due([1], 0, 2, "a")] == [2, 3]


def test_a_call_without_pictures_takes_no_worker_and_warms_nothing_up() -> None:
    latency = read({"fixed": 1, "workers": 1, "cold_start": 2})
    assert [latency.due([], 0, 1, "a"), latency.due([1], 0, 2, "a")] == [0, 3]


def test_again_is_cold_with_the_same_times() -> None:
    latency = read({"uniform": {"min": 1, "max": 2}, "workers": 1, "cold_start": 9}).keyed(5, "yolo")
    first, second = latency.due([1], 0, 1, "a"), latency.due([1], 0, 1, "a")
    assert second == pytest.approx(2 * first - 9)
    assert latency.again().due([1], 0, 1, "a") == first


def test_two_models_of_one_document_do_not_wait_for_each_other() -> None:
    latency = read({"fixed": 1, "workers": 1})
    one, other = latency.keyed(0, "one"), latency.keyed(0, "other")
    assert [one.due([1], 0, 1, "a"), other.due([1], 0, 1, "a"), one.due([1], 0, 2, "a")] == [1, 1, 2]
