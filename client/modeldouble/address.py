"""Addresses as people write them, made ready to have a route appended."""

from __future__ import annotations

from urllib.parse import urlsplit

from modeldouble.errors import BadArgument


def address(field: str, value: object) -> str:
    """Return an http(s) address without slashes at its end; a missing scheme means http."""
    text = value.strip() if isinstance(value, str) else ""
    if text and "://" not in text:
        text = f"http://{text}"
    try:
        parts = urlsplit(text)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        fits = fits and not parts.query and not parts.fragment
    except ValueError:
        fits = False
    if not fits:
        raise BadArgument(field, value, "give an address like http://host:port, without query or fragment")
    return text.rstrip("/")
