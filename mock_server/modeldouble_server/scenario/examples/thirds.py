"""The function of the example `callable`: it sees a third of the picture, as sure as `sureness` says."""

from collections.abc import Mapping
from typing import Any

from modeldouble_server.scene import Detection, Subject


def predict(subject: Subject, settings: Mapping[str, Any]) -> list[Detection]:
    """One object in the left third of the picture."""
    box = (0, 0, max(0, subject.width // 3 - 1), subject.height - 1)
    return [Detection("third", box, float(settings.get("sureness", 0.9)))]
