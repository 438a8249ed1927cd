"""Found objects are off by as much as they are to be, never so far that they are not found, and inside the picture."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modeldouble_server.predict.chance import Chance
from modeldouble_server.predict.ground_truth.jitter import (
    LEAST_IOU,
    enclosing,
    jittered_box,
    jittered_shape,
    placed,
)
from modeldouble_server.predict.ground_truth.labels import Label, around
from modeldouble_server.predict.ground_truth.raster import box_iou, iou, mask_of, raster
from modeldouble_server.scene import Box, Graph, Mask, Polygon

WIDTH, HEIGHT = 120, 90
BOXES = st.tuples(st.integers(0, 119), st.integers(0, 89), st.integers(0, 119), st.integers(0, 89)).map(
    lambda one: (min(one[0], one[2]), min(one[1], one[3]), max(one[0], one[2]), max(one[1], one[3]))
)
OCTAGON = Polygon(((20, 10), (60, 10), (70, 30), (70, 60), (60, 80), (20, 80), (10, 60), (10, 30)))
OCTAGON_BOX = (10, 10, 70, 80)


def bitten() -> Mask:
    """A mask of 40 x 40 that lacks its upper left quarter."""
    made = mask_of((10, 10, 49, 49), [(1 << 20) - 1] * 20 + [(1 << 40) - 1] * 20)
    assert made is not None
    return made


@settings(deadline=None)
@given(BOXES, st.floats(LEAST_IOU, 1.0), st.integers(0, 50))
def test_a_box_stays_found_and_inside_the_picture(box: Box, wanted: float, seed: int) -> None:
    left, top, right, bottom = made = jittered_box(box, wanted, Chance(seed), WIDTH, HEIGHT)
    assert 0 <= left <= right < WIDTH
    assert 0 <= top <= bottom < HEIGHT
    assert box_iou(box, made) >= LEAST_IOU


@pytest.mark.parametrize("wanted", [0.55, 0.7, 0.85, 0.95])
@pytest.mark.parametrize("box", [(20, 20, 79, 79), (0, 0, 119, 89), (0, 40, 60, 89)])
def test_a_box_is_as_far_off_as_it_is_to_be(box: Box, wanted: float) -> None:
    for seed in range(20):
        assert box_iou(box, jittered_box(box, wanted, Chance(seed), WIDTH, HEIGHT)) == pytest.approx(wanted, abs=0.04)


def test_boxes_are_off_in_all_directions() -> None:
    made = [jittered_box((40, 30, 79, 59), 0.7, Chance(seed), WIDTH, HEIGHT) for seed in range(30)]
    for side, value in enumerate((40, 30, 79, 59)):
        assert any(one[side] < value for one in made)
        assert any(one[side] > value for one in made)


def test_a_box_that_is_to_be_the_labels_is() -> None:
    assert jittered_box((3, 4, 50, 60), 1.0, Chance(1), WIDTH, HEIGHT) == (3, 4, 50, 60)


@pytest.mark.parametrize("follow", [0.0, 0.5, 1.0, 2.0])
@settings(deadline=None)
@given(box=BOXES)
def test_a_polygon_fills_its_new_box(follow: float, box: Box) -> None:
    made = placed(OCTAGON, OCTAGON_BOX, box, follow)
    assert isinstance(made, Polygon)
    assert around(made.exterior) == box == enclosing(made, box)
    assert len(made.exterior) == 8


def test_what_follows_entirely_is_stretched_with_the_box() -> None:
    square = Polygon(((0, 0), (10, 0), (10, 10), (5, 5), (0, 10)), (((4, 2), (6, 2), (6, 4)),))
    made = placed(square, (0, 0, 10, 10), (20, 30, 40, 70), 1.0)
    assert made == Polygon(((20, 30), (40, 30), (40, 70), (30, 50), (20, 70)), (((28, 38), (32, 38), (32, 46)),))


def test_what_does_not_follow_stays_in_place() -> None:
    kite = Polygon(((0, 5), (4, 0), (10, 5), (4, 10)))
    assert placed(kite, (0, 0, 10, 10), (2, 0, 12, 10), 0.0) == Polygon(((2, 5), (4, 0), (12, 5), (4, 10)))


def test_a_mask_in_its_own_box_is_itself() -> None:
    assert placed(bitten(), (10, 10, 49, 49), (10, 10, 49, 49), 0.0) == bitten()
    assert placed(bitten(), (10, 10, 49, 49), (10, 10, 49, 49), 1.0) == bitten()


def test_a_mask_is_moved_and_stretched_with_its_box() -> None:
    moved = placed(bitten(), (10, 10, 49, 49), (13, 14, 52, 53), 1.0)
    assert moved == Mask((13, 14, 52, 53), bitten().bits)
    larger = placed(bitten(), (10, 10, 49, 49), (0, 0, 79, 79), 1.0)
    assert isinstance(larger, Mask)
    assert raster(larger, larger.box).area == pytest.approx(4 * 1200, rel=0.05)


def test_a_mask_that_does_not_follow_is_cropped_and_its_edges_drawn_out() -> None:
    made = placed(bitten(), (10, 10, 49, 49), (5, 10, 44, 49), 0.0)
    assert isinstance(made, Mask)
    assert made.box == (5, 10, 44, 49)
    upper, lower = raster(made, made.box).rows[5], raster(made, made.box).rows[30]
    # The inner edge of the bite is where it was: at 30, so 15 pixels remain on its right.
    assert (upper, lower) == ((1 << 15) - 1, (1 << 40) - 1)


@settings(deadline=None)
@given(BOXES, st.floats(0.0, 4.0))
def test_a_mask_and_its_box_are_one(box: Box, follow: float) -> None:
    made = placed(bitten(), (10, 10, 49, 49), box, follow)
    if made is not None:
        assert isinstance(made, Mask)
        rows = raster(made, made.box).rows
        assert rows[0]
        assert rows[-1]
        every = 0
        for row in rows:
            every |= row
        assert every.bit_length() == made.box[2] - made.box[0] + 1
        assert every & 1


@settings(deadline=None)
@given(st.sampled_from([0.52, 0.6, 0.8]), st.floats(0.0, 4.0), st.integers(0, 30))
def test_shapes_stay_found_however_far_they_are_to_move(wanted: float, follow: float, seed: int) -> None:
    for label in (Label("a", OCTAGON_BOX, OCTAGON), Label("a", (10, 10, 49, 49), bitten())):
        box = jittered_box(label.box, wanted, Chance(seed), WIDTH, HEIGHT)
        enclosed, shape = jittered_shape(label, box, follow)
        assert shape is not None
        assert iou(raster(label.geometry, label.box), raster(shape, enclosed)) > 0.5
        assert enclosing(shape, enclosed) == enclosed


def test_a_shape_that_follows_further_overlaps_less() -> None:
    label, box = Label("a", OCTAGON_BOX, OCTAGON), (16, 10, 76, 80)
    overlaps = [iou(raster(OCTAGON, OCTAGON_BOX), raster(jittered_shape(label, box, follow)[1], box))
                for follow in (0.0, 1.0, 2.0)]  # fmt: skip
    assert overlaps == sorted(overlaps, reverse=True)
    assert overlaps[0] > overlaps[2] + 0.05


def test_a_graph_goes_with_its_box_and_a_plain_box_has_no_shape() -> None:
    graph = Graph((("a", (0, 0)), ("b", (5, 5)), ("c", (10, 10))))
    made = jittered_shape(Label("x", (0, 0, 10, 10), graph), (2, 2, 12, 12), 1.0)
    assert made == ((2, 2, 12, 12), Graph((("a", (2, 2)), ("b", (7, 7)), ("c", (12, 12)))))
    assert enclosing(Graph((("a", (2, 3)), ("b", (7, 1)))), (0, 0, 9, 9)) == (2, 1, 7, 3)
    assert jittered_shape(Label("x", (0, 0, 10, 10)), (2, 2, 12, 12), 1.0) == ((2, 2, 12, 12), None)
