"""The tables of the documentation are those of the schema."""

from __future__ import annotations

import json
import re
from pathlib import Path

from modeldouble_server.scenario.check import schema_text
from modeldouble_server.scenario.read import example_names
from modeldouble_server.scenario.reference import MARK, reference, written

PAGE = (Path(__file__).parents[3] / "docs" / "scenarios.md").read_text(encoding="utf-8")


def test_the_page_is_current() -> None:
    assert written(PAGE) == PAGE
    assert PAGE.count(MARK) == 1


def test_every_key_of_the_schema_is_in_a_table() -> None:
    schema = json.loads(schema_text())
    keys = {key for one in (schema, *schema["$defs"].values()) for key in one.get("properties", {})}
    tables = reference()
    told = {name for row in re.findall(r"^\| `([\w.]+)`", tables, re.MULTILINE) for name in row.split(".")}
    assert keys - told <= {"min", "max", "file"}


def test_what_is_required_is_marked() -> None:
    assert re.search(r"^\| `class` \* \| text \|", reference(), re.MULTILINE)
    assert re.search(r"^\| `box` \| list \|", reference(), re.MULTILINE)


def test_the_page_names_every_example() -> None:
    assert all(f"| `example:{name}` |" in PAGE for name in example_names())
