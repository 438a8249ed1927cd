"""Requests and answers in a form in which two that mean the same are the same, and without secrets.

JSON is parsed, a form is a list of parts without the boundary, anything long or binary is known by its sha256.
"""

import json
import mmap
from collections.abc import Callable, Iterator
from email.message import Message
from email.parser import HeaderParser
from typing import Any

from ..model import encoded
from ..redaction import Secrets
from .exchange import Line

Body = bytes | mmap.mmap
Keep = Callable[[Any], Line]
"""Puts bytes among the blobs, and gives {"sha256", "size"}."""
INLINE = 256 * 1024
"""Bytes of JSON or text that stand in the line itself."""
_MOST_PARTS = 10_000


def content(body: Body, content_type: str, secrets: Secrets, keep: Keep) -> Line:
    """A body as it is recorded. What a request's body says under the keys of secrets has been learnt before."""
    if not len(body):
        return {}
    if "multipart/form-data" in content_type:
        found = _form(body, content_type, secrets, keep)
        if found is not None:
            return {"form": found}
    elif "json" in content_type:
        return _json(bytes(body[:]), secrets, keep)
    return _opaque(body, secrets, keep)


def parsed(body: bytes) -> Any:
    """JSON that can be written again as it was understood; ValueError if it is none."""
    try:
        value = json.loads(body, parse_constant=_refused)
        encoded(value)
        json.dumps(value, allow_nan=False)
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    return value


def _refused(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _json(body: bytes, secrets: Secrets, keep: Keep) -> Line:
    try:
        value = secrets.cut_json(read := parsed(body))
    except (ValueError, RecursionError):
        return _opaque(body, secrets, keep)
    # An answer whose JSON is spaced or spelled in another way comes back equal, but not byte for byte.
    exact = {} if encoded(read) == body else {"exact": False}
    written = encoded(value)
    return ({"json": value} if len(written) <= INLINE else {**keep(written), "json": True}) | exact


def _opaque(body: Body, secrets: Secrets, keep: Keep) -> Line:
    if len(body) <= INLINE:
        try:
            return {"text": secrets.cut(bytes(body[:]).decode())}
        except UnicodeDecodeError:
            pass
    return keep(body)


def _form(body: Body, content_type: str, secrets: Secrets, keep: Keep) -> list[Line] | None:
    """The parts of a form; None if it is none."""
    header = Message()
    header["Content-Type"] = content_type
    boundary = header.get_param("boundary")
    if not isinstance(boundary, str) or not boundary:
        return None
    found: list[Line] = []
    try:
        for head, start, end in parts(body, boundary.encode("latin-1", "replace")):
            found.append(_part(head, body, (start, end), secrets, keep))
            if len(found) > _MOST_PARTS:
                return None
    except ValueError:
        return None
    return found


def _part(head: str, body: Body, span: tuple[int, int], secrets: Secrets, keep: Keep) -> Line:
    headers = HeaderParser().parsestr(head)
    name = str(headers.get_param("name", "", "content-disposition"))
    filename = headers.get_filename()
    inside = body[span[0] : span[1]]
    if filename is not None:
        return {"name": name, "filename": secrets.cut(filename), **keep(inside)}
    try:
        return {"name": name, "json": secrets.cut_json(parsed(inside))}
    except (ValueError, RecursionError):
        return {"name": name, **_opaque(inside, secrets, keep)}


def learn(body: Body, content_type: str, secrets: Secrets) -> None:
    """Know the secrets that a request's body bears."""
    texts: list[bytes] = [bytes(body[:])] if "json" in content_type else []
    if "multipart/form-data" in content_type:
        header = Message()
        header["Content-Type"] = content_type
        boundary = str(header.get_param("boundary") or "")
        try:
            spans = [(start, end) for _, start, end in parts(body, boundary.encode("latin-1", "replace"))]
        except ValueError:
            spans = []
        texts = [body[start:end] for start, end in spans if end - start <= INLINE]
    for text in texts:
        try:
            secrets.learn_json(parsed(text))
        except (ValueError, RecursionError):
            continue


def parts(body: Body, boundary: bytes) -> Iterator[tuple[str, int, int]]:
    """Headers, start and end of each part of a form. ValueError if it is none, or not whole."""
    mark = b"\r\n--" + boundary
    first = body.find(mark[2:])
    if not boundary or first < 0:
        raise ValueError("no boundary")
    at = first + len(mark) - 2
    while body[at : at + 2] != b"--":
        head = body.find(b"\r\n", at)
        end = body.find(mark, head)
        split = body.find(b"\r\n\r\n", head, end + 2)
        if head < 0 or end < 0 or split < 0:
            raise ValueError("the form is cut off")
        yield bytes(body[head + 2 : split]).decode("utf-8", "replace"), min(split + 4, end), end
        at = end + len(mark)
