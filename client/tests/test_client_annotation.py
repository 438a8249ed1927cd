"""Annotations: those that real apps sent, and those made by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from modeldouble import (
    Annotation,
    BadArgument,
    Bitmap,
    Graph,
    Label,
    ObjClass,
    Point,
    Prediction,
    ProjectMeta,
    Rectangle,
    Tag,
    TagMeta,
    UnknownClass,
)

REPO = next(folder for folder in Path(__file__).resolve().parents if (folder / "fixtures").is_dir())
RECORDINGS = sorted((REPO / "fixtures" / "recordings").glob("*/annotation_*.json"))
SHAPES = {
    "detection": Rectangle,
    "instance_segmentation": Bitmap,
    "semantic_segmentation": Bitmap,
    "pose": Graph,
}
CAR, CONFIDENCE = ObjClass("car", "rectangle", "#FF0000"), TagMeta("confidence", "any_number")


def read(path: Path) -> dict[str, Any]:
    recorded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return recorded


def recording(task: str) -> tuple[Annotation, dict[str, Any]]:
    recorded = next(read(path) for path in RECORDINGS if path.stem == f"annotation_{task}")
    meta = ProjectMeta.from_json(recorded["meta"])
    return Annotation.from_json(recorded["prediction"]["annotation"], meta), recorded


def test_every_task_was_recorded_and_says_when_and_by_what() -> None:
    assert {read(path)["task"] for path in RECORDINGS} == set(SHAPES)
    assert all(read(path)["sdk"] == path.parent.name and read(path)["recorded"] >= "2026" for path in RECORDINGS)
    scripts = {read(path)["by"] for path in RECORDINGS}
    assert all((REPO / "fixtures" / "recordings" / script).is_file() for script in scripts)


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
def test_what_a_real_app_sent_comes_back_byte_for_byte(path: Path) -> None:
    recorded = read(path)
    meta, data = ProjectMeta.from_json(recorded["meta"]), recorded["prediction"]["annotation"]
    annotation = Annotation.from_json(data, meta)
    assert json.dumps(annotation.to_json()) == json.dumps(data)
    assert json.dumps(meta.to_json()) == json.dumps(recorded["meta"])
    for label, item in zip(annotation.labels, data["objects"], strict=True):
        assert json.dumps(label.to_json()) == json.dumps(item)
        assert label.geometry.to_json().items() <= item.items()
    assert Prediction(recorded["prediction"]).to_json() == data


@pytest.mark.parametrize("task", SHAPES)
def test_the_labels_of_a_real_app_have_their_shapes(task: str) -> None:
    annotation, _ = recording(task)
    assert annotation.img_size == (512, 512)
    assert annotation.labels
    assert {type(label.geometry) for label in annotation.labels} == {SHAPES[task]}
    assert all(annotation.project_meta.obj_classes.has_key(label.obj_class.name) for label in annotation.labels)  # type: ignore[union-attr]


def test_a_recorded_mask_is_the_ring_that_the_rule_made() -> None:
    annotation, _ = recording("instance_segmentation")
    ring = annotation.labels[0].geometry
    assert isinstance(ring, Bitmap)
    rows, cols = np.ogrid[:512, :512]
    distance = (rows - 180) ** 2 + (cols - 222) ** 2
    expected = (distance <= 90**2) & (distance > 40**2)
    assert np.array_equal(ring.data, expected[90:271, 132:313])
    assert ring.to_bbox() == Rectangle(90, 132, 270, 312)
    # What this client encodes is as good as what the app sent.
    assert np.array_equal(Bitmap.from_json(Bitmap(ring.data).to_json()).data, ring.data)


def test_recorded_areas_fill_the_picture() -> None:
    annotation, _ = recording("semantic_segmentation")
    assert [label.obj_class.name for label in annotation.labels] == ["sky", "person", "helmet"]
    areas = [label.geometry.area for label in annotation.labels if isinstance(label.geometry, Bitmap)]
    assert sum(areas) == 512 * 512
    assert [label.confidence for label in annotation.labels] == [None, None, None]


def test_a_recorded_pose_has_nodes_and_the_class_joins_them() -> None:
    annotation, _ = recording("pose")
    label = annotation.labels[0]
    assert isinstance(label.geometry, Graph)
    assert label.geometry.nodes["nose"].location == Point(row=150, col=226)
    assert label.obj_class.keypoints == ["nose", "left eye", "right eye", "left ear"]
    assert label.obj_class.edges[0] == ("nose", "left eye")
    assert (CAR.edges, CAR.keypoints) == ([], [])


def test_confidence_is_the_value_of_its_tag() -> None:
    annotation, _ = recording("detection")
    assert [label.confidence for label in annotation.labels] == [0.931640625, 0.5]
    assert Label(Rectangle(0, 0, 1, 1), CAR, [Tag(TagMeta("score"), 0.25)]).confidence == 0.25
    assert Label(Rectangle(0, 0, 1, 1), CAR, [Tag(CONFIDENCE, "high")]).confidence is None


def test_an_annotation_made_by_hand_reads_as_it_was_made() -> None:
    label = Label(Rectangle(1, 2, 3, 4), CAR, [Tag(CONFIDENCE, 0.5)], "mine")
    made = Annotation((48, 64), [label], [Tag(TagMeta("checked"))], "a picture")
    data = made.to_json()
    assert list(data) == ["description", "size", "tags", "objects", "customBigData"]
    assert (data["size"], data["tags"], data["description"]) == (
        {"height": 48, "width": 64},
        [{"name": "checked"}],
        "a picture",
    )
    assert data["objects"][0]["tags"] == [{"name": "confidence", "value": 0.5}]
    again = Annotation.from_json(data, ProjectMeta([CAR], [CONFIDENCE]))
    assert again.to_json() == data
    assert (again.labels[0].geometry, again.labels[0].description) == (Rectangle(1, 2, 3, 4), "mine")
    assert (again.img_tags[0].name, again.img_tags[0].value, again.img_tags[0].meta) == ("checked", None, None)


def test_a_class_with_an_id_of_the_platform_sends_it() -> None:
    known = ObjClass.from_json({"title": "car", "shape": "rectangle", "id": 7})
    assert Label(Rectangle(0, 0, 1, 1), known).to_json()["classId"] == 7
    assert "classId" not in Label(Rectangle(0, 0, 1, 1), CAR).to_json()


def test_labels_can_be_changed_and_all_else_stays() -> None:
    annotation, recorded = recording("detection")
    fewer = annotation.clone(labels=annotation.labels[:1], img_tags=[Tag(TagMeta("seen"))])
    data = recorded["prediction"]["annotation"]
    assert fewer.to_json() == {**data, "objects": data["objects"][:1], "tags": [{"name": "seen"}]}
    assert (len(annotation.labels), annotation.to_json()) == (2, data)
    annotation.labels.pop()
    assert annotation.to_json()["objects"] == data["objects"][:1]


def test_a_bare_annotation_stays_bare() -> None:
    bare = {"size": {"width": 2, "height": 1}, "imageId": 5}
    read_back = Annotation.from_json(bare)
    assert read_back.to_json() == read_back.clone().to_json() == bare
    assert Annotation.from_json({**bare, "tags": None}).to_json() == {**bare, "tags": None}
    read_back.labels.append(Label(Rectangle(0, 0, 0, 0), CAR))
    assert [item["classTitle"] for item in read_back.to_json()["objects"]] == ["car"]


def test_what_comes_out_is_a_copy() -> None:
    annotation, recorded = recording("pose")
    for data in (annotation.to_json(), annotation.labels[0].to_json()):
        data.get("objects", [data])[0]["nodes"].clear()
    assert annotation.to_json() == recorded["prediction"]["annotation"]


def test_without_a_meta_classes_come_from_the_objects_with_a_lasting_colour() -> None:
    _, recorded = recording("detection")
    one, two = (Annotation.from_json(recorded["prediction"]["annotation"]) for _ in range(2))
    assert one.labels[0].obj_class == two.labels[0].obj_class
    assert one.labels[0].obj_class.color != one.labels[1].obj_class.color
    assert (one.labels[0].obj_class.shape, one.project_meta) == ("rectangle", None)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"size": {"height": 1.5, "width": 2}}, "size"),
        ({"size": {"height": -1, "width": 2}}, "size"),
        ({"size": {"height": True, "width": 2}}, "size"),
        ({"objects": {}}, "objects"),
        ({"objects": [5]}, "objects"),
        ({"tags": {}}, "tags"),
        ({"tags": [5]}, "tag"),
        ({"objects": [{"classTitle": "a", "tags": 5}]}, "tags"),
    ],
)
def test_a_broken_annotation_is_refused_by_the_name_of_the_field(change: dict[str, Any], field: str) -> None:
    with pytest.raises(BadArgument) as caught:
        Annotation.from_json({"size": {"height": 1, "width": 2}, **change})
    assert caught.value.field == field


def test_a_class_that_the_meta_lacks_is_named() -> None:
    _, recorded = recording("detection")
    with pytest.raises(UnknownClass, match="person"):
        Annotation.from_json(recorded["prediction"]["annotation"], ProjectMeta())


def test_things_show_what_they_are() -> None:
    annotation, _ = recording("detection")
    assert repr(annotation) == "Annotation(512x512, 2 labels)"
    assert repr(annotation.labels[1].tags[0]) == "Tag('confidence', 0.5)"
    assert repr(annotation.labels[1]).startswith("Label('helmet', Rectangle(top=290")
