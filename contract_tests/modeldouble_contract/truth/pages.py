"""The pages of the documentation that are made from the truth.

`python -m modeldouble_contract.truth.pages docs` writes `endpoints.md` and `lifecycle.md` into that folder.
"""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from .deviation import Deviation
from .document import Truth, load
from .lifecycle import Cell, JobState, Lifecycle, Otherwise
from .operation import Operation

_MADE = "This page is made from the truth: `python -m modeldouble_contract.truth.pages docs`."
_ENDPOINTS = f"""# Endpoints of a serving app

What a serving app answers, as `openapi.yaml` of the contract says it. `modeldouble serve` gives the same document at
`GET /openapi.json`, with a schema for every request and answer.

{_MADE}

A release in *since* is the first one of the official SDK that has the route. *Repeat* says whether sending the request
twice does no more than sending it once. *Known from*: `run` was seen on a running app of that release, `read` stands in
its code.

| route | method | what for | since | until | repeat | answers | known from |
|---|---|---|---|---|---|---|---|
"""
_DEVIATIONS = """
## What real releases do otherwise

*Finding* is the code under which the contract suite reports it. A release in *until* no longer does it.

| deviation | finding | since | until | seen | what happens |
|---|---|---|---|---|---|
"""
_LIFECYCLE = f"""# The life of a job

A job is what an `_async` route starts. `lifecycle.yaml` of the contract has this as a table.

{_MADE}

"""
_PICTURE = """![The states of a job: the same as the table below](pictures/lifecycle/states.svg)

The frame stands for each of the states in it. The picture is drawn from the same table:
`python -m contract_tests.checks.reference.make`.

| state | event | next state |
|---|---|---|
"""
_POLLS = """
## What is answered in each state

*poll* is the status of the routes that look at a job; *stop* and *clear* are those of theirs. A cell with a release in
brackets is what real apps of these releases answer instead.

"""


def endpoints(truth: Truth) -> str:
    """The page of routes and deviations, as Markdown."""
    operations = list(truth.operations.values())
    unseen = [one for one in operations if "run " not in one.verified]
    names = ", ".join(f"`{one.key}`" for one in unseen)
    counted = (
        f"\nOf {len(operations)} entries, {len(unseen)} are unverified, that is read in the code and not yet seen on a"
        f" running app: {names}.\n"
    )
    rows = "".join(map(_operation, operations))
    return _ENDPOINTS + rows + counted + _DEVIATIONS + "".join(map(_deviation, truth.deviations.values()))


def lifecycle(life: Lifecycle) -> str:
    """The page of the job's states, with a diagram, as Markdown."""
    events = "".join(f"| `{name}` | {text} |\n" for name, text in life.events.items())
    times = f"\nA cleared job is readable for {life.kept_after_clear:g} s, another for {life.kept_untouched:g} s.\n"
    head = f"{_LIFECYCLE}{_transitions(life)}\n| event | what happened |\n|---|---|\n{events}{times}"
    return head + _POLLS + _answers(life)


def _operation(one: Operation) -> str:
    until = "" if one.until is None else str(one.until)
    repeat = "yes" if one.safe_to_repeat else "**no**"
    statuses = ", ".join(map(str, one.statuses))
    return _row(f"`{one.route}`", one.method, one.summary, one.since, until, repeat, statuses, one.verified)


def _deviation(one: Deviation) -> str:
    seen = ", ".join(f"{found.release} ({found.date})" for found in one.seen)
    return _row(f"`{one.id}`", f"`{one.finding}`", one.since or "ever", one.until or "now", seen, one.text)


def _transitions(life: Lifecycle) -> str:
    rows = [(life.start, "start", "")] + [
        (to, event, state.name) for state in life.states.values() for event, to in state.next.items()
    ]
    return _PICTURE + "".join(_row(state and f"`{state}`", f"`{event}`", f"`{to}`") for to, event, state in rows)


def _answers(life: Lifecycle) -> str:
    columns = list(dict.fromkeys(key for state in life.states.values() for key in state.answers))
    head = _row("state", *columns) + "|---" * (len(columns) + 1) + "|\n"
    rows = [_row(f"`{one.name}`: {one.text}", *(_cell(one, key) for key in columns)) for one in life.states.values()]
    return head + "".join(rows)


def _cell(state: JobState, key: str) -> str:
    told = [_value(state.answers, key)]
    told += [f"{_value(one.answers, key)} ({_span(one)})" for one in state.otherwise if key in one.answers]
    return "; ".join(told)


def _value(answers: Mapping[str, Cell], key: str) -> str:
    if key not in answers:
        return "-"
    value = answers[key]
    return {True: "true", False: "false", None: "null"}[value] if isinstance(value, bool | None) else str(value)


def _span(one: Otherwise) -> str:
    since = "" if one.since is None else f"since {one.since}"
    until = "" if one.until is None else f"before {one.until}"
    return " ".join(filter(None, (since, until))) or "every release"


def _row(*cells: object) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |\n"


PAGES: dict[str, Callable[[], str]] = {
    "endpoints.md": lambda: endpoints(load()),
    "lifecycle.md": lambda: lifecycle(load().lifecycle),
}
"""File name -> what makes its text."""


def main(arguments: list[str]) -> int:
    """Write every page into the folder that is named; 2 if none is."""
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        sys.stderr.write("name the folder to write the pages into, such as docs\n")
        return 2
    for name, made in PAGES.items():
        Path(arguments[0], name).write_text(made(), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
