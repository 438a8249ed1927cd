"""What is read from the code as text is what the code has when it runs."""

from importlib import import_module
from pathlib import Path

import pytest

import modeldouble
from modeldouble_server import plugin

from .source import ErrorClass, called, error_classes, fixtures, variables
from .table import code, first_line, table


@pytest.mark.parametrize("one", error_classes(), ids=lambda one: f"{one.module}.{one.name}")
def test_an_error_can_be_raised(one: ErrorClass) -> None:
    # A benchmark's modules load what only its own environment has.
    if ".bench." not in one.module and ".load." not in one.module:
        assert issubclass(getattr(import_module(one.module), one.name), BaseException)


def test_every_public_error_of_the_client_is_found() -> None:
    public = {name for name in modeldouble.__all__ if isinstance(getattr(modeldouble, name), type)}
    errors = {name for name in public if issubclass(getattr(modeldouble, name), BaseException)}
    assert {one.name for one in error_classes() if one.module == "modeldouble.errors"} == errors


def test_the_first_paragraph_is_what_is_said() -> None:
    lost = next(one for one in error_classes() if one.name == "ResultsLost")
    assert lost.said == "Fewer, or other, results came than were announced."


def test_variables_are_found_in_any_text(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text('x = "MODELDOUBLE_ONE"  # or _MODELDOUBLE_TWO_THREE\ny = "MODELDOUBLE_"\n')
    assert variables((tmp_path,)) == {"MODELDOUBLE_ONE", "_MODELDOUBLE_TWO_THREE"}


def test_fixtures_and_calls_are_found() -> None:
    file = Path(plugin.__file__)
    assert "served_model" in fixtures(file)
    assert "pytest_terminal_summary" not in fixtures(file)
    assert {"add_model", "setenv"} <= called(file)


def test_a_table_escapes_what_would_end_a_cell() -> None:
    assert table(("a", "b"), [("x|y", code(""))]) == "| a | b |\n| --- | --- |\n| x\\|y |  |\n"
    assert first_line("One\n    line.\n\n    Another.") == "One line."
    assert first_line(None) == ""
