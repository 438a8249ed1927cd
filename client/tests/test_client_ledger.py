"""Received against announced."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from modeldouble.ledger import Ledger


@given(st.integers(0, 50), st.sampled_from([1, -1]), st.sets(st.integers(0, 29)), st.randoms())
def test_exactly_the_missing_frames_are_found(start: int, step: int, lost: set[int], random: Random) -> None:
    ledger = Ledger(start, step)
    came = [position for position in range(30) if position not in lost]
    random.shuffle(came)
    for position in came:
        ledger.note(start + position * step)
    assert ledger.balance(30).missing == [start + position * step for position in sorted(lost)]
    assert ledger.balance(30).unexpected == []


def test_frames_without_numbers_are_located_by_the_only_gap() -> None:
    ledger = Ledger(10)
    for lost in (False, True, False):
        if lost:
            ledger.note_gap()
        ledger.note(None)
    assert ledger.balance(5) == (2, [11, 12], [])


def test_frames_without_numbers_and_without_one_gap_cannot_be_located() -> None:
    ledger = Ledger()
    ledger.note(None)
    assert ledger.balance(3) == (2, None, [])
    ledger.note_gap()
    ledger.note(None)
    ledger.note_gap()
    assert ledger.balance(3) == (1, None, [])


def test_backward_without_a_start_begins_where_the_server_does() -> None:
    ledger = Ledger(None, -1)
    for index in (9, 8, 6):
        ledger.note(index)
    assert ledger.balance(4).missing == [7]


def test_a_frame_that_comes_twice_does_not_hide_a_missing_one() -> None:
    ledger = Ledger(0)
    for index in (0, 1, 1, 3):
        ledger.note(index)
    assert ledger.balance(4).missing == [2]


def test_a_frame_that_comes_twice_is_told_and_not_counted() -> None:
    ledger = Ledger(0)
    assert [ledger.note(index) for index in (0, 1, 1, 3, 3, 0, 2, 99, 99)] == [
        True, True, False, True, False, False, True, True, False,
    ]  # fmt: skip
    assert ledger.received == 5
    assert ledger.balance(4) == (0, [], [99])


def test_of_frames_without_numbers_too_many_are_as_bad_as_too_few() -> None:
    ledger = Ledger()
    assert [ledger.note(None) for _ in range(3)] == [True] * 3
    assert ledger.balance(3) == (0, [], [])
    assert ledger.balance(2) == (0, None, [])


def test_a_long_job_in_order_costs_no_memory() -> None:
    ledger = Ledger(0)
    for index in range(100_000):
        ledger.note(index)
    assert not ledger._apart
    assert ledger.balance(100_000) == (0, [], [])
