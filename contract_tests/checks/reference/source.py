"""What the code of the three packages says of itself, read as text: errors that it defines, variables that it names."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

REPO = Path(__file__).parents[3]
PACKAGES = {
    "modeldouble": REPO / "client" / "modeldouble",
    "modeldouble_server": REPO / "mock_server" / "modeldouble_server",
    "modeldouble_contract": REPO / "contract_tests" / "modeldouble_contract",
}
_ROOTS = frozenset(("BaseException", "Exception", "AssertionError", "UserWarning", "ValueError"))
_VARIABLE = re.compile(r"_?MODELDOUBLE_[A-Z]+(?:_[A-Z]+)*")


class ErrorClass(NamedTuple):
    """An exception or warning of ours."""

    module: str
    name: str
    bases: tuple[str, ...]
    said: str
    """The first paragraph of its docstring."""


def error_classes() -> list[ErrorClass]:
    """Every class of the packages that can be raised, in the order of modules and lines."""
    classes = [one for package in PACKAGES for one in _classes(package)]
    known, before = set(_ROOTS), -1
    while len(known) > before:
        before = len(known)
        known |= {one.name for one in classes if known & set(one.bases)}
    return [one for one in classes if known & set(one.bases)]


def variables(folders: tuple[Path, ...] = tuple(PACKAGES.values())) -> set[str]:
    """Names of environment variables of ours that stand in the code."""
    found: set[str] = set()
    for folder in folders:
        for file in sorted(folder.rglob("*.py")):
            found |= set(_VARIABLE.findall(file.read_text(encoding="utf-8")))
    return found


def fixtures(file: Path) -> dict[str, str]:
    """Fixtures of a pytest plugin -> the first paragraph of the docstring."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {one.name: _said(one) for one in tree.body if isinstance(one, ast.FunctionDef) and _is_fixture(one)}


def called(file: Path) -> set[str]:
    """Names of methods that a file calls."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {one.attr for one in calls if isinstance(one, ast.Attribute)}


def _classes(package: str) -> Iterator[ErrorClass]:
    root = PACKAGES[package]
    for file in sorted(root.rglob("*.py")):
        parts = file.relative_to(root).with_suffix("").parts
        module = ".".join((package, *parts)).removesuffix(".__init__")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                bases = tuple(ast.unparse(one).rpartition(".")[2] for one in node.bases)
                yield ErrorClass(module, node.name, bases, _said(node))


def _said(node: ast.ClassDef | ast.FunctionDef) -> str:
    return " ".join((ast.get_docstring(node) or "").split("\n\n")[0].split())


def _is_fixture(node: ast.FunctionDef) -> bool:
    return any("pytest.fixture" in ast.unparse(one) for one in node.decorator_list)
