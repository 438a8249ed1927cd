"""Every picture of the documentation is made by a script that CONTRIBUTING.md names, and shown on a page."""

import json
import re
from importlib.util import find_spec
from pathlib import Path

from .make import FOLDER, LIST

REPO = Path(__file__).parents[3]
ROW = re.compile(r"^\| (`[^|]+`) \| `python -m ([\w.]+)[^`]*` \|$", re.MULTILINE)
FILES = sorted(file for file in FOLDER.rglob("*") if file.is_file())


def makers() -> dict[str, str]:
    """Pattern below docs/pictures -> the module that makes what fits it."""
    text = (REPO / "CONTRIBUTING.md").read_text(encoding="utf-8").split("| in `docs/pictures` | made by |")[1]
    return {one: module for cell, module in ROW.findall(text) for one in re.findall(r"`([^`]+)`", cell)}


def test_every_picture_has_one_script() -> None:
    fitting = {str(file.relative_to(FOLDER)): [one for one in makers() if _fits(file, one)] for file in FILES}
    assert fitting
    assert {name: found for name, found in fitting.items() if len(found) != 1} == {}


def test_every_script_is_there_and_makes_something() -> None:
    assert [module for module in makers().values() if find_spec(module) is None] == []
    assert [one for one in makers() if not any(_fits(file, one) for file in FILES)] == []


def test_every_picture_is_shown_on_a_page() -> None:
    pages = "".join(page.read_text(encoding="utf-8") for page in (REPO / "docs").rglob("*.md"))
    shown = {Path(link).name for link in re.findall(r"(?:\]\(|src=\"|srcset=\")([^)\"]+)", pages)}
    assert [file.name for file in FILES if file != LIST and file.name not in shown] == []


def test_a_list_says_what_the_pictures_show() -> None:
    assert set(json.loads(LIST.read_text(encoding="utf-8"))) == {"pictures", "predictions", "seeds"}


def _fits(file: Path, pattern: str) -> bool:
    below = file.relative_to(FOLDER)
    return below.match(pattern) and len(below.parts) == len(Path(pattern).parts)
