"""One request to the target and what came back, kept whole so that a finding can show it."""

import json
import re
import shlex
from typing import Any, NamedTuple

_SHOWN = 300
_VARIABLE = re.compile(r"(\$(?:API_TOKEN|SESSION_TOKEN|PASSWORD))")


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

    def curl(self, joint: str = " ") -> str:
        """The request as a line for a shell; files that the suite made up are named and must be brought.

        `joint` stands before each option of its own, so that a backslash and a newline make several short lines.
        """
        options = [("-H", f"Content-Type: {self.content_type}")] if self.content_type is not None else []
        options += [("--data-binary", self.body)] if self.body is not None else []
        # -F would read a text that begins with @ or < as the name of a file, and cut it at a semicolon.
        options += [("--form-string", f"{name}={text}") for name, text in self.fields]
        options += [
            ("-F", f"files=@{_named(file.where or file.name)};filename={_named(file.name)}") for file in self.files
        ]
        first = " ".join(map(_quoted, ("curl", "-sS", "-X", self.method, self.url)))
        return joint.join([first, *(f"{name} {_quoted(value)}" for name, value in options)])


def _quoted(word: str) -> str:
    """A word for the shell, in which the variables that stand for secrets are filled in."""
    pieces = _VARIABLE.split(word)
    told = (f'"{piece}"' if at % 2 else shlex.quote(piece) if piece else "" for at, piece in enumerate(pieces))
    return "".join(told) or "''"


def _named(file: str) -> str:
    """A file name for -F, in which a comma or a semicolon would end it."""
    if not set(file) & set(',;"'):
        return file
    escaped = file.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


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
