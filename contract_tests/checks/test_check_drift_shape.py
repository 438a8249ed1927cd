"""Shapes are keys and JSON types: values are the app's own, and what could not be seen is not called equal."""

from typing import Any

import pytest

from modeldouble_contract.drift.shape import MISSING, NOTHING_SEEN, Difference, differences, name, shape_of

PREDICTION = {"annotation": {"objects": [{"classTitle": "cat", "geometryType": "rectangle"}]}, "data": {}}


def found(a: Any, b: Any) -> list[Difference]:
    return list(differences(shape_of(a), shape_of(b)))


@pytest.mark.parametrize("value", [None, True, 1, 1.5, "text", [], [1], {}, {"a": [{"b": None}]}])
def test_a_shape_is_like_itself(value: Any) -> None:
    assert found(value, value) == []


def test_other_values_are_the_same_shape() -> None:
    assert found({"a": 1, "b": ["x"]}, {"b": ["y", "z"], "a": 2}) == []


@pytest.mark.parametrize(
    ("a", "b"),
    [("integer", 1), ("boolean", True), ("number", 1.0), ("string", "1"), ("null", None), ("list", []), ("object", {})],
)  # fmt: skip
def test_every_type_differs_from_every_other(a: str, b: Any) -> None:
    every: list[Any] = [1, True, 1.0, "1", None, [], {}]
    others = [one for one in every if type(one) is not type(b)]
    assert shape_of(b).type == a
    assert [len(found(b, one)) for one in others] == [1] * 6


def test_a_key_of_one_side_only_is_told_with_its_place() -> None:
    assert found({"a": {"b": 1}}, {"a": {"c": "x"}}) == [
        Difference("$.a.b", "integer", MISSING),
        Difference("$.a.c", MISSING, "string"),
    ]


def test_lists_are_compared_by_their_first_item() -> None:
    assert found([1, "x"], [2]) == []
    assert found({"a": [1]}, {"a": ["x"]}) == [Difference("$.a[]", "integer", "string")]


def test_an_empty_list_on_one_side_could_not_be_compared() -> None:
    [one] = found({"a": []}, {"a": [{}]})
    assert one == Difference("$.a[]", NOTHING_SEEN, "items are object", unseen=True)


def test_what_lies_below_a_difference_is_not_told_again() -> None:
    assert found({"a": {"b": 1}}, {"a": None}) == [Difference("$.a", "object", "null")]


def test_settings_and_geometries_are_the_apps_own() -> None:
    assert found({"settings": {"conf": 1}}, {"settings": {"iou": "x"}}) == []
    assert found({"settings": {}}, {"settings": "conf: 1"}) == [Difference("$.settings", "object", "string")]


def test_a_prediction_is_named_so_in_whichever_answer_it_stands() -> None:
    other = {**PREDICTION, "source": 1}
    for one, two in ((PREDICTION, other), ([PREDICTION], [other]), ({"ann": [PREDICTION]}, {"ann": [other]})):
        assert found(one, two) == [Difference("prediction.source", MISSING, "integer")]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("$", "$"), ("$[1].annotation.objects[3].classTitle", "object.classTitle"), ("$[0].data", "prediction.data"),
        ("$[2].gone.deep[0]", "prediction.gone.deep[]"), ("$[0]['task type']", "prediction['task type']"),
    ],
)  # fmt: skip
def test_places_of_the_truth_get_the_same_names(where: str, expected: str) -> None:
    assert name(where, shape_of([PREDICTION])) == expected


def test_a_prediction_that_is_the_whole_answer_has_its_name_too() -> None:
    assert name("$.annotation.tags", shape_of(PREDICTION)) == "prediction.annotation.tags"
    assert name("$.a.tags", shape_of({"a": 1})) == "$.a.tags"
