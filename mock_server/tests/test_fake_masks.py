"""COCO's masks as the platform's bitmaps, judged by pycocotools where it is installed."""

import base64
import io
import zlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from modeldouble_server.bring.masks import bitmap, from_counts, from_polygons
from modeldouble_server.platform.corners import at_corners

SIZES = st.integers(1, 12)


def drawn(made: Any, width: int, height: int) -> Image.Image:
    """A bitmap put back into a picture of its own."""
    png = Image.open(io.BytesIO(zlib.decompress(base64.b64decode(made["data"]))))
    mask = Image.new("L", (width, height))
    mask.paste(png, tuple(made["origin"]))
    return mask


@settings(deadline=None)
@given(st.data(), SIZES, SIZES)
def test_run_lengths_survive(data: st.DataObject, width: int, height: int) -> None:
    bits = data.draw(st.lists(st.booleans(), min_size=width * height, max_size=width * height))
    runs, last = [0], False
    for bit in bits:
        runs = [*runs, 1] if bit != last else [*runs[:-1], runs[-1] + 1]
        last = bit
    mask = from_counts(runs, height, width)
    assert [bool(mask.getpixel((at // height, at % height))) for at in range(width * height)] == bits
    made = bitmap(mask)
    assert (made is None) == (True not in bits)
    if made is not None:
        assert drawn(made, width, height).tobytes() == mask.tobytes()


@settings(deadline=None)
@given(st.data(), SIZES, SIZES)
def test_packed_run_lengths_are_read_as_pycocotools_reads_them(data: st.DataObject, width: int, height: int) -> None:
    masks = pytest.importorskip("pycocotools.mask")
    numpy = pytest.importorskip("numpy")
    bits = data.draw(st.lists(st.integers(0, 1), min_size=width * height, max_size=width * height))
    truth = numpy.asfortranarray(numpy.array(bits, dtype=numpy.uint8).reshape(height, width))
    packed = masks.encode(truth)["counts"].decode()
    assert from_counts(packed, height, width).tobytes() == (truth * 255).tobytes("C")


def test_long_runs_are_unpacked() -> None:
    masks = pytest.importorskip("pycocotools.mask")
    numpy = pytest.importorskip("numpy")
    truth = numpy.zeros((900, 700), dtype=numpy.uint8, order="F")
    truth[100:800, 50:600] = 1
    packed = masks.encode(truth)["counts"].decode()
    assert from_counts(packed, 900, 700).getbbox() == (50, 100, 600, 800)


@pytest.mark.parametrize("counts", [[1], [5, -1], [9, 9], "\x00", "~~~"])
def test_counts_that_do_not_fit_are_refused(counts: Any) -> None:
    with pytest.raises(ValueError, match="counts"):
        from_counts(counts, 2, 2)


def test_several_polygons_are_one_mask() -> None:
    mask = from_polygons([[0, 0, 3, 0, 3, 3, 0, 3], [10, 10, 12, 10, 12, 12, 10, 12]], 20, 20)
    assert mask.getbbox() == (0, 0, 13, 13)
    assert (mask.getpixel((1, 1)), mask.getpixel((6, 6)), mask.getpixel((11, 11))) == (255, 0, 255)


def test_corners_are_half_a_pixel_from_the_middle() -> None:
    ring = {"exterior": [[0, 0], [4, 0], [4, 4]], "interior": [[[1, 1], [2, 1], [2, 2]]]}
    [made] = at_corners({"objects": [{"geometryType": "polygon", "points": ring}]})["objects"]
    assert made["points"] == {
        "exterior": [[0.5, 0.5], [4.5, 0.5], [4.5, 4.5]],
        "interior": [[[1.5, 1.5], [2.5, 1.5], [2.5, 2.5]]],
    }


def test_nodes_move_and_bitmaps_stay() -> None:
    graph = {"shape": "graph", "nodes": {"a": {"loc": [1, 2]}}}
    mask = {"geometryType": "bitmap", "bitmap": {"origin": [1, 1], "data": ""}}
    made = at_corners({"objects": [graph, mask]})["objects"]
    assert made == [{"shape": "graph", "nodes": {"a": {"loc": [1.5, 2.5]}}}, mask]
