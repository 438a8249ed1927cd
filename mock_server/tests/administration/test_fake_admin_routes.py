"""The routes of the admin API and its OpenAPI document are the same, each way; what is none is refused in one form."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator

from modeldouble_server.administration.document import document
from modeldouble_server.administration.routes import ROUTES

if TYPE_CHECKING:
    from .conftest import Caller, Start

VERBS = ("get", "post", "put", "delete")


def documented() -> set[tuple[str, str]]:
    """(path, method) of the document."""
    return {
        (path.strip("/"), verb.upper()) for path, one in document()["paths"].items() for verb in one if verb in VERBS
    }


def test_the_document_has_every_route_and_no_other() -> None:
    assert documented() == {(path, method) for path, methods in ROUTES.items() for method in methods}


def test_every_operation_has_an_id_of_its_own_and_a_summary() -> None:
    found = [one[verb] for one in document()["paths"].values() for verb in one if verb in VERBS]
    assert len({one["operationId"] for one in found}) == len(found) == len(documented())
    assert all(one["summary"].endswith(".") for one in found)


def test_no_reference_of_the_document_leads_nowhere() -> None:
    def walk(value: object) -> list[str]:
        if isinstance(value, dict):
            own = [str(value["$ref"])] if isinstance(value.get("$ref"), str) else []
            return own + [one for inner in value.values() for one in walk(inner)]
        return [one for inner in value for one in walk(inner)] if isinstance(value, list) else []

    found = set(walk(document()))
    assert len(found) > 30
    for reference in found:
        _, _, kind, name = reference.split("/")
        assert name in document()["components"][kind]


@pytest.mark.parametrize("name", sorted(document()["components"]["schemas"]))
def test_every_schema_is_one(name: str) -> None:
    Draft202012Validator.check_schema(document()["components"]["schemas"][name])


def test_every_parameter_of_a_path_is_described() -> None:
    for path, one in document()["paths"].items():
        names = {each["$ref"].rpartition("/")[2] for each in one.get("parameters", [])}
        assert {name for name in ("id", "number") if f"{{{name}}}" in path} <= names


def test_the_document_is_served_as_it_is(fake: Caller) -> None:
    assert fake.ask("GET", "openapi.json") == document()


def test_the_index_says_what_runs_and_leads_on(fake: Caller) -> None:
    told = fake.ask("GET", "")
    assert (told["models"], told["uptime"] >= 0) == (1, True)
    for name in ("models", "journal", "server", "openapi.json"):
        assert told["links"][name] == f"/__admin/{name}"
        assert fake.send("GET", name).status_code == 200


def test_the_index_is_there_without_its_last_slash_too(fake: Caller) -> None:
    answer = fake.http.get(f"{fake.server.server_address}/__admin", timeout=20)
    assert answer.json()["models"] == 1


def test_the_server_tells_its_limits_seed_and_dialect(start: Start) -> None:
    told = start(seed=7, dialect="6.74.51").ask("GET", "server")
    assert (told["seed"], told["dialect"]["release"]) == (7, "6.74.51")
    assert told["limits"]["json_bytes"] == 8 * 1024 * 1024
    assert told["counts"] == {**told["counts"], "models": 1, "worlds": 1, "requests": 0, "connections": 1}


@pytest.mark.parametrize("path", ["nothing", "models/1/nothing", "models/1/stubs/1/2", "models//stubs/", "modelsx"])
def test_a_path_that_is_none_is_a_404(fake: Caller, path: str) -> None:
    assert "openapi.json" in fake.refused(404, "GET", path) or path == "models//stubs/"


@pytest.mark.parametrize("model_id", ["0", "2", "-1", "01x", "9" * 30, "1.0", "%20", "'"])
def test_a_model_that_is_not_there_is_a_404(fake: Caller, model_id: str) -> None:
    assert "GET /__admin/models" in fake.refused(404, "GET", f"models/{model_id}")


def test_a_model_is_not_found_by_its_session_token(fake: Caller) -> None:
    fake.refused(404, "GET", f"models/{fake.server.session_token}")


@pytest.mark.parametrize(("method", "path", "allowed"), [
    ("POST", "", "GET, HEAD"), ("PUT", "models", "GET, POST, HEAD"), ("GET", "models/1/reset", "POST"),
    ("OPTIONS", "models/1", "GET, DELETE, HEAD"), ("GET", "models/1/stubs/1", "DELETE"),
])  # fmt: skip
def test_another_method_is_a_405_with_those_that_are_allowed(
    fake: Caller, method: str, path: str, allowed: str
) -> None:
    answer = fake.send(method, path)
    assert (answer.status_code, answer.headers["Allow"]) == (405, allowed)


def test_head_is_answered_where_get_is(fake: Caller) -> None:
    answer = fake.send("HEAD", "models")
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize(("body", "kind", "text"), [
    ("{}", "text/plain", "send application/json"), ("advance=1", "application/x-www-form-urlencoded", "Content-Type"),
    ("{", "application/json", "not JSON"), ("", "application/json", "empty"), ("[]", "application/json", "body: is []"),
    ('{"advance": 1e999}', "application/json", "finite"), ('{"advance": NaN}', "application/json", "not JSON"),
    ('{"advance": 1, "\\ud800": 1}', "application/json", "UTF-8"),
    ("[" * 100 + "]" * 100, "application/json", "nested deeper"),
])  # fmt: skip
def test_a_body_that_is_none_is_a_400(fake: Caller, body: str, kind: str, text: str) -> None:
    assert text in fake.refused(400, "POST", "models/1/clock", data=body, headers={"Content-Type": kind})


def test_a_body_over_the_limit_is_a_413(fake: Caller) -> None:
    body = b'{"name": "' + b"x" * (9 * 1024 * 1024) + b'"}'
    text = fake.refused(413, "POST", "models", data=body, headers={"Content-Type": "application/json"})
    assert "8,388,608" in text


@pytest.mark.parametrize(("query", "text"), [
    ("most=0", "from 1 to 1,000"), ("most=1001", "from 1 to 1,000"), ("most=x", "whole number"), ("since=-1", "whole"),
    ("since=²", "whole"), ("fault=yes", "true or false"), ("rout=x", "there are route, status"),
    ("job=a&job=b", "there twice"),
])  # fmt: skip
def test_a_parameter_that_is_none_is_a_400(fake: Caller, query: str, text: str) -> None:
    assert text in fake.refused(400, "GET", f"models/1/journal?{query}")


def test_an_answer_is_kept_by_nobody_and_is_no_page(fake: Caller) -> None:
    headers = fake.send("GET", "models/1").headers
    assert (headers["Cache-Control"], headers["X-Content-Type-Options"]) == ("no-store", "nosniff")
    assert not [name for name in headers if name.lower().startswith("access-control")]
