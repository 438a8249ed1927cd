"""What things look like: kinds, sizes, silhouettes and poses."""

from itertools import pairwise

import pytest

from modeldouble_server import coco
from modeldouble_server.predict.kinds import is_thing, kind_of, themes_of
from modeldouble_server.predict.outline import outline, polygon, silhouette
from modeldouble_server.predict.poses import KEYPOINTS, pose, skeleton
from modeldouble_server.predict.synthetic import Synthetic
from modeldouble_server.predict.things import Thing, box_of, picture_things
from modeldouble_server.scene import Query, Subject

FRAME = Subject("0f" * 32, 400, 400)


def thing(name: str = "person", key: int = 0, leftward: bool = False, age: int = 0) -> Thing:
    return Thing(name, 100.0, 50.0, 120.0, 300.0, 0.9, (key,), leftward, None, age)


def test_every_class_of_coco_has_a_kind_and_a_theme() -> None:
    assert all(is_thing(name) for name in coco.NAMES)
    assert set().union(*themes_of(coco.NAMES)) == set(coco.NAMES)


def test_classes_that_nobody_knows_are_seen_together_and_look_alike() -> None:
    assert themes_of(("gadget", "horse", "widget")) == (("horse",), ("gadget", "widget"))
    assert kind_of("gadget") == kind_of("widget")
    assert themes_of(()) == ()


@pytest.mark.parametrize(("name", "wide"), [("person", False), ("bottle", False), ("car", True), ("bus", True)])
def test_things_are_as_wide_as_their_class(name: str, wide: bool) -> None:
    for number in range(40):
        for one in Synthetic([name]).predict(Query(Subject(f"{number:064x}", 1000, 800))).objects:
            left, top, right, bottom = one.box
            assert (right - left > bottom - top) is wide


def test_what_flies_is_higher_than_what_stands() -> None:
    def middle(name: str) -> float:
        found = [
            one.top + one.height / 2
            for number in range(60)
            for one in picture_things((0,), ((name,),), Subject(f"{number:064x}", 400, 400))
        ]
        return sum(found) / len(found)

    assert middle("airplane") < 180 < 220 < middle("car")


def test_a_picture_has_one_to_seven_things_of_up_to_four_classes() -> None:
    themes = themes_of(coco.NAMES)
    found = [picture_things((0,), themes, Subject(f"{number:064x}", 640, 480)) for number in range(300)]
    assert {len(things) for things in found} == set(range(1, 8))
    assert {len({one.class_name for one in things}) for things in found} == {1, 2, 3, 4}


@pytest.mark.parametrize("name", ["person", "car", "bus", "bicycle", "bird", "dog", "bottle", "apple", "gadget"])
def test_silhouettes_touch_all_sides_of_their_box_and_stay_in_it(name: str) -> None:
    for key in range(20):
        one = thing(name, key, leftward=key % 2 == 0, age=key * 7)
        mask = silhouette(one, FRAME)
        assert mask is not None
        assert mask.box == box_of(one, FRAME) == (100, 50, 219, 349)


def test_silhouettes_differ_from_one_thing_to_the_next_and_are_mirrored() -> None:
    assert len({tuple(outline(thing("dog", key))) for key in range(10)}) == 10
    assert outline(thing("dog")) != outline(thing("dog", leftward=True))


def test_silhouettes_are_smooth() -> None:
    for name in ("person", "dog", "gadget"):
        corners = outline(thing(name))
        sides = [abs(x - u) + abs(y - v) for (x, y), (u, v) in pairwise(corners)]
        assert max(sides) < 80
        assert len(corners) > 40
        assert all(one != other for one, other in pairwise([*corners, corners[0]]))


def test_what_is_beyond_the_picture_is_cut_off() -> None:
    mask = silhouette(thing()._replace(left=-60.0), FRAME)
    assert mask is not None
    assert mask.box[0] == 0
    assert silhouette(thing()._replace(left=-500.0), FRAME) is None
    assert min(x for x, _ in polygon(thing()._replace(left=-60.0), FRAME).exterior) == 0


def test_a_thing_too_small_for_a_shape_is_still_a_triangle() -> None:
    small = thing()._replace(width=2.0, height=1.0)
    assert polygon(small, FRAME).exterior == ((100, 50), (101, 50), (101, 50))
    assert silhouette(small._replace(width=0.3, height=0.3), FRAME) is not None


def test_a_person_stands_upright() -> None:
    for key in range(40):
        at = dict(pose(thing(key=key, age=key), FRAME).nodes)
        order = [at[name][1] for name in ("nose", "left_shoulder", "left_hip", "left_knee", "left_ankle") if name in at]
        assert order == sorted(order)
        assert len(order) >= 2


def test_a_person_who_is_seen_from_the_front_has_the_left_side_on_the_right() -> None:
    for key in range(40):
        at = dict(pose(thing(key=key), FRAME).nodes)
        if {"left_shoulder", "right_shoulder"} <= set(at):
            assert at["left_shoulder"][0] > at["right_shoulder"][0]


def test_some_keypoints_are_missing_at_times_and_most_are_there() -> None:
    counts = [len(pose(thing(key=key), FRAME).nodes) for key in range(100)]
    assert 17 in counts
    assert min(counts) >= 10
    assert 13 < sum(counts) / 100 < 17


def test_keypoints_beyond_the_picture_are_not_seen() -> None:
    found = pose(thing()._replace(top=250.0), FRAME).nodes
    assert found
    assert not any(name.endswith("ankle") for name, _ in found)


def test_the_skeleton_is_that_of_coco() -> None:
    bones = skeleton()
    assert tuple(one.name for one in bones.nodes) == KEYPOINTS
    assert (len(KEYPOINTS), len(bones.edges)) == (17, 19)
    assert {name for edge in bones.edges for name in edge} == set(KEYPOINTS)
    assert all(0 <= one.x <= 1 and 0 <= one.y <= 1 for one in bones.nodes)
    assert len({(one.x, one.y) for one in bones.nodes}) == 17


@pytest.mark.parametrize("name", ["person", "dog", "gadget"])
def test_a_silhouette_bends_gently_from_frame_to_frame(name: str) -> None:
    shapes = [bits_of(name, age) for age in range(120)]
    steps = [bin(one ^ other).count("1") for one, other in pairwise(shapes)]
    assert max(steps) < 0.04 * bin(shapes[0]).count("1") < bin(shapes[0] ^ shapes[40]).count("1")


def bits_of(name: str, age: int) -> int:
    """All pixels of a silhouette, whose box is the same at any age."""
    mask = silhouette(thing(name, age=age), FRAME)
    assert mask is not None
    assert mask.box == (100, 50, 219, 349)
    return int.from_bytes(mask.bits, "big")


def test_legs_swing_and_are_where_they_were_after_two_steps() -> None:
    for key in range(10):
        feet = [dict(pose(thing(key=key, age=age), FRAME).nodes).get("left_ankle") for age in range(33)]
        there = [at for at in feet if at is not None]
        assert not there or max(x for x, _ in there) - min(x for x, _ in there) >= 4
        assert feet[0] == feet[32] or None in feet


def test_a_keypoint_that_is_missing_comes_back_later() -> None:
    wrists = [
        [name for name, _ in pose(thing(key=key, age=age), FRAME).nodes].count("left_wrist")
        for key in range(40)
        for age in (0, 45)
    ]
    pairs = list(zip(wrists[::2], wrists[1::2], strict=True))
    assert {(1, 1), (0, 1), (1, 0)} <= set(pairs)
