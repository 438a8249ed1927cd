"""Shapes on the wire and back; masks that survive their codec; what a shape covers."""

from __future__ import annotations

import base64
import io
import json
import zlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.typing import NDArray
from PIL import Image

from modeldouble import BadArgument, Bitmap, Graph, Node, Point, Polygon, Polyline, Rectangle, Shape
from modeldouble.geometry import bitmap, geometry_of
from modeldouble.geometry.bitmap import decode, encode
from modeldouble.geometry.raster import mask_of, patch_of

MASKS = arrays(np.bool_, array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=70))
COORDINATES = st.integers(-50, 5000) | st.floats(-50, 5000, allow_nan=False)
RINGS = st.lists(st.tuples(COORDINATES, COORDINATES).map(list), min_size=3, max_size=12)
at_leisure = settings(deadline=None)


def ring(*places: tuple[float, float]) -> tuple[Point, ...]:
    return tuple(Point(y, x) for x, y in places)


SQUARE = ring((2, 1), (8, 1), (8, 7), (2, 7))
HOLE = ring((4, 3), (6, 3), (6, 5), (4, 5))
EVERY: list[Any] = [
    Rectangle(1, 2, 3, 4),
    Polygon(SQUARE, (HOLE,)),
    Polyline(SQUARE),
    Point(3, 4),
    Bitmap(np.eye(5, dtype=bool), Point(6, 7)),
    Graph({"nose": Node(Point(1, 2)), "tail": Node(Point(3, 4), disabled=True)}),
]


@given(MASKS)
@at_leisure
def test_a_mask_of_any_size_survives_encode_and_decode(mask: NDArray[np.bool_]) -> None:
    again = decode(encode(mask))
    assert again.dtype == np.bool_
    assert np.array_equal(again, mask)


@given(MASKS, st.integers(0, 9), st.integers(0, 9))
@at_leisure
def test_a_bitmap_survives_json_and_stays_where_it_is(mask: NDArray[np.bool_], row: int, col: int) -> None:
    if not mask.any():
        with pytest.raises(BadArgument, match="a pixel that is set"):
            Bitmap(mask)
        return
    made = Bitmap(mask, Point(row, col))
    again = geometry_of(json.loads(json.dumps(made.to_json())))
    expected = np.zeros((90, 90), dtype=bool)
    expected[row : row + mask.shape[0], col : col + mask.shape[1]] = mask
    assert again == made
    assert np.array_equal(mask_of(again, (90, 90)), expected)


def test_a_bitmap_is_cropped_to_what_is_set() -> None:
    mask = np.zeros((6, 8), dtype=bool)
    mask[2:4, 5:8] = True
    made = Bitmap(mask, Point(10, 20))
    assert (made.origin, made.data.shape, made.area) == (Point(12, 25), (2, 3), 6)
    assert made.to_bbox() == Rectangle(12, 25, 13, 27)
    assert made.to_json()["bitmap"]["origin"] == [25, 12]
    mask[:] = False
    assert made.data.all()


def test_a_bitmap_keeps_the_text_that_it_came_with() -> None:
    data = Bitmap(np.ones((2, 3), dtype=bool)).to_json()
    data["bitmap"]["data"] = wrapped(np.ones((2, 3), dtype=np.uint8) * 255)
    read = Bitmap.from_json(data)
    assert read.to_json() == data
    assert read == Bitmap(np.ones((2, 3), dtype=bool))
    assert read != Bitmap(np.ones((3, 2), dtype=bool))


def wrapped(pixels: NDArray[np.uint8], pack: bool = True) -> str:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, format="PNG")
    return base64.b64encode(zlib.compress(file.getvalue()) if pack else file.getvalue()).decode()


def test_masks_of_other_programs_are_read() -> None:
    grey = np.array([[0, 255, 1]], dtype=np.uint8)
    rgba = np.zeros((1, 3, 4), dtype=np.uint8)
    rgba[0, 1, 3] = 9
    rgba[0, 0, :3] = 255
    assert decode(wrapped(grey)).tolist() == [[False, True, True]]
    assert decode(wrapped(rgba)).tolist() == [[False, True, False]]
    assert decode(wrapped(grey, pack=False)).tolist() == [[False, True, True]]


@pytest.mark.parametrize(("transparency", "mask"), [(2, [True, True, False]), (b"\0\x09\0", [False, True, False])])
def test_a_palette_is_read_by_what_is_transparent_in_it(transparency: int | bytes, mask: list[bool]) -> None:
    picture, file = Image.fromarray(np.array([[0, 1, 2]], dtype=np.uint8)), io.BytesIO()
    picture.putpalette([0, 0, 0, 255, 255, 255, 9, 9, 9])
    picture.save(file, format="PNG", transparency=transparency)
    assert decode(base64.b64encode(file.getvalue()).decode()).tolist() == [mask]


def test_a_palette_without_transparency_is_read_by_its_colours() -> None:
    picture, file = Image.fromarray(np.array([[0, 1]], dtype=np.uint8)), io.BytesIO()
    picture.putpalette([255, 255, 255, 0, 0, 0])
    picture.save(file, format="PNG")
    assert decode(base64.b64encode(file.getvalue()).decode()).tolist() == [[True, False]]


@pytest.mark.parametrize("width", [1, 7, 8, 9, 4097])
def test_a_mask_of_any_width_is_a_sound_png_to_others(width: int) -> None:
    mask = (np.arange(3 * width) % 3 == 0).reshape(3, width)
    with Image.open(io.BytesIO(zlib.decompress(base64.b64decode(encode(mask))))) as picture:
        picture.load()
        assert (picture.mode, picture.size, picture.info["transparency"]) == ("P", (width, 3), 0)
        assert np.array_equal(
            np.asarray(picture.convert("RGBA")), np.repeat(mask[..., None] * np.uint8(255), 4, axis=2)
        )


def test_a_mask_does_not_change_with_the_array_it_was_made_of() -> None:
    array = np.ones((2, 2), dtype=bool)
    made = Bitmap(array)
    array[:] = False
    assert (made.area, made.data.base) == (4, None)


def test_the_text_is_base64_of_zlib_of_a_one_bit_png() -> None:
    text = encode(np.eye(9, dtype=bool))
    png = zlib.decompress(base64.b64decode(text))
    assert text.startswith("eJ")
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert list(png[16:26]) == [0, 0, 0, 9, 0, 0, 0, 9, 1, 3]


PNG = zlib.decompress(base64.b64decode(encode(np.ones((3, 3), dtype=bool))))
HUGE = PNG[:16] + (100_000).to_bytes(4, "big") * 2 + PNG[24:]


@pytest.mark.parametrize(
    "packed", [b"", b"no zlib", zlib.compress(b"no png"), zlib.compress(PNG[:40]), zlib.compress(PNG)[:20]]
)
def test_a_text_that_is_no_mask_is_refused(packed: bytes) -> None:
    with pytest.raises(BadArgument, match=r"bitmap\.data"):
        decode(base64.b64encode(packed).decode())


@pytest.mark.parametrize("text", ["eJz", "not base64!", "é"])
def test_a_text_that_is_no_base64_is_refused_when_the_mask_is_asked_for(text: str) -> None:
    carried = Bitmap.from_json({"bitmap": {"origin": [0, 0], "data": text}})
    assert carried.to_json()["bitmap"]["data"] == text
    with pytest.raises(BadArgument, match="not base64"):
        _ = carried.data


def test_a_mask_that_would_fill_the_memory_is_refused() -> None:
    with pytest.raises(BadArgument, match=rf"1 to {bitmap.MOST_PIXELS} pixels"):
        decode(base64.b64encode(zlib.compress(HUGE)).decode())
    bomb = zlib.compress(b"\x89PNG\r\n\x1a\n" + bytes((1 << 26) + 9), 9)
    with pytest.raises(BadArgument, match="bearable"):
        decode(base64.b64encode(bomb).decode())


@given(RINGS, st.lists(RINGS, max_size=3))
@at_leisure
def test_polygons_keep_orientation_and_holes(exterior: list[Any], interior: list[Any]) -> None:
    data = {"points": {"exterior": exterior, "interior": interior}, "geometryType": "polygon", "shape": "polygon"}
    read = geometry_of(data)
    assert isinstance(read, Polygon)
    assert json.dumps(read.to_json()) == json.dumps(data)
    assert [(point.x, point.y) for point in read.exterior] == [tuple(pair) for pair in exterior]
    assert signed_area(read.exterior) == pytest.approx(signed_area(ring(*((x, y) for x, y in exterior))))
    assert len(read.interior) == len(interior)


def signed_area(points: tuple[Point, ...]) -> float:
    pairs = zip(points, points[1:] + points[:1], strict=True)
    return sum(a.x * b.y - b.x * a.y for a, b in pairs)


@pytest.mark.parametrize("made", EVERY, ids=lambda made: made.shape)
def test_every_shape_comes_back_from_its_json(made: Any) -> None:
    data = json.loads(json.dumps(made.to_json()))
    assert geometry_of(data) == made
    assert type(geometry_of(data)) is type(made)
    assert (data["geometryType"], data["shape"]) == (made.shape, made.shape)
    assert json.dumps(geometry_of(data).to_json()) == json.dumps(data)


def test_points_on_the_wire_are_x_then_y() -> None:
    assert Point(row=3, col=4).to_json()["points"]["exterior"] == [[4, 3]]
    assert (Point(3, 4).x, Point(3, 4).y) == (4, 3)
    read = Graph.from_json({"nodes": {"nose": {"loc": [4, 3]}}})
    assert read.nodes["nose"] == Node(Point(row=3, col=4), disabled=False)


def test_boxes_around_shapes_include_their_borders() -> None:
    assert Polygon(SQUARE).to_bbox() == Polyline(SQUARE).to_bbox() == Rectangle(1, 2, 7, 8)
    assert Point(3, 4).to_bbox() == Rectangle(3, 4, 3, 4)
    assert Graph({"a": Node(Point(1, 2)), "b": Node(Point(5, 0))}).to_bbox() == Rectangle(1, 0, 5, 2)
    assert Rectangle(3, 4, 3, 4).area == 1
    assert Shape("cuboid", {}).to_bbox() is None


def test_an_unknown_shape_is_carried() -> None:
    data = {"classTitle": "a", "geometryType": "cuboid_3d", "position": {"x": 1}, "id": 5}
    read = geometry_of(data)
    assert isinstance(read, Shape)
    assert read == Shape("cuboid_3d", {"geometryType": "cuboid_3d", "position": {"x": 1}})
    assert (repr(read), read in {read}) == ("Shape('cuboid_3d')", True)


BROKEN: list[Any] = [
    {"geometryType": "polygon"},
    {"geometryType": "polygon", "points": {"exterior": []}},
    {"geometryType": "polygon", "points": {"exterior": [[1]]}},
    {"geometryType": "polygon", "points": {"exterior": [[1, 2]], "interior": [5]}},
    {"geometryType": "line", "points": {"exterior": []}},
    {"geometryType": "line", "points": {"exterior": [[1, None]]}},
    {"geometryType": "line", "points": {"exterior": [[float("nan"), 1]]}},
    {"geometryType": "point", "points": {"exterior": [[1, 2], [3, 4]]}},
    {"geometryType": "rectangle", "points": {"exterior": [["a", 2], ["b", 4]]}},
    {"geometryType": "rectangle", "points": {"exterior": [[True, 2], [3, 4]]}},
    {"geometryType": "bitmap", "bitmap": {"data": "eJz"}},
    {"geometryType": "bitmap", "bitmap": {"origin": [0, 0], "data": 5}},
    {"geometryType": "graph", "nodes": {}},
    {"geometryType": "graph", "nodes": {"a": None}},
    {"geometryType": "graph", "nodes": {"a": {"loc": "12"}}},
]


@pytest.mark.parametrize("data", BROKEN)
def test_a_known_shape_without_its_coordinates_is_refused(data: Any) -> None:
    with pytest.raises(BadArgument, match=r"points|bitmap|nodes|None"):
        geometry_of(data)


def test_a_rectangle_covers_all_its_borders() -> None:
    covered = mask_of(Rectangle(1, 2, 3, 4), (6, 6))
    assert covered.sum() == 9
    assert covered[1:4, 2:5].all()


def test_a_polygon_covers_its_outline_and_not_its_hole() -> None:
    covered = mask_of(Polygon(SQUARE, (HOLE,)), (10, 10))
    expected = np.zeros((10, 10), dtype=bool)
    expected[1:8, 2:9] = True
    expected[3:6, 4:7] = False
    assert np.array_equal(covered, expected)
    assert np.array_equal(mask_of(Polygon(SQUARE[::-1], (HOLE[::-1],)), (10, 10)), expected)


def test_lines_points_and_seen_keypoints_cover_their_pixels() -> None:
    assert mask_of(Polyline(ring((1, 1), (5, 1))), (8, 8)).sum() == 5
    assert np.argwhere(mask_of(Point(3, 4), (8, 8))).tolist() == [[3, 4]]
    graph = Graph({"a": Node(Point(1, 2)), "b": Node(Point(5, 6), disabled=True)})
    assert np.argwhere(mask_of(graph, (8, 8))).tolist() == [[1, 2]]


@pytest.mark.parametrize("made", EVERY, ids=lambda made: made.shape)
def test_what_lies_outside_the_image_is_cut(made: Any) -> None:
    whole = mask_of(made, (20, 20))
    assert np.array_equal(mask_of(made, (4, 5)), whole[:4, :5])
    assert patch_of(Rectangle(30, 30, 40, 40), (20, 20)) is None
    assert patch_of(Shape("cuboid", {}), (20, 20)) is None


def test_a_mask_over_a_monstrous_image_is_refused() -> None:
    with pytest.raises(BadArgument, match="img_size"):
        patch_of(Rectangle(0, 0, 10**6, 10**6), (10**6, 10**6))
