"""docs/errors.md: every error, made from the classes, their docstrings and `remedies`."""

from .remedies import CLIENT, INSIDE, OTHERWISE, SERVER, Remedy
from .source import ErrorClass, error_classes
from .table import code, table

_HEAD = """# Every error

What it means, who raises it, and what to do. Messages name field, value and remedy, and bear no token. Every error of
the client says whether the call is to be changed (`Misuse`) or the server (`ServerFault`), and keeps its facts in
attributes: [signatures](reference/errors.md). This page is made from the classes:
`python -m contract_tests.checks.reference.make`.

## Client

`from modeldouble import ResultsLost`. An error is indented below the one that it is a case of, and is caught with it.

"""
_SERVER = """
## Fake and suite

"""
_INSIDE = """
## Never seen in Python

What the fake raises inside reaches nobody as an exception. Who looks into its code meets these:

"""
_COLUMNS = ("error", "what it means", "who raises it", "what to do")


def page() -> str:
    """The page, as Markdown."""
    client, others, inside = sorted_out()
    depths = _depths(client)
    rows = [_row(one, CLIENT[one.name], "&nbsp;" * 4 * depths[one.name] + code(one.name)) for one in client]
    rest = [_row(one, SERVER[one.name], code(f"{_public(one.module)}.{one.name}")) for one in others]
    unseen = [(code(_place(one)), one.said, OTHERWISE.get(_place(one), INSIDE[one.name])) for one in inside]
    middle = table(_COLUMNS, rows) + _SERVER + table(_COLUMNS, rest)
    return _HEAD + middle + _INSIDE + table(("error", "what it means", "what becomes of it"), unseen)


def sorted_out() -> tuple[list[ErrorClass], list[ErrorClass], list[ErrorClass]]:
    """The client's errors, those of fake and suite, and those that no caller sees."""
    found = error_classes()
    client = [one for one in found if one.module == "modeldouble.errors"]
    rest = [one for one in found if one.module != "modeldouble.errors"]
    return client, [one for one in rest if one.name not in INSIDE], [one for one in rest if one.name in INSIDE]


def _row(one: ErrorClass, remedy: Remedy, name: str) -> tuple[str, ...]:
    return name, one.said, remedy.raised_by, remedy.do


def _place(one: ErrorClass) -> str:
    return f"{one.module}.{one.name}"


def _depths(classes: list[ErrorClass]) -> dict[str, int]:
    """How deep each one is in the tree; a class stands below its base."""
    found: dict[str, int] = {}
    for one in classes:
        found[one.name] = max((found[base] + 1 for base in one.bases if base in found), default=0)
    return found


def _public(module: str) -> str:
    """Where a user imports it from."""
    package = module.split(".")[0]
    return {"errors": f"{package}.admin"}.get(module.rpartition(".")[2], module) if ".admin" in module else module
