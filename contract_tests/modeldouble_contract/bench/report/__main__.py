"""`python -m modeldouble_contract.bench.report RESULTS [CLONE]`: the pages of a clone anew, from a results.json.

Writes docs/performance.json, docs/performance.md, docs/pictures/performance/ and the README's paragraph. What bounds a
workload is found after a run: it is said as the workload says it now.
"""

import sys
from pathlib import Path

from .. import registry
from ..run import Measured, Outcome
from . import as_json, markdown, plots

_PICTURES = "pictures/performance"


def publish(results: Path, clone: Path) -> None:
    """Make a run the one that the pages of a clone tell of."""
    outcome = explained(as_json.read(results.read_text(encoding="utf-8")))
    docs, readme = clone / "docs", clone / "README.md"
    _write(docs / "performance.json", as_json.render(outcome))
    _write(docs / "performance.md", markdown.page(outcome, results="performance.json", folder=_PICTURES))
    _write(readme, markdown.spliced(readme.read_text(encoding="utf-8"), outcome))
    folder = docs / _PICTURES
    folder.mkdir(parents=True, exist_ok=True)
    drawn = {path for measured in outcome.measured for path in plots.draw(measured, folder)}
    for old in set(folder.glob("*.svg")) - drawn:
        old.unlink()


def explained(outcome: Outcome) -> Outcome:
    """A run with what is known of bounds now."""
    bounds = {one.name: one.bound for one in registry.found()}

    def known(measured: Measured) -> Measured:
        workload = measured.workload
        return measured._replace(workload=workload._replace(bound=bounds.get(workload.name, workload.bound)))

    return outcome._replace(measured=[known(one) for one in outcome.measured])


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    publish(Path(sys.argv[1]), Path(sys.argv[2] if len(sys.argv) > 2 else "."))
