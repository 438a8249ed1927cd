"""One request and its answer, as a line of a recording.

    {"number", "at", "method", "route", "query", "request": content,
     "status", "headers", "response": content, "seconds"}

A content is {} if there is none, {"json": value}, {"text": ...}, {"sha256", "size"} for what lies in `blobs/` (with
"json": true if it is JSON), or {"form": [part, ...]}; a part is {"name", "filename", "sha256", "size"}, or {"name"}
with "json" or "text". `route` is the path below the serving app; `at` is an ISO date, `seconds` are those to the first
byte of the answer and to its last.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

Content = Mapping[str, Any]
Line = dict[str, Any]
FORMAT = 1
LINES, ABOUT, BLOBS = "exchanges.jsonl", "recording.json", "blobs"


class Exchange(NamedTuple):
    """One line, read."""

    number: int
    """In the order in which the requests came; lines are in that in which the answers ended."""
    method: str
    route: str
    request: Content
    status: int
    response: Content
    blobs: Path

    @property
    def answer(self) -> Any:
        """The JSON of the answer; ValueError or OSError if it is none."""
        return self._json(self.response)

    @property
    def asked(self) -> Mapping[str, Any]:
        """The JSON object of the request, or of its form as `state`; {} if there is none."""
        if "form" in self.request:
            return {"state": _state(self.request["form"])}
        value = self._json(self.request) if "json" in self.request else {}
        return value if isinstance(value, dict) else {}

    @property
    def state(self) -> Mapping[str, Any]:
        """What the request asks for."""
        state = self.asked.get("state")
        return state if isinstance(state, dict) else {}

    @property
    def files(self) -> list[Mapping[str, Any]]:
        """The parts of the form that are pictures or videos, in order."""
        return [one for one in self.request.get("form", ()) if one.get("name") == "files" and "sha256" in one]

    def _json(self, content: Content) -> Any:
        if "sha256" in content and content.get("json"):
            return json.loads((self.blobs / str(content["sha256"])).read_bytes())
        if "json" not in content:
            raise ValueError("no JSON")
        return content["json"]


def _state(form: Any) -> Mapping[str, Any]:
    """`state` wins over `settings` unless it is empty."""
    for name in ("state", "settings"):
        for part in form:
            if part.get("name") == name and isinstance(part.get("json"), dict) and part["json"]:
                found: Mapping[str, Any] = part["json"]
                return found
    return {}


def exchange(line: Line, blobs: Path) -> Exchange:
    """Raises KeyError, TypeError or ValueError if it is no such line."""
    route, status = line["route"], line["status"]
    if not isinstance(route, str) or not isinstance(status, int):
        raise TypeError("route or status")
    return Exchange(int(line["number"]), str(line["method"]), route, dict(line["request"]), status,
                    dict(line["response"]), blobs)  # fmt: skip
