"""A document against the shipped schema: every error with line, place, value and remedy."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ..refusal import CannotServe, shown
from .place import Findings, Where, nearest
from .read import Document

SCHEMA = Path(__file__).parent / "schema.json"
_KINDS = {
    "object": "a mapping",
    "array": "a list",
    "string": "a text (in quotes if it looks like something else)",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "null",
}


def schema_text() -> str:
    """The schema, JSON Schema 2020-12, as it is shipped."""
    return SCHEMA.read_text(encoding="utf-8")


def check(document: Document) -> None:
    """Compare with the schema; a BadScenario has every error."""
    findings = Findings(document.places)
    for where, text in errors(_validator(), document.value):
        findings.add(where, text)
    findings.check()


def errors(validator: Any, value: Any) -> Iterator[tuple[Where, str]]:
    """What a validator of jsonschema forbids in a value: where, and value and remedy in words."""
    for error in validator.iter_errors(value):
        where: Where = tuple(error.absolute_path)
        for inner, text in _told(error):
            yield (*where, *inner), text


@cache
def _validator() -> Any:
    # Loaded on first use: who serves without a scenario does not pay for it.
    try:
        from jsonschema import Draft202012Validator
    except ModuleNotFoundError as error:
        raise CannotServe("scenario files need jsonschema: pip install 'modeldouble[server]'") from error

    return Draft202012Validator(json.loads(schema_text()))


def _told(error: Any) -> Iterator[tuple[Where, str]]:
    if error.validator == "additionalProperties" and isinstance(error.instance, Mapping):
        known = list(error.schema.get("properties", {}))
        for key in error.instance:
            if key not in known:
                yield (key,), f"key {shown(key)} is unknown; {nearest(key, known)}"
    elif error.validator == "required":
        missing = [key for key in error.validator_value if key not in error.instance]
        # The library tells each key apart, with the same instance.
        name = next(key for key in missing if f"{key!r}" in error.message)
        yield (), f"key {name!r} is missing; add it ({_said(error.schema, name)})"
    elif error.validator in ("minProperties", "maxProperties"):
        given = ", ".join(error.instance) or "nothing"
        yield (), f"has {given}; give {_number(error)} {', '.join(error.schema.get('properties', {})) or 'keys'}"
    else:
        yield (), f"is {shown(error.instance)}; {_remedy(error)}"


def _number(error: Any) -> str:
    exact = error.schema.get("minProperties") == error.schema.get("maxProperties") == 1
    return "exactly one of" if exact else f"at {'least' if error.validator == 'minProperties' else 'most'}"


def _said(schema: Mapping[str, Any], name: str) -> str:
    one = schema.get("properties", {}).get(name, {})
    return str(one.get("description", "it is required")).split(";")[0].rstrip(".")


def _remedy(error: Any) -> str:
    wanted = error.validator_value
    if error.validator == "type":
        kinds = [wanted] if isinstance(wanted, str) else wanted
        return f"give {' or '.join(_KINDS[one] for one in kinds)}{_example(error.schema)}"
    if error.validator == "enum":
        return nearest(error.instance, wanted)
    bounds = {
        "minimum": f"give a number of at least {wanted}",
        "exclusiveMinimum": f"give a number over {wanted}",
        "maximum": f"give a number of at most {wanted}",
        "minItems": f"give at least {wanted} values",
        "maxItems": f"give at most {wanted} values",
        "items": "give no more values",
        "minLength": "give a text",
        "maxLength": f"give a text of at most {wanted} characters",
        "pattern": f"give a text of the form {wanted}",
    }
    return f"{bounds.get(error.validator, error.message[:120])}{_example(error.schema)}"


def _example(schema: Mapping[str, Any]) -> str:
    examples = schema.get("examples")
    return f", such as {json.dumps(examples[0])}" if examples else ""
