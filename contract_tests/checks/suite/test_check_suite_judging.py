"""What must hold of every prediction: each rule is met by an honest answer, and broken by the one lie it is for."""

import contextlib
from typing import Any

import pytest
from PIL import Image

from modeldouble_contract.finding import Finding
from modeldouble_contract.judge import Judge
from modeldouble_contract.judging import frames_are, judge_masks, judge_objects, judge_size, partly_outside
from modeldouble_contract.likeness import equal, likeness
from modeldouble_contract.objects import objects_of, read_meta, size_of, threshold_name
from modeldouble_contract.truth import Release, load

from .said import box, mask, masked, meta, png, prediction, thing

JUDGE = Judge(load(), None)
META = read_meta(meta(cat="rectangle", area="bitmap", blob="polygon", whatever="any", pose="graph", линия="line"))
RING = [[1, 1], [9, 1], [9, 9]]


def code_of(*objects: dict[str, Any]) -> str:
    """The code of what is found in a picture of 64 x 48 pixels; empty if all is well."""
    try:
        judge_objects(JUDGE, None, prediction(*objects), META)
        judge_masks(JUDGE, None, prediction(*objects))
    except Finding as found:
        return found.code
    return ""


@pytest.mark.parametrize("one", [
    box(0, 0, 63, 47), box(5, 5, 5, 5), box(-10, -10, 5, 5), box(1.5, 2.5, 3.25, 4.0), box(60, 40, 90, 90),
    box(0, 0, 1, 1, confidence=None), box(1, 1, 2, 2, name="whatever"), mask((3, 4), (5, 6), name="area"),
    mask((0, 0),
    (64, 48), name="whatever"), thing("polygon", {"points": {"exterior": RING, "interior": [RING]}}, "blob"),
    thing("graph", {"nodes": {"head": {"loc": [5, 6]}, "tail": {"loc": [7, 8]}}}, "pose"),
    thing("line", {"points": {"exterior": [[0, 0], [5, 5]], "interior": []}}, "линия"),
    thing("point", {"points": {"exterior": [[0, 0]], "interior": []}}, "whatever"),
    thing("cuboid", {"points": [[1, 2]], "faces": []}, "whatever"), thing("alpha_mask", {"bitmap": 5}, "whatever"),
])  # fmt: skip
def test_honest_objects_of_every_geometry_pass(one: dict[str, Any]) -> None:
    assert code_of(one) == ""


@pytest.mark.parametrize(("one", "code"), [
    (box(0, 0, 1, 1, name="dog"), "object.class"), (box(0, 0, 1, 1, name="blob"), "object.shape"),
    (box(70, 0, 80, 10), "object.outside"), (box(0, -20, 10, -5), "object.outside"),
    (box(5, 0, 4, 10), "object.corners"), (box(0, 10, 4, 5), "object.corners"),
    (thing("graph", {"nodes": {"head": {"loc": [500, 6]}}}, "pose"), "object.outside"),
    (thing("polygon", {"points": {"exterior": [[99, 0], [99, 5], [99, 9]], "interior": []}}, "blob"), "object.outside"),
    (mask((64, 0), (3, 3), name="area"), "mask.inside"), (mask((60, 40), (9, 3), name="area"), "mask.inside"),
    (mask((0, -1), (3, 3), name="area"), "mask.inside"), (mask((90, 90), (3, 3), name="area"), "object.outside"),
    (mask((0, 0), (3, 3), filled=False, name="area"), "mask.empty"),
    (masked((0, 0), b"no png", name="area"), "mask.data"),
    (masked((0, 0), png(Image.new("1", (9, 9)))[:-30], name="area"), "mask.data"),
    (thing("bitmap", {"bitmap": {"origin": [0, 0], "data": "eJz!"}}, "area"), "mask.data"),
    (thing("bitmap", {"bitmap": {"origin": [0, 0], "data": "eJzAAAA"}}, "area"), "mask.data"),
])  # fmt: skip
def test_each_lie_about_an_object_has_its_code(one: dict[str, Any], code: str) -> None:
    assert code_of(one) == code


@pytest.mark.parametrize(("picture", "empty"), [
    (Image.new("1", (4, 4), 1), False), (Image.new("L", (4, 4), 0), True), (Image.new("RGBA", (4, 4),
    (0, 0, 0, 255)), False),
    (Image.new("RGBA", (4, 4), (9, 9, 9, 0)), True), (Image.new("RGB", (4, 4), (0, 9, 0)), False),
])  # fmt: skip
def test_a_mask_may_be_any_kind_of_png(picture: Image.Image, empty: bool) -> None:
    assert code_of(masked((0, 0), png(picture), name="area")) == ("mask.empty" if empty else "")


def test_masks_are_counted() -> None:
    assert judge_masks(JUDGE, None, prediction(box(0, 0, 1, 1), mask((0, 0), (2, 2)), mask((1, 1), (2, 2)))) == 2


def test_size_is_width_and_height() -> None:
    judge_size(JUDGE, None, prediction(size=(64, 48)), (64, 48))
    with pytest.raises(Finding) as raised:
        judge_size(JUDGE, None, prediction(size=(48, 64)), (64, 48))
    assert (raised.value.expected, raised.value.got) == ("width 64, height 48", "width 48, height 64")
    assert size_of(prediction(size=(7, 5))) == (7, 5)


@pytest.mark.parametrize(("one", "code"), [
    (box(10, 100, 20, 110), ""), (box(10, 900, 60, 950), "object.outside"), (box(2000, 900, 2100, 950), ""),
])  # fmt: skip
def test_in_a_flat_picture_only_exchanged_sides_count_as_outside(one: dict[str, Any], code: str) -> None:
    flat = prediction(one, size=(1200, 160))
    with pytest.raises(Finding, match=code) if code else contextlib.nullcontext():
        judge_objects(JUDGE, None, flat, META)


@pytest.mark.parametrize(("one", "off"), [
    (box(0, 0, 63, 47), False), (box(-1, -1, 64, 48), False), (box(-2, 0, 9, 9), True), (box(0, 0, 9, 49.5), True),
    (mask((60, 0), (9, 9)), True), (mask((0, 0), (64, 48)), False),
])  # fmt: skip
def test_a_point_more_than_a_pixel_off_is_outside(one: dict[str, Any], off: bool) -> None:
    assert bool(partly_outside(prediction(one))) is off


@pytest.mark.parametrize(("release", "found", "holds"), [
    (None, [3, 4], True), ("6.74.51", [3, 4], True), ("6.69.57", [3, 4], True), ("6.69.57", [None, None], True),
    ("6.74.51", [None, None], False), (None, [None, None], False), ("6.69.57", [None], False),
    ("6.69.57", [3, None], False),
    (None, [4, 3], False), (None, [3, 3], False), (None, [3], False), (None, [3, 4, 5], False), (None, [], False),
])  # fmt: skip
def test_frames_are_those_that_were_asked_for(release: str | None, found: list[int | None], holds: bool) -> None:
    judge = Judge(load(), None if release is None else Release.parse(release))
    assert frames_are(judge, [{"frame_index": one} for one in found], range(3, 5)) is holds


def seen(*objects: dict[str, Any]) -> list[Any]:
    return objects_of(prediction(*objects))


def test_objects_have_class_shape_points_and_confidence() -> None:
    [one] = seen(box(1, 2, 3, 4, confidence=0.5))
    assert one == ("cat", "rectangle", ((1, 2), (3, 4)), 0.5)
    assert seen(mask((3, 4), (5, 6)))[0].points == ((3, 4), (7, 9))
    assert seen(thing("bitmap", {"bitmap": {"origin": [3, 4], "data": "eJz"}}))[0].points == ((3, 4), (3, 4))
    assert objects_of({"annotation": None}) == []


@pytest.mark.parametrize(
    ("value", "expected"), [(0.5, 0.5), (1, 1.0), ("0.5", None), (None, None), (float("nan"), None)]
)
def test_a_confidence_is_a_finite_number(value: Any, expected: float | None) -> None:
    one = {**box(0, 0, 1, 1), "tags": [{"name": "other", "value": 7}, {"name": "confidence", "value": value}]}
    assert seen(one)[0].confidence == expected


@pytest.mark.parametrize(("some", "others", "alike"), [
    ([], [], 1.0), ([box(0, 0, 9, 9)], [], 0.0), ([box(0, 0, 9, 9)], [box(0, 0, 9, 9)], 1.0),
    ([box(0, 0, 9, 9)], [box(1, 1, 10, 10)], 1.0), ([box(0, 0, 9, 9)], [box(8, 8, 17, 17)], 0.0),
    ([box(0, 0, 9, 9)], [box(0, 0, 9, 9, name="dog")], 0.0), ([box(0, 0, 9, 9)], [box(0, 0, 9, 9)] * 2, 0.5),
    ([mask((0, 0), (9, 9))], [mask((1, 0), (9, 9))], 1.0), ([mask((0, 0), (9, 9))], [mask((0, 0), (2, 2))], 0.0),
])  # fmt: skip
def test_likeness_is_the_share_of_objects_with_a_partner(some: Any, others: Any, alike: float) -> None:
    assert likeness(seen(*some), seen(*others)) == alike
    assert likeness(seen(*others), seen(*some)) == alike


def test_objects_of_little_confidence_may_come_and_go() -> None:
    sure, faint = box(0, 0, 9, 9), box(30, 30, 40, 40, confidence=0.3)
    assert likeness(seen(sure, faint), seen(sure), 0.35) == 1.0
    assert likeness(seen(sure, faint), seen(sure), 0.3) == 0.5
    assert likeness(seen(faint), [], 0.35) == 1.0
    assert likeness(seen(sure), [], 0.35) == 0.0
    assert likeness(seen(box(0, 0, 9, 9, confidence=None)), [], 0.35) == 0.0


@pytest.mark.parametrize(("other", "same"), [
    (box(0, 0, 10, 10), True), (box(0.5, 0, 10, 11), True), (box(0, 0, 10, 12), False),
    (box(0, 0, 10, 10, name="dog"), False),
    (box(0, 0, 10, 10, confidence=0.905), True), (box(0, 0, 10, 10, confidence=0.8), False),
])  # fmt: skip
def test_equal_is_within_a_pixel_and_a_hundredth(other: dict[str, Any], same: bool) -> None:
    assert equal(seen(box(0, 0, 10, 10)), seen(other)) is same


def test_equal_is_in_order_and_in_number() -> None:
    one, two = box(0, 0, 9, 9), box(20, 20, 30, 30)
    assert not equal(seen(one, two), seen(two, one))
    assert not equal(seen(one, two), seen(one))
    assert not equal(seen(thing("polygon", {"points": {"exterior": RING, "interior": []}})), seen(one))


def test_a_meta_that_deviated_is_empty() -> None:
    assert read_meta(None) == ({}, frozenset())
    assert read_meta(meta(a="any")).shapes == {"a": "any"}


@pytest.mark.parametrize(("defaults", "name"), [
    ({"conf": 0.5}, "conf"), ({"iou": 1, "conf_thres": 1}, "conf_thres"), ({"conf": True}, None),
    ({"conf": "0.5"}, None), ({}, None),
])  # fmt: skip
def test_the_threshold_is_found_by_its_name(defaults: dict[str, Any], name: str | None) -> None:
    assert threshold_name(defaults) == name
