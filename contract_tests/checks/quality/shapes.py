"""Where the fixture set lies, and its labels."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

REPO = Path(__file__).parents[3]
SET = REPO / "fixtures" / "ground_truth"
LABELS = SET / "annotations" / "instances_shapes.json"


def dataset() -> Mapping[str, Any]:
    """The COCO file of the fixture set."""
    content: dict[str, Any] = json.loads(LABELS.read_text(encoding="utf-8"))
    return content
