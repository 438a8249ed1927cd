"""The report for the summary page of a CI job. What a target said stands in code blocks, where nothing of it acts."""

import re
from collections.abc import Iterator

from ..outcome import HOLDS
from .plain import flat
from .summary import OUTCOMES, Report, Shown, Unchecked

_FENCE = re.compile(r"`+")
_ACTING = re.compile(r"([\\`*_{}\[\]<>#+!|~@&$])")


def render(report: Report) -> str:
    """A page of GitHub-flavoured Markdown."""
    about = " · ".join(f"{_quiet(name)} {_code(value)}" for name, value in report.info.items())
    head = ["## modeldouble contract", "", f"**{_quiet(report.verdict)}**", ""]
    head += [" · ".join(filter(None, [_code(report.target), _code(report.release), about])), ""]
    head += [_quiet(report.hint), ""] if report.hint else []
    parts = [*_table(report), *_findings("Violations", report.violations), *_broken(report)]
    parts += [*_findings("Warnings", report.warnings), *_forgiven(report)]
    parts += _unchecked("Not checked", [one for one in report.unchecked if one.remedy])
    parts += _unchecked("Does not apply", [one for one in report.unchecked if not one.remedy])
    return "\n".join([*head, *parts]).rstrip() + "\n"


def _table(report: Report) -> Iterator[str]:
    counts = report.counts()
    columns = [name for name in OUTCOMES if counts[name] or name == HOLDS]
    if report.lines:
        yield from ("| what must hold | " + " | ".join(columns) + " |", "|---" + "|--:" * len(columns) + "|")
        for area, found in report.areas().items():
            yield f"| {_quiet(area)} | " + " | ".join(str(found[name] or "") for name in columns) + " |"
        yield ""


def _findings(title: str, findings: tuple[Shown, ...]) -> Iterator[str]:
    if findings:
        yield from (f"### {title}", "")
    for number, one in enumerate(findings, 1):
        first, *others = one.checks
        more = f" and {len(others)} more," if others else ""
        yield from (f"**{number}. {_quiet(first)}**{more} {_code(one.code)}", "")
        told = {"expected": one.expected, "got": one.got, "answer": one.answer, "place": one.place}
        yield from _block("\n".join(f"{name}: {text}" for name, text in told.items() if text), "text")
        yield from _block(one.request, "sh")
        yield from (f"- {_quiet(known)}" for known in one.known)
        yield ""


def _broken(report: Report) -> Iterator[str]:
    if report.broken:
        yield from ("### Defects of the suite", "")
    for title, reason in report.broken:
        yield from (f"**{_quiet(title)}**", "", *_block(reason, "text"))


def _forgiven(report: Report) -> Iterator[str]:
    if report.forgiven:
        yield from (f"### Forgiven, as {_quiet(report.release)} is known to do this", "")
        yield from (f"- {_code(one.id)} {_quiet(one.text)}" for one in report.forgiven)
        yield ""


def _unchecked(title: str, found: list[Unchecked]) -> Iterator[str]:
    if found:
        yield from (f"### {title}", "")
        for one in found:
            remedy = f": {_quiet(one.remedy)}" if one.remedy else ""
            yield f"- {_quiet(one.reason)}{remedy} ({len(one.checks)})"
        yield ""


def _block(text: str, language: str) -> list[str]:
    fence = _fence(text, 3)
    return [f"{fence}{language}", text, fence, ""] if text else []


def _code(text: str) -> str:
    """A code span, with a fence longer than any in it."""
    fence = _fence(text, 1)
    pad = " " if text[:1] == "`" or text[-1:] == "`" else ""
    return f"{fence}{pad}{flat(text)}{pad}{fence}" if text else ""


def _fence(text: str, least: int) -> str:
    return "`" * max(least, *(len(run) + 1 for run in _FENCE.findall(text)), 0)


def _quiet(text: str) -> str:
    return _ACTING.sub(r"\\\1", flat(text))
