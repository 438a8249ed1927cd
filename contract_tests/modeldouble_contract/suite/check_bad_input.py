"""The caller's mistakes are refused as such: clearly, and with a status that no client repeats for half a minute."""

import pytest

from modeldouble_contract.brought import Brought
from modeldouble_contract.exchange import File
from modeldouble_contract.judge import Judge
from modeldouble_contract.level import must
from modeldouble_contract.target import Target

_FILES = ["inference_image", "inference_batch"]
_POLLS = [
    "get_inference_progress", "pop_inference_results", "get_inference_result", "get_inference_status",
    "get_preparing_progress", "stop_inference", "clear_inference_request",
]  # fmt: skip
_UNKNOWN = "0123456789abcdef" * 2


@pytest.fixture
def there(routes: frozenset[str], route: str) -> str:
    """The route, if the target has it; a check of its own tells which are lacking."""
    if route not in routes:
        pytest.skip(f"the target has no {route}; nothing to do for its release")
    return route


@must()
def test_malformed_json_is_refused(target: Target, judge: Judge) -> None:
    judge.refused(target.send("POST", "get_session_info", '{"state": {'), "request.malformed-json", 400)


@must()
def test_a_body_that_is_a_list_is_refused(target: Target, judge: Judge) -> None:
    judge.refused(target.send("POST", "inference_batch_ids", "[1, 2]"), "request.array-body", 400)


@must()
@pytest.mark.parametrize("state", ["null", "[]", '"text"'])
def test_a_state_that_is_no_object_is_refused(target: Target, judge: Judge, state: str) -> None:
    judge.refused(
        target.send("POST", "inference_image_id", f'{{"state": {state}, "context": {{}}}}'),
        "request.state-missing",
        400,
    )


@must()
@pytest.mark.parametrize("route", _POLLS)
def test_a_missing_uuid_is_refused(target: Target, judge: Judge, there: str) -> None:
    judge.refused(target.post(there, {}), "job.uuid-missing", 400)


@must()
@pytest.mark.parametrize("route", _POLLS)
def test_a_uuid_that_is_null_is_refused(target: Target, judge: Judge, there: str) -> None:
    judge.refused(target.post(there, {"inference_request_uuid": None}), "job.uuid-missing", 400)


@must()
@pytest.mark.parametrize("route", _POLLS)
def test_a_state_that_is_missing_is_refused_where_a_uuid_is_needed(target: Target, judge: Judge, there: str) -> None:
    judge.refused(target.send("POST", there, '{"context": {}}'), "job.state-missing", 400)


@must()
@pytest.mark.parametrize("route", _POLLS[:-1])
def test_a_uuid_of_no_job_is_refused(target: Target, judge: Judge, there: str) -> None:
    judge.refused(target.post(there, {"inference_request_uuid": _UNKNOWN}), "job.unknown-uuid", 404)


@must()
def test_a_job_that_is_not_known_may_be_cleared(target: Target, judge: Judge, routes: frozenset[str]) -> None:
    if "clear_inference_request" not in routes:
        pytest.skip("the target has no clear_inference_request; nothing to do for its release")
    at = target.post("clear_inference_request", {"inference_request_uuid": _UNKNOWN})
    if judge.status(at, 200, code="job.clear-unknown"):
        judge.shape(at)


@must()
@pytest.mark.parametrize("route", _FILES)
def test_a_form_without_files_is_refused(target: Target, judge: Judge, there: str) -> None:
    judge.refused(target.form(there, [], {"settings": {}}), "form.no-files", 422)


@must()
@pytest.mark.parametrize("route", _FILES)
def test_json_in_the_place_of_a_form_is_refused(target: Target, judge: Judge, there: str) -> None:
    judge.refused(target.post(there, {}), "form.none", 422)


@must()
def test_two_files_for_one_picture_are_refused(target: Target, judge: Judge, brought: Brought) -> None:
    pair = [brought.pictures[0].file, brought.pictures[1].file]
    judge.refused(target.form("inference_image", pair, {"settings": {}}), "form.two-files", 400)


@must()
@pytest.mark.parametrize("text", ["{'a': 1}", "[]", "null", '"text"'])
@pytest.mark.parametrize("route", _FILES)
def test_settings_that_are_no_json_object_are_refused(
    target: Target, judge: Judge, brought: Brought, there: str, text: str
) -> None:
    judge.refused(target.form(there, [brought.pictures[0].file], text), "form.settings", 400)


@must()
@pytest.mark.parametrize("kind", ["text", "empty", "truncated"])
@pytest.mark.parametrize("route", _FILES)
def test_what_is_not_a_picture_is_refused(
    target: Target, judge: Judge, brought: Brought, there: str, kind: str
) -> None:
    head = brought.pictures[0].file.content[:64]
    content = {"text": b"this is no picture", "empty": b"", "truncated": head}[kind]
    at = target.form(there, [File(f"{kind}.jpg", content)], {"settings": {}})
    judge.refused(at, "picture.broken", 400)


@must()
def test_an_image_url_that_is_a_number_is_refused(target: Target, judge: Judge) -> None:
    judge.refused(target.post("inference_image_url", {"image_url": 5}), "url.none", 400)


@must()
@pytest.mark.parametrize("route", ["get_session_info", "inference_image", "get_inference_progress"])
def test_routes_take_post_and_refuse_get(target: Target, judge: Judge, there: str) -> None:
    judge.status(target.send("GET", there), 405, code="method.get")


@must()
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_route_that_does_not_exist_is_not_found(target: Target, judge: Judge, method: str) -> None:
    route = "no_such_route"
    at = target.post(route) if method == "POST" else target.send(method, route)
    judge.status(at, 404, code="route.unknown")
