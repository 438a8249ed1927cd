"""Answers with one thing wrong are refused, and the problem says where, what was expected and what came."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from modeldouble_contract.truth import Problem, load

Edit = Callable[[Any], object]
TRUTH = load()
TAG = {"name": "confidence", "value": 0.39}
COMMON = {"classTitle": "cat", "description": "", "tags": [TAG], "nnCreated": True, "nnUpdated": True}
PAYLOADS: dict[str, dict[str, Any]] = {
    "rectangle": {"points": {"exterior": [[1, 2], [30, 40]], "interior": []}},
    "polygon": {"points": {"exterior": [[1, 2], [3, 4], [5, 1]], "interior": [[[2, 2], [3, 3], [4, 2]]]}},
    "line": {"points": {"exterior": [[1, 2], [3.5, 4]], "interior": []}},
    "point": {"points": {"exterior": [[1, 2]], "interior": []}},
    "bitmap": {"bitmap": {"origin": [3, 4], "data": "eJzrDPBz5+WS4mJgYOD19HAJAtKMIMzBDCRH"}},
    "graph": {"nodes": {"nose": {"loc": [1, 2]}}},
}
SHAPES = list(PAYLOADS)


def an_object(shape: str) -> dict[str, Any]:
    return copy.deepcopy({**COMMON, "geometryType": shape, "shape": shape, **PAYLOADS[shape]})


def a_prediction(*shapes: str) -> dict[str, Any]:
    keys = "source name path url project_id dataset_id image_id video_id frame_index".split()
    size = {"height": 48, "width": 64}
    objects = [an_object(shape) for shape in shapes]
    annotation = {"description": "", "size": size, "tags": [], "objects": objects, "customBigData": {}}
    return {**dict.fromkeys(keys), "annotation": annotation, "slides_data": {}, "data": {}}


def problems(body: Any, route: str = "inference_image", status: int = 200) -> list[Problem]:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return TRUTH.operation(route).problems(status, "application/json", content)


def edited(edit: Edit, *shapes: str) -> list[Problem]:
    body = a_prediction(*shapes or ("rectangle",))
    edit(body)
    return problems(body)


def first(edit: Edit) -> Edit:
    """An edit of the first object."""
    return lambda body: edit(body["annotation"]["objects"][0])


@pytest.mark.parametrize("shape", SHAPES)
def test_an_object_of_each_shape_is_taken(shape: str) -> None:
    assert problems(a_prediction(shape)) == []


@pytest.mark.parametrize("key", a_prediction())
def test_a_prediction_lacks_a_key(key: str) -> None:
    [problem] = edited(lambda body: body.pop(key))
    assert (problem.where, problem.expected, problem.got) == (f"$.{key}", "the key", "nothing")


@pytest.mark.parametrize("key", an_object("rectangle"))
def test_an_object_lacks_a_key(key: str) -> None:
    assert [one.where for one in edited(first(lambda found: found.pop(key)))] == [f"$.annotation.objects[0].{key}"]


@pytest.mark.parametrize(("key", "value"), [
    ("width", 0), ("width", 64.5), ("height", "48"), ("height", None), ("width", True), ("height", -1),
])  # fmt: skip
def test_a_size_is_two_whole_numbers_of_at_least_one(key: str, value: object) -> None:
    [problem] = edited(lambda body: body["annotation"]["size"].update({key: value}))
    assert (problem.where, problem.got) == (f"$.annotation.size.{key}", json.dumps(value))


@pytest.mark.parametrize("value", ["0.39", 39, -0.1, 1.0001, None, True, [0.39]])
def test_a_confidence_is_a_number_from_0_to_1(value: object) -> None:
    found = edited(first(lambda one: one["tags"][0].update(value=value)))
    assert {one.where for one in found} == {"$.annotation.objects[0].tags[0].value"}


def test_a_confidence_has_a_value_and_another_tag_need_not() -> None:
    assert edited(first(lambda one: one["tags"][0].pop("value")))
    assert edited(first(lambda one: one.update(tags=[{"name": "checked"}]))) == []


@pytest.mark.parametrize("corners", [
    [], [[1, 2]], [[1, 2], [3, 4], [5, 6]], [1, 2, 3, 4], [["1", 2], [3, 4]], [[None, 2], [3, 4]],
    [[1, 2, 3], [4, 5, 6]],
    {"left": 1}, [[1], [2]],
])  # fmt: skip
def test_a_rectangle_has_two_corners_of_two_numbers(corners: object) -> None:
    found = edited(first(lambda one: one["points"].update(exterior=corners)))
    assert found
    assert all(one.where.startswith("$.annotation.objects[0].points.exterior") for one in found)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("other", SHAPES)
def test_shape_and_geometry_type_say_the_same(shape: str, other: str) -> None:
    found = edited(first(lambda one: one.update(shape=other)), shape)
    assert bool(found) == (shape != other)


@pytest.mark.parametrize(("shape", "payload"), [
    ("bitmap", {"bitmap": {"origin": [1], "data": "eJzr"}}), ("bitmap", {"bitmap": {"origin": [1, 2], "data": "iVBO"}}),
    ("bitmap", {"bitmap": {"origin": [1, 2]}}), ("bitmap", {"bitmap": {"origin": [1.5, 2], "data": "eJzr"}}),
    ("graph", {"nodes": {}}), ("graph", {"nodes": {"nose": {"loc": [1]}}}), ("graph", {"nodes": [{"loc": [1, 2]}]}),
    ("polygon", {"points": {"exterior": [[1, 2], [3, 4]], "interior": []}}), ("polygon", {"points": [[1, 2]]}),
    ("point", {"points": {"exterior": [[1, 2], [3, 4]], "interior": []}}), ("line", {"points": {"exterior": [[1, 2]]}}),
])  # fmt: skip
def test_each_shape_has_its_own_payload(shape: str, payload: dict[str, Any]) -> None:
    assert edited(first(lambda one: one.update(payload)), shape)


def test_a_rare_shape_has_what_all_have() -> None:
    def rare(key: str) -> list[Problem]:
        body = a_prediction("rectangle")
        body["annotation"]["objects"][0].update(geometryType="cuboid", shape="cuboid")
        body["annotation"]["objects"][0].pop(key)
        return problems(body)

    assert rare("points") == []
    assert [one.where for one in rare("classTitle")] == ["$.annotation.objects[0].classTitle"]


@pytest.mark.parametrize("kind", ["rect", "", None, 5])
def test_a_geometry_type_is_one_that_is_known(kind: object) -> None:
    found = edited(first(lambda one: one.update(geometryType=kind, shape=kind)))
    assert "$.annotation.objects[0].geometryType" in [one.where for one in found]


@pytest.mark.parametrize(("body", "told"), [
    (b"", "Expecting value"), (b'{"annotation": {', "Expecting"), (b"[NaN]", "NaN is not JSON"),
    (b"[-Infinity]", "-Infinity is not JSON"), (b"[1e999]", "not finite"),
    (b'{"a": 1, "a": 2}', "key 'a' is there twice"),
    (b'"\xff"', "utf-8"), (b"[" * 100_000, "nested too deeply"), (b"\xef\xbb\xbf{}", "JSON"),
])  # fmt: skip
def test_what_is_not_json_is_refused(body: bytes, told: str) -> None:
    [problem] = problems(body)
    assert (problem.where, problem.expected) == ("$", "JSON in UTF-8")
    assert told in problem.got or told in problem.expected


@pytest.mark.parametrize("kind", ["text/html", "text/plain", "", "application/json-patch+json", "application/xml"])
def test_another_content_type_is_refused(kind: str) -> None:
    [problem] = TRUTH.operation("inference_image").problems(200, kind, b"{}")
    assert problem.expected == "Content-Type application/json"


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8", "Application/JSON"])
def test_parameters_and_case_of_a_content_type_do_not_matter(kind: str) -> None:
    body = json.dumps(a_prediction()).encode()
    assert TRUTH.operation("inference_image").problems(200, kind, body) == []


@pytest.mark.parametrize("status", [201, 204, 301, 404, 418, 502])
def test_an_undocumented_status_is_a_problem(status: int) -> None:
    [problem] = problems({"detail": "x", "message": "x", "success": False}, status=status)
    assert problem.expected == "status 200, 400, 413, 422, 500"
    assert problem.got.startswith(f"status {status}: ")


@pytest.mark.parametrize("body", [
    "Settings is not json object", {}, [], {"success": False}, {"message": "x", "success": True}, {"message": 5},
    {"detail": ""}, {"detail": None},
])  # fmt: skip
def test_a_refusal_says_why_and_claims_no_success(body: object) -> None:
    assert problems(body, status=400)


@pytest.mark.parametrize(("status", "body"), [
    (400, {"message": "Error: 'inference_request_uuid' is required."}), (400, {"detail": "Too many files."}),
    (422, {"detail": [{"type": "missing", "loc": ["body", "files"], "msg": "Field required", "input": None}]}),
    (500, {"detail": {"title": "Oops! Something went wrong", "message": "ValueError('x')"}}),
])  # fmt: skip
def test_refusals_of_real_apps_are_taken(status: int, body: object) -> None:
    assert problems(body, status=status) == []


def test_at_most_twenty_problems_are_told_and_what_came_is_cut_short() -> None:
    found = edited(lambda body: body["annotation"].update(objects=["x" * 500] * 100))
    assert len(found) == 20
    assert max(len(one.got) for one in found) == 80


def test_a_problem_points_into_the_document() -> None:
    [problem] = problems([])
    assert problem.place == "openapi.yaml#/paths/~1inference_image/post/responses/200"


def test_a_body_of_a_refusal_without_operation_is_judged_too() -> None:
    assert TRUTH.refusal_problems("application/json", b'{"detail": "Not Found"}') == []
    assert TRUTH.refusal_problems("application/json", b'{"success": true}')
    assert TRUTH.refusal_problems("application/json", b"<html>")
    assert TRUTH.refusal_problems("text/html", b'{"detail": "Not Found"}')
