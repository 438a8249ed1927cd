"""Levels one and two: the shapes of answers, and statuses and errors."""

from collections.abc import Iterator, Sequence

from ..truth import Problem, load
from .answer import Answer
from .probes import Probe
from .row import NEITHER, SHAPE, STATUS, UNKNOWN, Row, keeps
from .shape import Difference, differences, name

_ALLOWED = "allows both"


def rows(probe: Probe, a: Answer, b: Answer) -> Iterator[Row]:
    """What two answers to one question differ in, and where both deviate from the truth."""
    if a.missing and b.missing:
        return
    if a.missing or b.missing:
        told = _told(a), _told(b)
        yield Row(STATUS, probe.name, _wanted(probe), *told, UNKNOWN, (str(probe),), (*a.known, *b.known))
        return
    yield from (row._replace(at=(str(probe),)) for row in _answered(probe, a, b))


def shapes(a: Answer, b: Answer) -> bool:
    """Both were granted, so that their shapes can be compared."""
    return a.shape is not None and b.shape is not None


def _answered(probe: Probe, a: Answer, b: Answer) -> Iterator[Row]:
    known = tuple(dict.fromkeys((*a.known, *b.known)))
    granted = a.status in probe.wanted, b.status in probe.wanted
    if a.status != b.status or not all(granted):
        told = (_told(a), _told(b)) if a.status != b.status else (f"{a.status}", f"{b.status}")
        yield Row(STATUS, probe.name, _wanted(probe), *told, keeps(*granted), (), known)
    if a.status != b.status:
        return
    if a.kind != b.kind or a.form != b.form:
        yield from _forms(probe, a, b, known)
    elif a.form and a.problems and b.problems and all(granted):
        yield Row(
            STATUS, f"the error body for {probe.name}", a.problems[0].expected, a.form, b.form, NEITHER, (), known
        )
    elif shapes(a, b):
        yield from _shapes(probe, a, b, known)


def _forms(probe: Probe, a: Answer, b: Answer, known: tuple[str, ...]) -> Iterator[Row]:
    held = keeps(not a.problems, not b.problems)
    truth = next((f"{one.expected} at {one.where}" for one in (*a.problems, *b.problems)), _ALLOWED)
    what = "the error body for" if a.form or b.form else "the content type for"
    told = a.form or a.kind or "no content type", b.form or b.kind or "no content type"
    yield Row(STATUS, f"{what} {probe.name}", truth, *told, held, (), known)


def _shapes(probe: Probe, a: Answer, b: Answer, known: tuple[str, ...]) -> Iterator[Row]:
    if a.shape is None or b.shape is None:
        return
    place = probe.route if not probe.part else f"{probe.route}.{probe.part}"
    bad = [_by_place(one) for one in (a, b)]
    told: set[str] = set()
    for one in _own(probe, differences(a.shape, b.shape)):
        told.add(one.where)
        yield _shape_row(one, place, bad[0].get(one.where), bad[1].get(one.where), known)
    for where in dict.fromkeys((*bad[0], *bad[1])):
        if where not in told:
            yield _problem_row(where, place, bad[0].get(where), bad[1].get(where), known)


def _own(probe: Probe, found: Iterator[Difference]) -> Iterator[Difference]:
    """Without keys that apps add as they like: trackers, and what the truth does not list in the session info."""
    if probe.route == "get_tracking_settings":
        return (one for one in found if one.where == "$")
    if probe.route == "get_session_info":
        listed = load().schema("session_info")["properties"]
        return (one for one in found if one.where.removeprefix("$.").partition(".")[0].rstrip("[]") in {"$", *listed})
    return found


def _shape_row(one: Difference, place: str, a: Problem | None, b: Problem | None, known: tuple[str, ...]) -> Row:
    problem = a or b
    truth = _ALLOWED if problem is None else _expected(problem)
    held = UNKNOWN if one.unseen else keeps(a is None, b is None)
    return Row(SHAPE, _place(place, one.where), truth, one.a, one.b, held, known=known if problem else ())


def _expected(problem: Problem) -> str:
    """The truth's word for a key that must be there says nothing of where."""
    return "the key is required" if problem.expected == "the key" else problem.expected


def _problem_row(where: str, place: str, a: Problem | None, b: Problem | None, known: tuple[str, ...]) -> Row:
    first = a or b
    truth = _expected(first) if first is not None else ""
    told = a.got if a else "as the truth says", b.got if b else "as the truth says"
    # Two values that break one rule: the rule is the news, and the values are each app's own.
    shown = (told[0], told[0]) if a and b else told
    return Row(SHAPE, _place(place, where), truth, *shown, keeps(a is None, b is None), (), known)


def _place(route: str, where: str) -> str:
    return f"{route}{where[1:]}" if where.startswith("$") else where


def _by_place(answer: Answer) -> dict[str, Problem]:
    if answer.shape is None:
        return {}
    found: dict[str, Problem] = {}
    for problem in answer.problems:
        found.setdefault(name(problem.where, answer.shape), problem)
    return found


def _wanted(probe: Probe) -> str:
    return " or ".join(map(str, probe.wanted))


def _told(answer: Answer) -> str:
    if answer.missing:
        return f"could not check: {answer.missing}"
    return f"{answer.status} {answer.form}" if answer.form else f"{answer.status}"


def unseen(probes: Sequence[tuple[Probe, Answer, Answer]]) -> Iterator[str]:
    """Questions that neither side could be asked, with the reason."""
    for probe, a, b in probes:
        if a.missing and b.missing:
            yield f"{probe}: {a.missing if a.missing == b.missing else f'A: {a.missing}; B: {b.missing}'}"
