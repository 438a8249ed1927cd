"""Requests as bytes, in a file between two programs, and the heads of answers."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

MARK = b"0000000000000000"
"""What is replaced by a number of as many digits, so that no two requests are alike."""
_MOST_HEADS = 10_000
_BOUNDARY = "modeldouble-bench-3f1c0a7e5d"


class Request(NamedTuple):
    """A request, head and body. `mark` is where the number begins; None: it is always the same."""

    content: bytes
    mark: int | None = None


class Head(NamedTuple):
    """What matters of an answer's head: its status, the bytes of its body, and whether it is the connection's last."""

    status: int
    length: int
    closes: bool


class NotUnderstood(Exception):
    """An answer that this load generator does not read."""


def json_request(path: str, value: Any) -> Request:
    """A POST of a value as JSON."""
    return _post(path, "application/json", json.dumps(value).encode())


def form_request(path: str, name: str, content: bytes) -> Request:
    """A POST of one file, and of no settings, as official clients send it. The first MARK in the file is the mark."""
    lines = (
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="settings"\r\n\r\n'
        f'{{"settings": {{}}}}\r\n--{_BOUNDARY}\r\n'
        f'Content-Disposition: form-data; name="files"; filename="{name}"\r\nContent-Type: image/jpeg\r\n\r\n'
    )
    body = b"".join((lines.encode(), content, f"\r\n--{_BOUNDARY}--\r\n".encode()))
    made = _post(path, f"multipart/form-data; boundary={_BOUNDARY}", body)
    mark = made.content.find(MARK)
    return made._replace(mark=None if mark < 0 else mark)


def _post(path: str, content_type: str, body: bytes) -> Request:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: modeldouble-bench\r\nAccept: */*\r\n"
        f"Connection: keep-alive\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return Request(head.encode() + body)


def save(file: Path, requests: Sequence[Request]) -> Path:
    """Write requests to a file: a line with lengths and marks, then their bytes. Gives the file."""
    table = [(len(one.content), one.mark) for one in requests]
    file.write_bytes(b"".join((json.dumps(table).encode(), b"\n", *(one.content for one in requests))))
    return file


def load(file: Path) -> list[Request]:
    """The requests of a file that `save` wrote."""
    table, _, content = file.read_bytes().partition(b"\n")
    requests, begin = [], 0
    for length, mark in json.loads(table):
        requests.append(Request(content[begin : begin + length], mark))
        begin += length
    return requests


class Heads:
    """Heads that were read. Servers send the same one for a second, so that most of them are only looked up."""

    def __init__(self) -> None:
        self._known: dict[bytes, Head] = {}

    def read(self, head: bytes) -> Head:
        """A head without the empty line at its end; NotUnderstood if its body has no length."""
        known = self._known.get(head)
        if known is None:
            if len(self._known) >= _MOST_HEADS:
                self._known.clear()
            known = self._known[head] = read_head(head)
        return known


def read_head(head: bytes) -> Head:
    """The head as text lines says it."""
    first, *lines = head.decode("latin-1").split("\r\n")
    version, _, rest = first.partition(" ")
    fields = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    length = fields.get("content-length", "")
    if not version.startswith("HTTP/1.") or not rest[:3].isdigit() or not length.isdigit():
        raise NotUnderstood(f"an answer begins with {head[:200]!r}, which has no status or no Content-Length")
    connection = fields.get("connection", "").lower()
    return Head(int(rest[:3]), int(length), connection == "close" or (version == "HTTP/1.0" and connection == ""))
