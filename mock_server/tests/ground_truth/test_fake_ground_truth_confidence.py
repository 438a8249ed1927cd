"""Confidences are right as often as they say."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modeldouble_server.predict.ground_truth.confidence import LEAST, MOST, calibrated, unsure


@settings(deadline=None)
@given(st.integers(0, 60), st.integers(0, 60), st.sampled_from([0.02, 0.25, 0.6]))
def test_there_are_as_many_as_asked_for_inside_the_bounds(right: int, wrong: int, low: float) -> None:
    true, false = calibrated(right, wrong, low, MOST)
    assert (len(true), len(false)) == (right, wrong)
    assert all(low <= one <= MOST for one in (*true, *false))
    assert true == sorted(true)
    assert false == sorted(false)


@pytest.mark.parametrize("precision", [0.3, 0.5, 0.6, 0.85, 0.95])
def test_they_add_up_to_the_number_of_those_that_are_right(precision: float) -> None:
    right = round(400 * precision)
    true, false = calibrated(right, 400 - right, 0.25, MOST)
    assert sum(true) + sum(false) == pytest.approx(right, abs=0.5)


@pytest.mark.parametrize("precision", [0.4, 0.6, 0.85])
def test_any_stretch_of_them_is_right_as_often_as_it_says(precision: float) -> None:
    true, false = calibrated(round(1000 * precision), round(1000 * (1 - precision)), 0.25, MOST)
    ranked = sorted([(one, 1) for one in true] + [(one, 0) for one in false])
    for at in range(0, 1000, 50):
        some = ranked[at : at + 50]
        assert sum(one for one, _ in some) == pytest.approx(sum(right for _, right in some), abs=1.5)


def test_false_ones_are_less_sure_in_the_mean() -> None:
    true, false = calibrated(80, 20, 0.25, MOST)
    assert sum(false) / 20 < sum(true) / 80 - 0.1


def test_below_the_threshold_most_are_false() -> None:
    assert unsure(10, LEAST, 0.25) == round(20 / (LEAST + 0.25)) - 10
    assert unsure(10, LEAST, LEAST) == 0
    assert unsure(0, LEAST, 0.25) == 0


def test_the_surest_of_a_model_that_is_always_right_are_nearly_one() -> None:
    assert min(calibrated(50, 0, 0.25, MOST)[0]) > 0.95
