"""COCO results, YOLO lines, and arrays: the same objects, measured from edge to edge."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.typing import NDArray

import modeldouble
from modeldouble import (
    Annotation,
    BadArgument,
    Bitmap,
    Graph,
    Label,
    Node,
    ObjClass,
    Point,
    Polygon,
    Polyline,
    Prediction,
    ProjectMeta,
    Rectangle,
    Shape,
    Tag,
    TagMeta,
    UnknownClass,
)
from modeldouble.geometry import Geometry
from modeldouble.geometry.raster import mask_of
from modeldouble.rle import rle_of

CAT, DOG = ObjClass("cat"), ObjClass("dog")
META = ProjectMeta([DOG, CAT])
SQUARE = tuple(Point(y, x) for x, y in ((2, 1), (8, 1), (8, 7), (2, 7)))
HOLE = tuple(Point(y, x) for x, y in ((4, 3), (6, 3), (6, 5), (4, 5)))


def of(*things: Any, score: float | None = 0.5, cls: ObjClass = CAT) -> Annotation:
    tags = [] if score is None else [Tag(TagMeta("confidence", "any_number"), score)]
    return Annotation((10, 20), [Label(thing, cls, tags) for thing in things])


def test_the_width_of_a_coco_box_counts_both_borders() -> None:
    (result,) = of(Rectangle(top=2, left=3, bottom=4, right=7)).to_coco(17, META)
    assert result == {"image_id": 17, "category_id": 2, "bbox": [3, 2, 5, 3], "score": 0.5}
    assert of(Rectangle(2, 3, 2, 3)).to_coco(17, META)[0]["bbox"] == [3, 2, 1, 1]
    assert json.loads(json.dumps(result)) == result


def test_categories_are_counted_from_one_in_the_order_of_the_meta_or_given() -> None:
    one = of(Rectangle(0, 0, 1, 1))
    choices: list[Any] = [META, ["dog", "cat"], ("cat",), {"cat": 17}]
    assert [one.to_coco(1, choice)[0]["category_id"] for choice in choices] == [2, 2, 1, 17]
    read = Annotation.from_json(one.to_json(), META)
    assert read.to_coco(1)[0]["category_id"] == 2
    assert Prediction({"annotation": one.to_json()}, lambda again: META).to_coco(1)[0]["category_id"] == 2


@pytest.mark.parametrize("classes", [None, "cat", b"cat"])
def test_numbers_are_never_guessed(classes: Any) -> None:
    one = of()
    for convert in (lambda: one.to_coco(1, classes), lambda: one.to_yolo(classes), lambda: one.to_detections(classes)):
        with pytest.raises(BadArgument, match="classes is not known"):
            convert()


def test_a_class_without_a_number_is_named() -> None:
    with pytest.raises(UnknownClass, match=r"'cat'.*known are dog"):
        of(Rectangle(0, 0, 1, 1)).to_yolo(["dog"])


def test_without_a_confidence_a_result_is_certain() -> None:
    assert of(Rectangle(0, 0, 1, 1), score=None).to_coco(1, META)[0]["score"] == 1.0
    assert of(Rectangle(0, 0, 1, 1), score=0.0).to_coco(1, META)[0]["score"] == 0.0


MASKS = arrays(np.bool_, array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=40))


def unpacked(rle: dict[str, Any]) -> NDArray[np.bool_]:
    """COCO's text back to a mask, read as its specification says."""
    runs: list[int] = []
    value, shift = 0, 0
    for letter in rle["counts"]:
        bits = ord(letter) - 48
        value, shift = value | (bits & 0x1F) << shift, shift + 5
        if not bits & 0x20:
            value -= (1 << shift) if bits & 0x10 else 0
            runs.append(value + (runs[-2] if len(runs) > 2 else 0))
            value, shift = 0, 0
    flat = np.repeat(np.arange(len(runs)) % 2 == 1, runs)
    return flat.reshape(rle["size"], order="F")


@given(MASKS)
@settings(deadline=None)
def test_run_lengths_hold_the_mask(mask: NDArray[np.bool_]) -> None:
    assert np.array_equal(unpacked(rle_of(mask)), mask)


@given(MASKS)
@settings(deadline=None)
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_cocos_own_code_reads_and_writes_the_same_text(mask: NDArray[np.bool_]) -> None:
    coco = pytest.importorskip("pycocotools.mask")
    rle = rle_of(mask)
    assert np.array_equal(coco.decode(rle).astype(bool), mask)
    assert coco.encode(np.asfortranarray(mask.astype(np.uint8)))["counts"].decode() == rle["counts"]


def test_a_text_of_coco_is_known_by_heart() -> None:
    assert rle_of(np.array([[False, True], [False, True]])) == {"size": [2, 2], "counts": "22"}
    assert rle_of(np.array([[True, False], [True, False]])) == {"size": [2, 2], "counts": "022"}
    assert rle_of(np.zeros((40, 40), dtype=bool)) == {"size": [40, 40], "counts": "Pb1"}


def test_masks_and_polygons_become_run_lengths_of_the_whole_image() -> None:
    polygon = Polygon(SQUARE, (HOLE,))
    for thing in (polygon, Bitmap(np.eye(4, dtype=bool), Point(3, 5))):
        (result,) = of(thing).to_coco(1, META)
        assert result["segmentation"]["size"] == [10, 20]
        assert np.array_equal(unpacked(result["segmentation"]), mask_of(thing, (10, 20)))
    assert of(polygon).to_coco(1, META)[0]["bbox"] == [2, 1, 7, 7]


def test_polygons_stay_polygons_when_asked_and_when_they_can() -> None:
    plain, holed = of(Polygon(SQUARE), Polygon(SQUARE, (HOLE,))).to_coco(1, META, segmentation="polygon")
    assert plain["segmentation"] == [[2.5, 1.5, 8.5, 1.5, 8.5, 7.5, 2.5, 7.5]]
    assert np.array_equal(unpacked(holed["segmentation"]), mask_of(Polygon(SQUARE, (HOLE,)), (10, 20)))
    with pytest.raises(BadArgument, match="segmentation"):
        of().to_coco(1, META, segmentation="points")


def test_keypoints_come_in_the_order_of_the_template_with_what_is_missing_as_zeros() -> None:
    template = {"nodes": {"tail": {}, "nose": {}, "ear": {}}, "edges": []}
    graph = Graph({"nose": Node(Point(2, 3)), "ear": Node(Point(5, 6), disabled=True)})
    (result,) = of(graph, cls=ObjClass("cat", "graph", None, template)).to_coco(1, META)
    assert (result["keypoints"], result["num_keypoints"]) == ([0, 0, 0, 3, 2, 2, 0, 0, 0], 1)
    assert result["bbox"] == [3, 2, 4, 4]
    assert of(graph).to_coco(1, META)[0]["keypoints"] == [3, 2, 2, 0, 0, 0]


def test_a_yolo_line_has_the_centre_and_the_size_as_parts_of_the_image() -> None:
    assert of(Rectangle(0, 0, 9, 19)).to_yolo(META) == ["1 0.500000 0.500000 1.000000 1.000000"]
    assert of(Rectangle(top=2, left=4, bottom=5, right=7)).to_yolo(["cat"]) == [
        "0 0.300000 0.400000 0.200000 0.400000",
    ]


def test_a_yolo_line_can_carry_the_confidence() -> None:
    assert of(Rectangle(0, 0, 9, 19)).to_yolo(META, confidence=True)[0].split()[5] == "0.500000"
    assert of(Rectangle(0, 0, 9, 19), score=None).to_yolo(META, confidence=True)[0].split()[5] == "1.000000"


def test_yolo_boxes_are_cut_at_the_borders() -> None:
    assert of(Rectangle(-5, -5, 4, 9)).to_yolo(META) == ["1 0.250000 0.250000 0.500000 0.500000"]
    assert of(Rectangle(0, 30, 5, 40), Rectangle(-9, 0, -1, 5)).to_yolo(META) == []


@given(st.integers(0, 9), st.integers(0, 19), st.integers(0, 9), st.integers(0, 19))
@settings(deadline=None)
def test_a_yolo_line_holds_the_box(row: int, col: int, other_row: int, other_col: int) -> None:
    box = Rectangle(min(row, other_row), min(col, other_col), max(row, other_row), max(col, other_col))
    _, *numbers = of(box).to_yolo(META)[0].split()
    x, y, width, height = (float(number) for number in numbers)
    edges = [(x - width / 2) * 20, (y - height / 2) * 10, (x + width / 2) * 20, (y + height / 2) * 10]
    assert edges == pytest.approx([box.left, box.top, box.right + 1, box.bottom + 1], abs=1e-4)


def test_detections_are_arrays_from_edge_to_edge() -> None:
    arrays = of(Rectangle(2, 3, 4, 7), Rectangle(0, 0, 0, 0)).to_detections(META)
    assert arrays.xyxy.dtype == np.float32
    assert arrays.xyxy.tolist() == [[3, 2, 8, 5], [0, 0, 1, 1]]
    assert arrays.confidence is not None
    assert arrays.confidence.dtype == np.float32
    assert arrays.confidence.tolist() == [0.5, 0.5]
    assert (arrays.class_id.tolist(), arrays.data["class_name"].tolist()) == ([1, 1], ["cat", "cat"])
    assert arrays.mask is None
    assert set(arrays._asdict()) == {"xyxy", "mask", "confidence", "class_id", "data"}


def test_detections_have_masks_when_an_object_has_one() -> None:
    things: list[Geometry] = [Rectangle(2, 3, 4, 7), Bitmap(np.eye(4, dtype=bool)), Polygon(SQUARE, (HOLE,))]
    arrays = of(*things, score=None).to_detections(META)
    assert arrays.mask is not None
    assert arrays.mask.dtype == np.bool_
    assert arrays.mask.shape == (3, 10, 20)
    assert all(np.array_equal(one, mask_of(thing, (10, 20))) for one, thing in zip(arrays.mask, things, strict=True))
    assert arrays.confidence is None


def test_of_nothing_the_arrays_are_empty_and_shaped() -> None:
    arrays = of().to_detections(META)
    assert (arrays.xyxy.shape, arrays.class_id.shape, arrays.confidence) == ((0, 4), (0,), None)
    assert (of().to_coco(1, META), of().to_yolo(META)) == ([], [])


def test_one_without_a_confidence_among_others_counts_as_certain() -> None:
    mixed = Annotation((10, 20), [*of(Rectangle(0, 0, 1, 1)).labels, *of(Rectangle(0, 0, 1, 1), score=None).labels])
    confidence = mixed.to_detections(META).confidence
    assert confidence is not None
    assert confidence.tolist() == [0.5, 1.0]


def test_masks_that_would_fill_the_memory_are_refused() -> None:
    large = Annotation((8000, 8000), of(*[Polygon(SQUARE)] * 40).labels)
    with pytest.raises(BadArgument, match=r"40.*pixels of masks"):
        large.to_detections(META)


def test_lines_and_points_become_boxes_and_unknown_shapes_are_left_out() -> None:
    mixed = of(Polyline(SQUARE), Point(3, 4), Shape("cuboid", {"geometryType": "cuboid"}))
    assert [result["bbox"] for result in mixed.to_coco(1, META)] == [[2, 1, 7, 7], [4, 3, 1, 1]]
    assert mixed.to_detections(META).xyxy.tolist() == [[2, 1, 9, 8], [4, 3, 5, 4]]
    assert len(mixed.to_yolo(META)) == 2


def test_none_of_the_other_programs_is_imported() -> None:
    package = Path(modeldouble.__file__).parent
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in package.rglob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    assert not {name.partition(".")[0] for name in names} & {"supervision", "pycocotools", "ultralytics", "supervisely"}
