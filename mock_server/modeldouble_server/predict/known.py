"""Pictures and videos whose answers are known beforehand, by content: the default world and the demo's photographs."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ..scene import Answer, Detection, Predictor, Query


class Known:
    """Answers labelled content from its labels, everything else as `otherwise` does."""

    def __init__(self, labels: Mapping[tuple[str, int | None], list[Detection]], otherwise: Predictor) -> None:
        self._labels = labels
        self._otherwise = otherwise
        self.pure = bool(getattr(otherwise, "pure", False))

    def predict(self, query: Query) -> Answer:
        """The labels of the subject's hash and frame, or the other predictor's answer where there are none."""
        known = self._labels.get((query.subject.sha256, query.subject.frame))
        return self._otherwise.predict(query) if known is None else Answer(tuple(known))


def read_labels(folder: Path) -> dict[tuple[str, int | None], list[Detection]]:
    """Labels of a folder's `labels.json`, keyed by sha256 of the content and frame index (None for a picture)."""
    labels = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
    found: dict[tuple[str, int | None], list[Detection]] = {}
    for picture in labels.get("images", {}).values():
        found[picture["sha256"], None] = _detections(picture["objects"])
    for video in labels.get("videos", {}).values():
        found.update({(video["sha256"], at): _detections(objects) for at, objects in enumerate(video["frames"])})
    return found


def _detections(objects: Iterable[Mapping[str, Any]]) -> list[Detection]:
    return [Detection(one["class"], tuple(one["box"]), one["confidence"], one.get("track")) for one in objects]
