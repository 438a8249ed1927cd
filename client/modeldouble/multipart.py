"""multipart/form-data that is streamed, and can be sent again: each pass over it reads the files anew."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from modeldouble.errors import BadImage, ModelDoubleError

CHUNK = 1 << 16


class Part(NamedTuple):
    """One field of the form: text, bytes, or the content of the file at a path (of `size` bytes)."""

    name: str
    content: bytes | Path
    size: int
    filename: str | None = None
    content_type: str | None = None

    @classmethod
    def text(cls, name: str, value: str) -> Part:
        content = value.encode()
        return cls(name, content, len(content))


class Form:
    """The body of one request: iterable, with a length, so that `requests` streams it and announces its length.

    `check` is called before each chunk and may raise. An error that arises while the body is being read is kept in
    `failure`, because the HTTP library wraps whatever is an OSError into its own connection errors.
    """

    def __init__(self, parts: tuple[Part, ...], check: Callable[[], object] = lambda: None) -> None:
        self.boundary = os.urandom(16).hex()
        self.failure: ModelDoubleError | None = None
        self._check = check
        self._pieces = [(self._head(part), part) for part in parts]
        self._tail = f"--{self.boundary}--\r\n".encode()
        self._length = sum([len(head) + part.size + 2 for head, part in self._pieces]) + len(self._tail)

    @property
    def content_type(self) -> str:
        return f"multipart/form-data; boundary={self.boundary}"

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[bytes]:
        try:
            if self._length <= CHUNK:
                yield b"".join(self._all())
            else:
                yield from _gathered(self._all())
        except ModelDoubleError as error:
            self.failure = error
            raise

    def _all(self) -> Iterator[bytes]:
        for head, part in self._pieces:
            yield head
            if isinstance(part.content, bytes):
                for start in range(0, part.size, CHUNK):
                    self._check()
                    yield part.content[start : start + CHUNK]
            else:
                yield from self._file(part.content, part.size)
            yield b"\r\n"
        yield self._tail

    def _file(self, path: Path, left: int) -> Iterator[bytes]:
        try:
            with io.FileIO(path) as stream:
                while left:
                    self._check()
                    chunk = stream.read(min(CHUNK, left))
                    if not chunk:
                        raise BadImage("path", str(path), "the file became shorter while it was being sent; try again")
                    left -= len(chunk)
                    yield chunk
        except ModelDoubleError:
            raise
        except OSError as error:
            raise BadImage("path", str(path), f"the file cannot be read ({error.strerror})") from None

    def _head(self, part: Part) -> bytes:
        name = "" if part.filename is None else f'; filename="{_quote(part.filename)}"'
        kind = "" if part.content_type is None else f"Content-Type: {part.content_type}\r\n"
        field = f'Content-Disposition: form-data; name="{_quote(part.name)}"{name}'
        return f"--{self.boundary}\r\n{field}\r\n{kind}\r\n".encode()


def _gathered(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Join small pieces up to CHUNK bytes and one piece: each that is handed out is a call of the system."""
    waiting: list[bytes] = []
    size = 0
    for piece in pieces:
        waiting.append(piece)
        size += len(piece)
        if size >= CHUNK:
            yield b"".join(waiting)
            waiting.clear()
            size = 0
    if size:
        yield b"".join(waiting)


def _quote(text: str) -> str:
    # The escapes of the HTML standard, section "multipart form data".
    return text.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22")
