"""A run as JSON, and back. Every reading is in it, so that a page can be made anew, or judged otherwise."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ..run import Measured, Outcome, Readings, Taken
from ..workload import Case, Growth, Reading, Role, Target, Workload

SCHEMA = 1
"""Is counted up when a reader of the older one would go wrong."""
_PLAIN = ("number", "name", "title", "unit", "more_is_better", "axis", "pairs", "bound")
"""Facts of a workload that JSON has a word for."""


def render(outcome: Outcome) -> str:
    """The document: a line for each fact and each workload, readings with six digits."""
    facts = {"schema": SCHEMA, **{name: value for name, value in outcome._asdict().items() if name != "measured"}}
    head = "".join(f" {json.dumps(name)}: {_line(value)},\n" for name, value in facts.items())
    measured = ",\n".join(f"  {_line(_measured(one))}" for one in outcome.measured)
    return f'{{\n{head} "measured": [\n{measured}\n ]\n}}\n'


def read(text: str) -> Outcome:
    """The run that a document tells of; ValueError if it is none, or of another schema."""
    document = json.loads(text)
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise ValueError(f"this is no results.json of schema {SCHEMA}; run `modeldouble bench` anew")
    facts = {name: document[name] for name in Outcome._fields if name != "measured"}
    return Outcome(**facts, measured=[_read_measured(one) for one in document["measured"]])


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _measured(measured: Measured) -> dict[str, Any]:
    workload = measured.workload
    return {
        **{name: getattr(workload, name) for name in _PLAIN},
        "notes": list(workload.notes),
        "cases": [list(case) for case in workload.cases],
        "targets": [_bound(target) for target in workload.targets],
        "growths": [_bound(growth) for growth in workload.growths],
        "took_s": _short(measured.took_s),
        "failed": measured.failed,
        "entries": [
            {"name": one.name, "role": one.role.value, "absent": one.absent, "readings": _columns(one.readings)}
            for one in measured.taken
        ],
        "null": _columns(measured.null),
    }


def _bound(bound: Target | Growth) -> dict[str, Any]:
    told = {name: value for name, value in bound._asdict().items() if value not in (None, "")}
    return {name: sorted(value) if isinstance(value, frozenset) else value for name, value in told.items()}


def _columns(readings: Readings) -> dict[str, dict[str, list[float | None]]]:
    """Case -> measure -> numbers, the value's own name being empty; null where a reading lacks the measure."""
    return {
        case: {
            name: [_short(one.value if not name else one.more.get(name)) for one in some]
            for name in ("", *dict.fromkeys(name for one in some for name in one.more))
        }
        for case, some in readings.items()
    }


def _short(number: float | None) -> float | None:
    return None if number is None else float(f"{number:.6g}")


def _read_measured(document: Mapping[str, Any]) -> Measured:
    workload = Workload(
        # Those of the first runs have no bound.
        **{name: document[name] for name in _PLAIN if name in document},
        notes=document["notes"], entries=(),
        cases=[Case(*case) for case in document["cases"]],
        targets=[Target(**{"against": None, **_sets(one)}) for one in document["targets"]],
        growths=[Growth(**_sets(one)) for one in document["growths"]],
    )  # fmt: skip
    taken = [
        Taken(one["name"], Role(one["role"]), _readings(one["readings"]), one["absent"]) for one in document["entries"]
    ]
    took_s = document.get("took_s", 0.0)
    return Measured(workload, taken, _readings(document["null"]), document["failed"], took_s)


def _sets(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: frozenset(value) if name == "cases" else value for name, value in document.items()}


def _readings(columns: Mapping[str, Mapping[str, Sequence[float | None]]]) -> Readings:
    return {case: _rows(named) for case, named in columns.items()}


def _rows(named: Mapping[str, Sequence[float | None]]) -> list[Reading]:
    names = [name for name in named if name]
    rows = zip(*(named[name] for name in ("", *names)), strict=True)
    found = [
        (value, {name: one for name, one in zip(names, more, strict=True) if one is not None}) for value, *more in rows
    ]
    return [Reading(value, more) for value, more in found if value is not None]
