"""Time as an argument."""

import time

import pytest

from modeldouble_server.clock import Clock


def test_time_is_that_of_the_source() -> None:
    moments = iter([100.0, 101.5])
    clock = Clock(lambda: next(moments))
    assert [clock.now(), clock.now()] == [100.0, 101.5]


def test_time_is_epoch_unless_another_source_is_given() -> None:
    before = time.time()
    assert before <= Clock().now() <= time.time()


def test_advances_add_up_and_the_source_goes_on() -> None:
    moments = iter([100.0, 101.0])
    clock = Clock(lambda: next(moments))
    clock.advance(10)
    clock.advance(0.5)
    assert [clock.now(), clock.now()] == [110.5, 111.5]


def test_two_clocks_of_one_source_are_apart() -> None:
    one, other = Clock(lambda: 100.0), Clock(lambda: 100.0)
    one.advance(5)
    assert (one.now(), other.now()) == (105.0, 100.0)


def test_no_time_at_all_may_pass() -> None:
    clock = Clock(lambda: 100.0)
    clock.advance(0)
    assert clock.now() == 100.0


@pytest.mark.parametrize("seconds", [-1, -0.001, float("nan"), float("inf"), float("-inf")])
def test_time_goes_neither_back_nor_nowhere(seconds: float) -> None:
    clock = Clock(lambda: 100.0)
    with pytest.raises(ValueError, match=f"seconds={seconds!r}"):
        clock.advance(seconds)
    assert clock.now() == 100.0
