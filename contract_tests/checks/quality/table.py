"""The table of docs/ground-truth.md: what pycocotools measures on the fixture set.

    python -m contract_tests.checks.quality.table        (from the root; needs pycocotools)

writes it into the page.
"""

from collections.abc import Mapping

from modeldouble_server.predict.ground_truth import PROFILES

from .judge import Quality, measured
from .shapes import REPO

PAGE = REPO / "docs" / "ground-truth.md"
SEEDS = range(5)
BEGIN, END = "<!-- measured: made by contract_tests.checks.quality.table -->\n", "<!-- end -->\n"
_HEAD = ("profile", "seed", "mAP boxes", "mAP masks", "recall", "precision", "calibration error")
Measured = Mapping[tuple[str, int], Quality]


def measure() -> dict[tuple[str, int], Quality]:
    """Each shipped profile with each of five seeds."""
    return {(name, seed): measured(PROFILES[name], seed) for name in PROFILES for seed in SEEDS}


def table(qualities: Measured) -> str:
    """The table as Markdown: a row with each profile's targets, then one for each seed."""
    rows = [_HEAD, ("---",) * len(_HEAD)]
    for name, profile in PROFILES.items():
        target = f"{profile.map:.3f}"
        rows.append((f"**{name}**", "target", target, target, f"{profile.recall:.3f}", f"{profile.precision:.3f}", "0"))
        for seed in SEEDS:
            rows.append((name, str(seed), *(f"{value:.3f}" for value in qualities[name, seed])))
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def written(page: str, qualities: Measured) -> str:
    """A page with its table made anew."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + BEGIN + "\n" + table(qualities) + "\n" + END + after


def main() -> None:
    """Measure and write."""
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8"), measure()), encoding="utf-8")


if __name__ == "__main__":
    main()
