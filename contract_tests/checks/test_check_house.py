"""The house rules that a machine can see: small rooms, typed packages, no room without a purpose."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

REPO = Path(__file__).parents[2]
PACKAGES = ("client/modeldouble", "mock_server/modeldouble_server", "contract_tests/modeldouble_contract")
SOURCES = sorted(
    file
    for folder in ("client", "mock_server", "contract_tests", "fixtures")
    for file in (REPO / folder).rglob("*.py")
    if not {"build", ".venv"} & set(file.parts)
)
MOST_LINES, MOST_BODY, OFTEN_BODY = 300, 40, 25


def bodies(source: str) -> Iterator[tuple[str, int]]:
    """Name and length in lines of every function body, docstring not counted."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            rest = node.body[1:] if ast.get_docstring(node) is not None else node.body
            yield node.name, rest[-1].end_lineno - rest[0].lineno + 1 if rest and rest[-1].end_lineno else 0


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: str(file.relative_to(REPO)))
def test_a_file_is_a_small_room(file: Path) -> None:
    source = file.read_text(encoding="utf-8")
    assert source.count("\n") <= MOST_LINES
    assert [(name, length) for name, length in bodies(source) if length > MOST_BODY] == []


def test_long_bodies_are_rare() -> None:
    lengths = [length for file in SOURCES for _, length in bodies(file.read_text(encoding="utf-8"))]
    assert sum(length > OFTEN_BODY for length in lengths) <= len(lengths) // 100


def test_a_body_is_measured_without_its_docstring() -> None:
    assert list(bodies('def f():\n    """One\n\n    two."""\n    a = 1\n    return a\n')) == [("f", 2)]


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_is_typed_and_its_folder_is_none(package: str) -> None:
    assert (REPO / package / "py.typed").exists()
    assert not (REPO / package).parent.joinpath("__init__.py").exists()


def test_no_room_is_named_for_nothing() -> None:
    assert [file for file in SOURCES if file.stem in {"utils", "util", "helpers", "misc", "common", "manager"}] == []


def test_there_are_as_many_lines_of_tests_as_of_code() -> None:
    tests = {file for file in SOURCES if "tests" in file.parts or "checks" in file.parts}
    code = {file for file in SOURCES if any(str(file.relative_to(REPO)).startswith(package) for package in PACKAGES)}
    assert _lines(tests) >= _lines(code) > 0


def _lines(files: set[Path]) -> int:
    return sum(len(file.read_text(encoding="utf-8").splitlines()) for file in files)
