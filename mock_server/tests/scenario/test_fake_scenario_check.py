"""The schema: every error at once, each with line, place, value and remedy."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from modeldouble_server.scenario.check import schema_text
from modeldouble_server.scenario.read import EXAMPLES, example_names

Complaints = Callable[[str], list[str]]
SCHEMA = json.loads(schema_text())


def leaves(schema: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    for key, one in schema.get("properties", {}).items():
        yield f"{name}.{key}", one
        yield from leaves(one, f"{name}.{key}")


EVERYTHING = [
    (f"{kind}{name}", one) for kind, part in [("", SCHEMA), *SCHEMA["$defs"].items()] for name, one in leaves(part)
]


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize(("name", "one"), EVERYTHING, ids=[name for name, _ in EVERYTHING])
def test_every_key_says_what_it_is(name: str, one: Any) -> None:
    told = SCHEMA["$defs"][one["$ref"].rpartition("/")[2]] if "$ref" in one and "description" not in one else one
    assert told["description"].endswith((".", "]."))


@pytest.mark.parametrize(("name", "one"), EVERYTHING, ids=[name for name, _ in EVERYTHING])
def test_every_example_in_the_schema_keeps_it(name: str, one: Any) -> None:
    validator = Draft202012Validator({**one, "$defs": SCHEMA["$defs"]})
    assert [error.message for given in one.get("examples", []) for error in validator.iter_errors(given)] == []
    assert "examples" in one or "$ref" in one or one["type"] in ("object", "array")


@pytest.mark.parametrize("name", example_names())
def test_every_shipped_example_names_the_schema_for_editors(name: str) -> None:
    first = (EXAMPLES / f"{name}.yaml").read_text(encoding="utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=../schema.json"
    assert (EXAMPLES / "../schema.json").resolve().is_file()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sed: 1", "s.yaml:1: sed: key 'sed' is unknown; did you mean 'seed'?"),
        ("models:\n - predicter: {}", "s.yaml:2: models[0].predicter: key 'predicter' is unknown; did you mean 'pred"),
        ("models:\n - zzz: 1", "s.yaml:2: models[0].zzz: key 'zzz' is unknown; known are name, task_id,"),
        ("seed: x", "s.yaml:1: seed: is 'x'; give a whole number, such as 7"),
        ("seed: -1", "s.yaml:1: seed: is -1; give a number of at least 0, such as 7"),
        ("models: {}", "s.yaml:1: models: is {}; give a list"),
        ("models:\n - latency: soon", "s.yaml:2: models[0].latency: is 'soon'; give a number or a mapping, such as"),
        ("models:\n - latency: {workers: 0}", "s.yaml:2: models[0].latency.workers: is 0; give a number of at least 1"),
        ("models:\n - predictor: {callable: {}}", "s.yaml:2: models[0].predictor.callable: key 'function' is mis"),
        ("models:\n - predictor: {}", "s.yaml:2: models[0].predictor: has nothing; give exactly one of synthetic,"),
        ("models:\n - session_token: a/b", "s.yaml:2: models[0].session_token: is 'a/b'; give a text of the form"),
        ("models:\n - classes: []", "s.yaml:2: models[0].classes: is []; give at least 1 values"),
        ("models:\n - stubs:\n    - {when: {}, predict: [{class: no, box: [1, 2, 3, 4]}]}",
         "s.yaml:3: models[0].stubs[0].predict[0].class: is False; give a text (in quotes if it looks like something"),
        ("models:\n - stubs:\n    - {predict: []}", "s.yaml:3: models[0].stubs[0]: key 'when' is missing; add it"),
        ("models:\n - faults:\n    - status: 200", "s.yaml:3: models[0].faults[0].status: is 200; give a number"),
        ("models:\n - faults:\n    - {fault: stals}", "s.yaml:3: models[0].faults[0].fault: is 'stals'; did you mean"),
        ("models:\n - faults:\n    - {fault: stalls}", "s.yaml:3: models[0].faults[0]: frame is missing; give results"),
        ("models:\n - faults:\n    - {fault: hang, at: 3}", "s.yaml:3: models[0].faults[0]: 'at' is nothing that"),
        ("models:\n - faults:\n    - {fault: stalls, frame: 1, route: is_ready}",
         "s.yaml:3: models[0].faults[0].route: is 'is_ready'; stalls is about *_async,run_speedtest: leave route out"),
        ("models:\n - predictor: {recorded: {path: x, on_miss: fial}}",
         "s.yaml:2: models[0].predictor.recorded.on_miss: is 'fial'; did you mean 'fail'?"),
    ],
)  # fmt: skip
def test_an_error_has_line_place_value_and_remedy(complaints: Complaints, text: str, said: str) -> None:
    [line] = complaints(text)
    assert line.startswith(said)


def test_all_errors_are_told_at_once_in_the_order_of_the_file(complaints: Complaints) -> None:
    lines = complaints("models:\n  - pace: fast\n    nam: x\nurls: 3\nseed: []\n")
    assert [line.split(":")[1] for line in lines] == ["2", "3", "4", "5"]


def test_a_flood_of_errors_is_cut() -> None:
    from modeldouble_server.scenario.place import BadScenario, Places, Problem

    file = EXAMPLES / "x.yaml"
    error = BadScenario([Problem(file, at, (), "wrong") for at in range(60)])
    assert str(error).splitlines()[-1] == "... and 10 more"
    assert (len(error.problems), Places(file, {}).line(("a",))) == (60, 0)
