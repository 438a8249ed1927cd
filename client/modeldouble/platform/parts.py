"""Several files in one answer, as multipart/form-data. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from modeldouble.answers import check_status
from modeldouble.errors import BadAnswer

_BOUNDARY = re.compile(r'boundary="?([^";,]+)"?', re.IGNORECASE)
_NUMBER = re.compile(rb'content-disposition:[^\r\n]*?[ ;]name="?(\d+)"?', re.IGNORECASE)


def read_parts(method: str, status: int, headers: Mapping[str, str], body: bytes) -> dict[int, bytes]:
    """Return the files by the number that is the name of their part."""
    check_status(method, status, headers, body)
    kind = headers.get("content-type", "")
    boundary = _BOUNDARY.search(kind)
    if boundary is None or not kind.lower().startswith("multipart/"):
        raise BadAnswer(method, "content-type", kind, "multipart/form-data with a boundary")
    line = b"\r\n--" + boundary[1].encode()
    # The first boundary has no line end before it, unless something stands before it.
    pieces = (b"\r\n" + body).split(line)
    if len(pieces) < 2 or not pieces[-1].startswith(b"--"):
        raise BadAnswer(method, "the body", body[:200], "parts up to the closing boundary")
    found = {}
    for piece in pieces[1:-1]:
        head, _, content = piece.partition(b"\r\n\r\n")
        number = _NUMBER.search(head)
        if number is None:
            raise BadAnswer(method, "Content-Disposition", head[:200], "the id as the name of the part")
        found[int(number[1])] = content
    return found
