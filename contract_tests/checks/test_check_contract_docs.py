"""docs/contract.md tells every option of the command and every key of the JSON report."""

import json
import re
from pathlib import Path

import click
import pytest

from modeldouble_contract.report import as_json
from modeldouble_server.cli import contract

from .made_up import full

PAGE = Path(__file__).parents[2].joinpath("docs", "contract.md").read_text(encoding="utf-8")
REPORT = json.loads(as_json.render(full(), version="", when=""))
OPTIONS = [option for option in contract.params if isinstance(option, click.Option) and not option.hidden]


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: str(option.name))
def test_every_option_is_told_and_has_help(option: click.Option) -> None:
    assert re.search(rf"{option.opts[0]}\b", PAGE)
    assert option.help


@pytest.mark.parametrize("key", REPORT)
def test_every_key_of_the_report_is_told(key: str) -> None:
    assert re.search(rf"^\| .*`{key}`.* \|", PAGE, re.MULTILINE)


@pytest.mark.parametrize("key", ["findings", "deviations", "not_checked", "checks", "counts", "inferences"])
def test_every_key_of_its_entries_is_told(key: str) -> None:
    row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{key}` |"))
    entry = REPORT[key][0] if isinstance(REPORT[key], list) else REPORT[key]
    assert [name for name in entry if f"`{name}`" not in row] == []


def test_the_schema_of_the_page_is_that_of_the_report() -> None:
    assert f"`{as_json.SCHEMA}`" in PAGE
