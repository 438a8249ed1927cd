"""openapi.yaml and lifecycle.yaml, read once."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import yaml

from .deviation import Deviation, read_deviation
from .lifecycle import Lifecycle, read_lifecycle
from .operation import Operation, schema_problems
from .problem import Problem, read_json
from .release import Release
from .schemas import Schemas
from .validator import TruthValidator

# LibYAML reads the document in a tenth of the time, where PyYAML was built with it.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Truth:
    """What a serving app answers, and what real releases do otherwise.

    `operations` maps a route's name without slash to its POST operation, and "GET name" to its GET operation.
    """

    def __init__(self, document: Mapping[str, Any], lifecycle: Mapping[str, Any]) -> None:
        self.document = document
        self.first = Release.parse(document["x-first-release"])
        self.newest = Release.parse(document["x-newest-release"])
        self.lifecycle: Lifecycle = read_lifecycle(lifecycle)
        self._components: Mapping[str, Any] = document["components"]
        self._schemas: dict[Release, Schemas] = {}
        deviations = {name: read_deviation(name, raw) for name, raw in self._components["x-deviations"].items()}
        self.deviations: Mapping[str, Deviation] = MappingProxyType(deviations)
        made = (
            Operation(path[1:], method.upper(), self._resolved(raw), self.first, self.newest, self._of)
            for path, methods in document["paths"].items()
            for method, raw in methods.items()
        )
        self.operations: Mapping[str, Operation] = MappingProxyType({one.key: one for one in made})

    def operation(self, route: str, method: str = "POST") -> Operation:
        """The operation of a route, which may be written with its leading slash; KeyError if there is none."""
        name = route.removeprefix("/")
        return self.operations[name if method.upper() == "POST" else f"{method.upper()} {name}"]

    def schema(self, name: str, release: Release | None = None) -> Any:
        """A named schema as plain JSON Schema of Draft 2020-12, as that release has it (None: the newest)."""
        return self._of(release or self.newest).named(name)

    def refusal_problems(self, content_type: str, body: bytes) -> list[Problem]:
        """What is wrong with the body of a refusal that belongs to no operation: an unknown path, a wrong method."""
        place = "openapi.yaml#/components/schemas/error"
        if content_type.partition(";")[0].strip().lower() != "application/json":
            return [Problem(place, "$", "Content-Type application/json", f"Content-Type {content_type[:80]!r}")]
        try:
            value = read_json(body)
        except ValueError as error:
            return [Problem(place, "$", "JSON in UTF-8", str(error)[:120])]
        return schema_problems(TruthValidator(self.schema("error")), place, value)

    def _of(self, release: Release) -> Schemas:
        return self._schemas.setdefault(release, Schemas(self._components["schemas"], release))

    def _resolved(self, operation: Mapping[str, Any]) -> dict[str, Any]:
        """An operation whose answers and request are written out; schemas stay references."""
        made = dict(operation)
        made["responses"] = {status: self._followed(one) for status, one in operation["responses"].items()}
        if "requestBody" in operation:
            made["requestBody"] = self._followed(operation["requestBody"])
        return made

    def _followed(self, entry: Mapping[str, Any]) -> Any:
        if "$ref" not in entry:
            return entry
        kind, name = entry["$ref"].split("/")[-2:]
        return self._components[kind][name]


@cache
def load() -> Truth:
    """The truth that is shipped; read once per process."""
    return Truth(_read("openapi.yaml"), _read("lifecycle.yaml"))


def _read(name: str) -> Any:
    return yaml.load(files("modeldouble_contract").joinpath(name).read_bytes(), Loader=_Loader)  # noqa: S506
