"""How settings act on a prediction."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modeldouble_server.predict.acting import THRESHOLDS, Ways, act, check, corners, ways
from modeldouble_server.refusal import Refused
from modeldouble_server.scene import Answer, Box, Detection, Query, Subject, Tag

PICTURE = Subject("0" * 64, 101, 101)
COORDINATES = st.integers(0, 100)
CLASSES = st.sampled_from(["cat", "dog", "car"])
SURE = st.none() | st.floats(0, 1)
WINDOWS = {"inference_mode": "sliding_window", "sliding_window_params": {"windowHeight": 60, "overlapY": 20}}


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    (left, right), (top, bottom) = (
        sorted([draw(COORDINATES), draw(COORDINATES)]),
        sorted([draw(COORDINATES), draw(COORDINATES)]),
    )
    return left, top, right, bottom


FOUND = st.lists(
    st.tuples(CLASSES, boxes(), SURE, st.none() | st.integers(0, 9)).map(lambda fields: Detection(*fields)), max_size=8
)
ADVANCED = Ways("advanced")
MODES = st.sampled_from([{}, {"iou_thres": 0.3}, {"iou_thres": 0.3, **WINDOWS}, WINDOWS])


def region(left: float, top: float, right: float, bottom: float) -> dict[str, Any]:
    return {"points": {"exterior": [[left, top], [right, bottom]], "interior": []}}


def one(name: str = "cat", confidence: float | None = 0.5, box: Box = (10, 20, 30, 40)) -> Detection:
    return Detection(name, box, confidence, 7)


def kept(found: list[Detection], sent: dict[str, Any], how: Ways = ADVANCED) -> list[Detection]:
    return list(act(Answer(tuple(found)), Query(PICTURE, sent, sent), how).objects)


@settings(deadline=None)
@given(FOUND, st.floats(0, 1), st.floats(0, 1), st.sampled_from(THRESHOLDS), MODES)
def test_a_higher_threshold_gives_a_subset_in_the_same_order(
    found: list[Detection], low: float, high: float, name: str, mode: dict[str, Any]
) -> None:
    low, high = sorted((low, high))
    many, fewer = kept(found, {name: low, **mode}), kept(found, {name: high, **mode})
    assert fewer == [one for one in many if one.confidence is None or one.confidence >= high]


def test_an_object_as_sure_as_the_threshold_is_kept() -> None:
    assert kept([one(confidence=0.5)], {"conf": 0.5}) == [one()]
    assert kept([one(confidence=0.5)], {"conf": 0.500001}) == []


def test_an_object_without_a_confidence_is_always_kept() -> None:
    assert kept([one(confidence=None)], {"conf": 1.0}) == [one(confidence=None)]


def test_of_two_thresholds_the_higher_one_acts() -> None:
    assert kept([one(confidence=0.5)], {"conf": 0.1, "conf_thres": 0.6}) == []
    assert kept([one(confidence=0.5)], {"conf_thres": 0.6, "confidence": 0.1}) == []


@pytest.mark.parametrize(
    "nothing",
    [{}, {"conf": None}, {"classes": None}, {"classes": "all"}, {"rectangle": None}, {"iou": None}, {"augment": True}],
)
def test_settings_that_say_nothing_change_nothing(nothing: dict[str, Any]) -> None:
    found = [one(), one("dog", 0.0), one()]
    assert kept(found, nothing) == found


@pytest.mark.parametrize("name", ["iou_thres", "iou"])
def test_what_lies_on_a_surer_object_of_its_class_goes(name: str) -> None:
    found = [one(confidence=0.4), one(confidence=0.5), one("dog", 0.3)]
    assert kept(found, {name: 0.45}) == found[1:]
    assert kept(found, {name: 1}) == found


def test_of_two_overlaps_the_smaller_one_acts() -> None:
    found = [one(), one(box=(10, 20, 30, 50))]
    assert len(kept(found, {"iou": 0.9, "iou_thres": 0.9})) == 2
    assert len(kept(found, {"iou": 0.9, "iou_thres": 0.1})) == 1


def test_classes_filter_by_exact_name() -> None:
    found = [one("cat"), one("dog"), one("cats")]
    assert kept(found, {"classes": ["cat"]}) == [one("cat")]
    assert kept(found, {"classes": ["dog", "cat"]}) == [one("cat"), one("dog")]
    assert kept(found, {"classes": []}) == []


@settings(deadline=None)
@given(FOUND, st.lists(CLASSES), st.sampled_from([{}, {"iou_thres": 0.3}]))
def test_classes_keep_all_of_the_named_and_none_of_the_others(
    found: list[Detection], names: list[str], mode: dict[str, Any]
) -> None:
    everything = kept(found, mode)
    assert kept(found, {"classes": names, **mode}) == [one for one in everything if one.class_name in names]


def test_a_semantic_model_gives_to_the_background_what_classes_leave_out() -> None:
    found = [one("sky", None), one("road", None, (0, 50, 99, 99))]
    assert kept(found, {"classes": ["road"]}, Ways(background="__bg__")) == [one("__bg__", None), found[1]]
    assert kept(found, {"classes": []}, Ways(background="sky")) == [found[0], one("sky", None, (0, 50, 99, 99))]


def test_the_background_takes_over_an_objects_json_too() -> None:
    found = one("sky", None)._replace(verbatim={"classTitle": "sky", "classId": 5, "bitmap": {}})
    [renamed] = kept([found], {"classes": []}, Ways(background="__bg__"))
    assert renamed.verbatim == {"classTitle": "__bg__", "bitmap": {}}


@pytest.mark.parametrize(
    ("task", "names", "background"),
    [
        ("object detection", ["background", "cat"], None),
        ("semantic segmentation", ["cat", "neutral", "background"], "neutral"),
        ("semantic segmentation", ["cat"], "__bg__"),
    ],
)
def test_which_class_is_the_background(task: str, names: list[str], background: str | None) -> None:
    assert ways({"task type": task, "sliding_window_support": "none"}, names) == Ways("none", background)


@settings(deadline=None)
@given(FOUND, boxes())
def test_a_rectangle_crops_to_what_lies_inside(found: list[Detection], box: tuple[int, int, int, int]) -> None:
    cropped = kept(found, {"rectangle": region(*box)})
    pixels = [_pixels(one.box) & _pixels(box) for one in found]
    assert [_pixels(one.box) for one in cropped] == [shared for shared in pixels if shared]


def _pixels(box: tuple[int, int, int, int]) -> set[tuple[int, int]]:
    left, top, right, bottom = box
    return {(x, y) for x in range(left, right + 1) for y in range(top, bottom + 1)}


def test_a_rectangle_takes_nothing_but_corners_from_an_object() -> None:
    assert kept([one()], {"rectangle": region(15, 0, 99, 99)}) == [one(box=(15, 20, 30, 40))]


def test_an_object_that_only_touches_the_rectangle_keeps_one_row_of_pixels() -> None:
    assert kept([one()], {"rectangle": region(30, 40, 99, 99)}) == [one(box=(30, 40, 30, 40))]
    assert kept([one()], {"rectangle": region(31, 0, 99, 99)}) == []


def test_fractions_of_a_pixel_are_dropped_as_real_servers_do() -> None:
    assert corners(region(1.9, -0.5, 10.0, 2.2)) == (1, -1, 10, 2)
    [cropped] = kept([one()], {"rectangle": region(12.7, 22.2, 25.9, 39.0)})
    assert cropped.box == (12, 22, 25, 39)
    assert all(type(at) is int for at in cropped.box)


def test_threshold_classes_and_rectangle_act_together() -> None:
    found = [one(), one("dog"), one(confidence=0.1), one(box=(60, 60, 70, 70))]
    assert kept(found, {"conf": 0.4, "classes": ["cat"], "rectangle": region(0, 0, 50, 50)}) == [one()]


def test_what_the_predictor_answered_is_left_as_it_was() -> None:
    found = [one(), one("dog")]
    kept(found, {"classes": [], "rectangle": region(0, 0, 12, 22)})
    assert found == [one(), one("dog")]


def test_tags_of_a_classifier_are_filtered_by_threshold_and_classes() -> None:
    tags = (Tag("cat", 0.7), Tag("dog", 0.2), Tag("place", "street"), Tag("seen"))
    query = Query(PICTURE, {"conf": 0.5})
    assert act(Answer(tags=tags), query).tags == (tags[0], *tags[2:])
    assert act(Answer(tags=tags), Query(PICTURE, {"classes": ["dog"]})).tags == tags[1:]


def test_on_a_literal_answer_only_what_was_sent_acts() -> None:
    said = Answer((one(confidence=0.1), one(confidence=0.3)), literal=True)
    defaults = {"conf_thres": 0.25, "iou_thres": 0.45, "classes": [], "rectangle": region(0, 0, 5, 5), **WINDOWS}
    assert act(said, Query(PICTURE, defaults)) == said
    assert act(said, Query(PICTURE, defaults, {"conf": 0.2})).objects == said.objects[1:]


def test_a_literal_answer_takes_the_windows_from_the_defaults_if_windows_were_sent() -> None:
    said = Answer((one(),), literal=True)
    acted = act(said, Query(PICTURE, WINDOWS, {"inference_mode": "sliding_window"}))
    assert [slide.region for slide in acted.slides][:2] == [(0, 0, 100, 59), (0, 40, 100, 99)]


def test_nothing_acts_on_a_whole_prediction() -> None:
    recorded = Answer((one(),), (Tag("a", 0.1),), prediction={"annotation": {}})
    sent = {"conf": 1.0, "classes": [], **WINDOWS}
    assert act(recorded, Query(PICTURE, sent, sent)) is recorded


@settings(deadline=None)
@given(FOUND, MODES, st.sampled_from(["basic", "advanced"]))
def test_one_window_answers_what_the_full_image_does(
    found: list[Detection], mode: dict[str, Any], support: str
) -> None:
    full = {**mode, "conf": 0.2, "inference_mode": "full_image"}
    assert kept(
        found, {**full, "inference_mode": "sliding_window", "sliding_window_params": {}}, Ways(support)
    ) == kept(found, full, Ways(support))


def test_a_model_without_windows_answers_as_for_the_full_image() -> None:
    answer = act(Answer((one(),)), Query(PICTURE, WINDOWS), Ways("none"))
    assert answer == Answer((one(),))


def test_windows_see_what_the_rectangle_leaves() -> None:
    acted = act(Answer((one(),)), Query(PICTURE, {**WINDOWS, "rectangle": region(0, 0, 20, 99)}))
    assert [slide.objects for slide in acted.slides[:2]] == [(one(box=(10, 20, 20, 40)),), (one(box=(10, 40, 20, 40)),)]


def test_windows_that_do_not_fit_are_refused_before_and_when_predicting() -> None:
    query = Query(PICTURE, {**WINDOWS, "sliding_window_params": {"windowWidth": 102}})
    for ask in (lambda: check(query), lambda: act(Answer(), query)):
        with pytest.raises(Refused, match="windowWidth is 102; send the picture's 101 at most"):
            ask()
    check(query, Ways("none"))
    check(Query(PICTURE, WINDOWS))


@settings(deadline=None)
@given(FOUND, MODES)
def test_the_same_question_gets_the_same_answer(found: list[Detection], mode: dict[str, Any]) -> None:
    before = list(found)
    assert kept(found, mode) == kept(found, mode)
    assert found == before
