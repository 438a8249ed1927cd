"""Every form of an object as it is drawn: of a predictor, of a stub to the letter, of a recorded prediction."""

from __future__ import annotations

import base64
import io
import json
import struct
import zlib
from typing import Any

import pytest
from PIL import Image

from modeldouble_server.administration.drawn import Unpacking, drawn
from modeldouble_server.geometry import SIGNATURE, chunk, object_json
from modeldouble_server.meta import ClassSpec, Meta, Node, Skeleton
from modeldouble_server.scene import Answer, Detection, Graph, Mask, Polygon, Tag
from modeldouble_server.stubs.annotation import read_annotation

SKELETON = Skeleton(
    (Node("nose", 0.5, 0), Node("tail", 0.5, 1), Node("ear", 0, 0)), (("nose", "tail"), ("nose", "ear"))
)
META = Meta((ClassSpec("cat", "#112233"), ClassSpec("dog", "#445566", "graph", SKELETON)))
SIZE = (40, 30)
MASK = Mask((3, 4, 12, 6), bytes([0b10000000, 0b01000000, 0b11111111, 0b11000000, 0b00000000, 0b01000000]))
HOLED = Polygon(((1, 1), (20, 1), (20, 20)), (((4, 4), (6, 4), (6, 6)),))
POSE = Graph((("nose", (5, 6)), ("tail", (7, 8))))
ALL = (
    Detection("cat", (1, 2, 3, 4), 0.5, track=3, tags=(Tag("wet"), Tag("age", 2.0))),
    Detection("cat", (1, 1, 20, 20), 0.5, geometry=HOLED), Detection("cat", MASK.box, 0.5, geometry=MASK),
    Detection("dog", (5, 6, 7, 8), None, geometry=POSE),
)  # fmt: skip


def shown(answer: Answer, most: int = 10_000) -> list[dict[str, Any]]:
    """The objects as they are drawn."""
    objects: list[dict[str, Any]] = drawn(answer, META, SIZE, None, Unpacking(most))["objects"]
    return objects


def one(verbatim: dict[str, Any]) -> dict[str, Any]:
    """An object of a recorded prediction."""
    [found] = shown(Answer(prediction={"annotation": {"objects": [verbatim]}}))
    return found


def alpha(mask: dict[str, Any]) -> list[list[int]]:
    """Rows of a mask: 1 where it is."""
    image = Image.open(io.BytesIO(base64.b64decode(mask["png"]))).convert("RGBA")
    assert image.size == (mask["width"], mask["height"])
    opaque = image.getchannel("A")
    return [[int(opaque.getpixel((x, y)) == 255) for x in range(image.width)] for y in range(image.height)]


def test_a_box_has_its_track_colour_and_tags() -> None:
    assert shown(Answer(ALL[:1])) == [{
        "class": "cat", "color": "#112233", "confidence": 0.5, "track": 3, "shape": "rectangle", "box": [1, 2, 3, 4],
        "tags": [{"name": "wet", "value": None}, {"name": "age", "value": 2.0}],
    }]  # fmt: skip


def test_a_polygon_has_its_holes() -> None:
    [found] = shown(Answer(ALL[1:2]))
    assert found["shape"] == "polygon"
    assert found["polygon"] == {
        "exterior": [[1, 1], [20, 1], [20, 20]], "interior": [[[4, 4], [6, 4], [6, 6]]],
    }  # fmt: skip


def test_a_mask_is_a_picture_that_is_clear_where_nothing_is() -> None:
    [found] = shown(Answer(ALL[2:3]))
    assert (found["shape"], found["box"]) == ("bitmap", [3, 4, 12, 6])
    assert {name: found["mask"][name] for name in ("left", "top", "width", "height")} == {
        "left": 3, "top": 4, "width": 10, "height": 3,
    }  # fmt: skip
    rows = [[1, *[0] * 8, 1], [1] * 10, [*[0] * 9, 1]]
    assert alpha(found["mask"]) == rows


def test_a_pose_has_its_points_and_the_lines_between_those_that_are_there() -> None:
    [found] = shown(Answer(ALL[3:]))
    assert found["keypoints"] == [{"name": "nose", "x": 5, "y": 6}, {"name": "tail", "x": 7, "y": 8}]
    assert (found["edges"], found["confidence"]) == ([["nose", "tail"]], None)


def test_what_goes_out_to_the_letter_and_what_was_recorded_are_drawn_as_the_same() -> None:
    objects = [object_json(one) for one in ALL]
    own = [{**one, "track": None} for one in shown(Answer(ALL))]
    masks = [one.pop("mask") for one in own if "mask" in one]
    for answer in (read_annotation({"objects": objects}), Answer(prediction={"annotation": {"objects": objects}})):
        found = shown(answer)
        assert [alpha(one.pop("mask")) for one in found if "mask" in one] == [alpha(one) for one in masks]
        assert found == own


@pytest.mark.parametrize("mode", ["1", "L", "LA", "RGBA", "P", "I;16"])
def test_a_bitmap_is_read_in_whatever_form_an_app_wrote_it(mode: str) -> None:
    plain = Image.new("L", (10, 2), 0)
    # What is not zero is the object, however dark.
    plain.putpixel((3, 1), 7 if mode in ("L", "LA", "RGBA") else 255)
    picture = {
        "1": lambda: plain.convert("1"), "L": lambda: plain, "P": lambda: plain.convert("RGB").convert("P"),
        "I;16": lambda: plain.convert("I").convert("I;16"), "LA": lambda: Image.merge("LA", (plain, plain)),
        "RGBA": lambda: Image.merge("RGBA", (plain, plain, plain, plain)),
    }[mode]()  # fmt: skip
    (file := io.BytesIO()).seek(0)
    picture.save(file, "PNG")
    data = base64.b64encode(zlib.compress(file.getvalue())).decode()
    found = one({"classTitle": "cat", "geometryType": "bitmap", "bitmap": {"origin": [2, 5], "data": data}})
    assert alpha(found["mask"]) == [[0] * 10, [*[0] * 3, 1, *[0] * 6]]
    assert (found["box"], found["mask"]["left"], found["mask"]["top"]) == ([2, 5, 11, 6], 2, 5)


def test_a_large_mask_is_left_out() -> None:
    big = read_annotation({"objects": [object_json(ALL[2])]})
    assert "mask" in shown(big, 30)[0]
    assert "mask" not in shown(big, 29)[0]


@pytest.mark.parametrize(("shape", "points"), [("line", [[1, 2], [3, 9]]), ("point", [[4, 5]])])
def test_lines_and_points_are_polygons_without_an_inside(shape: str, points: list[list[int]]) -> None:
    found = one({"classTitle": "cat", "geometryType": shape, "points": {"exterior": points, "interior": []}})
    assert (found["shape"], found["polygon"]) == (shape, {"exterior": points, "interior": []})


@pytest.mark.parametrize("broken", [
    {}, {"geometryType": "cuboid_3d", "vertices": []}, {"geometryType": "rectangle"}, {"geometryType": "polygon",
    "points": 7}, {"geometryType": "bitmap", "bitmap": {"origin": [0, 0], "data": "!"}}, {"geometryType": "graph",
    "nodes": []}, {"geometryType": "polygon", "points": {"exterior": [["a", 1], [2, 2], [3, 3]]}},
    {"geometryType": "bitmap", "bitmap": []}, {"geometryType": "rectangle", "tags": 7}, {"classTitle": 7},
    {"geometryType": "bitmap", "bitmap": {"origin": [0, 0], "data": base64.b64encode(zlib.compress(b"x")).decode()}},
])  # fmt: skip
def test_what_cannot_be_drawn_is_the_whole_picture(broken: dict[str, Any]) -> None:
    found = one({"classTitle": "cat", "tags": [{"name": "confidence", "value": 0.25}], **broken})
    assert found["box"] == [0, 0, 39, 29]
    assert found["confidence"] == (None if "tags" in broken else 0.25)
    assert not found.keys() & {"mask", "polygon", "keypoints"}


@pytest.mark.parametrize("prediction", [{}, {"annotation": None}, {"annotation": {"objects": 7, "tags": {}}}])
def test_a_prediction_without_an_annotation_shows_nothing(prediction: dict[str, Any]) -> None:
    found = drawn(Answer(prediction=prediction), META, SIZE, 4, Unpacking(1000))
    assert found == {"frame": 4, "objects": [], "tags": []}


def test_tags_of_the_picture_are_told() -> None:
    tags = [{"name": "cat", "value": 0.5}, {"name": "wet", "value": None}]
    assert drawn(Answer(tags=(Tag("cat", 0.5), Tag("wet"))), META, SIZE, None, Unpacking(9))["tags"] == tags
    recorded = {"annotation": {"tags": [{"name": "cat", "value": 0.5, "id": 1}, {"name": "wet"}, {"value": 1}]}}
    assert drawn(Answer(prediction=recorded), META, SIZE, None, Unpacking(9))["tags"] == tags


def test_a_class_that_is_unknown_is_grey() -> None:
    assert shown(Answer((Detection("newt", (0, 0, 1, 1), 0.5),)))[0]["color"] == "#808080"


def packed(*chunks: tuple[str, bytes]) -> dict[str, Any]:
    """An object whose mask has these chunks."""
    content = SIGNATURE + b"".join(chunk(*one) for one in chunks)
    data = base64.b64encode(zlib.compress(content)).decode()
    return {"classTitle": "cat", "geometryType": "bitmap", "bitmap": {"origin": [0, 0], "data": data}}


def head(width: int, height: int) -> tuple[str, bytes]:
    """The first chunk of a PNG of one bit per pixel."""
    return "IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)


@pytest.mark.parametrize("size", [(400, 400), (9000, 9000), (30_000, 30_000)])
@pytest.mark.parametrize("lie", [("tEXt", struct.pack(">II", 1, 1) + b"abcde"), head(1, 1)])
def test_the_size_that_counts_is_the_one_that_is_unpacked(size: tuple[int, int], lie: tuple[str, bytes]) -> None:
    rows = zlib.compress(bytes(((size[0] + 7) // 8 + 1) * min(size[1], 400)))
    found = one(packed(lie, head(*size), ("IDAT", rows), ("IEND", b"")))
    assert "mask" not in found
    assert "mask" in one(packed(head(40, 30), ("IDAT", zlib.compress(bytes(6 * 30))), ("IEND", b"")))


def test_masks_are_bounded_together_too() -> None:
    unpacking = Unpacking(30)
    many = read_annotation({"objects": [object_json(ALL[2])] * 6})
    frames = [drawn(many, META, SIZE, at, unpacking)["objects"] for at in range(2)]
    assert ["mask" in found for frame in frames for found in frame] == [True] * 4 + [False] * 8
    assert {tuple(found["box"]) for frame in frames for found in frame} == {MASK.box}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_numbers_that_json_lacks_are_none_or_words(value: float) -> None:
    tags = [{"name": "confidence", "value": value}, {"name": "age", "value": value}]
    line = {"classTitle": "cat", "geometryType": "line", "points": {"exterior": [[value, 1], [2, 2]], "interior": []}}
    annotation = {"objects": [{**line, "tags": tags}], "tags": tags[1:]}
    found = drawn(Answer(prediction={"annotation": annotation}), META, SIZE, None, Unpacking(9))
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    [told] = found["objects"]
    assert (told["confidence"], told["tags"]) == (None, [{"name": "age", "value": str(value)}])
    assert shown(Answer((Detection("cat", (0, 0, 1, 1), value),)))[0]["confidence"] is None
