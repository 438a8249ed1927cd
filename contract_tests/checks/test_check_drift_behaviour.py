"""The suite's outcomes on both sides: another outcome is a difference, a check left out on one side is red."""

from typing import Any

import pytest

from modeldouble_contract.drift.behaviour import Behaved, behaviour
from modeldouble_contract.finding import Finding
from modeldouble_contract.outcome import BROKEN, DEVIATES, HOLDS, NOT_CHECKED, VIOLATION, Outcome, Result
from modeldouble_contract.plan import Plan
from modeldouble_contract.preflight import CannotCheck

A, B = Plan("http://a"), Plan("http://b")


def one(outcome: str = HOLDS, title: str = "a job ends", **also: Any) -> Result:
    return Result(f"check_x.py::{title}", title, "must", outcome, **also)


def broke(got: str = "2", code: str = "job.ends", **facts: Any) -> Result:
    return one(VIOLATION, finding=Finding(code, expected="1", got=got, facts=facts, candidates=["known"]))


def compared(a: list[Result] | Exception, b: list[Result] | Exception) -> Behaved:
    def judged(plan: Plan) -> Outcome:
        found = a if plan == A else b
        if isinstance(found, Exception):
            raise found
        return Outcome(plan.target, "6.74.51", {}, tuple(found), (), 0, 0, 0.0)

    return behaviour(A, B, judged)


def test_the_same_outcomes_are_counted_and_no_row() -> None:
    assert compared([one(), one(title="b")], [one(), one(title="b")]) == Behaved([], 2, [])


@pytest.mark.parametrize("swapped", [False, True])
def test_a_rule_that_one_side_breaks_is_kept_by_the_other(swapped: bool) -> None:
    pair = ([broke()], [one()]) if swapped else ([one()], [broke()])
    [row] = compared(*pair).rows
    assert (row.what, row.truth, row.keeps, row.known) == ("a job ends", "1", "B" if swapped else "A", ("known",))
    assert {row.a, row.b} == {"holds", "violation: 2"}


@pytest.mark.parametrize("outcome", [NOT_CHECKED, BROKEN])
def test_a_check_left_out_on_one_side_is_red_and_says_why(outcome: str) -> None:
    found = compared([one()], [one(outcome, reason="Skipped: no object was seen; bring one")])
    assert (found.compared, [row.red for row in found.rows]) == (0, [True])
    assert found.rows[0].b.startswith("could not check: ")
    assert "no object was seen" in found.rows[0].b


def test_a_check_that_one_side_never_reached_is_red() -> None:
    [row] = compared([], [one()]).rows
    assert (row.red, row.a) == (True, "could not check: the check was not made")


def test_a_check_left_out_on_both_sides_is_named() -> None:
    skipped = one(NOT_CHECKED, reason="no ids; give some")
    assert compared([skipped], [skipped]) == Behaved([], 0, ["a job ends: no ids; give some"])


def test_one_rule_broken_in_one_way_is_no_difference() -> None:
    [row] = compared([broke("0.31", frames=[1])], [broke("0.32", frames=[1])]).rows
    assert (row.equal, row.a) == (True, "violation: 0.31")


@pytest.mark.parametrize("other", [broke("b", frames=[2]), broke("b", "job.other", frames=[1]), broke("b", status=500)])
def test_one_rule_broken_in_two_ways_is_a_difference(other: Result) -> None:
    [row] = compared([broke("a", frames=[1])], [other]).rows
    assert (row.equal, row.keeps, row.a, row.b) == (False, "neither", "violation: a", "violation: b")


def test_a_listed_deviation_of_one_side_is_a_difference() -> None:
    [row] = compared([one()], [one(DEVIATES, forgiven=("video.backward",))]).rows
    assert (row.keeps, row.b, row.known) == ("A", "deviates as listed: video.backward", ("video.backward",))


@pytest.mark.parametrize("error", [CannotCheck("nothing answers there"), RuntimeError("pytest ended")])
def test_a_run_that_failed_on_one_side_is_red(error: Exception) -> None:
    found = compared([one()], error)
    assert (found.compared, found.rows[0].red, found.rows[0].a) == (0, True, "1 checks were made")
    assert str(error) in found.rows[0].b


def test_a_run_that_failed_on_both_sides_compared_nothing() -> None:
    found = compared(CannotCheck("x"), CannotCheck("y"))
    assert (found.rows, found.compared, len(found.left)) == ([], 0, 1)
