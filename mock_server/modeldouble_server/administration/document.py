"""The OpenAPI document of the admin API: package data, with the form of stubs that scenario files have."""

import json
from functools import cache
from importlib.resources import files
from typing import Any

from ..scenario.check import schema_text

_SHARED = {"stub": "Stub", "next": "NextAnswer", "raises": "Raised", "when": "When", "object": "Object"}
_CONTENT = {
    "type": ["string", "object"],
    "description": "Its name, where `*` stands for any text, or its content. No path: the server reads no file for it.",
    "minLength": 1,
    "additionalProperties": False,
    "minProperties": 1,
    "maxProperties": 1,
    "properties": {
        "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$", "description": "Hex digest of the bytes."},
        "base64": {"type": "string", "minLength": 4, "description": "The bytes."},
    },
}


@cache
def document() -> dict[str, Any]:
    """The whole document. The caller does not change it."""
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    source = files("modeldouble_server.admin").joinpath("openapi.yaml").read_bytes()
    made: dict[str, Any] = yaml.load(source, Loader=loader)  # noqa: S506
    made["components"]["schemas"] |= _of_scenarios()
    return made


def _of_scenarios() -> dict[str, Any]:
    text = schema_text()
    for name, ours in _SHARED.items():
        text = text.replace(f'"#/$defs/{name}"', f'"#/components/schemas/{ours}"')
    found: dict[str, Any] = json.loads(text)["$defs"]
    found["when"]["properties"] |= {"image": _CONTENT, "video": _CONTENT}
    for name in ("stub", "next"):
        found[name]["properties"]["annotation"] = {
            "type": "object", "description": "Instead of `predict`: an annotation in Supervisely's JSON.",
        }  # fmt: skip
    return {ours: found[name] for name, ours in _SHARED.items()}


@cache
def validator(schema: str) -> Any:
    """What checks a value by one of the document's schemas."""
    from jsonschema import Draft202012Validator

    root = {"$ref": f"#/components/schemas/{schema}", "components": document()["components"]}
    return Draft202012Validator(root)
