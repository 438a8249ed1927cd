"""What a worker tells its parent: one line of JSON, once it serves, or when it cannot."""

import json
from typing import NamedTuple


class Ready(NamedTuple):
    """It serves, and is found by these variables."""

    variables: dict[str, str]


class Refusal(NamedTuple):
    """It cannot serve."""

    text: str


Told = Ready | Refusal


def written(told: Told) -> bytes:
    """The line that tells it."""
    content = {"ready": told.variables} if isinstance(told, Ready) else {"refused": told.text}
    return json.dumps(content).encode() + b"\n"


def read(line: bytes) -> Told | None:
    """What a line tells; None if it is not whole."""
    if not line.endswith(b"\n"):
        return None
    content = json.loads(line)
    return Ready(content["ready"]) if "ready" in content else Refusal(content["refused"])
