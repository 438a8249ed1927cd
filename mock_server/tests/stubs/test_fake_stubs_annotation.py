"""An annotation as JSON goes out to the letter."""

import base64
import io
import json
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from modeldouble_server.geometry import object_json
from modeldouble_server.scene import Answer, Detection, Graph, Mask, Polygon, Tag
from modeldouble_server.stubs import Stubs

Ask = Callable[..., Answer]
PNG = io.BytesIO()
Image.new("1", (5, 3), 1).save(PNG, "PNG")
DATA = base64.b64encode(zlib.compress(PNG.getvalue())).decode()


def rectangle(**more: Any) -> dict[str, Any]:
    return {
        "classTitle": "cat",
        "geometryType": "rectangle",
        "points": {"exterior": [[1, 2], [30, 40]], "interior": []},
        **more,
    }


def annotation(*objects: Any, **more: Any) -> dict[str, Any]:
    return {"description": "", "size": {"height": 48, "width": 64}, "tags": [], "objects": list(objects), **more}


def test_objects_go_out_to_the_letter(stubs: Stubs, ask: Ask) -> None:
    one = rectangle(description="asleep", labelerLogin="max", tags=[{"name": "confidence", "value": 0.4, "tagId": 7}])
    stubs.when().predict(annotation=annotation(one))
    assert [object_json(found) for found in ask().objects] == [one]


def test_what_settings_act_on_is_read_from_it(stubs: Stubs, ask: Ask) -> None:
    tags = [{"name": "confidence", "value": 0.4}, {"name": "age", "value": 3}, {"name": "asleep"}]
    stubs.when().predict(annotation=annotation(rectangle(tags=tags), tags=[{"name": "indoors", "value": "yes"}]))
    answer = ask()
    found = answer.objects[0]._replace(verbatim=None)
    assert found == Detection("cat", (1, 2, 30, 40), 0.4, tags=(Tag("age", 3), Tag("asleep")))
    assert answer.tags == (Tag("indoors", "yes"),)


@pytest.mark.parametrize(
    ("shape", "payload", "box"),
    [
        ("polygon", {"points": {"exterior": [[1, 9], [5, 2], [7, 8]], "interior": []}}, (1, 2, 7, 9)),
        ("line", {"points": {"exterior": [[5, 2], [1.5, 8.5]], "interior": []}}, (1, 2, 5, 9)),
        ("point", {"points": {"exterior": [[5, 2]], "interior": []}}, (5, 2, 5, 2)),
        ("bitmap", {"bitmap": {"origin": [10, 20], "data": DATA}}, (10, 20, 14, 22)),
        ("graph", {"nodes": {"nose": {"loc": [5, 2]}, "tail": {"loc": [1, 8]}}}, (1, 2, 5, 8)),
    ],
)
def test_the_box_of_every_shape(
    stubs: Stubs, ask: Ask, shape: str, payload: dict[str, Any], box: tuple[int, ...]
) -> None:
    stubs.when().predict(annotation=annotation({"classTitle": "cat", "geometryType": shape, **payload}))
    found = ask().objects[0]
    assert (found.box, found.confidence) == (box, None)


@pytest.mark.parametrize(
    "one",
    [
        Detection("cat", (1, 2, 9, 9), 0.5, tags=(Tag("age", 3),)),
        Detection("cat", (1, 2, 7, 9), None, geometry=Polygon(((1, 9), (5, 2), (7, 8)))),
        Detection("cat", (3, 4, 12, 5), 0.5, geometry=Mask((3, 4, 12, 5), bytes([255, 192, 128, 64]))),
        Detection("cat", (1, 2, 5, 8), None, geometry=Graph((("nose", (5, 2)), ("tail", (1, 8))))),
    ],
)
def test_what_the_fake_answers_is_read_with_the_same_box_and_confidence(stubs: Stubs, ask: Ask, one: Detection) -> None:
    stubs.when().predict(annotation=annotation(object_json(one)))
    found = ask().objects[0]
    assert (found.class_name, found.box, found.confidence, found.tags) == (one[0], one.box, one.confidence, one.tags)


def test_a_later_change_of_the_caller_s_mapping_changes_nothing(stubs: Stubs, ask: Ask) -> None:
    given = annotation(rectangle())
    stubs.when().predict(annotation=given)
    given["objects"][0]["points"]["exterior"][0][0] = 25
    assert object_json(ask().objects[0])["points"]["exterior"][0] == [1, 2]


def test_a_file_and_a_whole_prediction_are_annotations_too(stubs: Stubs, ask: Ask, tmp_path: Path) -> None:
    path = tmp_path / "street.jpg.json"
    path.write_text(json.dumps({"annotation": annotation(rectangle()), "data": {}}), encoding="utf-8")
    stubs.when().predict(annotation=path).then.predict(annotation=str(path))
    assert ask() == ask()
    assert ask().objects[0].class_name == "cat"


def huge() -> str:
    """A bitmap that would unpack to a gigabyte if it were unpacked whole."""
    packer = zlib.compressobj(9)
    packed = packer.compress(PNG.getvalue()) + b"".join(packer.compress(bytes(10_000_000)) for _ in range(100))
    return base64.b64encode(packed + packer.flush()).decode()


def test_a_bitmap_is_not_unpacked_whole(stubs: Stubs, ask: Ask) -> None:
    bitmap = {"classTitle": "cat", "geometryType": "bitmap", "bitmap": {"origin": [0, 0], "data": huge()}}
    stubs.when().predict(annotation=annotation(bitmap))
    assert ask().objects[0].box == (0, 0, 4, 2)


@pytest.mark.parametrize(
    ("given", "remedy"),
    [
        (5, "annotation is 5; give a mapping or the path"),
        ("no.json", "annotation 'no.json' cannot be read .*give the path of a JSON file"),
        ({"size": {}}, 'annotation has no "objects"; give an annotation as JSON'),
        ({"objects": {1}}, "annotation is not JSON .*to_json"),
        ({"objects": [], "x": float("nan")}, "annotation is not JSON"),
        ({"objects": [5]}, r"annotation.objects is \[5\]; give a list of objects"),
        (annotation(rectangle(classTitle=None)), r"annotation.objects\[0\].classTitle is None; give the name"),
        (annotation(rectangle(geometryType="cuboid")), r"objects\[0\].geometryType is 'cuboid'; give one of rectangle"),
        (annotation(rectangle(geometryType=[])), r"geometryType is \[\]; give one of rectangle, polygon"),
        (annotation(rectangle(points={})), r"objects\[0\] is no rectangle \(KeyError: 'exterior'\); give its points"),
        (annotation(rectangle(points={"exterior": [[1, 2]]})), r"is no rectangle \(ValueError: 1 points\)"),
        (annotation(rectangle(points={"exterior": [[1, "a"], [2, 3]]})), "is no rectangle .TypeError"),
        (annotation(rectangle(geometryType="bitmap", bitmap={"origin": [0, 0], "data": "?"})), "no bitmap .Error"),
        (
            annotation(rectangle(geometryType="bitmap", bitmap={"origin": [0, 0], "data": "eJwDAAAAAAE="})),
            "no bitmap",
        ),
        (
            annotation(rectangle(geometryType="graph", nodes={})),
            "no graph .ValueError.*give its nodes with",
        ),
        (annotation(rectangle(tags=[{"value": 1}])), r"objects\[0\].tags\[0\] is {'value': 1}; give a name"),
        (annotation(tags=[{"name": "a", "value": []}]), r"annotation.tags\[0\] is .*; give a name"),
        (annotation(tags=5), r"annotation.tags is 5; give a list of objects"),
    ],
)
def test_what_is_no_annotation_is_refused_at_once(stubs: Stubs, given: Any, remedy: str) -> None:
    with pytest.raises((TypeError, ValueError), match=remedy):
        stubs.when().predict(annotation=given)
