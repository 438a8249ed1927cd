"""What the documentation and the scenarios' schema say of faults is made from the table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from modeldouble_server.faults import KINDS
from modeldouble_server.faults.reference import BEGIN, page, schema
from modeldouble_server.scenario.check import schema_text

PAGE = (Path(__file__).parents[3] / "docs" / "faults.md").read_text(encoding="utf-8")


def test_the_page_is_current() -> None:
    assert page(PAGE) == PAGE
    assert PAGE.count(BEGIN) == 1


def test_the_page_has_every_fault_and_every_parameter() -> None:
    for name, kind in KINDS.items():
        [row] = [line for line in PAGE.splitlines() if line.startswith(f"| `{name}` |") and kind.doc in line]
        assert all(f"`{one.name}`" in row for one in kind.parameters)


def test_the_schema_of_scenarios_is_current() -> None:
    assert json.loads(schema_text())["$defs"]["fault"] == json.loads(json.dumps(schema()))


@pytest.mark.parametrize("name", KINDS)
def test_a_scenario_may_say_every_parameter_within_its_bounds(name: str) -> None:
    validator = Draft202012Validator(schema())
    for one in KINDS[name].parameters:
        given: list[Any] = [value for value in (*one.choices, one.low, one.high, one.default) if value is not None]
        values = [int(value) if one.type is int else value for value in given]
        wrong = [list(validator.iter_errors({"fault": name, one.name: value})) for value in values]
        assert not any(wrong)
    assert list(validator.iter_errors({"fault": name, "nothing": 1}))
