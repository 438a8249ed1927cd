"""One request to the target and what came back, kept whole so that a finding can show it."""

import json
import re
import shlex
from typing import Any, NamedTuple

_SHOWN = 300
_VARIABLE = re.compile(r"(\$(?:API|SESSION)_TOKEN)")


class File(NamedTuple):
    """One file part of a form."""

    name: str
    content: bytes
    where: str = ""
    """Where the content lies on this machine, for the curl line; empty for what the suite made up itself."""


class Sent(NamedTuple):
    """A request: a body as text, or a form, or neither."""

    method: str
    url: str
    body: str | None = None
    content_type: str | None = None
    files: tuple[File, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()

    def curl(self) -> str:
        """The request as a line for a shell; files that the suite made up are named and must be brought."""
        words = ["curl", "-sS", "-X", self.method, self.url]
        if self.content_type is not None:
            words += ["-H", f"Content-Type: {self.content_type}"]
        if self.body is not None:
            words += ["--data-binary", self.body]
        for name, text in self.fields:
            words += ["-F", f"{name}={text}"]
        for file in self.files:
            words += ["-F", f"files=@{file.where or file.name};filename={file.name}"]
        return " ".join(_quoted(word) for word in words)


def _quoted(word: str) -> str:
    """A word for the shell, in which $API_TOKEN and $SESSION_TOKEN, which stand for secrets, are filled in."""
    pieces = _VARIABLE.split(word)
    return "".join(f'"{piece}"' if at % 2 else shlex.quote(piece) if piece else "" for at, piece in enumerate(pieces))


class Exchange(NamedTuple):
    """A request and its answer. `seconds` is the time to the last byte."""

    route: str
    sent: Sent
    status: int
    content_type: str
    body: bytes
    seconds: float

    def json(self) -> Any:
        """The answer's JSON; ValueError if it is none. Judge the shape first."""
        return json.loads(self.body)

    def shown(self) -> str:
        """Status, type and the beginning of the answer, in one line."""
        text = self.body[: 4 * _SHOWN].decode("utf-8", "replace")
        flat = " ".join(text.split())
        more = " ..." if len(flat) > _SHOWN or len(self.body) > 4 * _SHOWN else ""
        return f"{self.status} {self.content_type or 'without a content type'}: {flat[:_SHOWN]}{more}"
