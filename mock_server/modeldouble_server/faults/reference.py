"""What is made from the table of faults: the tables of the documentation, and what a scenario may say of a fault.

`python -m modeldouble_server.faults.reference docs/faults.md` writes the tables of that page anew, between their marks;
with `--schema` the scenario's schema.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ..marked import between
from .kinds import KINDS, TEXT_MOST, Parameter, Stage
from .reading import COMMON, MOST_CALLS

BEGIN = "<!-- Made from the table of faults: python -m modeldouble_server.faults.reference docs/faults.md -->\n"
END = "<!-- Here these tables end. -->\n"
_WORDS = {int: "whole number", float: "number", str: "text"}
_TYPES = {int: "integer", float: "number", str: "string"}
_EXAMPLES: dict[str, Any] = {
    "frame": 4, "retry_after": 2, "seconds": 30, "lasting": 60, "times": 3, "probability": 0.05, "at": 100,
    "status": 503, "over": 8,
}  # fmt: skip
_Json = dict[str, Any]


def tables() -> str:
    """The tables, as Markdown: the faults by where they take hold, and what every order may say."""
    parts = [_kinds(stage) for stage in Stage]
    rows = [(f"`{one.name}`", _WORDS[one.type], one.doc) for one in COMMON]
    rows.insert(0, ("`route`", "text", "the routes whose calls are counted: a name, * for any text, commas between"))
    rows.append(("`after`", "true or false", "the model does its work all the same, before another answer is given"))
    return "\n".join([*parts, _table("What every order may say", ("name", "is a", "what it says"), rows)])


def _kinds(stage: Stage) -> str:
    rows = [
        (f"`{name}`", kind.doc, "; ".join(map(_parameter, kind.parameters)), _code(kind.route))
        for name, kind in KINDS.items() if kind.stage is stage
    ]  # fmt: skip
    title = stage.value.split(";")[0]
    return _table(title[0].upper() + title[1:], ("fault", "what happens", "parameters", "routes"), rows)


def _parameter(one: Parameter) -> str:
    default = "" if one.default is None else f" = {_plain(one.default)}"
    return f"`{one.name}`{default}{' (needed)' if one.needed else ''}: {one.doc}"


def _code(routes: str) -> str:
    return ", ".join(f"`{one}`" for one in routes.split(","))


def _plain(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _table(title: str, head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [f"| {' | '.join(row)} |" for row in (head, ("---",) * len(head), *rows)]
    return f"### {title}\n\n" + "\n".join(lines) + "\n"


def page(text: str) -> str:
    """A page with the tables between the marks as they are now."""
    return between(text, BEGIN, END, tables())


def schema() -> _Json:
    """The definition of a fault in the scenario's schema. What a value may be with this fault, `read_order` knows."""
    routes = "Routes whose calls are counted: names, `*` stands for any text, commas between; without, the fault's own"
    properties: _Json = {
        "fault": _said({"type": "string", "enum": list(KINDS)}, "What goes wrong, as docs/faults.md has it", "reset"),
        "route": _said({"type": "string", "minLength": 1, "maxLength": 200}, routes, "inference_image*"),
    }
    whole = {"type": "integer", "minimum": 1, "maximum": 1_000_000_000}
    properties["calls"] = _said(
        {**whole, "type": ["integer", "array"], "items": whole, "minItems": 1, "maxItems": MOST_CALLS},
        "Numbers of the calls that go wrong, counted from 1; without, all do", [2, 3],
    )  # fmt: skip
    for name, meant in _by_name().items():
        properties.setdefault(name, _property(meant))
    properties["after"] = _said(
        {"type": "boolean"}, "The model does its work all the same, before another answer is given", True
    )
    return {
        "type": "object", "description": "What goes wrong, and in which calls.", "additionalProperties": False,
        "properties": properties,
    }  # fmt: skip


def _by_name() -> dict[str, list[tuple[str, Parameter]]]:
    """Parameters with the faults that have them; a common one belongs to none."""
    found: dict[str, list[tuple[str, Parameter]]] = {one.name: [("", one)] for one in COMMON}
    for fault, kind in KINDS.items():
        for one in kind.parameters:
            found.setdefault(one.name, []).append((fault, one))
    return found


def _property(meant: list[tuple[str, Parameter]]) -> _Json:
    first = meant[0][1]
    told = {fault: one.doc for fault, one in meant}
    same = len(set(told.values())) == 1
    text = first.doc if same else "; ".join(f"{fault}: {doc}" for fault, doc in told.items())
    where = f", of {', '.join(told)}" if same and meant[0][0] else ""
    example = _EXAMPLES.get(first.name, first.default)
    return _said({"type": _TYPES[first.type], **_bounds([one for _, one in meant])}, text + where, example)


def _bounds(several: list[Parameter]) -> _Json:
    if several[0].type is str:
        return {"minLength": 1, "maxLength": TEXT_MOST}
    lows, highs = list(_ends(several, min)), list(_ends(several, max))
    return {"minimum": min(lows), "maximum": max(highs)}


def _ends(several: list[Parameter], which: Any) -> Iterator[float]:
    for one in several:
        bound = one.low if which is min else one.high
        yield which(one.choices) if bound is None else bound


def _said(given: _Json, text: str, example: Any) -> _Json:
    return {**given, "description": f"{text[0].upper()}{text[1:]}.", "examples": [example]}


def _write_schema() -> None:
    file = Path(__file__).parent.parent / "scenario" / "schema.json"
    whole = json.loads(file.read_text(encoding="utf-8"))
    whole["$defs"]["fault"] = schema()
    file.write_text(json.dumps(whole, indent=2, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    if sys.argv[1] == "--schema":
        _write_schema()
    else:
        path = Path(sys.argv[1])
        path.write_text(page(path.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
