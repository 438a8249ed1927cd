"""A real serving app on the official SDK, started as `python serving_app.py PORT`.

Its model is a rule, so that what it must answer is known: one `person` in the middle of every picture, and a fainter
`horse` in its top left quarter; `conf_thres` filters as it does in real detectors.
"""

import sys
from typing import Any

import cv2
import supervisely as sly
import uvicorn
from supervisely.nn.inference import ObjectDetection
from supervisely.nn.prediction_dto import PredictionBBox

PERSON, HORSE = ("person", 0.9), ("horse", 0.4)


class Rule(ObjectDetection):  # type: ignore[misc]  # the SDK has no types
    """Two boxes at fixed places."""

    def load_on_device(self, model_dir: str, device: str = "cpu") -> None:
        """There are no weights."""

    def get_classes(self) -> list[str]:
        return [PERSON[0], HORSE[0]]

    def get_info(self) -> dict[str, Any]:
        return {**super().get_info(), "model_name": "rule"}

    def predict(self, image_path: str, settings: dict[str, Any]) -> list[Any]:
        height, width = cv2.imread(image_path).shape[:2]
        boxes = {
            PERSON: [height // 4, width // 4, height * 3 // 4, width * 3 // 4],
            HORSE: [0, 0, height // 2, width // 2],
        }
        least = settings.get("conf_thres", 0.0)
        return [PredictionBBox(name, box, score) for (name, score), box in boxes.items() if score >= least]


def main() -> None:
    """Serve on the port of the command line until SIGINT or SIGTERM."""
    settings = {"conf_thres": 0.25, "iou_thres": 0.45, "augment": False}
    model = Rule(custom_inference_settings=settings)
    model.load_on_device("", "cpu")
    model.serve()
    sly.logger.setLevel("WARNING")
    uvicorn.run(model.app.get_server(), host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")


if __name__ == "__main__":
    main()
