"""Every public name of every package stands on a page of docs/reference, and nothing that is not there does."""

import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
PACKAGES = (
    "modeldouble", "modeldouble.aio", "modeldouble.platform", "modeldouble_server", "modeldouble_server.admin",
    "modeldouble_contract",
)  # fmt: skip
TEXT = {file.name: file.read_text(encoding="utf-8") for file in sorted(REFERENCE.glob("*.md"))}
DIRECTIVES = [name for text in TEXT.values() for name in re.findall(r"^::: ([\w.]+)$", text, re.MULTILINE)]


def found(dotted: str) -> Any:
    """What a name stands for: the longest module, and attributes from there."""
    parts = dotted.split(".")
    for length in range(len(parts), 0, -1):
        try:
            value: Any = import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for name in parts[length:]:
            value = getattr(value, name)
        return value
    raise ModuleNotFoundError(dotted)


def test_every_public_name_has_a_place() -> None:
    public = [f"{package}.{name}" for package in PACKAGES for name in import_module(package).__all__]
    by_value = {id(found(name)): name for name in DIRECTIVES}
    assert [name for name in public if id(found(name)) not in by_value] == []


def test_the_names_of_the_official_sdk_have_a_row() -> None:
    sly = import_module("modeldouble.sly")
    told = set(re.findall(r"`sly\.([\w.]+)`", TEXT["sly.md"]))
    names = {name for name in sly.__all__ if name != "nn"} | {"nn.inference.Session", "nn.inference.SessionJSON"}
    assert told == names


@pytest.mark.parametrize("name", DIRECTIVES)
def test_what_has_a_place_is_there_and_says_what_it_is(name: str) -> None:
    value = found(name)
    assert (value.__doc__ or "").strip()
    assert not str(value.__doc__).startswith(f"{value.__name__}("), "that of a NamedTuple without its own"


def test_nothing_has_two_places() -> None:
    values = [id(found(name)) for name in DIRECTIVES]
    assert len(values) == len(set(values))


@pytest.mark.parametrize("name", [one for one in DIRECTIVES if isinstance(found(one), type)])
def test_every_public_method_says_what_it_does(name: str) -> None:
    kind = found(name)
    own = {key: value for key, value in vars(kind).items() if not key.startswith("_")}
    methods = {
        key: value for key, value in own.items() if callable(value) or isinstance(value, (property, classmethod))
    }
    assert [key for key, value in methods.items() if not (getattr(value, "__doc__", "") or "").strip()] == []


def test_a_name_that_is_nowhere_is_an_error() -> None:
    with pytest.raises(AttributeError):
        found("modeldouble.Sessions")
    with pytest.raises(ModuleNotFoundError):
        found("nowhere.at.all")
