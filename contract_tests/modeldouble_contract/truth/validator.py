"""A Draft 2020-12 validator whose errors name the place that is wrong, also inside of alternatives."""

from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend

_Errors = Iterator[ValidationError]


def _required(validator: Validator, keys: list[str], instance: Any, schema: Any) -> _Errors:
    """One error per key, at the key's own path."""
    if validator.is_type(instance, "object"):
        for key in keys:
            if key not in instance:
                yield ValidationError(f"{key!r} is missing", path=[key], validator="required", instance=_NOTHING)


def _any_of(validator: Any, branches: list[Any], instance: Any, schema: Any) -> _Errors:
    """Errors of the alternative that was meant: the one in which they lie deepest."""
    nearest: list[ValidationError] = []
    depth = -1
    for branch in branches:
        errors = list(validator.descend(instance, branch))
        if not errors:
            return
        deepest = max(len(error.path) for error in errors)
        if deepest > depth:
            nearest, depth = errors, deepest
    if depth > 0 or len(branches) == 1:
        yield from nearest
    else:
        yield ValidationError(f"one of the alternatives: {' or '.join(map(_told, branches))}")


def _one_of(validator: Any, branches: list[Any], instance: Any, schema: Any) -> _Errors:
    """The branch that the discriminator names; without a discriminator as for anyOf, which is what the truth means."""
    name = schema.get("discriminator", {}).get("propertyName")
    if name is None:
        yield from _any_of(validator, branches, instance, schema)
    elif isinstance(instance, dict) and isinstance(instance.get(name), str):
        kind = instance[name]
        for branch in branches:
            own = branch["properties"][name]
            if kind == own.get("const") or kind in own.get("enum", ()):
                yield from validator.descend(instance, branch)


def _told(branch: Any) -> str:
    if "type" in branch:
        return str(branch["type"])
    return f"keys {', '.join(branch['required'])}" if "required" in branch else str(branch)[:60]


class _Nothing:
    def __repr__(self) -> str:
        return "nothing"


_NOTHING: Any = _Nothing()
_KEYWORDS = {"required": _required, "anyOf": _any_of, "oneOf": _one_of}
TruthValidator: Any = extend(Draft202012Validator, _KEYWORDS)  # type: ignore[no-untyped-call]
