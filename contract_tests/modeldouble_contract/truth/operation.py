"""One method of one route: its answers, its request, and how well it is known."""

from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import Any

from jsonschema import ValidationError

from .problem import Problem, expected, read_json, shown, where
from .release import Release, maybe
from .schemas import Schemas
from .validator import TruthValidator

_MOST = 20


class Operation:
    """`place` is a JSON pointer into openapi.yaml; `until` is the first release that has the operation no longer.

    `verified` says how the entry is known, `deviations` holds ids of what real releases do otherwise here.
    """

    def __init__(
        self, route: str, method: str, raw: Mapping[str, Any], first: Release, newest: Release,
        schemas: Callable[[Release], Schemas],
    ) -> None:  # fmt: skip
        self.route, self.method = route, method
        self.since: Release = maybe(raw.get("x-since")) or first
        self.until = maybe(raw.get("x-until"))
        self.safe_to_repeat: bool = raw["x-safe-to-repeat"]
        self.verified: str = raw["x-verified"]
        self.deviations: tuple[str, ...] = tuple(raw.get("x-deviations", ()))
        self.summary: str = raw["summary"]
        self.place = f"openapi.yaml#/paths/~1{route.replace('/', '~1')}/{method.lower()}"
        self.statuses: tuple[int, ...] = tuple(int(status) for status in raw["responses"])
        self._raw = raw
        self._newest = newest
        self._schemas = schemas
        self._compiled: dict[tuple[str, Release], Any] = {}

    def __repr__(self) -> str:
        return f"Operation({self.method} {self.route})"

    @property
    def key(self) -> str:
        """The operation's key in `Truth.operations`: the route, and before it the method unless that is POST."""
        return self.route if self.method == "POST" else f"{self.method} {self.route}"

    def holds_in(self, release: Release) -> bool:
        """That release has the operation."""
        return release.within(self.since, self.until)

    def problems(self, status: int, content_type: str, body: bytes, release: Release | None = None) -> list[Problem]:
        """What is wrong with an answer of that release (None: the newest), twenty problems at most; [] is well."""
        asked = release or self._newest
        response = self._raw["responses"].get(str(status))
        if not self.holds_in(asked):
            wanted = f"status 404: {self.route} is there since {self.since}, not in {asked}"
            return [] if status == 404 else [Problem(self.place, "$", wanted, f"status {status}")]
        if response is None:
            documented = f"status {', '.join(map(str, self.statuses))}"
            got = f"status {status}: {body[:60].decode('utf-8', 'replace')}"
            return [Problem(f"{self.place}/responses", "$", documented, got)]
        place = f"{self.place}/responses/{status}"
        return self._judge(place, response["content"], content_type, body, asked)

    def request_problems(self, content_type: str, body: bytes, release: Release | None = None) -> list[Problem]:
        """What is wrong with a request; of a form, only its content type is looked at."""
        asked, place = release or self._newest, f"{self.place}/requestBody"
        request = self._raw.get("requestBody")
        if request is None or (not body and not request.get("required")):
            return []
        if not body:
            return [Problem(place, "$", "a body", "nothing")]
        return self._judge(place, request["content"], content_type, body, asked)

    def _judge(
        self, place: str, content: Mapping[str, Any], content_type: str, body: bytes, release: Release
    ) -> list[Problem]:
        kind = content_type.partition(";")[0].strip().lower()
        if kind not in content:
            return [Problem(place, "$", f"Content-Type {' or '.join(content)}", f"Content-Type {content_type[:80]!r}")]
        if kind != "application/json":
            return []
        try:
            value = read_json(body)
        except ValueError as error:
            got = f"{str(error)[:120]}: {body[:60].decode('utf-8', 'replace')!r}"
            return [Problem(place, "$", "JSON in UTF-8", got)]
        return schema_problems(self._validator(place, content[kind]["schema"], release), place, value)

    def _validator(self, place: str, schema: Any, release: Release) -> Any:
        key = (place, release)
        if key not in self._compiled:
            self._compiled[key] = TruthValidator(self._schemas(release).plain(schema))
        return self._compiled[key]


def schema_problems(validator: Any, place: str, value: Any) -> list[Problem]:
    """What a validator finds in a value, twenty problems at most."""
    errors: Sequence[ValidationError] = list(islice(validator.iter_errors(value), _MOST))
    return [Problem(place, where(error.absolute_path), expected(error), shown(error.instance)) for error in errors]
