"""Medians, intervals, noise and slopes, on numbers whose answer is known."""

import math

import pytest

from modeldouble_contract.bench.statistics import Interval, Spread, interval, noise, ratios, slope, spread, values
from modeldouble_contract.bench.workload import Reading


def test_a_spread_is_the_median_between_its_quartiles() -> None:
    assert spread([5, 1, 4, 2, 3]) == Spread(2, 3, 4, 5)
    assert spread([7]) == Spread(7, 7, 7, 1)


def test_what_is_lacking_is_not_counted() -> None:
    assert spread([1, math.nan, 3]) == Spread(1.5, 2, 2.5, 2)
    assert spread([math.nan]) is None
    assert spread([]) is None


def test_a_measure_that_a_reading_lacks_is_not_a_number() -> None:
    readings = [Reading(1, {"p50_ms": 7}), Reading(2)]
    assert values(readings) == [1, 2]
    seven, lacking = values(readings, "p50_ms")
    assert seven == 7
    assert math.isnan(lacking)


def test_ratios_are_taken_pair_by_pair() -> None:
    assert ratios([2, 9], [1, 3]) == [2, 3]
    assert math.isnan(ratios([1], [0])[0])
    with pytest.raises(ValueError, match="argument"):
        ratios([1], [1, 2])


# The outermost numbers that hold the median in at least 95 of 100 draws, as tables of the sign test have them.
@pytest.mark.parametrize(
    ("count", "rank"), [(5, None), (6, 1), (8, 1), (9, 2), (11, 2), (12, 3), (15, 4), (20, 6), (25, 8)]
)
def test_the_interval_is_that_of_the_sign_test(count: int, rank: int | None) -> None:
    numbers = [float((7 * at) % count + 1) if count % 7 else float(at + 1) for at in range(count)]
    assert interval(numbers) == (None if rank is None else Interval(rank, count + 1 - rank))


def test_noise_is_the_factor_to_the_end_of_the_interval_that_is_further_from_one() -> None:
    pairs = [0.5, 0.9, 0.97, 1.0, 1.0, 1.0, 1.0, 1.0, 1.01, 1.02, 1.05, 2.0]
    assert noise(pairs) == pytest.approx(1 / 0.97)
    assert noise([0.9, 1.0, 1.2]) == pytest.approx(1.2)
    assert noise([math.nan]) == noise([]) == 1


@pytest.mark.parametrize("power", [-1.0, 0.0, 0.5, 1.0, 2.0])
def test_a_slope_is_the_exponent_of_growth(power: float) -> None:
    assert slope([(size, 3 * size**power) for size in (1, 10, 1000)]) == pytest.approx(power)


def test_a_slope_needs_two_sizes_that_have_a_logarithm() -> None:
    assert slope([(0, 1), (10, 1)]) is None
    assert slope([(10, 1), (10, 2)]) is None
    assert slope([(0, 9), (1, 0), (10, 2), (100, 20)]) == pytest.approx(1)
