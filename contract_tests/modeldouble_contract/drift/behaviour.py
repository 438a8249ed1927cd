"""Level three: what no shape shows. The suite is run on both, and the outcomes of its checks are compared."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from ..finding import Finding
from ..outcome import BROKEN, DEVIATES, HOLDS, NOT_CHECKED, Outcome, Result
from ..plan import Plan
from ..preflight import CannotCheck
from ..run import run
from .row import BEHAVIOUR, UNKNOWN, Row, keeps

Judged = Callable[[Plan], Outcome]
_NEVER = (NOT_CHECKED, BROKEN)
_TELLING = ("status", "content_type", "where", "frames", "answers", "count", "missing")
"""Facts of a finding that are the same whenever a side is asked again; values, uuids and times are not."""


class Behaved(NamedTuple):
    """Rows, how many checks could be made on both sides, and what could be checked on neither."""

    rows: list[Row]
    compared: int
    left: list[str]


def behaviour(a: Plan, b: Plan, judged: Judged = run) -> Behaved:
    """Run the suite on A and on B, and compare check by check."""
    sides = [_checks(plan, judged) for plan in (a, b)]
    if isinstance(sides[0], str) or isinstance(sides[1], str):
        return _unrun(sides[0], sides[1])
    one, other = sides[0], sides[1]
    rows: list[Row] = []
    left: list[str] = []
    compared = 0
    for check in dict.fromkeys((*one, *other)):
        pair = one.get(check), other.get(check)
        unmade = [result is None or result.outcome in _NEVER for result in pair]
        compared += not any(unmade)
        if all(unmade):
            left.append(_left(*pair))
        else:
            rows += _row(*pair)
    return Behaved(rows, compared, left)


def _checks(plan: Plan, judged: Judged) -> dict[str, Result] | str:
    """The results by the names of their checks, or why there are none."""
    try:
        return {result.check: result for result in judged(plan).results}
    except CannotCheck as reason:
        return f"could not check: {reason}"
    except RuntimeError as error:
        return f"could not check: the suite failed, {error}"


def _unrun(a: dict[str, Result] | str, b: dict[str, Result] | str) -> Behaved:
    if isinstance(a, str) and isinstance(b, str):
        return Behaved([], 0, [f"the suite: {a}" if a == b else f"the suite: A: {a}; B: {b}"])
    told = [side if isinstance(side, str) else f"{len(side)} checks were made" for side in (a, b)]
    return Behaved([Row(BEHAVIOUR, "the suite", "all checks", told[0], told[1], UNKNOWN)], 0, [])


def _row(a: Result | None, b: Result | None) -> Iterator[Row]:
    """One row if the outcomes differ, or if both break the rule."""
    if _key(a) == _key(b) and _fine(a):
        return
    made = [one for one in (a, b) if one is not None]
    findings = [one.finding for one in made if one.finding is not None]
    red = any(one is None or one.outcome in _NEVER for one in (a, b))
    known = {name for one in findings for name in one.candidates} | {name for one in made for name in one.forgiven}
    # One rule broken in one way: what is left are values, uuids and times.
    told = _told(a), _told(a if _key(a) == _key(b) else b)
    truth = _expected(findings[0]) if findings else "it holds"
    held = UNKNOWN if red else keeps(_fine(a), _fine(b))
    yield Row(BEHAVIOUR, _what(made[0]), truth, *told, held, (made[0].title,), tuple(sorted(known)))


def _what(result: Result) -> str:
    """The rule of a check; its cases are one rule."""
    return result.title.partition(" (")[0]


def _fine(result: Result | None) -> bool:
    return result is not None and result.outcome == HOLDS


def _key(result: Result | None) -> tuple[object, ...]:
    """What must be the same for two results to be the same."""
    if result is None:
        return ()
    if result.finding is None:
        return result.outcome, result.forgiven
    facts = result.finding.facts
    return result.outcome, result.finding.code, *(str(facts.get(name)) for name in _TELLING)


def _told(result: Result | None) -> str:
    if result is None:
        return "could not check: the check was not made"
    if result.outcome == NOT_CHECKED:
        return f"could not check: {result.reason.removeprefix('Skipped: ')}"
    if result.outcome == BROKEN:
        return f"could not check: the suite failed, {result.reason.splitlines()[0]}"
    if result.outcome == DEVIATES:
        return f"deviates as listed: {', '.join(result.forgiven)}"
    return result.outcome if result.finding is None else f"{result.outcome}: {result.finding.got}"


def _left(a: Result | None, b: Result | None) -> str:
    made = [one for one in (a, b) if one is not None]
    reasons = list(dict.fromkeys(_told(one).removeprefix("could not check: ") for one in made))
    return f"{made[0].title}: {' / '.join(reasons)}"


def _expected(finding: Finding) -> str:
    """The truth's word for a key that must be there says nothing of where."""
    return "the key is required" if finding.expected == "the key" else finding.expected
