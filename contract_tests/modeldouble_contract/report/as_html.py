"""The report as one page: no script, nothing loaded from elsewhere, for a phone and for paper."""

from collections.abc import Iterator
from html import escape

from ..outcome import BROKEN, DEVIATES, HOLDS, NOT_CHECKED, VIOLATION, WARNING
from .summary import OUTCOMES, Line, Report, Shown, Unchecked

_STYLE = """
:root { color-scheme: light dark; --good: #14713a; --bad: #b3261e; --mild: #8a5a00; --line: #8885; --soft: #8881;
  font: 16px/1.5 system-ui, sans-serif }
@media (prefers-color-scheme: dark) { :root { --good: #6fd08c; --bad: #ff8a80; --mild: #e8b45a } }
body { margin: 0 auto; max-width: 60rem; padding: 1rem; overflow-wrap: anywhere }
h1 { font-size: 1.1rem; margin: 0; opacity: .75 } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem }
h3 { font-size: 1rem; margin: 0 } h3 code { font-weight: 400; opacity: .7 } .about { margin: 0; opacity: .8 }
.verdict { border-left: .4rem solid var(--bad); padding: .6rem .9rem; background: var(--soft); margin: .6rem 0 }
.verdict.s0 { border-color: var(--good) }
article { border: 1px solid var(--line); border-left: .3rem solid var(--bad); border-radius: .3rem; margin: .7rem 0;
  padding: .6rem .8rem } article.warning { border-left-color: var(--mild) }
dl { margin: .4rem 0 0; display: grid; grid-template-columns: 5.5rem minmax(0, 1fr); gap: .15rem .6rem }
dt { font-size: .85rem; opacity: .7; line-height: 1.75 } dd { margin: 0 }
pre { background: var(--soft); padding: .4rem .6rem; margin: .1rem 0; white-space: pre-wrap }
code, pre { font: .82rem/1.5 ui-monospace, monospace } .table { overflow-x: auto }
table { border-collapse: collapse; font-size: .9rem } th { font-weight: 600; opacity: .7 }
th, td { border-bottom: 1px solid var(--line); padding: .2rem .6rem; text-align: right; overflow-wrap: normal }
th:first-child, td:first-child { text-align: left; padding-left: 0 } .checks td { text-align: left }
td.violation, td.broken { color: var(--bad) } td.warning, td.deviates { color: var(--mild) }
td.holds { color: var(--good) } ul { padding-left: 1.2rem } li { margin: .2rem 0 }
summary { cursor: pointer; margin: 1.5rem 0 .5rem; font-weight: 600 }
@media (max-width: 34rem) { dl { display: block } dd { margin-bottom: .35rem } }
@media print { article { break-inside: avoid } }
"""
_CSS = {HOLDS: "holds", DEVIATES: "deviates", VIOLATION: "violation", WARNING: "warning", NOT_CHECKED: "none",
        BROKEN: "broken"}  # fmt: skip


def render(report: Report, *, when: str) -> str:
    """The whole document."""
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    head = (
        f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="referrer" content="no-referrer">'
        f"<title>Contract of {escape(report.target)}</title><style>{_STYLE}</style>"
    )
    parts = [_header(report, when), *_areas(report), *_findings("Violations", report.violations), *_broken(report)]
    parts += [*_findings("Warnings", report.warnings), *_forgiven(report)]
    parts += _unchecked("Not checked", [one for one in report.unchecked if one.remedy])
    parts += _unchecked("Does not apply", [one for one in report.unchecked if not one.remedy])
    body = "\n".join([*parts, *_checks(report.lines)])
    return f'<!doctype html>\n<html lang="en"><head>{head}</head>\n<body>{body}\n</body></html>\n'


def _header(report: Report, when: str) -> str:
    told = [report.target, f"release {report.release}" if report.release else ""]
    told += [f"{name}: {value}" for name, value in report.info.items()]
    told += [f"{report.asked} inferences in {report.seconds:.1f} s" if report.lines else "", when]
    about = " · ".join(escape(text) for text in told if text)
    verdict = f'<p class="verdict s{report.status}"><strong>{escape(report.verdict)}</strong></p>'
    hint = f"<p>{escape(report.hint)}</p>" if report.hint else ""
    return f'<h1>modeldouble contract</h1>{verdict}{hint}<p class="about">{about}</p>'


def _areas(report: Report) -> Iterator[str]:
    if not report.lines:
        return
    counts = report.counts()
    columns = [name for name in OUTCOMES if counts[name] or name == HOLDS]
    yield '<h2>What must hold</h2><div class="table"><table><tr><th></th>'
    yield "".join(f"<th>{name}</th>" for name in columns) + "</tr>"
    for area, found in report.areas().items():
        cells = "".join(_cell(name, found[name]) for name in columns)
        yield f"<tr><td>{escape(area)}</td>{cells}</tr>"
    yield "</table></div>"


def _cell(name: str, count: int) -> str:
    return f'<td class="{_CSS[name]}">{count}</td>' if count else "<td></td>"


def _findings(title: str, findings: tuple[Shown, ...]) -> Iterator[str]:
    if findings:
        yield f"<h2>{title}</h2>"
    for one in findings:
        told = {"expected": one.expected, "got": one.got, "answer": one.answer, "place": one.place}
        rows = "".join(f"<dt>{name}</dt><dd>{escape(text)}</dd>" for name, text in told.items() if text)
        known = "".join(f"<dt>known</dt><dd>{escape(text)}</dd>" for text in one.known)
        request = f"<dt>request</dt><dd><pre>{escape(one.request)}</pre></dd>" if one.request else ""
        first, *others = one.checks
        also = f"<dt>also stops</dt><dd>{escape('; '.join(others))}</dd>" if others else ""
        name = f"<h3>{escape(first)} <code>{escape(one.code)}</code></h3>"
        yield f'<article class="{_CSS[one.level]}">{name}<dl>{rows}{request}{known}{also}</dl></article>'


def _broken(report: Report) -> Iterator[str]:
    if report.broken:
        yield "<h2>Defects of the suite</h2>"
    for title, reason in report.broken:
        yield f'<article class="broken"><h3>{escape(title)}</h3><pre>{escape(reason)}</pre></article>'


def _forgiven(report: Report) -> Iterator[str]:
    if report.forgiven:
        yield f"<h2>Forgiven, as {escape(report.release)} is known to do this</h2><ul>"
        yield from (f"<li><code>{escape(one.id)}</code> {escape(one.text)}</li>" for one in report.forgiven)
        yield "</ul>"


def _unchecked(title: str, found: list[Unchecked]) -> Iterator[str]:
    if found:
        yield f"<h2>{title}</h2><ul>"
        for one in found:
            remedy = f": <strong>{escape(one.remedy)}</strong>" if one.remedy else ""
            yield f"<li>{escape(one.reason)}{remedy} <small>({escape('; '.join(one.checks))})</small></li>"
        yield "</ul>"


def _checks(lines: tuple[Line, ...]) -> Iterator[str]:
    if lines:
        yield f'<details><summary>All {len(lines)} checks</summary><div class="table"><table class="checks">'
        for one in lines:
            cells = (
                f'<td class="{_CSS[one.outcome]}">{one.outcome}</td><td>{one.level}</td><td>{one.seconds:.2f} s</td>'
            )
            yield f"<tr><td>{escape(one.area)}: {escape(one.title)}</td>{cells}</tr>"
        yield "</table></div></details>"
