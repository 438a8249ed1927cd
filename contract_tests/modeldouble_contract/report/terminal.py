"""The report on a terminal: plain text for 100 columns, what was found first, the verdict last."""

import textwrap
from collections.abc import Iterator

from ..outcome import BROKEN, DEVIATES, HOLDS, NOT_CHECKED, VIOLATION, WARNING
from .summary import Report, Shown, Unchecked

_WIDTH = 100
_COLUMNS = (HOLDS, DEVIATES, VIOLATION, WARNING, NOT_CHECKED, BROKEN)
_FEW = 3
_BOLD, _RED, _GREEN, _PLAIN = "\x1b[1m", "\x1b[1;31m", "\x1b[1;32m", "\x1b[0m"


def render(report: Report, *, colour: bool = False) -> str:
    """The whole text, with a newline at its end."""
    lines: list[str] = []
    for title, block in (
        ("What must hold", _table(report)),
        ("Violations", _findings(report.violations)),
        ("Defects of the suite", _broken(report)),
        ("Warnings", _findings(report.warnings)),
        (f"Forgiven, as {report.release} is known to do this", _forgiven(report)),
        ("Not checked", _unchecked([one for one in report.unchecked if one.remedy])),
        ("Does not apply", _unchecked([one for one in report.unchecked if not one.remedy])),
    ):
        found = list(block)
        if found:
            lines += [f"{_BOLD}{title}{_PLAIN}" if colour else title, *found, ""]
    mark = (_GREEN if report.status == 0 else _RED) if colour else ""
    lines += [*textwrap.wrap(report.hint, _WIDTH), ""] if report.hint else []
    verdict = [f"{mark}{line}{_PLAIN if mark else ''}" for line in textwrap.wrap(report.verdict, _WIDTH)]
    return "\n".join([*lines, *verdict, ""])


def _table(report: Report) -> Iterator[str]:
    counts = report.counts()
    columns = [name for name in _COLUMNS if counts[name] or name == HOLDS]
    wide = max((len(area) for area in report.areas()), default=0)
    if report.lines:
        yield "  " + "  ".join(["".ljust(wide), *columns])
    for area, found in report.areas().items():
        cells = [str(found[name] or "-").rjust(len(name)) for name in columns]
        yield "  " + "  ".join([area.ljust(wide), *cells])


def _findings(findings: tuple[Shown, ...]) -> Iterator[str]:
    for number, one in enumerate(findings, 1):
        yield from _wrapped(f"  {number}. ", f"{one.checks[0]}  [{one.code}]")
        yield from _field("also", _also(one.checks))
        yield from _field("expected", one.expected)
        yield from _field("got", one.got)
        yield from _field("answer", one.answer)
        yield from (f"     {line}" for line in one.request.splitlines())
        yield from _field("place", one.place)
        for known in one.known:
            yield from _field("known", known)


def _also(titles: tuple[str, ...]) -> str:
    """The other checks; of cases of the first, only what sets them apart."""
    stem = f"{titles[0].partition(' (')[0]} ("
    rest = [title.removeprefix(stem).rstrip(")") if title.startswith(stem) else title for title in titles[1:]]
    more = f"; and {len(rest) - _FEW} more" if len(rest) > _FEW else ""
    return "; ".join(rest[:_FEW]) + more


def _field(name: str, text: str) -> Iterator[str]:
    if text:
        yield from _wrapped(f"     {name:<9}", text)


def _broken(report: Report) -> Iterator[str]:
    for title, reason in report.broken:
        yield f"  - {title}"
        yield from (f"      {line}" for line in reason.splitlines())


def _forgiven(report: Report) -> Iterator[str]:
    for one in report.forgiven:
        yield from _wrapped("  - ", f"{one.id}: {one.text}")


def _unchecked(found: list[Unchecked]) -> Iterator[str]:
    for one in found:
        checks = f"{len(one.checks)} checks" if len(one.checks) > _FEW else ", ".join(one.checks)
        remedy = f": {one.remedy}" if one.remedy else ""
        yield from _wrapped("  - ", f"{one.reason}{remedy} ({checks})")


def _wrapped(head: str, text: str) -> list[str]:
    """Long words, such as URLs, are kept whole: whoever copies them needs them so."""
    return textwrap.wrap(
        text, _WIDTH, initial_indent=head, subsequent_indent=" " * len(head), break_long_words=False,
        break_on_hyphens=False,
    ) or [head.rstrip()]  # fmt: skip
