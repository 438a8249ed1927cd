"""Bit masks, judged pixel by pixel and by Pillow."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from modeldouble_server.predict import masks
from modeldouble_server.scene import Box, Mask

Pixels = frozenset[tuple[int, int]]
PIXELS: st.SearchStrategy[Pixels] = st.frozensets(st.tuples(st.integers(-3, 20), st.integers(-3, 20)), min_size=1)


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    left, top = draw(st.integers(-5, 22)), draw(st.integers(-5, 22))
    return left, top, left + draw(st.integers(0, 20)), top + draw(st.integers(0, 20))


def mask_of(pixels: Pixels) -> Mask:
    lines = [sum(1 << (24 - x) for x, y in pixels if y == row) for row in range(-4, 22)]
    mask = masks.from_rows(lines, -4, -4, 29)
    assert mask is not None
    return mask


def pixels_of(mask: Mask | None) -> Pixels:
    """The pixels, read from the bytes as the scene says how they lie."""
    if mask is None:
        return frozenset()
    left, top, right, bottom = mask.box
    row = (right - left + 1 + 7) // 8
    assert len(mask.bits) == row * (bottom - top + 1)
    bits = "".join(f"{byte:08b}" for byte in mask.bits)
    return frozenset((left + at % (row * 8), top + at // (row * 8)) for at, bit in enumerate(bits) if bit == "1")


def bounds(pixels: Pixels) -> Box:
    across, down = [x for x, _ in pixels], [y for _, y in pixels]
    return min(across), min(down), max(across), max(down)


@settings(deadline=None)
@given(PIXELS)
def test_rows_become_a_tight_mask_of_the_same_pixels(pixels: Pixels) -> None:
    mask = mask_of(pixels)
    assert pixels_of(mask) == pixels
    assert mask.box == bounds(pixels)
    assert masks.area(mask) == len(pixels)


@pytest.mark.parametrize("lines", [[], [0], [0, 0, 0]])
def test_rows_without_a_pixel_are_no_mask(lines: Sequence[int]) -> None:
    assert masks.from_rows(lines, 3, 4, 5) is None


@settings(deadline=None)
@given(PIXELS, boxes())
def test_a_crop_has_the_pixels_inside_and_is_tight(pixels: Pixels, region: Box) -> None:
    left, top, right, bottom = region
    inside = frozenset((x, y) for x, y in pixels if left <= x <= right and top <= y <= bottom)
    cropped = masks.cropped(mask_of(pixels), region)
    assert pixels_of(cropped) == inside
    assert (cropped is None) == (not inside)
    if cropped is not None:
        assert cropped.box == bounds(inside)
        assert masks.cropped(cropped, region) == cropped


@settings(deadline=None)
@given(PIXELS, PIXELS)
def test_intersection_and_union_count_pixels(one: Pixels, other: Pixels) -> None:
    assert masks.intersection(mask_of(one), mask_of(other)) == len(one & other)
    assert masks.union(mask_of(one), mask_of(other)) == len(one | other)


@settings(deadline=None)
@given(PIXELS)
def test_pillow_sees_the_same_pixels_in_the_bits(pixels: Pixels) -> None:
    mask = mask_of(pixels)
    left, top, right, bottom = mask.box
    image = Image.frombytes("1", (right - left + 1, bottom - top + 1), mask.bits)
    seen = {
        (x, y) for x in range(left, right + 1) for y in range(top, bottom + 1) if image.getpixel((x - left, y - top))
    }
    assert seen == pixels


@given(boxes())
def test_a_filled_box_has_all_of_its_pixels(box: Box) -> None:
    left, top, right, bottom = box
    every = {(x, y) for x in range(left, right + 1) for y in range(top, bottom + 1)}
    assert pixels_of(masks.filled(box)) == every


def test_a_mask_as_large_as_a_photograph_is_exact() -> None:
    whole, part = masks.filled((0, 0, 3999, 2999)), masks.filled((3001, 1, 5000, 2000))
    assert masks.area(whole) == 12_000_000
    assert masks.intersection(whole, part) == 999 * 2000
    assert masks.cropped(whole, (3001, 1, 5000, 2000)) == masks.filled((3001, 1, 3999, 2000))
