"""The tables of the documentation that list what a scenario may say, made from the schema.

`python -m modeldouble_server.scenario.reference docs/scenarios.md` writes them anew, below their mark.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ..marked import below
from .check import schema_text

MARK = "<!-- From here on made from the schema: python -m modeldouble_server.scenario.reference docs/scenarios.md -->\n"
_WORDS = {"object": "mapping", "array": "list", "string": "text", "boolean": "true or false", "integer": "whole number"}
Json = Mapping[str, Any]


def reference() -> str:
    """The tables, as Markdown: the file, and each kind of thing in it."""
    schema = json.loads(schema_text())
    shown = {name: one for name, one in schema["$defs"].items() if one["type"] == "object"}
    parts = [("The file", schema), *((name.capitalize(), one) for name, one in shown.items())]
    return "\n".join(_table(title, _whole(one, schema["$defs"])) for title, one in parts)


def _whole(schema: Json, defined: Json) -> Json:
    """With what has no table of its own, such as a latency, in the place where it is meant."""

    def one(given: Json) -> Json:
        found = defined[_name(given)] if "$ref" in given else given
        return found if found["type"] != "object" else given

    return {**schema, "properties": {key: one(value) for key, value in schema["properties"].items()}}


def _table(title: str, schema: Json) -> str:
    head = ("key", "what it is", "what it says", "for example")
    lines = [f"| {' | '.join(row)} |" for row in (head, ("---",) * len(head), *_rows(schema))]
    return f"### {title}\n\n{schema['description']}\n\n" + "\n".join(lines) + "\n"


def _rows(schema: Json, prefix: str = "") -> Iterator[tuple[str, ...]]:
    required = schema.get("required", ())
    for key, one in schema["properties"].items():
        told = f"`{prefix}{key}`" + (" *" if key in required else "")
        yield told, _kind(one), _escaped(one.get("description", "")) or _defined(one), _example(one)
        if prefix == "" and "object" in one.get("type", ()) and "properties" in one:
            yield from _rows(one, f"{key}.")


def _kind(one: Json) -> str:
    if "$ref" in one:
        return _name(one)
    if "enum" in one:
        return " or ".join(f"`{value}`" for value in one["enum"])
    kinds = [one["type"]] if isinstance(one["type"], str) else one["type"]
    words = [_WORDS.get(kind, kind) for kind in kinds]
    inside = one.get("items")
    if words == ["list"] and isinstance(inside, dict) and "$ref" in inside:
        return f"list of {_name(inside)}"
    return " or ".join(words)


def _name(one: Json) -> str:
    return str(one["$ref"]).rpartition("/")[2]


def _defined(one: Json) -> str:
    return f"See {_name(one)}." if "$ref" in one else ""


def _example(one: Json) -> str:
    examples: Iterable[Any] = one.get("examples", ())
    return "; ".join(f"`{_escaped(json.dumps(value))}`" for value in examples)


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")


def written(page: str) -> str:
    """A page with the tables below the mark as they are now."""
    return below(page, MARK, reference())


if __name__ == "__main__":
    file = Path(sys.argv[1])
    file.write_text(written(file.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
