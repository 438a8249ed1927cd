"""Deviations are strict where that is asked: one that could be seen and was not is a violation."""

import pytest

from modeldouble_contract.judge import Judge
from modeldouble_contract.outcome import VIOLATION
from modeldouble_contract.truth import Deviation, Release, load
from modeldouble_contract.unmet import unmet

from .made_up import exchange

NEWEST, EARLY = Release(6, 74, 51), Release(6, 69, 57)
UUID = load().deviations["job.unknown-uuid"]


def judge(release: Release = NEWEST) -> Judge:
    return Judge(load(), release, forgive=True)


def ids(one: Judge) -> list[str]:
    return [result.check for result in unmet(one)]


def test_what_nobody_asked_about_is_no_violation() -> None:
    assert unmet(judge()) == []


def test_a_deviation_that_no_longer_happens_is_one() -> None:
    one = judge()
    one.require(True, UUID.finding, expected="404", got="404", at=exchange(status=404))
    (found,) = unmet(one)
    assert (found.check, found.level, found.outcome) == ("deviations::job.unknown-uuid", "must", VIOLATION)
    assert found.finding is not None
    assert found.finding.place == "openapi.yaml#/components/x-deviations/job.unknown-uuid"


def test_a_deviation_that_happens_is_none() -> None:
    one = judge()
    assert one.require(False, UUID.finding, expected="404", got="500", at=exchange(status=500)) is False
    assert (unmet(one), one.forgiven) == ([], ["job.unknown-uuid"])


def test_only_deviations_of_the_release_count() -> None:
    early = load().deviations["json.state-missing"]
    for release, expected in ((NEWEST, []), (EARLY, ["deviations::json.state-missing"])):
        one = judge(release)
        one.require(True, early.finding, expected="", got="")
        assert ids(one) == expected


def test_a_deviation_that_was_met_in_another_form_is_none() -> None:
    one, forms = judge(), [load().deviations[name] for name in ("video.backward", "video.job-backward")]
    assert forms[0].finding == forms[1].finding
    one.require(False, forms[0].finding, expected="", got="", frames=forms[1].got["frames"][0])
    assert (list(one.seen), unmet(one)) == (["video.job-backward"], [])


def test_a_deviation_that_is_a_matter_of_timing_is_none() -> None:
    one, late = judge(), load().deviations["progress.bytes"]
    one.require(True, late.finding, expected="", got="")
    assert one.could_show(late)
    assert (late.always, unmet(one)) == (False, [])


@pytest.mark.parametrize(("route", "could"), [("is_ready", True), (["is_alive", "is_ready"], True), ("other", False)])
def test_a_deviation_of_a_route_counts_if_that_was_asked(route: object, could: bool) -> None:
    one = judge()
    one.require(True, "made.up", expected="", got="", at=exchange())
    assert one.could_show(Deviation("id", "made.up", {"route": route}, None, None, (), "")) is could


def test_shapes_that_are_right_were_asked_about() -> None:
    one = judge()
    one.shape(exchange('{"status": "ready"}'))
    assert one.asked["shape.is_ready"] == {"is_ready"}
