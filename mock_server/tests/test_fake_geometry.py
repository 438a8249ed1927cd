"""Objects of every geometry as annotations carry them, read back by Pillow."""

import base64
import io
import zlib

import pytest
from PIL import Image

from modeldouble_server.geometry import box_json, object_json, tag_json
from modeldouble_server.scene import Detection, Geometry, Graph, Mask, Polygon, Tag

TRIANGLE = Polygon(((2, 1), (9, 1), (2, 8)), (((3, 2), (4, 2), (3, 3)),))
# Eleven pixels wide: a row is two bytes, of which five bits are of no pixel.
STEPS = Mask((5, 7, 15, 9), bytes([0b10000000, 0, 0b11111111, 0b11100000, 0, 0b00100000]))
PEOPLE = Graph((("nose", (4, 3)), ("left eye", (5, 2))))


def test_a_box_has_its_inclusive_corners() -> None:
    assert box_json((1, 2, 3, 4)) == {"points": {"exterior": [[1, 2], [3, 4]], "interior": []}}


def test_a_tag_without_a_value_has_no_key_for_it() -> None:
    assert tag_json(Tag("checked")) == {"name": "checked"}
    assert tag_json(Tag("track", 0)) == {"name": "track", "value": 0}


def test_a_polygon_has_its_corners_and_its_holes() -> None:
    made = object_json(Detection("car", (2, 1, 9, 8), 0.5, geometry=TRIANGLE))
    assert made["points"] == {"exterior": [[2, 1], [9, 1], [2, 8]], "interior": [[[3, 2], [4, 2], [3, 3]]]}


def test_a_graph_has_its_nodes_by_name() -> None:
    made = object_json(Detection("person", (4, 2, 5, 3), None, geometry=PEOPLE))
    assert made["nodes"] == {"nose": {"loc": [4, 3]}, "left eye": {"loc": [5, 2]}}


def test_a_mask_is_a_picture_of_its_pixels_and_where_it_begins() -> None:
    bitmap = object_json(Detection("car", STEPS.box, 0.5, geometry=STEPS))["bitmap"]
    picture = Image.open(io.BytesIO(zlib.decompress(base64.b64decode(bitmap["data"]))))
    seen = {(x, y) for y in range(3) for x in range(11) if picture.convert("L").getpixel((x, y))}
    assert (bitmap["origin"], picture.size) == ([5, 7], (11, 3))
    assert seen == {(0, 0), *((x, 1) for x in range(11)), (10, 2)}


def test_a_mask_begins_as_those_of_real_apps() -> None:
    assert object_json(Detection("car", STEPS.box, 0.5, geometry=STEPS))["bitmap"]["data"].startswith("eJz")


@pytest.mark.parametrize(
    ("geometry", "shape"), [(None, "rectangle"), (TRIANGLE, "polygon"), (STEPS, "bitmap"), (PEOPLE, "graph")]
)
def test_an_object_names_its_shape_twice(geometry: Geometry | None, shape: str) -> None:
    made = object_json(Detection("car", (0, 0, 1, 1), 0.5, geometry=geometry))
    assert (made["shape"], made["geometryType"]) == (shape, shape)


def test_an_object_has_its_confidence_before_its_other_tags() -> None:
    made = object_json(Detection("car", (0, 0, 1, 1), 0.5, tags=(Tag("red"), Tag("wheels", 4))))
    assert made["tags"] == [{"name": "confidence", "value": 0.5}, {"name": "red"}, {"name": "wheels", "value": 4}]


def test_an_object_without_a_confidence_has_no_tag_for_it() -> None:
    assert object_json(Detection("car", (0, 0, 1, 1), None))["tags"] == []


def test_a_verbatim_object_goes_out_as_it_is_and_is_a_copy() -> None:
    given = {"classTitle": "bus", "anything": [1]}
    made = object_json(Detection("car", (0, 0, 1, 1), 0.5, verbatim=given))
    assert (made, made is given) == (given, False)
