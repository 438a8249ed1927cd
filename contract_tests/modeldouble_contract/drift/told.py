"""The comparison for people and machines: on a terminal, as JSON, Markdown, JUnit and one page of HTML."""

import json
import re
import textwrap
from collections.abc import Callable, Iterator
from xml.sax.saxutils import escape, quoteattr

from . import page
from .row import LEVELS, SHAPE, Drift, Row

SCHEMA = "modeldouble-contract-drift/1"
_COLUMNS = ("what", "truth", "A", "B", "truth kept by")
_WIDTHS = (28, 28, 27, 7)
_INDENT, _GAP = "    ", "  "
_MOST_CELL = 160
_HEADINGS = dict(
    zip(LEVELS, ("Shape: keys and types", "Status and error", "Behaviour: checks of the suite"), strict=True)
)
_SAME = "Both do the same, and the truth says otherwise"
_LEFT = "Checked on neither"
_BOLD, _RED, _GREEN, _PLAIN = "\x1b[1m", "\x1b[1;31m", "\x1b[1;32m", "\x1b[0m"
_ACTING = re.compile(r"([\\`*_{}\[\]<>()#+!|~@&$])")


def terminal(drift: Drift, *, colour: bool = False) -> str:
    """Text for 100 columns, a newline at its end."""
    bold, red, green, off = (_BOLD, _RED, _GREEN, _PLAIN) if colour else ("",) * 4
    lines = [*_head(drift), ""]
    for title, rows in tables(drift):
        lines += [f"{bold}{title}{off}", _line(("truth", "A", "B", "kept by"))]
        for row in rows:
            mark = red if row.red else ""
            lines += [f"{mark}{line}{off if mark else ''}" for line in _wrapped(row)]
        lines.append("")
    if drift.left:
        lines += [f"{bold}{_LEFT}{off}"]
        lines += [
            line
            for one in drift.left
            for line in textwrap.wrap(one, 98, initial_indent="  - ", subsequent_indent="    ")
        ]
        lines.append("")
    verdict = textwrap.wrap(drift.verdict(), 100)
    return "\n".join([*lines, *(f"{green if drift.status == 0 else red}{line}{off}" for line in verdict), ""])


def reports(drift: Drift, *, version: str, when: str) -> dict[str, Callable[[], str]]:
    """Option of the command -> what writes that report; `when` is an ISO 8601 time."""
    return {
        "--json": lambda: as_json(drift, version=version, when=when),
        "--markdown": lambda: as_markdown(drift),
        "--html": lambda: page.render(drift, tables=list(tables(drift)), when=when),
        "--junit": lambda: as_junit(drift),
    }


def as_json(drift: Drift, *, version: str, when: str) -> str:
    """One JSON object. `red` rows are those in which one side could not be checked, `same` those in which both sides do
    the same and the truth says otherwise."""
    found = {
        "schema": SCHEMA, "modeldouble": version, "when": when, "status": drift.status, "summary": drift.verdict(),
        "a": drift.a, "b": drift.b, "release": drift.release, "seconds": round(drift.seconds, 3),
        "compared": dict(drift.compared), "not_checked": list(drift.left),
        "rows": [{**row._asdict(), "red": row.red, "same": row.equal} for row in drift.rows],
    }  # fmt: skip
    return json.dumps(found, indent=1) + "\n"


def as_markdown(drift: Drift) -> str:
    """A page of GitHub-flavoured Markdown."""
    lines = ["## modeldouble contract: drift", "", f"**{_quiet(drift.verdict())}**", ""]
    lines += [f"- {_quiet(line)}" for line in _head(drift)] + [""]
    for title, rows in tables(drift):
        lines += [f"### {title}", "", "| " + " | ".join(_COLUMNS) + " | seen in |", "|---" * 6 + "|"]
        lines += ["| " + " | ".join(map(_quiet, (*row.cells(), _places(row)))) + " |" for row in rows] + [""]
    lines += [f"### {_LEFT}", "", *(f"- {_quiet(one)}" for one in drift.left)] if drift.left else []
    return "\n".join(lines).rstrip() + "\n"


def as_junit(drift: Drift) -> str:
    """A test case per level: a failure if A and B differ, an error if one of them could not be checked."""
    cases, count = [], {"failure": 0, "error": 0}
    for level in LEVELS:
        rows, fault = drift.of(level), ""
        if rows:
            kind = "error" if any(row.red for row in rows) else "failure"
            count[kind] += 1
            text = escape("\n".join(" | ".join(row.cells()) for row in rows))
            fault = f"<{kind} message={quoteattr(f'{len(rows)} rows')}>{text}</{kind}>"
        case = f"<testcase classname={quoteattr(f'{drift.a} and {drift.b}')} name={quoteattr(level)}>"
        cases.append(f"{case}{fault}</testcase>")
    failures, errors = count["failure"], count["error"]
    counts = f'tests="{len(LEVELS)}" failures="{failures}" errors="{errors}"'
    body = "".join(cases)
    suite = f'<testsuite name="modeldouble drift" {counts}>{body}</testsuite>'
    return f'<?xml version="1.0" encoding="utf-8"?>\n<testsuites>{suite}</testsuites>\n'


def tables(drift: Drift) -> Iterator[tuple[str, list[Row]]]:
    """Titles and rows, without what is empty."""
    for level in LEVELS:
        if drift.of(level):
            yield _HEADINGS[level], drift.of(level)
    if drift.untrue():
        yield _SAME, drift.untrue()


def _head(drift: Drift) -> Iterator[str]:
    yield f"A: {drift.a}"
    yield f"B: {drift.b}"
    yield f"truth: openapi.yaml and lifecycle.yaml of the contract, as of release {drift.release}"


def _wrapped(row: Row) -> Iterator[str]:
    """A row as lines: what it is about, and below it the cells side by side."""
    what, *rest = row.cells()
    places = _places(row)
    yield from textwrap.wrap(
        f"{what}: {places}" if places else what, 100, initial_indent="  ", subsequent_indent="    ",
        break_on_hyphens=False,
    )  # fmt: skip
    parts = [textwrap.wrap(_cut(text), width) or [""] for text, width in zip(rest, _WIDTHS, strict=True)]
    for number in range(max(map(len, parts))):
        yield _line(tuple(part[number] if number < len(part) else "" for part in parts))


def _line(parts: tuple[str, ...]) -> str:
    return _INDENT + _GAP.join(one.ljust(width) for one, width in zip(parts, _WIDTHS, strict=True)).rstrip()


def _cut(text: str) -> str:
    return text if len(text) <= _MOST_CELL else f"{text[:_MOST_CELL]} ..."


def _places(row: Row) -> str:
    """Where it was seen, without what `what` has said: routes, or questions if all are of one route."""
    found = [re.fullmatch(r"(.*) \((.*)\)", one) for one in row.at]
    names = dict.fromkeys(one[1] for one in found if one)
    routes = dict.fromkeys(one[2] for one in found if one)
    if row.level == SHAPE and len(routes) == 1:
        return ", ".join(names)
    return ", ".join(routes)


def _quiet(text: str) -> str:
    return _ACTING.sub(r"\\\1", text)
