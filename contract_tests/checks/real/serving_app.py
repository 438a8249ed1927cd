"""A real serving app on the official SDK, of whatever release is installed: `python serving_app.py PORT TASK`.

Its model is a rule, so that what it must answer is known: a `person` in the middle of every picture, and a fainter
`horse` in its top left quarter; `conf_thres` filters as it does in real detectors, and `fail` makes the model raise.
`RULE_SECONDS` in the environment is how long one picture takes, `RULE_BATCH` how many a batch may hold at most: with
it, and only then, the model says that it infers in batches.

Written for Python 3.8, which the oldest releases need.
"""

from __future__ import annotations

import os
import sys
import time
from importlib.metadata import version
from typing import Any

import cv2
import numpy as np
import supervisely as sly
import uvicorn
from supervisely.geometry.graph import KeypointsTemplate
from supervisely.nn import inference
from supervisely.nn import prediction_dto as found

PERSON, HORSE, BACKGROUND = "person", "horse", "background"
SCORES = {PERSON: 0.9, HORSE: 0.4}
SETTINGS = {"conf_thres": 0.25, "iou_thres": 0.45, "augment": False}
NODES = {"head": (1, 2), "left hand": (2, 1), "right hand": (2, 3)}
"""Row and column of a person's points, in quarters of the picture."""
BASES = {
    "detection": inference.ObjectDetection,
    "instance_segmentation": inference.InstanceSegmentation,
    "semantic_segmentation": inference.SemanticSegmentation,
    "pose": inference.PoseEstimation,
}


class Rule:
    """What an app adds to the SDK's class of its task. The order of the bases lets these methods win."""

    task: str

    def load_on_device(self, model_dir: str, device: str = "cpu") -> None:
        """There are no weights."""

    def get_classes(self) -> list[str]:
        if self.task == "pose":
            return [PERSON]
        return [BACKGROUND, PERSON, HORSE] if self.task == "semantic_segmentation" else [PERSON, HORSE]

    def get_info(self) -> dict[str, Any]:
        return {**super().get_info(), "model_name": "rule"}  # type: ignore[misc]

    def predict(self, image_path: str, settings: dict[str, Any]) -> list[Any]:
        return self.infer(cv2.imread(image_path), settings)

    def infer(self, image: Any, settings: dict[str, Any]) -> list[Any]:
        """Objects of one picture."""
        time.sleep(float(os.environ.get("RULE_SECONDS", "0")))
        if settings.get("fail"):
            raise RuntimeError("the rule was told to fail")
        height, width = image.shape[:2]
        least = settings.get("conf_thres", 0.0)
        boxes = {
            PERSON: [height // 4, width // 4, height * 3 // 4, width * 3 // 4],
            HORSE: [0, 0, height // 2, width // 2],
        }
        seen = {name: box for name, box in boxes.items() if SCORES[name] >= least}
        return RULES[self.task](height, width, seen)


class WithPage:
    """For releases of 2023, which understand a JSON request only in an app that has a page."""

    def get_ui(self) -> Any:
        from supervisely.app.widgets import Text

        return Text("A rule")


class InBatches:
    """For a model that is given several pictures at once."""

    def predict_batch(self, images_np: list[Any], settings: dict[str, Any]) -> list[list[Any]]:
        return [self.infer(image, settings) for image in images_np]  # type: ignore[attr-defined]


def boxes(height: int, width: int, seen: dict[str, list[int]]) -> list[Any]:
    return [found.PredictionBBox(name, box, SCORES[name]) for name, box in seen.items()]


def masks(height: int, width: int, seen: dict[str, list[int]]) -> list[Any]:
    return [found.PredictionMask(name, filled(height, width, box) > 0, SCORES[name]) for name, box in seen.items()]


def areas(height: int, width: int, seen: dict[str, list[int]]) -> list[Any]:
    area = np.zeros((height, width), np.uint8)
    for name, box in reversed(list(seen.items())):
        area[filled(height, width, box) > 0] = [BACKGROUND, PERSON, HORSE].index(name)
    return [found.PredictionSegmentation(area)]


def points(height: int, width: int, seen: dict[str, list[int]]) -> list[Any]:
    places = [[width * col // 4, height * row // 4] for row, col in NODES.values()]
    return [found.PredictionKeypoints(PERSON, list(NODES), places)] if PERSON in seen else []


RULES = {"detection": boxes, "instance_segmentation": masks, "semantic_segmentation": areas, "pose": points}


def filled(height: int, width: int, box: list[int]) -> Any:
    """Ones in a box of top, left, bottom, right, inclusive."""
    top, left, bottom, right = box
    area = np.zeros((height, width), np.uint8)
    area[top : bottom + 1, left : right + 1] = 1
    return area


def skeleton() -> Any:
    template = KeypointsTemplate()
    for label, (row, col) in NODES.items():
        template.add_point(label=label, row=row, col=col)
    template.add_edge(src="head", dst="left hand")
    template.add_edge(src="head", dst="right hand")
    return template


def make_model(task: str) -> Any:
    """Return a model of this task, loaded and with its routes."""
    batch = int(os.environ.get("RULE_BATCH", "0"))
    early = version("supervisely").startswith("6.69.")
    bases = ((WithPage,) if early else ()) + ((InBatches,) if batch else ()) + (Rule, BASES[task])
    # Pose models look where boxes say; with none by default they take the whole picture, as after a detector.
    special = {"keypoints_template": skeleton()} if task == "pose" else {}
    settings = {**SETTINGS, "detected_bboxes": []} if task == "pose" else SETTINGS
    model = type("Rule", bases, {"task": task})(custom_inference_settings=settings, **special)
    model.load_on_device("", "cpu")
    if batch:
        declare(model, batch)
    model.serve()
    return model


def declare(model: Any, batch: int) -> None:
    """Let the app tell what apps with a model zoo tell."""
    from supervisely.nn.utils import CheckpointInfo

    model.max_batch_size = batch
    names = {"checkpoint_name": "rule-1", "model_name": "Rule", "architecture": "Rules"}
    model.checkpoint_info = CheckpointInfo(**names, model_source="Pretrained models")
    model.pretrained_models = [
        {"model_name": "rule-1", "meta": {"model_name": "rule-1", "task_type": "object detection"}}
    ]


def main() -> None:
    """Serve on the port of the command line until SIGINT or SIGTERM."""
    port, task = int(sys.argv[1]), sys.argv[2]
    model = make_model(task)
    sly.logger.setLevel("WARNING")
    uvicorn.run(model.app.get_server(), host="127.0.0.1", port=port, log_level="warning")


if __name__ == "__main__":
    main()
