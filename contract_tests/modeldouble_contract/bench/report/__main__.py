"""`python -m modeldouble_contract.bench.report RESULTS [CLONE]`: the pages of a clone anew, from a results.json.

Writes docs/performance.json, docs/performance.md, docs/pictures/performance/ and the README's paragraph.
"""

import sys
from pathlib import Path

from . import as_json, markdown, plots

_PICTURES = "pictures/performance"


def publish(results: Path, clone: Path) -> None:
    """Make a run the one that the pages of a clone tell of."""
    outcome = as_json.read(results.read_text(encoding="utf-8"))
    docs, readme = clone / "docs", clone / "README.md"
    _write(docs / "performance.json", as_json.render(outcome))
    _write(docs / "performance.md", markdown.page(outcome, results="performance.json", folder=_PICTURES))
    _write(readme, markdown.spliced(readme.read_text(encoding="utf-8"), outcome))
    folder = docs / _PICTURES
    folder.mkdir(parents=True, exist_ok=True)
    drawn = {path for measured in outcome.measured for path in plots.draw(measured, folder)}
    for old in set(folder.glob("*.svg")) - drawn:
        old.unlink()


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    publish(Path(sys.argv[1]), Path(sys.argv[2] if len(sys.argv) > 2 else "."))
