"""The page that says which check killed which mutant."""

from collections.abc import Iterable
from typing import NamedTuple

HEAD = """# Mutants

Each mutant is one lie that a reverse proxy tells between the contract suite and the fake: in an answer, in what is
forwarded, or over time. A run with a lie must end with status 1; the table says which check found it first, and under
which code. Without a lie the same run ends with 0.

{count} mutants, {survivors} survived. Generated {date} by `{command}`; edit `contract_tests/checks/mutants/` instead.

| mutant | the lie | killed by | code |
|---|---|---|---|
"""


class Row(NamedTuple):
    """One mutant. `check` is empty if it survived."""

    name: str
    what: str
    check: str
    code: str


def render(rows: Iterable[Row], date: str, command: str) -> str:
    """The page."""
    found = list(rows)
    head = HEAD.format(count=len(found), survivors=sum(not row.check for row in found), date=date, command=command)
    lines = [f"| {row.name} | {_cell(row.what)} | {_check(row.check)} | {row.code} |" for row in found]
    return head + "\n".join(lines) + "\n"


def names(page: str) -> list[str]:
    """Names of the mutants of a page, in its order."""
    rows = page.partition("|---|---|---|---|\n")[2].splitlines()
    return [row.split("|")[1].strip() for row in rows]


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _check(text: str) -> str:
    """`check_x.py::test_what_holds[case]` as `x: what holds [case]`."""
    if not text:
        return "**survived**"
    file, _, test = text.partition(".py::test_")
    name, bracket, case = test.partition("[")
    return f"{file.removeprefix('check_')}: {name.replace('_', ' ')}{' ' if bracket else ''}{_cell(bracket + case)}"
