"""The error model's own evaluator and rasters say what pycocotools says."""

from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from modeldouble_server.predict.ground_truth.average_precision import Guess, Scene, Truth, mean_average_precision
from modeldouble_server.predict.ground_truth.raster import iou, mask_of, raster
from modeldouble_server.scene import Box, Detection, Polygon

from .judge import evaluated, masks, runs

NAMES = ("cat", "dog")
BOXES = st.tuples(st.integers(0, 30), st.integers(0, 30), st.integers(1, 20), st.integers(1, 20)).map(
    lambda one: (one[0], one[1], one[0] + one[2], one[1] + one[3])
)
LABELS = st.lists(st.tuples(st.sampled_from(NAMES), BOXES, st.booleans()), max_size=5)
NEARBY = st.tuples(st.integers(-2, 2), st.integers(-2, 2), st.integers(-2, 2), st.integers(-2, 2))
FOUND = st.lists(st.tuples(st.integers(0, 4), NEARBY, st.sampled_from(NAMES)), max_size=8)
CORNERS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=3, max_size=8, unique=True)


def moved(box: Box, by: tuple[int, int, int, int]) -> Box:
    left, top = max(0, box[0] + by[0]), max(0, box[1] + by[1])
    return left, top, max(left, box[2] + by[2]), max(top, box[3] + by[3])


def corner(box: Box) -> list[int]:
    return [box[0], box[1], box[2] - box[0] + 1, box[3] - box[1] + 1]


def scenes_of(raw: Any) -> list[Scene]:
    made, count = [], 0
    for labels, found in raw:
        guesses = []
        for at, by, name in found:
            count += 1
            box = moved(labels[at % len(labels)][1], by) if labels else (0, 0, 9, 9)
            # Every confidence once, in no order: among equals the order of evaluation would decide.
            guesses.append(Guess(name, box, (count * 37 % 101) / 101))
        # Few crowds: they take detections out of the count.
        truths = [Truth(name, box, crowd and at == 0) for at, (name, box, crowd) in enumerate(labels)]
        made.append(Scene(truths, guesses))
    return made


def in_coco(scenes: list[Scene]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    annotations: list[dict[str, Any]] = []
    found: list[dict[str, Any]] = []
    for number, scene in enumerate(scenes, 1):
        for truth in scene.truths:
            box = corner(truth.shape)  # type: ignore[arg-type]
            head = {"id": len(annotations) + 1, "image_id": number, "category_id": NAMES.index(truth.class_name) + 1}
            annotations.append({**head, "bbox": box, "area": box[2] * box[3], "iscrowd": int(truth.crowd)})
        found += [{"image_id": number, "category_id": NAMES.index(one.class_name) + 1, "score": one.confidence,
                   "bbox": corner(one.shape)} for one in scene.guesses]  # type: ignore[arg-type]  # fmt: skip
    images = [{"id": at + 1, "width": 60, "height": 60} for at in range(len(scenes))]
    categories = [{"id": at, "name": name} for at, name in enumerate(NAMES, 1)]
    return {"images": images, "annotations": annotations, "categories": categories}, found


# Where pycocotools' own rounding shows: seven of ten are less than 70 % of them.
TEN = [("cat", (5 * at, 0, 5 * at + 1, 1), False) for at in range(10)]


@settings(deadline=None, max_examples=150)
@given(st.lists(st.tuples(LABELS, FOUND), min_size=1, max_size=4))
@example([(TEN, [(at, (0, 0, 0, 0), "cat") for at in range(7)] + [(0, (2, 2, 2, 2), "dog")])])
def test_the_map_is_that_of_pycocotools(raw: Any) -> None:
    scenes = scenes_of(raw)
    content, found = in_coco(scenes)
    if found and any(not one["iscrowd"] for one in content["annotations"]):
        judged = evaluated(content, found, "bbox", [1, 2]).stats[0]
        assert mean_average_precision(scenes) == pytest.approx(judged, abs=1e-9)


@settings(deadline=None)
@given(CORNERS)
def test_a_polygon_covers_about_the_pixels_that_it_does_for_pycocotools(corners: list[tuple[int, int]]) -> None:
    box = (min(x for x, _ in corners), min(y for _, y in corners), max(x for x, _ in corners),
           max(y for _, y in corners))  # fmt: skip
    made = raster(Polygon(tuple(corners)), box)
    [judged] = masks.frPyObjects([[float(value) for at in corners for value in at]], 41, 41)
    # The two differ in pixels that an edge runs through: at most about one for each step along it.
    along = sum(max(abs(x0 - x1), abs(y0 - y1)) for (x0, y0), (x1, y1) in
                zip(corners, (*corners[1:], corners[0]), strict=True))  # fmt: skip
    assert abs(made.area - int(masks.area(judged))) <= along


@settings(deadline=None)
@given(st.sets(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=1),
       st.sets(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=1))  # fmt: skip
def test_masks_overlap_as_they_do_for_pycocotools(one: set[tuple[int, int]], other: set[tuple[int, int]]) -> None:
    made, encoded = [], []
    for points in (one, other):
        mask = mask_of((0, 0, 12, 12), [sum(1 << (12 - x) for x, y in points if y == line) for line in range(13)])
        assert mask is not None
        made.append(raster(mask, mask.box))
        encoded.append(runs(Detection("a", mask.box, 0.5, geometry=mask), 13, 13))
    judged = masks.iou([encoded[0]], [encoded[1]], [0])
    assert iou(*made) == pytest.approx(float(np.asarray(judged)[0, 0]))
