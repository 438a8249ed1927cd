"""openapi.yaml is OpenAPI 3.1, names every route, and says of each entry how it is known."""

from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator, validate

from modeldouble_contract.truth import Deviation, Operation, Release, load

TRUTH = load()
DOCUMENT = TRUTH.document
OPERATIONS = list(TRUTH.operations.values())
ROUTES = """
get_session_info get_custom_inference_settings get_output_classes_and_tags get_model_meta get_tracking_settings
inference_image_id inference_image_id_async inference_batch_ids inference_batch_ids_async inference_image
inference_batch inference_batch_async inference_image_url inference_video_id inference_video_id_async
inference_video_async inference_project_id_async tracking_by_detection run_speedtest get_inference_progress
pop_inference_results get_inference_result get_inference_status get_preparing_progress stop_inference
clear_inference_request is_deployed get_status get_deploy_info get_deploy_settings deploy_from_api
list_pretrained_models list_pretrained_model_infos freeze_model smart_cache smart_cache_files is_running is_ready
""".split()
HEALTH = {"GET livez", "GET is_alive", "GET readyz", "GET is_ready"}
NOT_TWICE = {
    "pop_inference_results", "deploy_from_api", "tracking_by_detection", "run_speedtest", "inference_image_id_async",
    "inference_batch_ids_async", "inference_batch_async", "inference_video_id_async", "inference_video_async",
    "inference_project_id_async",
}  # fmt: skip
_CONTENT = {"type": "object", "minProperties": 1, "additionalProperties": {"required": ["schema"]}}
_ANSWER = {"required": ["description", "content"], "properties": {"content": _CONTENT}}
_REF = {"required": ["$ref"], "maxProperties": 1}
_OPERATION = {
    "required": ["operationId", "tags", "summary", "responses", "x-safe-to-repeat", "x-verified"],
    "properties": {
        "requestBody": _REF,
        "responses": {
            "required": ["200"],
            "propertyNames": {"pattern": "^[1-5][0-9]{2}$"},
            "additionalProperties": {"if": _REF, "else": _ANSWER},
        },
    },
}
METASCHEMA = {
    "required": ["openapi", "info", "paths", "components"],
    "propertyNames": {"pattern": "^(openapi|info|servers|tags|paths|components|x-.*)$"},
    "properties": {
        "openapi": {"pattern": r"^3\.1\.\d+$"},
        "info": {"required": ["title", "version"], "properties": {"version": {"type": "string"}}},
        "paths": {
            "propertyNames": {"pattern": "^/"},
            "additionalProperties": {"propertyNames": {"enum": ["get", "post"]}, "additionalProperties": _OPERATION},
        },
        "components": {
            "propertyNames": {"enum": ["requestBodies", "links", "responses", "schemas", "x-deviations"]},
            "properties": {
                "requestBodies": {
                    "additionalProperties": {"required": ["content"], "properties": {"content": _CONTENT}}
                },
                "responses": {"additionalProperties": _ANSWER},
                "links": {"additionalProperties": {"required": ["operationId", "requestBody"]}},
            },
        },
    },
}


def values(node: Any, key: str) -> Iterator[Any]:
    """What stands under `key` anywhere in a document."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name == key:
                yield value
            yield from values(value, key)
    elif isinstance(node, list):
        for value in node:
            yield from values(value, key)


def test_the_document_is_openapi() -> None:
    validate(DOCUMENT, METASCHEMA, Draft202012Validator)


@pytest.mark.parametrize("name", DOCUMENT["components"]["schemas"])
def test_a_schema_is_json_schema(name: str) -> None:
    Draft202012Validator.check_schema(DOCUMENT["components"]["schemas"][name])
    Draft202012Validator.check_schema(TRUTH.schema(name))


def test_every_reference_leads_somewhere() -> None:
    found = list(values(DOCUMENT, "$ref"))
    assert len(found) > 100
    for reference in found:
        start, *steps = reference.split("/")
        node: Any = DOCUMENT
        for step in steps:
            node = node[step]
        assert (start, type(node)) == ("#", dict)


def test_operation_ids_are_there_once_and_links_lead_to_them() -> None:
    ids = [one["operationId"] for path in DOCUMENT["paths"].values() for one in path.values()]
    assert len(set(ids)) == len(ids)
    assert {one["operationId"] for one in DOCUMENT["components"]["links"].values()} <= set(ids)


def test_every_route_is_there() -> None:
    assert {*ROUTES, *HEALTH, "GET openapi.json"} == set(TRUTH.operations)


def test_a_start_a_pop_and_a_deployment_are_not_safe_to_repeat() -> None:
    assert {one.key for one in OPERATIONS if not one.safe_to_repeat} == NOT_TWICE


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.key)
def test_an_entry_says_how_it_is_known_and_lies_in_the_releases(operation: Operation) -> None:
    for known in operation.verified.split(", "):
        how, release = known.split(" ")
        assert how in ("run", "read")
        assert operation.holds_in(Release.parse(release))
    assert TRUTH.first <= operation.since <= TRUTH.newest


def test_every_deviation_belongs_to_an_operation_and_the_other_way_round() -> None:
    assert {name for one in OPERATIONS for name in one.deviations} == set(TRUTH.deviations)


@pytest.mark.parametrize("deviation", TRUTH.deviations.values(), ids=lambda one: one.id)
def test_a_deviation_was_seen_in_a_release_that_has_it(deviation: Deviation) -> None:
    assert deviation.seen
    assert all(deviation.holds_in(one.release) for one in deviation.seen)
    assert deviation.got
    assert "." in deviation.finding
    assert deviation.text.endswith(".")


def test_releases_of_schemas_are_releases() -> None:
    found = [*values(DOCUMENT["components"]["schemas"], "x-since"), *values(DOCUMENT["paths"], "x-since")]
    assert len(found) > 50
    assert all(TRUTH.first < Release.parse(one) <= TRUTH.newest for one in found)
