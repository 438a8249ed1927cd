"""Pixels to places on the plane, and back."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeldouble.platform.subpixel import to_pixel, to_subpixel

if TYPE_CHECKING:
    from tests.conftest import Json

SIZE = {"height": 80, "width": 90}
points = st.tuples(st.integers(0, 89), st.integers(0, 79)).map(list)
rings = st.lists(points, min_size=1, max_size=6)
shaped = st.fixed_dictionaries({"exterior": rings, "interior": st.lists(rings, max_size=2)})
anywhere = st.floats(0, 80, allow_nan=False)


def annotation(*objects: Json) -> Json:
    return {"description": "", "size": SIZE, "tags": [{"name": "t"}], "objects": list(objects), "customBigData": {}}


def box(x1: float, y1: float, x2: float, y2: float) -> Json:
    return {"classTitle": "car", "geometryType": "rectangle", "points": {"exterior": [[x1, y1], [x2, y2]]}}


def outline(kind: str, *exterior: list[float], interior: Any = ()) -> Json:
    return {"geometryType": kind, "points": {"exterior": list(exterior), "interior": list(interior)}}


def sent(item: Json) -> Any:
    return to_subpixel(annotation(item))["objects"][0]


def received(item: Json) -> Any:
    return to_pixel(annotation(item))["objects"][0]


def test_a_box_ends_one_further_right_and_down() -> None:
    assert sent(box(1, 2, 3, 4))["points"]["exterior"] == [[1, 2], [4, 5]]
    assert received(box(1, 2, 4, 5))["points"]["exterior"] == [[1, 2], [3, 4]]
    assert sent(box(3, 4, 1, 2))["points"]["exterior"] == [[1, 2], [4, 5]]


def test_a_box_at_the_border_ends_at_the_size() -> None:
    assert sent(box(0, 0, 89, 79))["points"]["exterior"] == [[0, 0], [90, 80]]


@pytest.mark.parametrize("kind", ["polygon", "line", "point"])
def test_points_lie_in_the_middle_of_their_pixels(kind: str) -> None:
    made = sent(outline(kind, [0, 3], [5, 6], interior=[[[2, 2]]]))["points"]
    assert made == {"exterior": [[0.5, 3.5], [5.5, 6.5]], "interior": [[[2.5, 2.5]]]}


def test_a_point_on_the_far_border_belongs_to_the_last_pixel() -> None:
    assert received(outline("point", [90, 80]))["points"]["exterior"] == [[89, 79]]
    assert received(outline("point", [89.99, 79.2]))["points"]["exterior"] == [[89, 79]]


def test_a_mask_and_what_is_unknown_stay_as_they_are() -> None:
    mask = {"geometryType": "bitmap", "shape": "bitmap", "bitmap": {"origin": [3, 4], "data": "eJz"}}
    cuboid = {"geometryType": "cuboid", "points": [[1, 2], [3, 4]], "faces": [[0, 1]]}
    assert to_subpixel(annotation(mask, cuboid)) == to_pixel(annotation(mask, cuboid)) == annotation(mask, cuboid)


def test_the_nodes_of_a_graph_move_too() -> None:
    graph = {"geometryType": "graph", "nodes": {"nose": {"loc": [4, 5], "disabled": True}, "ear": {"loc": [0, 0]}}}
    assert sent(graph)["nodes"] == {"nose": {"loc": [4.5, 5.5], "disabled": True}, "ear": {"loc": [0.5, 0.5]}}
    assert received(sent(graph)) == graph
    assert sent({"geometryType": "graph", "nodes": {"ear": {"loc": [3.7, 2.2]}}})["nodes"]["ear"]["loc"] == [3.5, 2.5]


def test_so_do_the_corners_of_a_turned_box() -> None:
    assert sent({"geometryType": "oriented_bbox", "points": [[1, 2], [3, 4]], "angle": 0.5})["points"] == [
        [1, 2],
        [4, 5],
    ]


@pytest.mark.parametrize(
    ("wire", "pixels"),
    [
        ([[1.55, 1.74], [4.63, 3.76]], [[1, 2], [4, 3]]),
        ([[1.2, 1.2], [4.2, 4.2]], [[1, 1], [3, 3]]),
        ([[1.8, 1.8], [1.9, 1.9]], [[1, 1], [1, 1]]),
        ([[2, 2], [2.2, 5]], [[2, 2], [2, 4]]),
    ],
)
def test_sides_drawn_by_hand_take_the_pixels_they_cover(wire: Any, pixels: Any) -> None:
    assert received(box(*wire[0], *wire[1]))["points"]["exterior"] == pixels


@given(points, points)
def test_every_box_survives_the_way(one: list[int], other: list[int]) -> None:
    left, right = sorted((one[0], other[0]))
    top, bottom = sorted((one[1], other[1]))
    there = box(left, top, right, bottom)
    assert received(sent(there)) == there


@given(st.lists(st.builds(lambda kind, shape: {"geometryType": kind, "points": shape}, st.sampled_from("ab"), shaped)))
def test_every_outline_survives_the_way(objects: list[Json]) -> None:
    before = annotation(*objects)
    kept = deepcopy(before)
    assert to_pixel(to_subpixel(before)) == before
    assert before == kept


@given(st.lists(shaped, max_size=3))
def test_every_part_of_a_multipolygon_survives_the_way(parts: list[Json]) -> None:
    there = {"geometryType": "multipolygon", "parts": parts}
    assert received(sent(there)) == there
    assert not parts or sent(there) != there


@given(anywhere, anywhere, anywhere, anywhere)
def test_a_box_read_from_anywhere_is_made_of_whole_pixels(x1: float, y1: float, x2: float, y2: float) -> None:
    (left, top), (right, bottom) = received(box(x1, y1, x2, y2))["points"]["exterior"]
    assert all(isinstance(side, int) for side in (left, top, right, bottom))
    assert 0 <= left <= right <= 80
    assert 0 <= top <= bottom <= 80


def test_an_annotation_without_size_or_objects_passes() -> None:
    assert to_pixel({}) == to_subpixel({}) == {}
    assert to_pixel({"size": None, "objects": None}) == {"size": None, "objects": None}
