"""The policy, without a network."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeldouble.errors import (
    AnswerLost,
    DeadlineExceeded,
    ModelDoubleError,
    Refused,
    ServerFailed,
    TimedOut,
    Unreachable,
)
from modeldouble.pace import Pace
from modeldouble.retry import ATTEMPTS, LONGEST_WAIT, Kind, may_repeat, next_wait


def failed(status: int, retry_after: float | None = None) -> ServerFailed:
    return ServerFailed(status, "reason", "route", "", retry_after)


@pytest.mark.parametrize(
    ("error", "kinds"),
    [
        (Unreachable("x"), {Kind.READ, Kind.PREDICT, Kind.ONCE}),
        (failed(429), {Kind.READ, Kind.PREDICT, Kind.ONCE}),
        (failed(503), {Kind.READ, Kind.PREDICT}),
        (failed(500), {Kind.READ}),
        (failed(501), set()),
        (AnswerLost("x"), {Kind.READ, Kind.PREDICT}),
        (TimedOut("x"), {Kind.READ}),
        (DeadlineExceeded("x"), set()),
        (Refused(400, "x", "route"), set()),
    ],
)
def test_what_may_be_repeated(error: ModelDoubleError, kinds: set[Kind]) -> None:
    assert {kind for kind in Kind if may_repeat(kind, error)} == kinds


def test_the_wait_doubles_and_ends() -> None:
    waits = [next_wait(Kind.READ, failed(503), attempt, None, lambda: 1.0) for attempt in range(1, ATTEMPTS + 1)]
    assert waits == [0.25, 0.5, 1.0, 2.0, None]


@given(st.integers(1, ATTEMPTS - 1), st.floats(0, 1, exclude_max=True), st.floats(0.001, 100))
def test_the_wait_is_bounded_by_the_deadline(attempt: int, jitter: float, left: float) -> None:
    wait = next_wait(Kind.READ, failed(503), attempt, left, lambda: jitter)
    assert wait is None or 0 < wait < min(left, LONGEST_WAIT + 0.001)


@pytest.mark.parametrize(
    ("after", "left", "wait"), [(5.0, None, 5.0), (5.0, 3.0, None), (3600.0, None, None), (90.0, 100.0, 90.0)]
)
def test_retry_after_is_honoured_within_the_deadline(after: float, left: float | None, wait: float | None) -> None:
    assert next_wait(Kind.READ, failed(503, after), 1, left, lambda: 0.5) == wait


def test_polls_start_close_together_and_spread_to_a_second() -> None:
    pace, waits = Pace(), []
    for _ in range(2000):
        pace.saw(0, 0.0)
        waits.append(pace.wait())
    assert waits[0] == 0.005
    assert waits == sorted(waits)
    assert waits[-1] == 1.0


def test_polls_follow_the_pace_of_the_results() -> None:
    pace = Pace()
    for moment in range(5):
        pace.saw(2, moment * 0.4)
    assert pace.wait() == 0
    pace.saw(0, 2.0)
    assert pace.wait() == pytest.approx(0.1)
