"""Sets of pixels: what is covered, and how much two of them overlap."""

from hypothesis import given, settings
from hypothesis import strategies as st

from modeldouble_server.predict.ground_truth.raster import (
    Raster,
    box_intersection,
    box_iou,
    intersection,
    iou,
    mask_of,
    raster,
    rows_of,
)
from modeldouble_server.scene import Box, Mask, Polygon

BOXES = st.tuples(st.integers(0, 20), st.integers(0, 20), st.integers(0, 20), st.integers(0, 20)).map(
    lambda one: (min(one[0], one[2]), min(one[1], one[3]), max(one[0], one[2]), max(one[1], one[3]))
)
PIXELS = st.sets(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=1)


def pixels(one: Raster) -> set[tuple[int, int]]:
    left, top, right, bottom = one.box
    return {
        (x, y)
        for y in range(top, bottom + 1)
        for x in range(left, right + 1)
        if one.rows[y - top] >> (right - x) & 1
    }  # fmt: skip


def made(points: set[tuple[int, int]]) -> Raster:
    rows = [sum(1 << (20 - x) for x, y in points if y == line) for line in range(21)]
    mask = mask_of((0, 0, 20, 20), rows)
    assert mask is not None
    return raster(mask, mask.box)


@settings(deadline=None)
@given(BOXES, BOXES)
def test_boxes_overlap_as_their_pixels_do(one: Box, other: Box) -> None:
    mine, yours = pixels(raster(None, one)), pixels(raster(None, other))
    assert box_intersection(one, other) == len(mine & yours)
    assert box_iou(one, other) == len(mine & yours) / len(mine | yours)


@settings(deadline=None)
@given(PIXELS, PIXELS)
def test_masks_overlap_as_their_pixels_do(one: set[tuple[int, int]], other: set[tuple[int, int]]) -> None:
    assert pixels(made(one)) == one
    assert made(one).area == len(one)
    assert intersection(made(one), made(other)) == len(one & other)
    assert iou(made(one), made(other)) == len(one & other) / len(one | other)


@settings(deadline=None)
@given(PIXELS)
def test_a_mask_is_cut_to_what_is_in_it(points: set[tuple[int, int]]) -> None:
    across, down = sorted(x for x, _ in points), sorted(y for _, y in points)
    assert made(points).box == (across[0], down[0], across[-1], down[-1])


def test_rows_of_a_mask_are_without_their_padding() -> None:
    assert list(rows_of(Mask((0, 0, 8, 1), b"\x80\x80\x01\x00"))) == [0b100000001, 0b000000010]
    assert mask_of((0, 0, 8, 1), [0b100000001, 0b000000010]) == Mask((0, 0, 8, 1), b"\x80\x80\x01\x00")


def test_nothing_is_no_mask_and_overlaps_nothing() -> None:
    nothing = Raster((0, 0, 3, 3), (0, 0, 0, 0))
    assert mask_of((0, 0, 3, 3), [0, 0, 0, 0]) is None
    assert iou(nothing, nothing) == 0.0


def test_a_polygon_covers_the_pixels_whose_middle_it_has() -> None:
    triangle = Polygon(((0, 0), (4, 0), (0, 4)))
    # Middles on the long side belong to it on one of the two sides of a shape only.
    assert [f"{row:05b}" for row in raster(triangle, (0, 0, 4, 4)).rows] == [
        "11110",
        "11100",
        "11000",
        "10000",
        "00000",
    ]


def test_an_edge_is_met_at_the_middle_of_a_row() -> None:
    steep = Polygon(((0, 0), (8, 0), (0, 4)))
    assert [row.bit_count() for row in raster(steep, (0, 0, 8, 4)).rows] == [7, 5, 3, 1, 0]


def test_a_hole_is_not_covered() -> None:
    ring = Polygon(((0, 0), (6, 0), (6, 6), (0, 6)), (((2, 2), (4, 2), (4, 4), (2, 4)),))
    assert raster(ring, (0, 0, 6, 6)).area == 36 - 4


def test_a_star_shaped_polygon_may_leave_and_enter_a_row_twice() -> None:
    comb = Polygon(((0, 0), (2, 0), (2, 4), (4, 4), (4, 0), (6, 0), (6, 6), (0, 6)))
    assert [f"{row:07b}" for row in raster(comb, (0, 0, 6, 6)).rows][:5] == ["1100110"] * 4 + ["1111110"]
