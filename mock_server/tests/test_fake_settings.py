"""What a request's settings mean, and which are refused."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modeldouble_server.default_world import SETTINGS
from modeldouble_server.predict.acting import THRESHOLDS
from modeldouble_server.refusal import Refused
from modeldouble_server.settings import UNIT, resolve, unknown

DEFAULTS: dict[str, Any] = {**SETTINGS, "input_size": 640, "mode": "fast", "names": ["a"], "nothing": None}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def region(*corners: Any) -> dict[str, Any]:
    return {"points": {"exterior": [list(corners[:2]), list(corners[2:])], "interior": []}}


def refusal(given: dict[str, Any]) -> str:
    with pytest.raises(Refused) as refused:
        resolve(given, DEFAULTS)
    assert refused.value.status == 400
    return refused.value.text


def test_nothing_given_means_the_defaults() -> None:
    assert resolve({}, DEFAULTS) == DEFAULTS


def test_what_is_given_wins_and_the_rest_stays() -> None:
    assert resolve({"augment": True, "input_size": 320}, DEFAULTS) == {**DEFAULTS, "augment": True, "input_size": 320}


def test_neither_the_defaults_nor_the_given_are_changed() -> None:
    given_settings, defaults = {"conf": 0.5}, dict(DEFAULTS)
    resolve(given_settings, defaults)
    assert (given_settings, defaults) == ({"conf": 0.5}, DEFAULTS)


@pytest.mark.parametrize("name", THRESHOLDS)
def test_a_given_threshold_replaces_the_default_one_whatever_its_name(name: str) -> None:
    resolved = resolve({name: 0.1}, DEFAULTS)
    assert {key: resolved[key] for key in THRESHOLDS if key in resolved} == {name: 0.1}


@pytest.mark.parametrize("name", SETTINGS)
def test_a_null_means_that_the_default_holds(name: str) -> None:
    assert resolve({name: None}, DEFAULTS)[name] == SETTINGS[name]


def test_a_threshold_that_is_null_does_not_count_as_given() -> None:
    assert resolve({"conf": None}, DEFAULTS)["conf_thres"] == 0.25


@pytest.mark.parametrize("name", sorted(UNIT))
@pytest.mark.parametrize("value", [-0.001, 1.001, "0.5", True, [0.5], {}, float("nan"), float("inf"), 10**400])
def test_a_unit_setting_outside_zero_to_one_is_refused(name: str, value: Any) -> None:
    assert refusal({name: value}).startswith(f"settings.{name} is ")


@pytest.mark.parametrize("value", [0, 1, 0.0, 0.5, 1.0, None])
def test_a_unit_setting_takes_any_number_from_zero_to_one(value: float | None) -> None:
    assert resolve({"iou": value}, DEFAULTS)["iou"] == value


@pytest.mark.parametrize("value", [["cat", 1], "cat", 3, {"cat": 1}, [None], [["cat"]], True])
def test_classes_that_are_no_list_of_names_are_refused(value: Any) -> None:
    assert "send a list of class names" in refusal({"classes": value})


@pytest.mark.parametrize("value", [[], ["cat"], ["no such class"], "all", None])
def test_classes_may_be_a_list_or_all(value: Any) -> None:
    assert resolve({"classes": value}, DEFAULTS)["classes"] == value


@pytest.mark.parametrize("value", ["sliding", "", None, 1, [], {}])
def test_an_unknown_inference_mode_is_refused_with_the_known_ones(value: Any) -> None:
    assert refusal({"inference_mode": value}).endswith("send one of full_image, sliding_window")


@pytest.mark.parametrize("value", ["full_image", "sliding_window"])
def test_the_inference_modes_are_taken(value: str) -> None:
    assert resolve({"inference_mode": value}, DEFAULTS)["inference_mode"] == value


@pytest.mark.parametrize("value", [None, [], "x", 1])
def test_sliding_window_params_must_be_an_object(value: Any) -> None:
    assert "send an object" in refusal({"sliding_window_params": value})
    assert resolve({"sliding_window_params": {"overlapX": 1}}, DEFAULTS)["sliding_window_params"] == {"overlapX": 1}


@pytest.mark.parametrize(
    ("value", "remedy"),
    [
        ({"windowHeight": 0}, "windowHeight is 0; send a whole number of at least 1"),
        ({"windowWidth": 9, "overlapX": 9}, "overlapX is 9; send less than the window's 9"),
        ({"borderStrategy": "x"}, "borderStrategy is 'x'; send one of shift_window, add_padding, change_size"),
    ],
)
def test_sliding_window_params_are_checked_in_every_mode(value: Any, remedy: str) -> None:
    for mode in ("full_image", "sliding_window"):
        text = refusal({"inference_mode": mode, "sliding_window_params": value})
        assert text == f"settings.sliding_window_params.{remedy}"


def test_an_overlap_that_was_sent_replaces_the_default_one_whatever_its_name() -> None:
    resolved = resolve({"iou": 0.9}, DEFAULTS)
    assert (resolved["iou"], "iou_thres" in resolved, resolved["conf_thres"]) == (0.9, False, 0.25)
    assert resolve({"iou": None}, DEFAULTS)["iou_thres"] == 0.45


def test_the_apps_own_mode_of_windows_is_passed_over() -> None:
    assert resolve({"sliding_window_mode": "none"}, DEFAULTS) == DEFAULTS
    assert unknown({"sliding_window_mode": "none"}, DEFAULTS) == []


@pytest.mark.parametrize("value", [region(0, 0, 5, 5), region(5, 5, 5, 5), region(-3, 0.5, 1e6, 9.5), None])
def test_a_rectangle_of_two_corners_is_taken(value: Any) -> None:
    assert resolve({"rectangle": value}, DEFAULTS)["rectangle"] == value


@pytest.mark.parametrize(
    "value",
    [
        *([], {}, "x", 5, {"points": None}, {"points": {}}, {"points": {"exterior": [[0, 0]]}}),
        *({"points": {"exterior": [[0, 0, 0], [5, 5, 5]]}}, {"points": {"exterior": ["ab", "cd"]}}),
        *(region(5, 0, 4, 9), region(0, 5, 9, 4), region("0", 0, 5, 5), region(True, 0, 5, 5), region(None, 0, 5, 5)),
        *(region(0, 0, float("inf"), 5), region(float("-inf"), 0, 5, 5), region(0, 0, float("nan"), 5)),
        *(region(0, 0, 10**400, 5), region(0, 0, 2**31, 5)),
    ],
)
def test_anything_else_as_a_rectangle_is_refused(value: Any) -> None:
    text = refusal({"rectangle": value})
    assert text.startswith("rectangle is ")
    assert '{"points": {"exterior": [[left, top], [right, bottom]]' in text


@pytest.mark.parametrize(
    ("name", "value"),
    [("augment", 1), ("augment", "true"), ("input_size", "640"), ("input_size", True), ("mode", 3), ("names", "a")],
)
def test_a_setting_of_another_type_than_its_default_is_refused(name: str, value: Any) -> None:
    assert refusal({name: value}).endswith(f"such as the default {DEFAULTS[name]!r}")


@pytest.mark.parametrize(
    ("name", "value"),
    [("input_size", 640.5), ("mode", ""), ("names", []), ("nothing", {"a": 1})],
)
def test_a_setting_of_its_defaults_type_is_taken(name: str, value: Any) -> None:
    assert resolve({name: value}, DEFAULTS)[name] == value


def test_a_refusal_shows_the_value_cut_short() -> None:
    text = refusal({"conf": "x" * 10_000})
    assert "'xxx" in text
    assert len(text) < 200


@pytest.mark.parametrize("name", ["conf_thres", "conf", "classes", "rectangle", "iou", "input_size", "inference_mode"])
def test_names_of_the_model_and_of_the_protocol_are_known(name: str) -> None:
    assert unknown({name: 1}, DEFAULTS) == []


@pytest.mark.parametrize(
    ("name", "near"), [("conf_tres", "conf_thres"), ("agument", "augment"), ("class", "classes"), ("zzzz", None)]
)
def test_an_unknown_name_passes_with_the_nearest_one_that_is_known(name: str, near: str | None) -> None:
    assert unknown({"conf": 0.5, name: object()}, DEFAULTS) == [(name, near)]
    assert resolve({name: "anything"}, DEFAULTS)[name] == "anything"


@settings(deadline=None)
@given(
    st.dictionaries(
        st.sampled_from([*DEFAULTS, *UNIT, "classes", "rectangle", "inference_mode", "sliding_window_params", "?"]),
        JSON,
    )
)
def test_any_json_is_either_taken_or_refused_with_400(given_settings: dict[str, Any]) -> None:
    try:
        resolved = resolve(given_settings, DEFAULTS)
    except Refused:
        assert refusal(given_settings)
    else:
        defaulted = {
            name: DEFAULTS[name] for name, value in given_settings.items() if value is None and name in DEFAULTS
        }
        assert {name: resolved[name] for name in given_settings} == {**given_settings, **defaulted}
        assert unknown(given_settings, DEFAULTS) == [("?", None)] * ("?" in given_settings)
