"""Two targets side by side, as a page shows them, from the CSV files of their runs.

`python -m contract_tests.checks.locust.table docs/load.md out/load` writes the tables anew, between their marks, from
`fake-2_stats.csv`, `real-2_stats.csv` and so on: two journeys per second, and so on.
"""

import json
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from modeldouble_contract.load.bounds import JOURNEY, REQUEST, WHOLE, Row
from modeldouble_contract.load.figures import read_file

BEGIN = "<!-- Made from Locust's CSV files: tox -e locust-pages -->\n"
END = "<!-- Here the tables end. -->\n"
TARGETS = ("fake", "real")
_FILE = re.compile(r"(fake|real)-(\d+(?:\.\d+)?)_stats\.csv")
Runs = Mapping[float, Mapping[str, Sequence[Row]]]


def collect(folder: Path) -> Runs:
    """Rows by rate and target; ValueError if there is no file."""
    found: dict[float, dict[str, Sequence[Row]]] = {}
    for file in sorted(folder.glob("*_stats.csv")):
        named = _FILE.fullmatch(file.name)
        if named:
            found.setdefault(float(named[2]), {})[named[1]] = read_file(file)
    if not found:
        raise ValueError(f"{folder} has no fake-2_stats.csv or the like; run the load with --csv {folder}/fake-2")
    return {rate: found[rate] for rate in sorted(found)}


def tables(runs: Runs) -> str:
    """A heading and a table for each rate."""
    return "\n".join(f"### {rate:g} journeys per second\n\n{table(sides)}" for rate, sides in runs.items())


def table(sides: Mapping[str, Sequence[Row]]) -> str:
    """One row for each kind of request, one for the journey as a whole; a dash where a target was not run."""
    by_name = {target: {row.name: row for row in rows if _shown(row)} for target, rows in sides.items()}
    names = dict.fromkeys(name for rows in by_name.values() for name in sorted(rows, key=lambda name: name == WHOLE))
    heads = [f"{target}: {what}" for target in TARGETS for what in ("per second", "p50 ms", "p99 ms", "errors")]
    lines = [["", *heads], ["---", *["---:"] * len(heads)]]
    for name in sorted(names, key=lambda name: name == WHOLE):
        cells = [cell for target in TARGETS for cell in _cells(by_name.get(target, {}).get(name))]
        lines.append(["the journey as a whole" if name == WHOLE else f"{name}", *cells])
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def told(about: Mapping[str, str]) -> str:
    """How the figures came about, a line for each fact."""
    return "".join(f"- {key}: {value}\n" for key, value in about.items())


def page(text: str, runs: Runs, about: Mapping[str, str]) -> str:
    """A page with the tables between the marks as they are now; ValueError without the marks."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the page has no line {(begin and END) or BEGIN!r}; write both marks into it")
    return f"{before}{BEGIN}\n{told(about)}\n{tables(runs)}\n{END}{after}"


def _shown(row: Row) -> bool:
    return row.kind == REQUEST or (row.kind == JOURNEY and row.name == WHOLE)


def _cells(row: Row | None) -> list[str]:
    if row is None or not row.requests:
        return ["-"] * 4
    return [f"{row.per_second:,.1f}", f"{row.p50:,.0f}", f"{row.p99:,.0f}", f"{100 * row.errors:.3g} %"]


def main(file: Path, folder: Path) -> None:
    """Write the page anew."""
    about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
    made = page(file.read_text(encoding="utf-8"), collect(folder), about)
    file.write_text(made, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
