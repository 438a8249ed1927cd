"""What real serving apps were recorded to answer: `fixtures/recordings/<release>/*.jsonl`, one exchange a line."""

import hashlib
import json
import re
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

REPO = Path(__file__).parents[2]
RECORDINGS = REPO / "fixtures" / "recordings"
MOST_BYTES = 1_000_000
"""Of all recordings and their blobs together."""
_BLOBS = (RECORDINGS / "blobs", REPO / "mock_server" / "modeldouble_server" / "data")
_JOB = re.compile(r"\buuid-([0-9]+)\b")


class Exchange(NamedTuple):
    """One request and its answer. Jobs are written as uuid-1, uuid-2 within a scenario."""

    scenario: str
    step: str
    method: str
    route: str
    request: dict[str, Any]
    response: dict[str, Any]
    release: str
    date: str
    task: str = "detection"
    mode: str = "development"

    @property
    def status(self) -> int:
        return int(self.response["status"])

    @property
    def content_type(self) -> str:
        return str(self.response.get("content_type", ""))

    @property
    def form(self) -> list[dict[str, Any]]:
        """The parts that were sent, each with `name` and either `text`, or `filename` and `sha256`."""
        return list(self.request.get("form", ()))

    @property
    def body(self) -> bytes:
        """The answer as it was on the wire, but for what was taken out of it."""
        if "json" not in self.response:
            return str(self.response["text"]).encode()
        text = json.dumps(self.response["json"], ensure_ascii=False)
        return _JOB.sub(lambda found: f"{int(found[1]):032x}", text).encode()

    def __str__(self) -> str:
        where = f"{self.release} {self.task} {self.mode}, {self.scenario}: {self.step}"
        return f"{where}: {self.method} {self.route} -> {self.status}"


def files() -> list[Path]:
    """Every recording, oldest release first."""
    found = RECORDINGS.glob("*/*.jsonl")
    return sorted(found, key=lambda file: ([int(part) for part in file.parent.name.split(".")], file.name))


@cache
def exchanges(file: Path) -> list[Exchange]:
    """What a recording holds, in the order in which it was asked."""
    return [Exchange(**json.loads(line)) for line in file.read_text(encoding="utf-8").splitlines()]


@cache
def _by_sha256() -> dict[str, Path]:
    every = [file for folder in _BLOBS for file in sorted(folder.rglob("*")) if file.is_file()]
    return {hashlib.sha256(file.read_bytes()).hexdigest(): file for file in every}


def content(sha256: str) -> bytes:
    """The bytes of a file that was sent; KeyError if the repository has lost it."""
    return _by_sha256()[sha256].read_bytes()
