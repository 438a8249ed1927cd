"""Every lie of the catalogue ends a run of the suite with status 1, and the truth ends none so."""

from collections.abc import Callable

import pytest

from modeldouble_contract.outcome import BROKEN, VIOLATION
from modeldouble_contract.run import run

from .grade import judge, plan_for
from .liar import Liar
from .lie import IDS, Lie, Teller

NEEDS = ((), (IDS,))
"""Nothing, or ids of the platform: two different runs."""


def truth(needs: tuple[str, ...]) -> Lie:
    """No lie, for a run that brings this."""
    return Lie("none", "the truth", (), Teller, needs)


@pytest.mark.parametrize("needs", NEEDS, ids=["own media", "ids"])
def test_the_truth_is_believed(liar: Liar, sdk: str | None, needs: tuple[str, ...]) -> None:
    verdict = judge(liar, truth(needs), sdk)
    assert (verdict.status, verdict.check, verdict.fired) == (0, "", 0), verdict.code


def test_there_is_no_false_alarm(target: str, sdk: str | None, turn: int) -> None:
    outcome = run(plan_for(target, truth(NEEDS[turn % 2]), sdk))
    found = [*outcome.of(VIOLATION), *outcome.of(BROKEN)]
    assert [(one.check, str(one.finding), one.reason) for one in found] == []
    assert outcome.status() == 0


def test_a_lie_is_found(liar: Liar, sdk: str | None, lie: Lie, record_property: Callable[[str, object], None]) -> None:
    verdict = judge(liar, lie, sdk)
    record_property("mutant", [lie.name, lie.what, verdict.check, verdict.code if verdict.check else ""])
    assert verdict.fired, f"{lie.name} was never told: the suite gives it no occasion"
    assert verdict.code != "suite.deadline" or lie.stutters, f"{lie.name} was not found before the time was over"
    survived = f"{lie.name} survived, told {verdict.fired} times ({lie.what}); {verdict.code}"
    assert (verdict.status, bool(verdict.check)) == (1, True), survived
