"""Requests come when they come, and are late from the moment at which they were meant to be sent."""

from itertools import count, pairwise

import pytest

from modeldouble_contract.bench.load.callers import Callers, Wanted
from modeldouble_contract.bench.load.open import Line, evenly, opened, percentile, poisson
from modeldouble_contract.bench.load.wire import json_request

from .answering import answering, whole


def test_even_arrivals_have_the_rate() -> None:
    assert evenly(4, 1.5) == [0.0, 0.25, 0.5, 0.75, 1.0, 1.25]


def test_independent_arrivals_have_the_rate_on_average() -> None:
    moments = poisson(1000, 10, seed=1)
    assert 9_700 < len(moments) < 10_300
    assert moments == sorted(moments)
    assert 0 < moments[0] < moments[-1] < 10


def test_their_gaps_are_exponential() -> None:
    gaps = [later - sooner for sooner, later in pairwise(poisson(1000, 10, seed=1))]
    longer = [sum(gap > limit for gap in gaps) / len(gaps) for limit in (0.001, 0.002)]
    assert longer == pytest.approx([0.368, 0.135], abs=0.02)


def test_a_seed_is_a_schedule() -> None:
    assert poisson(100, 1, seed=1) == poisson(100, 1, seed=1)
    assert poisson(100, 1, seed=1) != poisson(100, 1, seed=2)


def test_nothing_is_sent_before_its_moment() -> None:
    line = Line([1.0, 2.0])
    line.come(0.9)
    assert line.take() is None
    line.come(1.0)
    assert [line.take(), line.take()] == [1.0, None]


def test_who_waits_in_the_line_is_late_from_its_moment_on() -> None:
    line = Line([0.0, 0.1, 0.2])
    line.come(0.0)
    first = line.take()
    # The server stands still for a second, in which the only connection is taken and two more are due.
    line.come(1.0)
    assert first is not None
    line.answered(first, 1.0)
    for now in (1.1, 1.2):
        since = line.take()
        assert since is not None
        line.answered(since, now)
    assert line.latencies == pytest.approx([1.0, 1.0, 1.0])


@pytest.mark.parametrize(("share", "wanted"), [(0.5, 50), (0.99, 99), (1.0, 100), (0.0, 1)])
def test_a_percentile_is_one_of_the_values(share: float, wanted: int) -> None:
    assert percentile([*range(100, 0, -1)], share) == wanted


def test_half_of_three_values_do_not_exceed_the_second() -> None:
    assert percentile([3, 1, 2], 0.5) == 2


@pytest.mark.parametrize("connections", [1, 5])
def test_each_moment_has_its_answer(connections: int) -> None:
    with answering(lambda number, body: [whole(b"{}")]) as seen:
        callers = Callers(seen.port, [json_request("/", {})], Wanted(), count(1))
        found = opened(callers, connections, evenly(1000, 0.05))
        callers.close()
    assert found.answered == 50
    assert len(seen.bodies) == 50 + connections
    assert 0 < found.p50 <= found.p99 <= found.longest
    assert found.rate == pytest.approx(50 / 0.049)


def test_no_moment_is_no_answer() -> None:
    with answering(lambda number, body: [whole(b"{}")]) as seen:
        callers = Callers(seen.port, [json_request("/", {})], Wanted(), count(1))
        found = opened(callers, 1, [])
        callers.close()
    assert (found.answered, found.p99) == (0, 0.0)
