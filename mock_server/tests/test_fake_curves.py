"""Curves are smooth, and exact: the last bit is the same everywhere."""

from itertools import pairwise
from math import cos, isclose, pi, sin

from hypothesis import given
from hypothesis import strategies as st

from modeldouble_server.predict.curves import CIRCLE, clamped, eased, rounded, total, wave


def test_the_wave_is_smooth_and_stays_within_one() -> None:
    heights = [wave(at / 1000) for at in range(-2000, 3000)]
    assert (max(heights), min(heights)) == (1.0, -1.0)
    assert all(abs(one - other) <= 0.0081 for one, other in pairwise(heights))
    assert wave(0.25) == wave(1.25) == wave(-0.75) == 1.0


def test_easing_goes_from_nothing_to_all_and_is_level_at_both_ends() -> None:
    assert [eased(part) for part in (0.0, 0.5, 1.0)] == [0.0, 0.5, 1.0]
    assert eased(0.01) < 0.001
    assert eased(0.99) > 0.999


def test_the_circle_goes_once_around_at_equal_angles() -> None:
    assert len(CIRCLE) == 64
    for at, (x, y) in enumerate(CIRCLE):
        assert isclose(x, cos(2 * pi * at / 64), abs_tol=1e-12)
        assert isclose(y, sin(2 * pi * at / 64), abs_tol=1e-12)


def test_sums_are_rounded_at_each_step_in_every_python() -> None:
    assert total([0.1] * 10) == 0.9999999999999999
    assert total([]) == 0.0


def test_corners_are_cut_off() -> None:
    square = [(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0)]
    assert rounded(square, 1) == [
        (1.0, 0.0), (3.0, 0.0), (4.0, 1.0), (4.0, 3.0), (3.0, 4.0), (1.0, 4.0), (0.0, 3.0), (0.0, 1.0),
    ]  # fmt: skip
    assert rounded(square, 0) == square


@given(st.floats(-10, 10), st.floats(-5, 0), st.floats(0, 5))
def test_what_is_clamped_is_within_its_ends_and_else_unchanged(value: float, low: float, high: float) -> None:
    assert low <= clamped(value, low, high) <= high
    assert clamped(value, low, high) == value or not low <= value <= high
