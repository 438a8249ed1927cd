"""Multipart forms as aiohttp reads them: within the limits, and what can go wrong told as a refusal."""

import asyncio
import hashlib
import io
from collections.abc import Awaitable
from typing import NamedTuple, TypeVar

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from .connection import hold
from .refusal import Refused

T = TypeVar("T")
_CHUNK = 256 * 1024
"""Bytes of a part that are asked for at a time."""
_TURN = 8
"""Parts of a form that are read in one go."""
MALFORMED = (ValueError, LookupError, AssertionError, RuntimeError, Warning, HttpProcessingError)
"""What aiohttp's reader raises over a form that is none; a Warning does where the program makes errors of them."""


class Content(NamedTuple):
    """What one part holds, with the hash that was taken while it came in."""

    content: bytes
    sha256: str


class Budget:
    """Bytes that the parts of one form may have together. Those of a form without Content-Length are counted among the
    bytes under way as they come; of one with it, they all were when it began."""

    def __init__(self, request: web.Request, most: int) -> None:
        self._request = request
        self._counts = request.content_length is None
        self._used = 0
        self._most = most

    def spend(self, size: int) -> None:
        """Count bytes that came in; too many are a 413, or a 429 if other uploads leave no room."""
        self._used += size
        if self._used > self._most:
            raise Refused(413, f"form is over the limit of {self._most:,} bytes; send less at once")
        if self._counts:
            hold(self._request, self._used)


async def read_part(part: BodyPartReader, budget: Budget, most: int | None = None) -> Content:
    """A part to its end, once in memory: a BytesIO grows in place, and gives its bytes away without a copy."""
    buffer, digest, size = io.BytesIO(), hashlib.sha256(), 0
    while chunk := await well_formed(part.read_chunk(_CHUNK)):
        budget.spend(len(chunk))
        size += len(chunk)
        if most is not None and size > most:
            raise Refused(413, f"form has a part over the limit of {most:,} bytes; send less at once")
        buffer.write(chunk)
        digest.update(chunk)
    return Content(buffer.getvalue(), digest.hexdigest())


async def give_way(parts: int) -> None:
    """Let others have their turn now and then: parts that are here already are read without a pause."""
    if parts % _TURN == 0:
        await asyncio.sleep(0)


async def well_formed(reading: Awaitable[T]) -> T:
    """What is read, or a 400 if the form is not one, or not whole."""
    try:
        return await reading
    except MALFORMED as error:
        raise Refused(400, f"form is malformed: {str(error)[:120]!r}; send multipart/form-data, whole") from error
