"""What can go wrong while aiohttp reads a multipart form, told as a refusal."""

from collections.abc import Awaitable
from typing import TypeVar

from aiohttp.http_exceptions import HttpProcessingError

from .refusal import Refused

T = TypeVar("T")
CHUNK = 256 * 1024
"""Bytes of a part that are asked for at a time."""
MALFORMED = (ValueError, LookupError, AssertionError, RuntimeError, Warning, HttpProcessingError)
"""What aiohttp's reader raises over a form that is none; a Warning does where the program makes errors of them."""


async def well_formed(reading: Awaitable[T]) -> T:
    """What is read, or a 400 if the form is not one, or not whole."""
    try:
        return await reading
    except MALFORMED as error:
        raise Refused(400, f"form is malformed: {str(error)[:120]!r}; send multipart/form-data, whole") from error
