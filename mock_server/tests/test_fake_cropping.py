"""What of an object lies inside a region, for every geometry."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modeldouble_server.predict import masks
from modeldouble_server.predict.cropping import clipped, cropped, part_of
from modeldouble_server.scene import Box, Detection, Graph, Mask, Point, Polygon

AT = st.integers(0, 40)
POINTS = st.tuples(AT, AT)
SQUARE = ((0, 0), (10, 0), (10, 10), (0, 10))


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    left, top = draw(AT), draw(AT)
    return left, top, left + draw(AT), top + draw(AT)


def bounds(points: Any) -> Box:
    across, down = [x for x, _ in points], [y for _, y in points]
    return min(across), min(down), max(across), max(down)


@st.composite
def objects(draw: st.DrawFn) -> Detection:
    box = draw(boxes())
    points = draw(st.lists(POINTS, min_size=3, max_size=7, unique=True))
    mask = masks.from_rows(draw(st.lists(st.integers(1, 255), min_size=1, max_size=9)), *draw(POINTS), 8)
    assert mask is not None
    one: Detection = draw(
        st.sampled_from(
            [
                Detection("a", box, 0.5, verbatim={"as": "it is"}),
                Detection("b", mask.box, 0.5, geometry=mask),
                Detection("c", bounds(points), None, geometry=Polygon(tuple(points))),
                Detection("d", bounds(points), None, geometry=Graph(tuple((str(at), at) for at in points))),
            ]
        )
    )
    return one


FOUND = st.lists(objects(), max_size=6)


def corners(one: Detection) -> list[Point]:
    if isinstance(one.geometry, Polygon):
        return [*one.geometry.exterior, *(point for hole in one.geometry.interior for point in hole)]
    if isinstance(one.geometry, Graph):
        return [at for _, at in one.geometry.nodes]
    left, top, right, bottom = one.geometry.box if isinstance(one.geometry, Mask) else one.box
    return [(left, top), (right, bottom)]


def twice_area(points: Sequence[Point]) -> int:
    return abs(sum(points[at - 1][0] * y - x * points[at - 1][1] for at, (x, y) in enumerate(points)))


@settings(deadline=None, max_examples=200)
@given(FOUND, boxes())
def test_everything_that_is_left_lies_inside_and_stays_when_cropped_again(found: list[Detection], region: Box) -> None:
    parts = cropped(found, region)
    for one in parts:
        points = [*corners(one), one.box[:2], one.box[2:]]
        assert all(region[0] <= x <= region[2] and region[1] <= y <= region[3] for x, y in points)
        assert all(one.box[0] <= x <= one.box[2] and one.box[1] <= y <= one.box[3] for x, y in points)
    assert cropped(parts, region) == parts


@settings(deadline=None)
@given(FOUND)
def test_a_region_around_all_changes_nothing(found: list[Detection]) -> None:
    assert cropped(found, (0, 0, 100, 100)) == found


@settings(deadline=None)
@given(FOUND, boxes())
def test_order_names_and_confidences_stay(found: list[Detection], region: Box) -> None:
    numbered = [one._replace(track=at) for at, one in enumerate(found)]
    parts = cropped(numbered, region)
    tracks = [one.track for one in parts if one.track is not None]
    assert tracks == sorted(tracks)
    for one in parts:
        before = found[one.track or 0]
        assert (one.class_name, one.confidence) == (before.class_name, before.confidence)


@settings(deadline=None)
@given(st.tuples(POINTS, POINTS, POINTS), st.integers(1, 39))
def test_two_halves_of_a_triangle_make_the_whole(triangle: Any, at: int) -> None:
    halves = [clipped(Polygon(triangle), region) for region in ((0, 0, at, 40), (at, 0, 40, 40))]
    areas = sum(twice_area(half.exterior) for half in halves if half is not None)
    # A corner that arises is off by half a pixel at most.
    assert abs(areas - twice_area(triangle)) <= 40


@settings(deadline=None)
@given(boxes(), boxes())
def test_a_polygon_that_is_a_rectangle_is_cut_as_one(box: Box, region: Box) -> None:
    left, top, right, bottom = box
    ring = ((left, top), (right, top), (right, bottom), (left, bottom))
    shared = masks.common(box, region)
    cut = clipped(Polygon(ring), region) if left < right and top < bottom else None
    if cut is None:
        assert shared is None or shared[0] == shared[2] or shared[1] == shared[3]
    else:
        assert bounds(cut.exterior) == shared
        assert len(cut.exterior) == 4


def test_corners_that_arise_are_rounded_to_the_nearest_pixel() -> None:
    cut = clipped(Polygon(((0, 0), (30, 10), (0, 20))), (0, 0, 10, 99))
    assert cut == Polygon(((0, 0), (10, 3), (10, 17), (0, 20)))


def test_a_polygon_gets_a_tight_box() -> None:
    part = part_of(Detection("a", (0, 0, 30, 20), 0.5, geometry=Polygon(((0, 0), (30, 10), (0, 20)))), (20, 0, 99, 99))
    assert part is not None
    assert part.box == (20, 7, 30, 13)


def test_the_direction_of_a_line_does_not_move_where_it_is_cut() -> None:
    ring = ((0, 0), (30, 11), (0, 21))
    there, back = clipped(Polygon(ring), (0, 0, 7, 99)), clipped(Polygon(ring[::-1]), (0, 0, 7, 99))
    assert there is not None
    assert back is not None
    assert set(there.exterior) == set(back.exterior)


@pytest.mark.parametrize("region", [(10, 0, 20, 20), (10, 10, 20, 20), (11, 0, 20, 20), (3, 4, 3, 9)])
def test_a_polygon_of_which_no_area_is_left_drops_out(region: Box) -> None:
    assert part_of(Detection("a", (0, 0, 10, 10), 0.5, geometry=Polygon(SQUARE)), region) is None


def test_holes_are_cut_too_and_vanish_outside() -> None:
    hole, far = ((2, 2), (8, 2), (8, 8), (2, 8)), ((9, 9), (10, 9), (10, 10))
    cut = clipped(Polygon(SQUARE, (hole, far)), (0, 0, 5, 5))
    assert cut is not None
    assert [bounds(ring) for ring in (cut.exterior, *cut.interior)] == [(0, 0, 5, 5), (2, 2, 5, 5)]
    assert clipped(Polygon(SQUARE, (hole,)), (3, 3, 7, 7)) is None


def test_a_mask_is_cut_and_gets_a_tight_box() -> None:
    mask = masks.from_rows([0b1000, 0b1111], 10, 20, 4)
    assert mask is not None
    whole = Detection("a", mask.box, 0.5, geometry=mask)
    part = part_of(whole, (11, 20, 99, 99))
    assert part is not None
    assert part.box == (11, 21, 13, 21)
    assert part.geometry == masks.filled((11, 21, 13, 21))
    assert part_of(whole, (11, 0, 99, 20)) is None


def test_keypoints_outside_are_not_seen() -> None:
    graph = Graph((("nose", (10, 10)), ("hand", (30, 10)), ("foot", (10, 40))))
    whole = Detection("person", (0, 0, 40, 50), 0.5, geometry=graph)
    part = part_of(whole, (5, 0, 20, 20))
    assert part == whole._replace(box=(5, 0, 20, 20), geometry=Graph((("nose", (10, 10)),)))
    assert part_of(whole, (12, 12, 20, 20)) is None


def test_only_an_object_that_is_cut_loses_its_json() -> None:
    one = Detection("a", (0, 0, 10, 10), 0.5, verbatim={"as": "it is"})
    assert part_of(one, (0, 0, 10, 10)) is one
    assert part_of(one, (0, 0, 9, 10)) == Detection("a", (0, 0, 9, 10), 0.5)
