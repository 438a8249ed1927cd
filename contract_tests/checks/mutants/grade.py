"""One run of the suite through the proxy while one lie is told."""

from typing import NamedTuple

from modeldouble_contract.outcome import BROKEN, VIOLATION, WARNING, Outcome
from modeldouble_contract.plan import Plan
from modeldouble_contract.preflight import CannotCheck
from modeldouble_contract.run import run

from .liar import Liar
from .lie import IDS, Lie

LITTLE_PATIENCE, SHORT, LONG = 1.5, 25.0, 120.0
"""Seconds for one answer, and for a whole run."""
IMAGE_IDS, VIDEO = (171250, 17551748), 18635803
"""Of the fake's default world."""


class Verdict(NamedTuple):
    """What a run came to. `check` and `code` are of its first finding; without one, `code` may say why."""

    status: int
    check: str
    code: str
    fired: int


def plan_for(url: str, lie: Lie | None, sdk: str | None = None) -> Plan:
    """What the author of an app would ask for, and as much more as the lie needs."""
    plan = Plan(url, sdk=sdk, deadline=LONG)
    if lie is not None and lie.stutters:
        plan = plan._replace(patience=LITTLE_PATIENCE, deadline=SHORT)
    if lie is not None and lie.should:
        plan = plan._replace(strict=True)
    return plan._replace(image_id=IMAGE_IDS, video_id=VIDEO) if lie is not None and IDS in lie.needs else plan


def judge(liar: Liar, lie: Lie | None, sdk: str | None = None) -> Verdict:
    """Run the suite until its first finding."""
    liar.tell(lie)
    plan = plan_for(liar.url, lie, sdk)
    try:
        outcome = run(plan, first=True)
    except CannotCheck as reason:
        return Verdict(2, "", str(reason), liar.fired)
    finally:
        if liar.broken is not None:
            raise liar.broken
    return _verdict(outcome, liar.fired, plan.strict)


def _verdict(outcome: Outcome, fired: int, strict: bool) -> Verdict:
    broken, found = outcome.of(BROKEN), outcome.of(VIOLATION) + (outcome.of(WARNING) if strict else [])
    if broken or not found:
        # A check that fell over has not found anything, though the status is 1.
        why = "; ".join(f"{one.check} broke: {one.reason[:300]}" for one in broken)
        return Verdict(outcome.status(strict), "", why, fired)
    finding = found[0].finding
    return Verdict(outcome.status(strict), found[0].check, finding.code if finding is not None else "", fired)
