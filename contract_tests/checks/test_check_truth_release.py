"""Releases compare as they follow each other, and decide what is asked of an answer."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from modeldouble_contract.truth import Release, load
from modeldouble_contract.truth.schemas import Schemas

TRUTH = load()
FEBRUARY = Release.parse("6.69.57")
UUID = "0" * 32
POLL_2023: dict[str, Any] = {
    "progress": {"current": 0, "total": 1},
    "is_inferring": True,
    "cancel_inference": False,
    "result": None,
    "pending_results": [],
}
PREDICTION_2023: dict[str, Any] = {
    "annotation": {
        "description": "",
        "size": {"height": 4, "width": 6},
        "tags": [],
        "objects": [],
        "customBigData": {},
    },
    "data": {},
}


def found(route: str, body: Any, release: Release | None = None, status: int = 200) -> list[str]:
    """Where an answer is wrong."""
    content = json.dumps(body).encode()
    return [one.where for one in TRUTH.operation(route).problems(status, "application/json", content, release)]


def test_releases_are_ordered_by_their_numbers() -> None:
    assert Release.parse("6.73.95") < Release.parse("6.73.107") < Release.parse("6.74.51")
    assert str(Release.parse("6.74.51")) == "6.74.51"


@pytest.mark.parametrize("text", ["", "6.74", "6.74.51.1", "v6.74.51", "6.74.x", " 6.74.51", "6.74.51\n", "٦.٧٤.٥١"])
def test_what_is_no_release_is_refused_with_a_remedy(text: str) -> None:
    with pytest.raises(ValueError, match=r"release is .*; name one of the official SDK, such as 6\.74\.51"):
        Release.parse(text)


def test_a_range_begins_with_since_and_ends_before_until() -> None:
    since, until = Release.parse("6.73.73"), Release.parse("6.73.95")
    assert since.within(since, until)
    assert not until.within(since, until)
    assert not Release.parse("6.73.72").within(since, until)
    assert FEBRUARY.within(None, None)


def test_a_deviation_holds_in_its_releases_only() -> None:
    missing = TRUTH.deviations["job.result-missing"]
    texts = ("6.73.444", "6.73.445", "6.73.446")
    assert [missing.holds_in(Release.parse(text)) for text in texts] == [False, True, False]
    assert TRUTH.deviations["job.unknown-uuid"].holds_in(TRUTH.newest)


def test_keys_that_a_release_lacks_are_not_asked_for() -> None:
    assert found("get_inference_progress", POLL_2023, FEBRUARY) == []
    assert {"$.uuid", "$.stage", "$.finished", "$.progress.status"} <= set(found("get_inference_progress", POLL_2023))


def test_keys_that_every_release_has_are_asked_for_in_the_first() -> None:
    lacking = {key: value for key, value in POLL_2023.items() if key != "is_inferring"}
    assert found("get_inference_progress", lacking, FEBRUARY) == ["$.is_inferring"]


def test_predictions_grew() -> None:
    assert found("inference_image_id", PREDICTION_2023, FEBRUARY) == []
    assert "$.image_id" in found("inference_image_id", PREDICTION_2023)


@pytest.mark.parametrize(("result", "release", "wrong"), [
    (True, "6.69.57", ["$.result"]), ({"ann": []}, "6.69.57", []), ({"ann": []}, "6.73.446", ["$.result"]),
    (True, "6.73.446", []), (None, "6.73.445", []),
])  # fmt: skip
def test_result_was_an_object_and_is_a_boolean(result: Any, release: str, wrong: list[str]) -> None:
    at = found("get_inference_progress", {**POLL_2023, "result": result}, Release.parse(release))
    assert [one for one in at if one == "$.result"] == wrong


def test_pending_results_were_a_list_and_are_a_count() -> None:
    assert found("get_inference_progress", {**POLL_2023, "pending_results": 3}, FEBRUARY) == ["$.pending_results"]
    assert "$.pending_results" in found("get_inference_progress", POLL_2023)


def test_a_route_is_a_404_before_its_release() -> None:
    before = Release.parse("6.72.111")
    assert found("get_preparing_progress", {"detail": "Not Found"}, before, 404) == []
    assert found("get_preparing_progress", {"current": 0, "total": 1}, before) == ["$"]
    assert found("get_preparing_progress", {"current": 0, "total": 1}, Release.parse("6.72.112")) == []


def test_a_schema_of_a_release_is_plain_json_schema() -> None:
    old, new = TRUTH.schema("prediction", FEBRUARY), TRUTH.schema("prediction")
    assert old["required"] == ["annotation", "data"]
    assert len(new["required"]) == 12
    assert "$ref" not in json.dumps(new)
    assert "x-since" not in json.dumps(new)


def test_a_plain_validator_can_use_it() -> None:
    validator = Draft202012Validator(TRUTH.schema("annotation"))
    thing = {"classTitle": "cat", "description": "", "tags": [], "geometryType": "point", "shape": "point"}
    nn = {"nnCreated": True, "nnUpdated": True, "points": {"exterior": [[1, 2]], "interior": []}}
    annotation = {**PREDICTION_2023["annotation"], "objects": [{**thing, **nn}]}
    assert validator.is_valid(annotation)
    assert not validator.is_valid({**annotation, "objects": [{**thing, **nn, "shape": "line"}]})
    assert not validator.is_valid({**annotation, "objects": [thing]})


def test_what_stands_beside_a_reference_counts_too() -> None:
    parts = {"count": {"type": "integer", "x-note": "y"}, "some": {"$ref": "#/components/schemas/count", "minimum": 1}}
    assert Schemas(parts, FEBRUARY).named("some") == {"minimum": 1, "allOf": [{"type": "integer"}]}
