"""A request and its answer as bytes, with views of the JSON and the forms in them."""

import json
from collections.abc import Callable
from typing import Any, NamedTuple

Headers = tuple[tuple[str, str], ...]
_JSON: Headers = (("Content-Type", "application/json"),)


class Asked(NamedTuple):
    """A request on its way to the target. `path` is as it was sent: not decoded, with the query."""

    method: str
    path: str
    headers: Headers
    body: bytes

    @property
    def route(self) -> str:
        """The last part of the path; empty after a trailing slash."""
        return self.path.partition("?")[0].rpartition("/")[2]

    @property
    def content_type(self) -> str:
        """The content type with its parameters, or nothing."""
        return next((value for name, value in self.headers if name.lower() == "content-type"), "")

    @property
    def form(self) -> "Form | None":
        """The form in the body, if it is one."""
        kind, _, boundary = self.content_type.partition("boundary=")
        return Form.read(self.body, boundary.strip('"')) if kind.startswith("multipart/form-data") else None

    @property
    def state(self) -> dict[str, Any] | None:
        """The state, from a JSON body or a form's part; None where there is none."""
        form = self.form
        whole = _read(form.state_text) if form else _read(self.body)
        found = whole.get("state") if isinstance(whole, dict) and form is None else whole
        return found if isinstance(found, dict) else None

    def with_state(self, state: dict[str, Any]) -> "Asked":
        """The same request with another state, where the first one was."""
        form = self.form
        if form is not None:
            return self._replace(body=form.with_state(json.dumps(state).encode()).written())
        whole = _read(self.body)
        return self._replace(body=json.dumps({**whole, "state": state}).encode())


class Part(NamedTuple):
    """One part of a form: its head and its content, both as they were sent."""

    head: bytes
    content: bytes

    @property
    def is_file(self) -> bool:
        """A part with a file name."""
        return b"filename=" in self.head

    @property
    def is_state(self) -> bool:
        """The part that holds the state."""
        return b'name="settings"' in self.head or b'name="state"' in self.head


class Form(NamedTuple):
    """A multipart form. What was read and is written again is the same to the byte."""

    boundary: bytes
    parts: tuple[Part, ...]

    @classmethod
    def read(cls, body: bytes, boundary: str) -> "Form | None":
        """The parts of a body; None if it is no such form."""
        line = b"--" + boundary.encode("latin-1")
        pieces = (b"\r\n" + body).split(b"\r\n" + line)
        if len(pieces) < 2 or pieces[0] or pieces[-1].strip() != b"--":
            return None
        halves = [piece.removeprefix(b"\r\n").partition(b"\r\n\r\n") for piece in pieces[1:-1]]
        return cls(line, tuple(Part(head, content) for head, _, content in halves))

    @property
    def files(self) -> list[Part]:
        """Parts that are files, in their order."""
        return [part for part in self.parts if part.is_file]

    @property
    def state_text(self) -> bytes:
        """The text of the part that holds the state, or nothing."""
        return next((part.content for part in self.parts if part.is_state), b"")

    def with_state(self, text: bytes) -> "Form":
        """The same form with another state."""
        return self._replace(parts=tuple(one._replace(content=text) if one.is_state else one for one in self.parts))

    def with_files(self, files: list[Part]) -> "Form":
        """The same form with other files."""
        return self._replace(parts=(*(one for one in self.parts if not one.is_file), *files))

    def written(self) -> bytes:
        """The body."""
        lines = [self.boundary + b"\r\n" + one.head + b"\r\n\r\n" + one.content + b"\r\n" for one in self.parts]
        return b"".join(lines) + self.boundary + b"--\r\n"


class Answer(NamedTuple):
    """An answer on its way back. After `delay` seconds; with `cut`, the connection ends after so many bytes."""

    status: int
    headers: Headers
    body: bytes
    delay: float = 0.0
    cut: int | None = None

    @property
    def json(self) -> Any:
        """The JSON in the body, None where there is none."""
        return _read(self.body)

    def with_json(self, value: Any) -> "Answer":
        """The same answer with another body; NaN and Infinity are written as Python does."""
        return self._replace(body=json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())

    def with_text(self, change: Callable[[str], str]) -> "Answer":
        """The same answer with another text."""
        return self._replace(body=change(self.body.decode()).encode())

    def with_header(self, name: str, value: str) -> "Answer":
        """The same answer with a header set."""
        return self._replace(headers=(*(one for one in self.headers if one[0].lower() != name.lower()), (name, value)))


def told(value: Any, status: int = 200) -> Answer:
    """A JSON answer of our own."""
    return Answer(status, _JSON, b"").with_json(value)


def _read(text: bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, UnicodeError):
        return None
