"""What a page says of how it was measured, how long that took, how sure it is, and why a target is missed."""

import json

import pytest

from modeldouble_contract.bench.registry import found
from modeldouble_contract.bench.report import as_json, markdown
from modeldouble_contract.bench.report.__main__ import explained
from modeldouble_contract.bench.report.figures import duration
from modeldouble_contract.bench.report.method import method, own_ways
from modeldouble_contract.bench.run import Measured
from modeldouble_contract.bench.verdict import Kind, verdicts
from modeldouble_contract.bench.workload import Case, Growth, Reading, Target

from .made import measured, outcome, steady, workload

MET, MISSED = measured(steady(90), steady(100)), measured(steady(60), steady(100))


def bounded(one: Measured, bound: str = "It is the journal.") -> Measured:
    """With a reason that a person wrote."""
    return one._replace(workload=one.workload._replace(bound=bound))


def values(*numbers: float) -> dict[str, list[Reading]]:
    """Readings of the first case."""
    return {"few": [Reading(number) for number in numbers]}


def test_what_a_run_took_is_told_with_each_workload() -> None:
    told = method(outcome(MET._replace(took_s=330), MET._replace(took_s=45)), "r.json")
    assert "This run took 6.2 minutes, with what had to be installed: made-up 5.5 minutes, made-up 45 s." in told


def test_of_an_older_run_it_is_not_told_how_long_it_took() -> None:
    document = json.loads(as_json.render(outcome(MET)))
    del document["measured"][0]["took_s"], document["measured"][0]["bound"]
    again = as_json.read(json.dumps(document))
    assert (again.measured[0].took_s, again.measured[0].workload.bound) == (0.0, "")
    assert "This run took" not in method(again, "r.json")


def test_time_and_bound_are_kept_in_json() -> None:
    again = as_json.read(as_json.render(outcome(bounded(MISSED)._replace(took_s=12.5)))).measured[0]
    assert (again.took_s, again.workload.bound) == (12.5, "It is the journal.")


@pytest.mark.parametrize(
    ("seconds", "told"), [(0.2, "0 s"), (59, "59 s"), (60, "1 minutes"), (330, "5.5 minutes"), (1290, "22 minutes")]
)
def test_a_duration_is_told_as_people_say_it(seconds: float, told: str) -> None:
    assert duration(seconds) == told


def test_cases_with_ways_of_their_own_are_told() -> None:
    cases = [
        Case("1 MB", 1), Case("10 MB", 10, longer=2), Case("20 MB", 20, longer=2), Case("a million", 1, 2),
        Case("as many as others", 1, 12),
    ]  # fmt: skip
    assert list(own_ways(workload()._replace(cases=cases))) == [
        "Readings are 2 times as long as elsewhere in these cases: 10 MB, 20 MB.",
        "Beside 12 readings of other cases there are 2 of a million.",
    ]
    assert list(own_ways(workload())) == []


def test_a_longer_case_stays_longer_in_json() -> None:
    longer = MET._replace(workload=MET.workload._replace(cases=[Case("few", 1, longer=2.0), Case("many", 100)]))
    again = as_json.read(as_json.render(outcome(longer))).measured[0]
    assert [case.longer for case in again.workload.cases] == [2.0, 1.0]
    assert "Readings are 2 times as long as elsewhere in these cases: few." in markdown.section(again)


def test_a_bound_is_told_where_a_target_is_not_met_and_nowhere_else() -> None:
    assert "**What the bound is:** It is the journal.\n" in markdown.section(bounded(MISSED))
    assert "What the bound is" not in markdown.section(bounded(MET))
    assert "What the bound is" not in markdown.section(MISSED)


def test_a_bound_that_was_found_after_a_run_is_told_of_that_run() -> None:
    known = next(one for one in found() if one.bound)
    old = MISSED._replace(workload=MISSED.workload._replace(name=known.name, bound="something older"))
    told = explained(outcome(old, bounded(MISSED)))
    assert [one.workload.bound for one in told.measured] == [known.bound, "It is the journal."]


def test_a_target_is_not_surely_met_if_its_bound_lies_in_the_interval() -> None:
    ours = values(70, 75, 85, 86, 87, 88)
    (one,) = verdicts(measured(ours, values(*[100] * 6)))
    assert (one.kind, one.told) == (Kind.MET, "met, not surely")
    (surely,) = verdicts(measured(values(80, 81, 85, 86, 87, 88), values(*[100] * 6)))
    assert surely.told == "met"


def test_that_goes_for_times_too_and_for_ours_by_itself() -> None:
    at_most = Target("at most 2 ms", None, at_most=2, measure="p50_ms")
    ours = {"few": [Reading(1, {"p50_ms": one}) for one in (1, 1, 1, 1, 1, 2.5)]}
    assert verdicts(measured(ours, {}, targets=[at_most]))[0].told == "met, not surely"
    assert verdicts(measured(steady(1, p50_ms=2.0), {}, targets=[at_most]))[0].told == "met"


def test_fewer_than_six_pairs_have_no_interval_to_doubt() -> None:
    (one,) = verdicts(measured(values(70, 85, 86), values(100, 100, 100)))
    assert one.told == "met"


def test_it_is_counted_how_many_are_not_surely_met_or_missed_in_the_noise() -> None:
    ours = {"few": values(70, 75, 85, 86, 87, 88)["few"], "many": [Reading(90)] * 6}
    line = markdown.paragraph(outcome(measured(ours, steady(100, 6)))).splitlines()[3]
    assert line.endswith("| 2 met (1 not surely) |")
    noisy = measured(steady(79), steady(100), 1.02)
    assert markdown.paragraph(outcome(noisy)).splitlines()[3].endswith("| 2 missed within the noise |")


def test_a_cell_says_which_of_several_measures_it_judges() -> None:
    targets = [Target("soon", None, at_most=2, measure="p50_ms"), Target("seldom", None, at_most=9, measure="late_ms")]
    page = markdown.section(measured(steady(1, p50_ms=1.5, late_ms=10), steady(1), targets=targets))
    assert "| p50: met, late: missed by 11 % |" in page
    assert "- seldom: **missed by 11 %** (10 ms)\n" in page


def test_a_growth_in_units_is_told_in_them() -> None:
    ours = {"few": [Reading(150)] * 6, "many": [Reading(100)] * 6}
    page = markdown.section(measured(ours, steady(100, 6), targets=(), growths=[Growth("flat", difference=60)]))
    assert "- flat: **met** (50 requests/s)\n" in page
