"""Asks both sides everything, and gathers what they differ in."""

import time

from ..finding import Finding
from ..plan import Plan
from ..preflight import CannotCheck, find_target
from ..run import run
from ..truth import Release, load
from .answer import ask
from .answers import rows, shapes, unseen
from .behaviour import Judged, behaviour
from .probes import probes
from .row import BEHAVIOUR, SHAPE, STATUS, Drift, merged
from .side import Side


def compare(a: Plan, b: Plan, *, wait: float = 0.0, judged: Judged = run) -> Drift:
    """Set two targets beside each other and beside the truth. CannotCheck if one of them cannot be reached.

    Both get the same requests. The truth is that of the release that `a` names, else of the newer of the two that
    their routes show.
    """
    began = time.monotonic()
    for name, plan in (("A", a), ("B", b)):
        try:
            find_target(plan.target, plan.api_token, wait=wait, timeout=plan.patience)
        except CannotCheck as reason:
            raise CannotCheck(f"{name}, {plan.hide(plan.target)}: {reason}") from reason
    one, other = _side("A", a), _side("B", b)
    release = Release.parse(a.sdk) if a.sdk is not None else max(one.release, other.release)
    asked = [(probe, ask(one, probe, release), ask(other, probe, release)) for probe in probes(a, one.brought)]
    for side in (one, other):
        side.leave()
    behaved = behaviour(a, b, judged)
    found = [row for probe, *pair in asked for row in rows(probe, *pair)]
    compared = {
        SHAPE: sum(shapes(*pair) for _, *pair in asked),
        STATUS: sum(not (first.missing or second.missing) for _, first, second in asked),
        BEHAVIOUR: behaved.compared,
    }
    hidden = one.target.hide(a.target), other.target.hide(b.target)
    left = (*unseen(asked), *behaved.left)
    return Drift(*hidden, str(release), tuple(merged([*found, *behaved.rows])), compared, left, time.monotonic() - began)


def _side(name: str, plan: Plan) -> Side:
    try:
        return Side(plan, load())
    except ValueError as error:
        raise CannotCheck(str(error)) from error
    except Finding as lost:
        raise CannotCheck(f"{name}, {plan.hide(plan.target)}, left while it was asked for its routes: {lost.got}") from lost
