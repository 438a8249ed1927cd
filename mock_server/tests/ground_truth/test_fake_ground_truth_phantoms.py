"""False detections lie where they are false, look like labels, and are dropped where there is no room."""

from collections.abc import Sequence

import pytest

from modeldouble_server.predict.chance import Chance
from modeldouble_server.predict.ground_truth.labels import Label, Picture
from modeldouble_server.predict.ground_truth.phantoms import phantom
from modeldouble_server.predict.ground_truth.plan import Phantom
from modeldouble_server.predict.ground_truth.raster import box_iou
from modeldouble_server.scene import Detection, Polygon

CAT = Label("cat", (40, 30, 79, 59))
DOG = Label("dog", (100, 80, 139, 109))
PICTURE = Picture("ab", "a.png", 200, 160, (CAT, DOG))


def some(picture: Picture, like: Label, found: Sequence[Detection] = ()) -> list[Detection]:
    made = [phantom(picture, Phantom(like, 0.4), Chance(seed), found) for seed in range(60)]
    return [one for one in made if one is not None]


def test_none_is_near_enough_to_a_label_to_be_right() -> None:
    made = some(PICTURE, CAT)
    assert len(made) == 60
    assert all(box_iou(one.box, label.box) < 0.4 for one in made for label in PICTURE.labels)


def test_they_lie_inside_the_picture_and_have_about_the_size_of_the_label() -> None:
    for one in some(PICTURE, CAT):
        left, top, right, bottom = one.box
        assert 0 <= left <= right < 200
        assert 0 <= top <= bottom < 160
        assert 32 <= right - left + 1 <= 50
        assert 24 <= bottom - top + 1 <= 38


def test_some_are_beside_an_object_of_their_class_and_others_in_the_background() -> None:
    near = [box_iou(one.box, CAT.box) > 0.05 for one in some(PICTURE, CAT)]
    assert 5 < sum(near) < 45


def test_they_are_apart_from_what_was_found_of_their_class() -> None:
    corners = [(x, y) for x in (0, 50, 100, 150) for y in (0, 65, 120)]
    there = [Detection("cat", (x, y, x + 39, y + 29), 0.9) for x, y in corners]
    assert len(some(PICTURE, CAT, there)) > 50
    assert any(box_iou(one.box, other.box) > 0.5 for one in some(PICTURE, CAT) for other in there)
    assert all(box_iou(one.box, other.box) < 0.4 for one in some(PICTURE, CAT, there) for other in there)


def test_they_keep_out_of_crowds() -> None:
    crowd = Label("cat", (0, 0, 99, 159), crowd=True)
    made = some(PICTURE._replace(labels=(crowd,)), CAT)
    assert made
    assert all(one.box[2] - max(100, one.box[0]) >= (one.box[2] - one.box[0]) / 2 for one in made)


def test_a_label_that_fills_the_picture_leaves_room_for_smaller_ones() -> None:
    full = Label("cat", (0, 0, 199, 159))
    made = some(PICTURE._replace(labels=(full,)), full)
    assert len(made) > 50
    assert all(box_iou(one.box, full.box) < 0.4 for one in made)


def test_where_there_is_no_room_there_is_none() -> None:
    dot = Label("cat", (0, 0, 0, 0))
    assert some(Picture("ab", "a.png", 1, 1, (dot,)), dot) == []


def test_one_like_a_larger_pictures_label_fits_into_a_smaller_picture() -> None:
    made = some(Picture("ab", "a.png", 30, 20), Label("cat", (0, 0, 999, 999)))
    assert all(one.box[2] < 30 and one.box[3] < 20 for one in made)
    assert len(made) == 60


def test_it_has_the_shape_of_its_label() -> None:
    diamond = Label("cat", (40, 30, 80, 60), Polygon(((60, 30), (80, 45), (60, 60), (40, 45))))
    for one in some(PICTURE, diamond):
        assert isinstance(one.geometry, Polygon)
        across = [x for x, _ in one.geometry.exterior]
        assert (min(across), max(across)) == (one.box[0], one.box[2])


@pytest.mark.parametrize("seed", range(3))
def test_the_same_chance_gives_the_same(seed: int) -> None:
    one = Phantom(CAT, 0.4)
    assert phantom(PICTURE, one, Chance(seed), ()) == phantom(PICTURE, one, Chance(seed), ())
