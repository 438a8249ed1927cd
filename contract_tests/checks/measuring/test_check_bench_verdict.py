"""Targets and growths: met, missed and by how much, within the noise of bare beside bare, or not measured."""

import math

import pytest

from modeldouble_contract.bench.run import Measured
from modeldouble_contract.bench.verdict import Kind, Verdict, compared, compared_null, verdicts
from modeldouble_contract.bench.workload import Growth, Reading, Target

from .made import measured, steady


def kinds(found: Measured) -> list[Kind]:
    return [one.kind for one in verdicts(found)]


@pytest.mark.parametrize(
    ("ours", "again", "kind"),
    [
        (80, 1.0, Kind.MET),
        (79, 1.0, Kind.MISSED),
        (79, 1.02, Kind.NOISE),
        (79, 0.98, Kind.NOISE),
        (60, 1.02, Kind.MISSED),
    ],
)
def test_a_rate_that_is_to_be_at_least(ours: float, again: float, kind: Kind) -> None:
    assert kinds(measured(steady(ours), steady(100), again)) == [kind, kind]


@pytest.mark.parametrize(("ours", "kind"), [(115, Kind.MET), (116, Kind.MISSED)])
def test_a_time_that_is_to_be_at_most(ours: float, kind: Kind) -> None:
    target = Target("at most 1.15 of bare", "bare", at_most=1.15, cases=frozenset({"few"}))
    assert kinds(measured(steady(ours), steady(100), targets=[target])) == [kind]


def test_it_is_told_by_how_much_a_target_is_missed() -> None:
    few, _ = verdicts(measured(steady(60), steady(100)))
    assert str(few) == "few: at least 0.8 of bare: missed by 25 %"
    assert few.found == pytest.approx(0.6)


def test_a_ratio_is_the_median_of_pairs_and_not_that_of_medians() -> None:
    # Both slow down together: each pair says 0.9, the medians are the same.
    bare = {"few": [Reading(value) for value in (100, 200, 300)]}
    ours = {"few": [Reading(0.9 * value) for value in (100, 200, 300)]}
    found = compared(one := measured(ours, bare), one.taken[1], "few")
    assert found is not None
    assert found.ratio == pytest.approx(0.9)
    assert found.interval is None


def test_a_peer_that_is_absent_leaves_its_targets_unmeasured() -> None:
    target = Target("at least 8 of the official app", "official", at_least=8)
    assert kinds(measured(steady(80), steady(100), targets=[target])) == [Kind.UNKNOWN] * 2


def test_of_a_case_without_the_other_nothing_is_asked() -> None:
    bare = {"few": steady(100)["few"]}
    assert [one.case for one in verdicts(measured(steady(80), bare))] == ["few"]


def test_ours_may_be_judged_by_itself_and_by_another_measure() -> None:
    target = Target("at most 2 ms", None, at_most=2, measure="p50_ms")
    assert kinds(measured(steady(1, p50_ms=2.0), steady(1), 9.0, [target])) == [Kind.MET] * 2
    assert kinds(measured(steady(1, p50_ms=2.1), steady(1), 9.0, [target])) == [Kind.MISSED] * 2
    assert kinds(measured(steady(1), steady(1), targets=[target])) == [Kind.UNKNOWN] * 2


def test_a_bound_of_nothing_is_a_bound() -> None:
    target = Target("nothing is lost", None, at_most=0)
    assert kinds(measured(steady(1), steady(1), targets=[target])) == [Kind.MISSED] * 2
    assert kinds(measured(steady(0), steady(1), targets=[target])) == [Kind.MET] * 2


@pytest.mark.parametrize(
    ("growth", "kind"),
    [
        (Growth("flat", ratio=1.5), Kind.MET),
        (Growth("flat", ratio=1.2), Kind.MISSED),
        (Growth("flat", difference=50), Kind.MET),
        (Growth("flat", difference=49), Kind.MISSED),
        (Growth("flat", ratio=1.2, cases=frozenset({"few"})), Kind.UNKNOWN),
    ],
)
def test_how_far_ours_moves_between_cases(growth: Growth, kind: Kind) -> None:
    ours = {"few": [Reading(150)] * 3, "many": [Reading(100)] * 3}
    assert kinds(measured(ours, steady(100, 3), targets=(), growths=[growth])) == [kind]


def test_a_growth_is_judged_with_the_noise_of_its_noisiest_case() -> None:
    ours = {"few": [Reading(125)] * 12, "many": [Reading(100)] * 12}
    assert kinds(measured(ours, steady(100), 1.05, (), [Growth("flat", ratio=1.2)])) == [Kind.NOISE]
    assert kinds(measured(ours, steady(100), 1.01, (), [Growth("flat", ratio=1.2)])) == [Kind.MISSED]
    quiet = measured(ours, steady(100), 1.05, (), [Growth("flat", ratio=1.2)])
    assert kinds(quiet._replace(null={**quiet.null, "few": [Reading(100)] * 12})) == [Kind.NOISE]


def test_the_null_comparison_is_the_second_reading_over_the_first() -> None:
    found = compared_null(measured(steady(80), steady(100), 1.03), "few")
    assert found is not None
    assert found.ratio == pytest.approx(1.03)
    assert compared_null(measured(steady(80), {}), "few") is None


def test_a_verdict_without_a_figure_says_that_it_was_not_measured() -> None:
    assert str(Verdict("flat", None, "", Kind.UNKNOWN)) == "flat: not measured"
    assert Verdict("flat", None, "", Kind.MISSED, 1.0, math.inf).told == "missed"
