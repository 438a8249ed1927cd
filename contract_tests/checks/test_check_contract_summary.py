"""What a report says of a run: the status, the last word, each finding once, what would allow what was left undone."""

from modeldouble_contract.outcome import BROKEN, DEVIATES, NOT_CHECKED, VIOLATION, WARNING
from modeldouble_contract.report import Unchecked, summary, unchecked

from .made_up import PLAN, exchange, finding, full, outcome, report, result

NO_OBJECT = "no object was seen on 3 pictures, so their shapes went unchecked; bring one with --image"


def test_a_run_in_which_all_holds_is_0() -> None:
    found = report()
    assert (found.status, found.verdict) == (0, "HOLDS: 1 of 1 checks hold.")


def test_a_violation_is_1_and_counted() -> None:
    found = report(result("a", VIOLATION, finding()), result("b", VIOLATION, finding("made.other")))
    assert (found.status, found.verdict) == (1, "VIOLATED: 2 findings in 2 checks; 1 of 3 checks hold.")


def test_a_warning_is_1_if_strict_only() -> None:
    warned = result("a", WARNING, finding())
    assert (report(warned).status, report(warned, strict=True).status) == (0, 1)
    assert report(warned).verdict == "HOLDS: 1 of 2 checks hold, 1 warning."
    assert report(warned, strict=True).verdict.startswith("VIOLATED: 1 finding in 1 check (--strict counts warnings)")


def test_a_run_that_checked_nothing_is_2() -> None:
    found = summary(outcome()._replace(results=(result("a", NOT_CHECKED, reason="why; how"),)), strict=False, hide=str)
    assert found.status == 2
    assert found.verdict.startswith("COULD NOT CHECK")


def test_a_finding_that_many_checks_share_is_shown_once_with_all_of_them() -> None:
    shared = finding()
    found = report(*(result(name, VIOLATION, shared) for name in "abc"))
    assert [one.checks for one in found.violations] == [("a", "b", "c")]


def test_a_finding_that_is_a_violation_is_no_warning_too() -> None:
    shared = finding()
    found = report(result("a", VIOLATION, shared), result("b", WARNING, shared))
    assert ([one.checks for one in found.violations], found.warnings) == ([("a", "b")], ())


def test_findings_that_differ_are_shown_each() -> None:
    given = [finding(), finding("other"), finding(got="x"), finding(expected="x")]
    assert len(report(*(result("a", VIOLATION, one) for one in given)).violations) == 4


def test_a_finding_carries_the_request_and_the_answer() -> None:
    (shown,) = report(result("a", VIOLATION, finding(at=exchange("[1]", 500)))).violations
    assert shown.request.startswith('curl -sS -X POST http://host/net/"$SESSION_TOKEN"/is_ready \\\n')
    assert (shown.answer, shown.place) == ("500 application/json: [1]", "openapi.yaml#/made/up")


def test_an_answer_is_not_told_twice() -> None:
    at = exchange("[1]", 500)
    assert report(result("a", VIOLATION, finding(got=at.shown(), at=at))).violations[0].answer == ""


def test_candidates_name_the_release_that_is_known_to_do_it() -> None:
    found = report(result("a", VIOLATION, finding(candidates=["json.malformed"])))
    assert found.violations[0].known[0].startswith("release 6.74.51 is known to do this: --sdk 6.74.51 forgives it (")
    assert found.hint == "Release 6.74.51 is known to do all of this: --sdk 6.74.51 forgives it."


def test_no_release_is_named_for_all_where_one_finding_is_of_none() -> None:
    some = (result("a", VIOLATION, finding(candidates=["json.malformed"])), result("b", VIOLATION, finding("other")))
    assert report(*some).hint == ""


def test_that_no_object_was_seen_is_said_first_with_the_remedy() -> None:
    found = report(
        result("a", NOT_CHECKED, reason="Skipped: no masks; nothing to do for a model without"),
        result("b", NOT_CHECKED, reason=NO_OBJECT), result("c", NOT_CHECKED, reason=NO_OBJECT),
    )  # fmt: skip
    reason, _, remedy = NO_OBJECT.partition("; ")
    assert found.unchecked == (Unchecked(reason, remedy, ("b", "c")), Unchecked("no masks", "", ("a",)))


def test_what_was_not_run_is_counted() -> None:
    assert "7 not run after the first violation" in report(result("a", VIOLATION, finding()), planned=9).verdict


def test_a_defect_of_the_suite_is_1_and_says_whose_it_is() -> None:
    found = report(result("a", BROKEN, reason="KeyError: 'x'"))
    assert found.status == 1
    assert found.verdict.startswith("THE SUITE FAILED in 1 check; ")
    assert "a defect of the suite and not of the target: please report it" in found.verdict


def test_deviations_are_counted_apart() -> None:
    assert report(result("a", DEVIATES)).verdict == "HOLDS: 1 of 2 checks hold, 1 deviate as listed."


def test_what_a_target_says_neither_acts_nor_betrays() -> None:
    (shown,) = full().violations
    assert "\\u001b[31mred\\u202e\\ud800 $API_TOKEN" in shown.got
    assert "very-secret" not in repr(full())


def test_long_texts_are_cut() -> None:
    (shown,) = report(result("a", VIOLATION, finding(got="x" * 10_000))).violations
    assert shown.got == "x" * 2000 + " ... (10,000 characters)"


def test_a_run_that_did_not_take_place_is_2_with_the_reason() -> None:
    found = unchecked(PLAN.target, "nothing answers very-secret-session", PLAN.hide)
    assert (found.status, found.verdict) == (2, "COULD NOT CHECK: nothing answers $SESSION_TOKEN")
    assert found.target == "http://host/net/$SESSION_TOKEN"


def test_a_suite_that_failed_after_the_target_was_found_is_1() -> None:
    found = unchecked(PLAN.target, "KeyError: 'x'", PLAN.hide, defect="Traceback ...")
    assert (found.status, found.broken) == (1, (("KeyError: 'x'", "Traceback ..."),))
    assert "please report it" in found.verdict
