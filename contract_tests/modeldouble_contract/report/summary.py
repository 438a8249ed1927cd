"""The view that every report shows: an outcome in words, secrets hidden, each finding once."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from ..exchange import Exchange
from ..finding import Finding
from ..outcome import BROKEN, DEVIATES, HOLDS, NOT_CHECKED, VIOLATION, WARNING, Deviated, Outcome, Result
from ..truth import Deviation, Release, load
from .plain import flat, plain

OUTCOMES = (HOLDS, DEVIATES, VIOLATION, WARNING, NOT_CHECKED, BROKEN)
_MOST_REQUEST = 4000
_CONTINUED = " \\\n    "
_NOTHING = "nothing to do"
_REPORT_IT = (
    "That is a defect of the suite and not of the target: please report it in modeldouble's issue tracker, with the"
    " text above and the releases of modeldouble and pytest."
)
Hide = Callable[[str], str]


class Shown(NamedTuple):
    """A finding, once, with the checks that it stopped. `request` is a curl line in several lines."""

    level: str
    code: str
    checks: tuple[str, ...]
    expected: str
    got: str
    request: str
    answer: str
    place: str
    known: tuple[str, ...]


class Unchecked(NamedTuple):
    """Why checks were left undone, and what would allow them; `remedy` is empty where nothing can be done."""

    reason: str
    remedy: str
    checks: tuple[str, ...]


class Forgiven(NamedTuple):
    """A listed deviation that was seen."""

    id: str
    text: str
    request: str


class Line(NamedTuple):
    """One check of the run."""

    area: str
    check: str
    title: str
    level: str
    outcome: str
    seconds: float
    code: str
    """Of its finding, if it has one."""


class Report(NamedTuple):
    """A whole run. `status` is the exit status, `verdict` the last word in one line, `hint` what may be done next."""

    target: str
    release: str
    info: Mapping[str, str]
    strict: bool
    status: int
    verdict: str
    lines: tuple[Line, ...] = ()
    violations: tuple[Shown, ...] = ()
    warnings: tuple[Shown, ...] = ()
    broken: tuple[tuple[str, str], ...] = ()
    """Checks in which the suite itself failed, and how."""
    forgiven: tuple[Forgiven, ...] = ()
    unchecked: tuple[Unchecked, ...] = ()
    announced: int = 0
    asked: int = 0
    seconds: float = 0.0
    hint: str = ""

    def counts(self) -> dict[str, int]:
        """Outcome -> number of checks."""
        found = Counter(line.outcome for line in self.lines)
        return {outcome: found[outcome] for outcome in OUTCOMES}

    def areas(self) -> dict[str, Counter[str]]:
        """Area -> outcomes of its checks, in the order of the run."""
        found: dict[str, Counter[str]] = {}
        for line in self.lines:
            found.setdefault(line.area, Counter())[line.outcome] += 1
        return found


def summary(outcome: Outcome, *, strict: bool, hide: Hide) -> Report:
    """The view of a run that took place."""
    # Violations first: a finding that stops a MUST and a SHOULD is one of those.
    findings = _shown(outcome, [*outcome.of(VIOLATION), *outcome.of(WARNING)], hide)
    violations = tuple(one for one in findings if one.level == VIOLATION)
    warnings = tuple(one for one in findings if one.level == WARNING)
    return Report(
        plain(hide(outcome.target)), plain(outcome.release),
        {flat(plain(name, 60)): flat(plain(hide(value), 120)) for name, value in outcome.info.items()},
        strict, outcome.status(strict), _verdict(outcome, strict, len(violations) + (len(warnings) if strict else 0)),
        tuple(_line(one, hide) for one in outcome.results),
        violations, warnings,
        tuple((plain(one.title), plain(hide(one.reason), 4000)) for one in outcome.of(BROKEN)),
        tuple(_forgiven(one, hide) for one in outcome.deviations), tuple(_unchecked(outcome.of(NOT_CHECKED), hide)),
        outcome.announced, outcome.asked, outcome.seconds, _hint(outcome.of(VIOLATION)),
    )  # fmt: skip


def unchecked(target: str, reason: str, hide: Hide, *, defect: str = "") -> Report:
    """The view of a run that did not take place: for `reason`, or because the suite failed as `defect` tells."""
    told = flat(plain(hide(reason)))
    if not defect:
        return Report(plain(hide(target)), "", {}, False, 2, f"COULD NOT CHECK: {told}")
    broken = ((told, plain(hide(defect), 4000)),)
    return Report(plain(hide(target)), "", {}, False, 1, f"THE SUITE FAILED: {told}. {_REPORT_IT}", broken=broken)


def _line(one: Result, hide: Hide) -> Line:
    code = "" if one.finding is None else one.finding.code
    area = one.check.partition("::")[0].removesuffix(".py").removeprefix("check_").replace("_", " ")
    return Line(area, plain(hide(one.check)), plain(hide(one.title)), one.level, one.outcome, one.seconds, code)


def _shown(outcome: Outcome, results: Iterable[Result], hide: Hide) -> list[Shown]:
    """Findings as often as they differ: what a shared fixture found stops many checks, and cases are much alike."""
    grouped: dict[tuple[str, ...], tuple[Result, Finding, list[str]]] = {}
    for one in results:
        found = one.finding
        if found is not None:
            key = (found.code, found.expected, found.got)
            grouped.setdefault(key, (one, found, []))[2].append(plain(hide(one.title)))
    return [
        Shown(
            one.outcome, found.code, tuple(titles), plain(hide(found.expected)), plain(hide(found.got)),
            _request(found.at, hide), _answer(found, hide), found.place, _known(found.candidates, outcome.release),
        )
        for one, found, titles in grouped.values()
    ]  # fmt: skip


def _request(at: Exchange | None, hide: Hide) -> str:
    return "" if at is None else plain(hide(at.sent.curl(_CONTINUED)), _MOST_REQUEST)


def _answer(found: Finding, hide: Hide) -> str:
    shown = "" if found.at is None or found.at.status == 0 else found.at.shown()
    return "" if shown == found.got else plain(hide(shown))


def _known(candidates: Iterable[str], named: str) -> tuple[str, ...]:
    listed = load().deviations
    return tuple(_told(listed[one], named) if one in listed else one for one in candidates)


def _told(one: Deviation, named: str) -> str:
    release: Release | str = max((seen.release for seen in one.seen), default="") or one.since or "a release"
    if str(release) == named:
        return f"{one.id}: {one.text}"
    return f"release {release} is known to do this: --sdk {release} forgives it ({one.id}: {one.text})"


def _hint(violations: Iterable[Result]) -> str:
    """The newest release that is known to do all of this, if there is one."""
    listed = load().deviations
    like = [
        [listed[name] for name in (one.finding.candidates if one.finding else ()) if name in listed]
        for one in violations
    ]
    seen = {found.release for some in like for one in some for found in one.seen}
    for release in sorted(seen, reverse=True):
        if all(any(one.holds_in(release) for one in some) for some in like):
            return f"Release {release} is known to do all of this: --sdk {release} forgives it."
    return ""


def _forgiven(one: Deviated, hide: Hide) -> Forgiven:
    return Forgiven(one.id, one.text, _request(one.at, hide))


def _unchecked(results: Iterable[Result], hide: Hide) -> list[Unchecked]:
    """Grouped by reason; what an option would allow comes first."""
    grouped: dict[str, list[str]] = {}
    for one in results:
        grouped.setdefault(one.reason, []).append(plain(hide(one.title)))
    found = []
    for text, titles in grouped.items():
        reason, _, remedy = plain(hide(text)).removeprefix("Skipped: ").rpartition("; ")
        reason, remedy = (reason, remedy) if reason else (remedy, "")
        found.append(Unchecked(reason, "" if remedy.startswith(_NOTHING) else remedy, tuple(titles)))
    return sorted(found, key=lambda one: not one.remedy)


def _verdict(outcome: Outcome, strict: bool, findings: int) -> str:
    count = {name: len(outcome.of(name)) for name in OUTCOMES}
    left = outcome.planned - sum(not one.check.startswith("deviations::") for one in outcome.results)
    rest = [
        f"{count[DEVIATES]} deviate as listed" if count[DEVIATES] else "", _many(count[WARNING], "warning"),
        f"{count[NOT_CHECKED]} not checked" if count[NOT_CHECKED] else "",
        f"{left} not run after the first violation" if left > 0 else "",
    ]  # fmt: skip
    told = ", ".join(
        [f"{count[HOLDS]} of {max(outcome.planned, len(outcome.results))} checks hold", *filter(None, rest)]
    )
    if count[BROKEN] and not count[VIOLATION]:
        return f"THE SUITE FAILED in {_many(count[BROKEN], 'check')}; {told}. {_REPORT_IT}"
    if outcome.status(strict) == 2:
        return f"COULD NOT CHECK: no check could say anything; {told}."
    bad = count[VIOLATION] + (count[WARNING] if strict else 0)
    also = f", the suite failed in {_many(count[BROKEN], 'check')}" if count[BROKEN] else ""
    strictly = " (--strict counts warnings)" if strict and count[WARNING] else ""
    found = f"VIOLATED: {_many(findings, 'finding')} in {_many(bad, 'check')}{strictly}{also}"
    return f"{found}; {told}." if bad else f"HOLDS: {told}."


def _many(count: int, noun: str) -> str:
    return "" if not count else f"{count} {noun}" if count == 1 else f"{count} {noun}s"
