"""Draw the pictures of docs/models.md, and write down what was predicted in them.

python -m contract_tests.checks.pictures.make
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .asked import SEEDS, Panel, figures

FOLDER = Path(__file__).parents[3] / "docs" / "pictures"
LIST = FOLDER / "predictions.json"


def listed(shown: Mapping[str, Sequence[Panel]]) -> dict[str, Any]:
    """What `predictions.json` says beside the pictures' own digests."""
    return {"seeds": SEEDS, "predictions": {name: [panel.digest for panel in panels] for name, panels in shown.items()}}


def make(folder: Path) -> None:
    """Write all pictures and the list."""
    from .paint import encoded, figure

    shown, digests = figures(), {}
    for name, panels in shown.items():
        content = encoded(figure(panels))
        (folder / f"{name}.webp").write_bytes(content)
        digests[name] = hashlib.sha256(content).hexdigest()
    text = json.dumps({**listed(shown), "pictures": digests}, indent=1)
    (folder / LIST.name).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    make(FOLDER)
