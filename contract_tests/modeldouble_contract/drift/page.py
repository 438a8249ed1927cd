"""The comparison as one page: no script, nothing loaded from elsewhere, for a phone and for paper."""

from collections.abc import Iterator
from html import escape

from .row import Drift, Row

_STYLE = """
:root { color-scheme: light dark; --good: #14713a; --bad: #b3261e; --line: #8885; --soft: #8881;
  font: 16px/1.5 system-ui, sans-serif }
@media (prefers-color-scheme: dark) { :root { --good: #6fd08c; --bad: #ff8a80 } }
body { margin: 0 auto; max-width: 72rem; padding: 1rem; overflow-wrap: anywhere }
h1 { font-size: 1.1rem; margin: 0; opacity: .75 } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem }
.verdict { border-left: .4rem solid var(--bad); padding: .6rem .9rem; background: var(--soft) }
.verdict.s0 { border-color: var(--good) } .table { overflow-x: auto }
table { border-collapse: collapse; font-size: .9rem; width: 100%; min-width: 44rem }
th, td { border-bottom: 1px solid var(--line); padding: .3rem .6rem; text-align: left; vertical-align: top }
td:first-child { width: 30% } small { display: block; opacity: .7 } tr.red td { color: var(--bad); font-weight: 600 }
@media print { tr { break-inside: avoid } }
"""


def render(drift: Drift, *, tables: list[tuple[str, list[Row]]], when: str) -> str:
    """The whole document; `tables` are titles with their rows."""
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    head = (
        f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="referrer" content="no-referrer">'
        f"<title>Drift of {escape(drift.a)} and {escape(drift.b)}</title><style>{_STYLE}</style>"
    )
    told = {"A": drift.a, "B": drift.b, "truth": f"the contract's, as of release {drift.release}", "when": when}
    about = "".join(f"<li>{name}: {escape(text)}</li>" for name, text in told.items())
    verdict = f'<p class="verdict s{drift.status}"><strong>{escape(drift.verdict())}</strong></p>'
    parts = [f"<h1>modeldouble contract: drift</h1>{verdict}<ul>{about}</ul>", *_tables(tables), *_left(drift)]
    body = "\n".join(parts)
    return f'<!doctype html>\n<html lang="en"><head>{head}</head>\n<body>{body}\n</body></html>\n'


def _tables(tables: list[tuple[str, list[Row]]]) -> Iterator[str]:
    for title, rows in tables:
        yield f'<h2>{escape(title)}</h2><div class="table"><table>'
        yield "<tr><th>what</th><th>truth</th><th>A</th><th>B</th><th>truth kept by</th></tr>"
        yield from map(_row, rows)
        yield "</table></div>"


def _row(row: Row) -> str:
    first, *rest = map(escape, row.cells())
    where = "".join(f"<small>{escape(one)}</small>" for one in row.at)
    inside = "".join(f"<td>{one}</td>" for one in rest)
    mark = ' class="red"' if row.red else ""
    return f"<tr{mark}><td>{first}{where}</td>{inside}</tr>"


def _left(drift: Drift) -> Iterator[str]:
    if drift.left:
        yield "<h2>Checked on neither</h2><ul>"
        yield from (f"<li>{escape(one)}</li>" for one in drift.left)
        yield "</ul>"
