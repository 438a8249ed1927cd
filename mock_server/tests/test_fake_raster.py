"""Polygons as masks, compared with the rule written out pixel by pixel."""

import hashlib
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modeldouble_server.predict.curves import CIRCLE
from modeldouble_server.predict.raster import covered, filled, packed
from modeldouble_server.scene import Mask, Point

POINTS = st.tuples(st.integers(-9, 14), st.integers(-9, 14))
CORNERS = st.lists(POINTS, min_size=1, max_size=9)


def pixels(mask: Mask | None) -> set[Point]:
    """The pixels of a mask in the full image."""
    if mask is None:
        return set()
    left, top, right, bottom = mask.box
    size = (right - left + 8) // 8
    assert len(mask.bits) == size * (bottom - top + 1)
    return {
        (left + 8 * byte + bit, top + row)
        for row in range(bottom - top + 1)
        for byte in range(size)
        for bit in range(8)
        if mask.bits[row * size + byte] >> (7 - bit) & 1
    }


def inside(corners: list[Point], x: int, y: int) -> bool:
    """Whether a ray to the right crosses the polygon an odd number of times, or the pixel's centre is on it."""
    odd = False
    for (ax, ay), (bx, by) in zip(corners, corners[1:] + corners[:1], strict=True):
        cross = (bx - ax) * (y - ay) - (by - ay) * (x - ax)
        if cross == 0 and min(ax, bx) <= x <= max(ax, bx) and min(ay, by) <= y <= max(ay, by):
            return True
        if (ay <= y) != (by <= y) and x < ax + Fraction((bx - ax) * (y - ay), by - ay):
            odd = not odd
    return odd


def near_a_line(corners: list[Point], x: int, y: int) -> bool:
    """Whether some edge passes the pixel's centre within half a pixel, measured along the axis that it crosses."""
    for (ax, ay), (bx, by) in zip(corners, corners[1:] + corners[:1], strict=True):
        if not (min(ax, bx) <= x <= max(ax, bx) and min(ay, by) <= y <= max(ay, by)):
            continue
        away = abs((bx - ax) * (y - ay) - (by - ay) * (x - ax))
        if 2 * away <= max(abs(bx - ax), abs(by - ay)):
            return True
    return False


@given(st.integers(-5, 5), st.integers(-5, 5), st.integers(0, 40), st.integers(0, 40))
def test_four_corners_are_exactly_their_rectangle(left: int, top: int, width: int, height: int) -> None:
    right, bottom = left + width, top + height
    mask = filled([(left, top), (right, top), (right, bottom), (left, bottom)])
    assert mask is not None
    assert mask.box == (left, top, right, bottom)
    assert pixels(mask) == {(x, y) for x in range(left, right + 1) for y in range(top, bottom + 1)}


@settings(deadline=None)
@given(CORNERS)
def test_all_that_is_in_or_on_a_polygon_is_filled_and_only_its_rim_besides(corners: list[Point]) -> None:
    found = pixels(filled(corners))
    for x in range(-10, 16):
        for y in range(-10, 16):
            assert (x, y) in found or not inside(corners, x, y)
            assert (x, y) not in found or inside(corners, x, y) or near_a_line(corners, x, y)


@given(CORNERS)
def test_the_masks_box_is_that_of_the_corners(corners: list[Point]) -> None:
    mask = filled(corners)
    across, down = zip(*corners, strict=True)
    assert mask is not None
    assert mask.box == (min(across), min(down), max(across), max(down))


@given(POINTS, POINTS)
def test_a_line_has_no_gap_whichever_way_it_goes(one: Point, other: Point) -> None:
    found = pixels(filled([one, other]))
    assert {one, other} <= found
    assert len(found) == max(abs(one[0] - other[0]), abs(one[1] - other[1])) + 1
    assert all(len([at for at in found if max(abs(at[0] - x), abs(at[1] - y)) == 1]) >= 1 or one == other
               for x, y in found)  # fmt: skip


def test_a_hole_is_taken_out_with_its_rim() -> None:
    square = [(0, 0), (9, 0), (9, 9), (0, 9)]
    found = pixels(filled(square, [[(3, 3), (6, 3), (6, 6), (3, 6)]]))
    assert len(found) == 100 - 16
    assert (3, 3) not in found
    assert (2, 3) in found


def test_a_hole_that_leaves_nothing_leaves_no_mask() -> None:
    square = [(0, 0), (4, 0), (4, 4), (0, 4)]
    assert filled(square, [square]) is None
    assert filled([]) is None


@given(CORNERS, CORNERS)
def test_a_hole_only_takes_away_wherever_it_is(corners: list[Point], hole: list[Point]) -> None:
    assert pixels(filled(corners, [hole])) == pixels(filled(corners)) - pixels(filled(hole))


def test_a_hole_at_the_rim_makes_the_box_smaller() -> None:
    mask = filled([(0, 0), (19, 0), (19, 9), (0, 9)], [[(0, 0), (9, 0), (9, 9), (0, 9)]])
    assert mask == Mask((10, 0, 19, 9), b"\xff\xc0" * 10)


@given(CORNERS, st.integers(-12, 12), st.integers(-12, 12), st.integers(0, 20), st.integers(0, 20))
def test_a_window_shows_what_the_whole_has_there(corners: list[Point], x: int, y: int, w: int, h: int) -> None:
    seen = pixels(packed(covered(corners, (x, y, x + w, y + h)), (x, y, x + w, y + h)))
    assert seen == {at for at in pixels(filled(corners)) if x <= at[0] <= x + w and y <= at[1] <= y + h}


@pytest.mark.parametrize("size", [3, 600])
def test_a_circle_has_about_the_area_of_a_circle(size: int) -> None:
    found = pixels(filled([(round(size * x), round(size * y)) for x, y in CIRCLE]))
    assert 3.0 < len(found) / size**2 < 3.3 + 4 / size


def test_the_bits_never_change() -> None:
    mask = filled([(int(200 * x), int(130 * y)) for x, y in CIRCLE[::3]], [[(0, 0), (30, 5), (10, 90)]])
    assert mask is not None
    assert hashlib.sha256(mask.bits).hexdigest()[:16] == "d5ede20c30645335"
