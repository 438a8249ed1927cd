"""Masks as arrays, nested lists and COCO's run lengths are one and the same."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modeldouble_server.scene import Mask
from modeldouble_server.stubs import seen

ROWS = [[0, 0, 0, 0, 0], [0, 0, 1, 1, 0], [0, 0, 0, 1, 0]]
CUT = Mask((2, 1, 3, 2), bytes([0b11000000, 0b01000000]))
# Column by column: 7 zeros, a one, 2 zeros, 2 ones, 3 zeros.
RUNS = [7, 1, 2, 2, 3]


def unpacked(mask: Mask, height: int, width: int) -> list[list[int]]:
    """The whole mask again, a number a pixel."""
    left, top, right, bottom = mask.box
    rows = [[0] * width for _ in range(height)]
    stride = (right - left + 8) // 8
    for y in range(top, bottom + 1):
        for x in range(left, right + 1):
            byte = mask.bits[(y - top) * stride + (x - left) // 8]
            rows[y][x] = byte >> (7 - (x - left) % 8) & 1
    return rows


@pytest.mark.parametrize(
    "given_as",
    [
        ROWS,
        tuple(map(tuple, ROWS)),
        [[bool(one) for one in row] for row in ROWS],
        np.array(ROWS, dtype=np.uint8),
        np.array(ROWS, dtype=bool),
        {"size": [3, 5], "counts": RUNS},
        {"size": (3, 5), "counts": tuple(RUNS)},
    ],
)
def test_a_mask_is_cut_to_what_is_in_it(given_as: Any) -> None:
    one = seen("cat", mask=given_as)
    assert (one.geometry, one.box) == (CUT, CUT.box)


@pytest.mark.parametrize("kind", [bytes, str])
def test_run_lengths_packed_by_coco_s_own_tools_are_read(kind: type) -> None:
    coco = pytest.importorskip("pycocotools.mask")
    packed = coco.encode(np.asfortranarray(np.array(ROWS, dtype=np.uint8)))
    counts = packed["counts"] if kind is bytes else packed["counts"].decode()
    assert seen("cat", mask={"size": packed["size"], "counts": counts}).geometry == CUT


def test_an_origin_moves_the_mask() -> None:
    assert seen("cat", mask=ROWS, origin=(100, 200)).geometry == CUT._replace(box=(102, 201, 103, 202))


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 20).flatmap(lambda width: st.lists(st.lists(st.integers(0, 1), min_size=width, max_size=width),
                                                          min_size=1, max_size=9)))  # fmt: skip
def test_no_pixel_is_lost_or_added(rows: list[list[int]]) -> None:
    if any(map(any, rows)):
        geometry = seen("cat", mask=rows).geometry
        assert isinstance(geometry, Mask)
        assert unpacked(geometry, len(rows), len(rows[0])) == rows


@pytest.mark.parametrize(
    ("mask", "remedy"),
    [
        ([[0, 0], [0, 0]], "mask has no pixel; leave the object out"),
        ([[0, 255]], r"mask is \[\[0, 255\]\]; give 0 and 1, or bool, height x width"),
        ([[0, -1]], "give 0 and 1"),
        ([[0.5, 1]], "give 0 and 1"),
        ([[1], [1, 1]], "give 0 and 1"),
        ([[]], "give 0 and 1"),
        ([], "give 0 and 1"),
        ([1, 0], "give 0 and 1"),
        ("mask.png", "mask is 'mask.png'; give 0 and 1"),
        ({"counts": RUNS}, r"mask\['size'\] is None; give \[height, width\]"),
        ({"size": [3, "5"], "counts": RUNS}, r"mask\['size'\] is .*; give \[height, width\]"),
        ({"size": [100_000, 100_000], "counts": [0]}, "of at most 100,000,000 pixels"),
        ({"size": [3, 5], "counts": None}, r"mask\['counts'\] is None; give COCO's run lengths"),
        ({"size": [3, 5], "counts": [7, 1]}, "mask: counts add up to 8, not to 3 x 5"),
        ({"size": [3, 5], "counts": "\n"}, "which is not of COCO's packed text"),
    ],
)
def test_what_is_no_mask_is_refused(mask: Any, remedy: str) -> None:
    with pytest.raises((TypeError, ValueError), match=remedy):
        seen("cat", mask=mask)
