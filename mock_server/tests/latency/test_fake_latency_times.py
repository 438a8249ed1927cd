"""Times by quantile, from arithmetic that is the same on every machine."""

from __future__ import annotations

import math
from statistics import NormalDist

import pytest

from modeldouble_server.latency.exact import exponential, logarithm, normal_quantile
from modeldouble_server.latency.times import LONGEST, Fixed, Lognormal, Quantiles, Uniform, quantile


@pytest.mark.parametrize("value", [2.0**-53, 1e-9, 0.1, 0.5, 0.7071, 0.7072, 1.0, 1.5, 2.0, 10.0, 1e12])
def test_the_logarithm_is_the_library_s_to_fifteen_digits(value: float) -> None:
    assert logarithm(value) == pytest.approx(math.log(value), rel=1e-15, abs=1e-15)


@pytest.mark.parametrize("power", [-700.0, -36.7, -1.0, -0.01, 0.0, 1e-9, 0.5, 0.7, 1.0, 10.0, 350.0, 700.0])
def test_the_power_is_the_library_s_to_thirteen_digits(power: float) -> None:
    assert exponential(power) == pytest.approx(math.exp(power), rel=1e-13)


@pytest.mark.parametrize("part", [2.0**-53, 1e-9, 1e-4, 0.02424, 0.02426, 0.1, 0.4999, 0.5, 0.7, 0.975, 0.98, 0.9999])
def test_the_normal_quantile_is_the_library_s_to_nine_digits(part: float) -> None:
    assert normal_quantile(part) == pytest.approx(NormalDist().inv_cdf(part), rel=2e-9, abs=1e-12)


def test_numbers_are_pinned_to_the_last_bit() -> None:
    times = Lognormal(0.03, 0.12)
    assert [times.at(part).hex() for part in (0.001, 0.25, 0.75, 0.999)] == [
        "0x1.37c78bb4721a7p-8",
        "0x1.48d6b46975969p-6",
        "0x1.6f57502100fcfp-5",
        "0x1.8370bc0f39770p-3",
    ]


def test_a_lognormal_has_the_percentiles_that_it_is_told_by() -> None:
    times = Lognormal(0.03, 0.12)
    assert times.at(0.5) == pytest.approx(0.03, rel=1e-12)
    assert times.at(0.99) == pytest.approx(0.12, rel=1e-12)
    spread = math.log(4) / NormalDist().inv_cdf(0.99)
    assert times.at(0.9) == pytest.approx(0.03 * math.exp(spread * NormalDist().inv_cdf(0.9)), rel=1e-8)


def test_a_lognormal_is_bounded_at_both_ends() -> None:
    wild = Lognormal(1e-9, 600)
    assert (wild.at(1 - 2**-53), wild.at(1.0)) == (LONGEST, LONGEST)
    assert 0 <= wild.at(0.0) < 1e-20
    assert Lognormal(1, 1).at(0.9) == 1


def test_the_fixed_and_the_uniform_are_what_they_say() -> None:
    assert Fixed(0.5).at(0.9) == 0.5
    assert [Uniform(1, 3).at(part) for part in (0, 0.25, 1)] == [1, 1.5, 3]


def test_quantiles_are_straight_lines_between_equal_steps() -> None:
    times = Quantiles([1, 2, 10])
    assert [times.at(part) for part in (0, 0.25, 0.5, 0.75, 1, 1.5)] == [1, 1.5, 2, 6, 10, 10]


def test_the_quantile_of_a_single_number_is_the_number() -> None:
    assert quantile([7], 0.99) == 7
    assert quantile([1, 2, 3, 4], 0.5) == 2.5
