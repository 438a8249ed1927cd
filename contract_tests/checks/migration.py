"""The tables of docs/migration.md: what the official client has, and what stands for it here."""

import re
from pathlib import Path
from typing import NamedTuple

PAGE = Path(__file__).parents[2] / "docs" / "migration.md"
TITLES = ("SessionJSON and Session", "ModelAPI", "PredictionSession", "Prediction", "NeuralNetworkApi")
NOT_HERE = "not here"
_ROW = re.compile(r"^\| `(\w+)` \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)


class Row(NamedTuple):
    """A method of the official client, what is named for it here, and what is otherwise."""

    official: str
    here: str
    otherwise: str


def rows(title: str) -> list[Row]:
    """The table below a heading."""
    text = PAGE.read_text(encoding="utf-8")
    below = text.split(f"\n## {title}\n")[1].split("\n## ")[0]
    return [Row(*(cell.strip() for cell in found)) for found in _ROW.findall(below)]
