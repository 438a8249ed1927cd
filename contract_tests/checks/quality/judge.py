"""Quality as pycocotools measures it: the third voice beside the error model and its own small evaluator."""

import contextlib
import hashlib
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from typing import Any, NamedTuple

import numpy as np

from modeldouble_server.predict.ground_truth import Profile, read_ground_truth
from modeldouble_server.scene import Detection, Mask, Polygon, Query, Subject

from .shapes import SET, dataset

# It has no types of its own, and those that others wrote for it are wrong in places.
masks: Any = import_module("pycocotools.mask")
coco: Any = import_module("pycocotools.coco")
cocoeval: Any = import_module("pycocotools.cocoeval")
BINS = 10
Entry = dict[str, Any]
Ask = Callable[[Query], Iterable[Detection]]


class Quality(NamedTuple):
    """What was measured. `map_masks` is over the classes that have masks or polygons."""

    map: float
    map_masks: float
    recall: float
    precision: float
    calibration_error: float
    """The mean distance of confidence and the part that is right, over ten bins, weighted by how many are in them."""


def measured(profile: Profile, seed: int) -> Quality:
    """Quality on the fixture set of a model that is to meet a profile."""
    _, model = read_ground_truth(SET, profile, seed)
    return judged(dataset(), answered(dataset(), lambda query: model.predict(query).objects), profile.threshold)


def judged(content: Mapping[str, Any], found: Sequence[Entry], threshold: float) -> Quality:
    """Quality of detections in COCO's format, by a COCO file's labels."""
    boxes = evaluated(content, found, "bbox", [one["id"] for one in content["categories"]])
    shaped = sorted({one["category_id"] for one in content["annotations"] if one["segmentation"]})
    shapes = evaluated(content, found, "segm", shaped)
    verdicts = list(at_half(boxes))
    sure = [right for confidence, right in verdicts if confidence >= threshold]
    labels = sum(not one["iscrowd"] for one in content["annotations"])
    recall, precision = sum(sure) / labels, sum(sure) / max(1, len(sure))
    return Quality(float(boxes.stats[0]), float(shapes.stats[0]), recall, precision, calibration_error(verdicts))


def answered(content: Mapping[str, Any], ask: Ask) -> list[Entry]:
    """Every picture of a COCO file is asked for by its content; the answers in COCO's format of results."""
    ids = {one["name"]: one["id"] for one in content["categories"]}
    found = []
    for image in content["images"]:
        digest = hashlib.sha256((SET / "images" / image["file_name"]).read_bytes()).hexdigest()
        subject = Subject(digest, image["width"], image["height"])
        for one in ask(Query(subject)):
            found.append({"image_id": image["id"], "category_id": ids[one.class_name], **entry(one, image)})
    return found


def entry(one: Detection, image: Mapping[str, Any]) -> Entry:
    """A detection in COCO's format: corner and size of its box, its pixels as run lengths."""
    left, top, right, bottom = one.box
    corner = [left, top, right - left + 1, bottom - top + 1]
    return {"bbox": corner, "score": one.confidence, "segmentation": runs(one, image["height"], image["width"])}


def evaluated(content: Mapping[str, Any], found: Sequence[Entry], kind: str, categories: Sequence[int]) -> Any:
    """pycocotools' evaluation of boxes ("bbox") or masks ("segm") of some categories; what it prints is dropped."""
    truth = coco.COCO()
    truth.dataset = json.loads(json.dumps({**content, "info": {}}))
    # loadRes takes the kind of results from what they have.
    kept = [{key: one[key] for key in one if kind == "segm" or key != "segmentation"} for one in found]
    kept = [{key: one[key] for key in one if kind == "bbox" or key != "bbox"} for one in kept]
    with contextlib.redirect_stdout(io.StringIO()):
        truth.createIndex()
        evaluation = cocoeval.COCOeval(truth, truth.loadRes(kept), kind)
        evaluation.params.catIds = list(categories)
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return evaluation


def at_half(evaluation: Any) -> Iterable[tuple[float, bool]]:
    """Confidence of each detection, and whether it is right at an IoU of 0.5; those over crowds are left out."""
    everything = evaluation.params.areaRng[0]
    for one in evaluation.evalImgs:
        if one is not None and one["aRng"] == everything:
            for score, match, ignored in zip(one["dtScores"], one["dtMatches"][0], one["dtIgnore"][0], strict=True):
                if not ignored:
                    yield score, bool(match)


def calibration_error(verdicts: Sequence[tuple[float, bool]]) -> float:
    """Expected calibration error over ten bins of equal width."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for one in verdicts:
        bins[min(BINS - 1, int(one[0] * BINS))].append(one)
    gaps = (abs(sum(confidence - right for confidence, right in some)) for some in bins)
    return sum(gaps) / max(1, len(verdicts))


def runs(one: Detection, height: int, width: int) -> Any:
    """The pixels of a detection as run lengths; one without geometry fills its box."""
    if isinstance(one.geometry, Mask):
        left, top, right, bottom = one.geometry.box
        bits = np.frombuffer(one.geometry.bits, dtype=np.uint8).reshape(bottom - top + 1, -1)
        pixels = np.zeros((height, width), dtype=np.uint8, order="F")
        pixels[top : bottom + 1, left : right + 1] = np.unpackbits(bits, axis=1)[:, : right - left + 1]
        return masks.encode(pixels)
    left, top, right, bottom = one.box
    corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
    ring = list(one.geometry.exterior) if isinstance(one.geometry, Polygon) else corners
    return masks.merge(masks.frPyObjects([[float(value) for at in ring for value in at]], height, width))
