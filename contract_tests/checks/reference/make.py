"""Write every page and table of the documentation that is made from the code of all three packages.

`python -m contract_tests.checks.reference.make`. Pages that one package makes of itself, it makes itself.
"""

from collections.abc import Callable
from pathlib import Path

from modeldouble_contract.truth import load

from . import cli, environment, errors, paths, settings, states

DOCS = Path(__file__).parents[3] / "docs"
PAGES: dict[str, Callable[[], str]] = {
    "cli.md": cli.page,
    "environment.md": environment.page,
    "errors.md": errors.page,
    "paths.md": paths.page,
    "pictures/lifecycle/states.svg": lambda: states.drawing(load().lifecycle),
    "settings.md": lambda: settings.page((DOCS / "settings.md").read_text(encoding="utf-8")),
}
"""File below docs/ -> what makes its text."""


def make(folder: Path) -> None:
    """Write all of them below a folder."""
    for name, made in PAGES.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(made(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    make(DOCS)
