"""The head of one part of a form: its headers, and what Content-Disposition says of name and file name."""

import re
from collections.abc import Mapping, Sequence

from aiohttp import content_disposition_filename, parse_content_disposition

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_ONCE = "content-type"
_PLAIN = re.compile(r'form-data; name="([^"\\;/]*)"(?:; filename="([^"\\;/]*)")?')
"""What clients write, but for names that need an escape."""


class BadPart(ValueError):
    """A line that is no header, or one header twice."""


def read_headers(lines: Sequence[bytes]) -> dict[str, str]:
    """Headers by name in small letters; of one that is there twice, the first. Raises BadPart."""
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.decode("utf-8", "surrogateescape").partition(":")
        if not colon or not _NAME.fullmatch(name):
            raise BadPart(f"{line[:80]!r} is no header")
        name, value = name.lower(), value.strip(" \t")
        if _CONTROL.search(value) or (name == _ONCE and name in headers):
            raise BadPart(f"header {name[:80]} is there twice, or has a control character")
        headers.setdefault(name, value)
    return headers


def names_of(headers: Mapping[str, str]) -> tuple[str | None, str | None]:
    """Name and file name of a part, each None where its Content-Disposition says none, or makes no sense."""
    given = headers.get("content-disposition", "")
    plain = _PLAIN.fullmatch(given)
    if plain is not None:
        return plain[1], plain[2]
    try:
        _, found = parse_content_disposition(given)
        return content_disposition_filename(found, "name"), content_disposition_filename(found, "filename")
    except (Warning, ValueError, LookupError):
        # aiohttp warns of what makes no sense, and a program may make errors of warnings.
        return None, None
