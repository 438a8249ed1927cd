"""How settings act on a prediction."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modeldouble_server.predict.acting import THRESHOLDS, act, corners
from modeldouble_server.scene import Detection

COORDINATES = st.integers(0, 100)
CLASSES = st.sampled_from(["cat", "dog", "car"])


@st.composite
def boxes(draw: st.DrawFn) -> tuple[int, int, int, int]:
    (left, right), (top, bottom) = (
        sorted([draw(COORDINATES), draw(COORDINATES)]),
        sorted([draw(COORDINATES), draw(COORDINATES)]),
    )
    return left, top, right, bottom


FOUND = st.lists(st.builds(Detection, CLASSES, boxes(), st.floats(0, 1), st.none() | st.integers(0, 9)), max_size=8)


def region(left: float, top: float, right: float, bottom: float) -> dict[str, Any]:
    return {"points": {"exterior": [[left, top], [right, bottom]], "interior": []}}


def one(name: str = "cat", confidence: float = 0.5, box: tuple[int, int, int, int] = (10, 20, 30, 40)) -> Detection:
    return Detection(name, box, confidence, 7)


@settings(deadline=None)
@given(FOUND, st.floats(0, 1), st.floats(0, 1), st.sampled_from(THRESHOLDS))
def test_a_higher_threshold_gives_a_subset_in_the_same_order(
    found: list[Detection], low: float, high: float, name: str
) -> None:
    low, high = sorted((low, high))
    kept, fewer = act(found, {name: low}), act(found, {name: high})
    assert fewer == [one for one in kept if one.confidence >= high]


def test_an_object_as_sure_as_the_threshold_is_kept() -> None:
    assert act([one(confidence=0.5)], {"conf": 0.5}) == [one()]
    assert act([one(confidence=0.5)], {"conf": 0.500001}) == []


def test_of_two_thresholds_the_higher_one_acts() -> None:
    assert act([one(confidence=0.5)], {"conf": 0.1, "conf_thres": 0.6}) == []
    assert act([one(confidence=0.5)], {"conf_thres": 0.6, "confidence": 0.1}) == []


@pytest.mark.parametrize("nothing", [{}, {"conf": None}, {"classes": None}, {"classes": "all"}, {"rectangle": None}])
def test_settings_that_say_nothing_change_nothing(nothing: dict[str, Any]) -> None:
    found = [one(), one("dog", 0.0)]
    assert act(found, nothing) == found


@pytest.mark.parametrize("other", [{"iou_thres": 0.9}, {"augment": True}, {"inference_mode": "sliding_window"}])
def test_settings_without_a_meaning_here_change_nothing(other: dict[str, Any]) -> None:
    assert act([one(confidence=0.1)], other) == [one(confidence=0.1)]


def test_classes_filter_by_exact_name() -> None:
    found = [one("cat"), one("dog"), one("cats")]
    assert act(found, {"classes": ["cat"]}) == [one("cat")]
    assert act(found, {"classes": ["dog", "cat"]}) == [one("cat"), one("dog")]
    assert act(found, {"classes": []}) == []


@settings(deadline=None)
@given(FOUND, st.lists(CLASSES))
def test_classes_keep_all_of_the_named_and_none_of_the_others(found: list[Detection], names: list[str]) -> None:
    assert act(found, {"classes": names}) == [one for one in found if one.class_name in names]


@settings(deadline=None)
@given(FOUND, boxes())
def test_a_rectangle_crops_to_what_lies_inside(found: list[Detection], box: tuple[int, int, int, int]) -> None:
    cropped = act(found, {"rectangle": region(*box)})
    pixels = [_pixels(one.box) & _pixels(box) for one in found]
    assert [_pixels(one.box) for one in cropped] == [shared for shared in pixels if shared]


def _pixels(box: tuple[int, int, int, int]) -> set[tuple[int, int]]:
    left, top, right, bottom = box
    return {(x, y) for x in range(left, right + 1) for y in range(top, bottom + 1)}


def test_a_rectangle_takes_nothing_but_corners_from_an_object() -> None:
    assert act([one()], {"rectangle": region(15, 0, 99, 99)}) == [one(box=(15, 20, 30, 40))]


def test_an_object_that_only_touches_the_rectangle_keeps_one_row_of_pixels() -> None:
    assert act([one()], {"rectangle": region(30, 40, 99, 99)}) == [one(box=(30, 40, 30, 40))]
    assert act([one()], {"rectangle": region(31, 0, 99, 99)}) == []


def test_fractions_of_a_pixel_are_dropped_as_real_servers_do() -> None:
    assert corners(region(1.9, -0.5, 10.0, 2.2)) == (1, -1, 10, 2)
    [cropped] = act([one()], {"rectangle": region(12.7, 22.2, 25.9, 39.0)})
    assert cropped.box == (12, 22, 25, 39)
    assert all(type(at) is int for at in cropped.box)


def test_threshold_classes_and_rectangle_act_together() -> None:
    found = [one(), one("dog"), one(confidence=0.1), one(box=(60, 60, 70, 70))]
    assert act(found, {"conf": 0.4, "classes": ["cat"], "rectangle": region(0, 0, 50, 50)}) == [one()]


def test_what_the_predictor_answered_is_left_as_it_was() -> None:
    found = [one(), one("dog")]
    act(found, {"classes": [], "rectangle": region(0, 0, 12, 22)})
    assert found == [one(), one("dog")]
