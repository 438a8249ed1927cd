"""Asks both sides everything, and gathers what they differ in."""

import time

from ..brought import bring
from ..finding import Finding
from ..plan import Plan
from ..preflight import CannotCheck, find_target
from ..report.plain import flat, plain
from ..run import run
from ..truth import Release, load
from .answer import ask
from .answers import rows, shapes, unseen
from .behaviour import Judged, behaviour
from .probes import probes
from .row import BEHAVIOUR, SHAPE, STATUS, Drift, Row, merged
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
    shown = Shown(a, b)
    left = tuple(map(shown.text, (*unseen(asked), *behaved.left)))
    told = tuple(map(shown.row, merged([*found, *behaved.rows])))
    return Drift(
        shown.text(a.target), shown.text(b.target), _told(release, a), told, compared, left, time.monotonic() - began
    )


class Shown:
    """Texts of the targets', fit to be shown: in one line, with neither side's secrets."""

    def __init__(self, a: Plan, b: Plan) -> None:
        self._plans = a, b

    def text(self, text: str) -> str:
        """One text."""
        for plan in self._plans:
            text = plan.hide(text)
        return flat(plain(text))

    def row(self, row: Row) -> Row:
        """A row, all of it."""
        what, truth, a, b = map(self.text, (row.what, row.truth, row.a, row.b))
        return row._replace(what=what, truth=truth, a=a, b=b, at=tuple(map(self.text, row.at)))


def announcement(a: Plan, b: Plan) -> str:
    """What is ahead, in one line. CannotCheck if the plans name what cannot be read."""
    try:
        asked = probes(a, bring(a))
    except ValueError as error:
        raise CannotCheck(str(error)) from error
    shown, most = Shown(a, b), sum(probe.asks for probe in asked)
    told = f"A is {shown.text(a.target)}, B is {shown.text(b.target)}"
    return f"{told}: {len(asked)} questions and at most {most} inferences for each, then the suite on each"


def _side(name: str, plan: Plan) -> Side:
    try:
        return Side(plan, load())
    except ValueError as error:
        raise CannotCheck(str(error)) from error
    except Finding as lost:
        raise CannotCheck(
            f"{name}, {plan.hide(plan.target)}, left while it was asked for its routes: {lost.got}"
        ) from lost


def _told(release: Release, a: Plan) -> str:
    return str(release) if a.sdk is not None else f"{release} or later, as their routes show"
