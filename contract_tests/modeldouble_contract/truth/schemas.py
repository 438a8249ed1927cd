"""The schemas of one release: keys that it lacks are not asked for, alternatives that it lacks do not count."""

from collections.abc import Mapping
from typing import Any

from .release import Release, maybe

Schema = Any
_ONE = frozenset(("items", "additionalProperties", "not", "if", "then", "else", "propertyNames"))
_LISTS = frozenset(("allOf", "anyOf", "oneOf"))
_MAPS = frozenset(("properties", "patternProperties"))
_PREFIX = "#/components/schemas/"


class Schemas:
    """`components.schemas` as one release has them, every reference replaced by what it leads to.

    Without references a validator is twice as fast. What several places refer to is one object, so nothing is copied.
    """

    def __init__(self, components: Mapping[str, Schema], release: Release) -> None:
        self._components = components
        self._release = release
        self._made: dict[str, Schema] = {}

    def named(self, name: str) -> Schema:
        """The schema of that name; KeyError if there is none."""
        if name not in self._made:
            self._made[name] = self.plain(self._components[name])
        return self._made[name]

    def plain(self, schema: Schema) -> Schema:
        """A schema without references and extensions."""
        if not isinstance(schema, dict):
            return schema
        made = {key: self._keyword(key, value) for key, value in schema.items() if _asserts(key)}
        if "required" in made:
            made["required"] = [key for key in made["required"] if self._has(schema.get("properties", {}).get(key))]
        if "$ref" not in schema:
            return made
        target = self.named(schema["$ref"].removeprefix(_PREFIX))
        return {**made, "allOf": [target, *made.get("allOf", [])]} if made else target

    def _keyword(self, key: str, value: Any) -> Any:
        if key in _ONE:
            return self.plain(value)
        if key in _LISTS:
            return [self.plain(one) for one in value if self._has(one)]
        if key in _MAPS:
            return {name: self.plain(one) for name, one in value.items()}
        return value

    def _has(self, schema: Schema) -> bool:
        if not isinstance(schema, dict):
            return True
        return self._release.within(maybe(schema.get("x-since")), maybe(schema.get("x-until")))


def _asserts(key: str) -> bool:
    return key not in ("$ref", "description") and not key.startswith("x-")
