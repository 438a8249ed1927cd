"""Multipart forms, read as they come in: within the limits, and what can go wrong told as a refusal.

It takes what aiohttp's reader takes. That one looks at each byte several times over, which would be half of what a
large picture costs; here each is searched, hashed and copied once.
"""

import asyncio
import hashlib
import io
import re
from collections.abc import Mapping
from typing import NamedTuple

from aiohttp import hdrs, web

from .connection import hold
from .limits import Limits
from .part import BadPart, read_headers
from .refusal import Refused

_TURN = 8
"""Parts of a form that are read in one go."""
_MOST_BOUNDARY = 70
"""Characters of a boundary, by RFC 2046, 5.1.1."""
_BOUNDARY = re.compile(r";\s*boundary\s*=([^;]*)", re.IGNORECASE)


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


class Taken:
    """One part's content as it comes in, once in memory: a BytesIO grows in place, and gives it away uncopied."""

    def __init__(self, budget: Budget, most: int | None) -> None:
        self._buffer: io.BytesIO | None = None
        self._digest, self._size = hashlib.sha256(), 0
        self._budget, self._most = budget, most

    def add(self, piece: memoryview) -> None:
        """Count, hash and keep a piece."""
        self._count(piece)
        if self._buffer is None:
            self._buffer = io.BytesIO()
        self._buffer.write(piece)

    def end(self, piece: memoryview) -> Content:
        """All of it, with the last piece, which is the only one of what is small."""
        self._count(piece)
        if self._buffer is None:
            return Content(bytes(piece), self._digest.hexdigest())
        self._buffer.write(piece)
        return Content(self._buffer.getvalue(), self._digest.hexdigest())

    def _count(self, piece: memoryview) -> None:
        self._budget.spend(len(piece))
        self._size += len(piece)
        if self._most is not None and self._size > self._most:
            raise Refused(413, f"form has a part over the limit of {self._most:,} bytes; send less at once")
        self._digest.update(piece)


class Parts:
    """The parts of a request's form, one after the other: `next`, then `read`, until `next` gives None."""

    def __init__(self, request: web.Request, limits: Limits) -> None:
        self._stream = request.content
        self._boundary = b"--" + _boundary(request)
        self._border = b"\r\n" + self._boundary
        self._held, self._at = b"", 0
        """What came in last, and up to where it was looked at."""
        self._most_line, self._most_headers = limits.line_bytes, limits.headers
        self._begun = False

    async def next(self) -> Mapping[str, str] | None:
        """Headers of the next part, by name in small letters; None after the last one. What is no form is a 400."""
        line = (await self._line()).rstrip()
        while not self._begun and line not in (self._boundary, self._boundary + b"--"):
            line = (await self._line(needed=True)).rstrip()
        self._begun = True
        if line == self._boundary:
            return await self._headers()
        if line != self._boundary + b"--":
            raise malformed(f"a line begins with the boundary and goes on, {line[:80]!r}")
        # What comes behind it is of no interest, but that the request ends is.
        await self._stream.readany()
        return None

    async def read(self, budget: Budget, most: int | None = None) -> Content:
        """The content of the part whose headers were given last, to its end; `most` bytes of it at most."""
        taken = Taken(budget, most)
        while len(self._held) - self._at < len(self._boundary):
            await self._more()
        if self._held.startswith(self._boundary, self._at):
            # Nothing is in it: the line break is that of its head.
            return taken.end(memoryview(b""))
        while (end := self._held.find(self._border, self._at)) < 0:
            await self._pass_on(taken)
        found = taken.end(memoryview(self._held)[self._at : end])
        self._at = end + 2
        return found

    async def _pass_on(self, taken: Taken) -> None:
        """Take what is held, but for an end that may be the beginning of a border."""
        least = max(self._at, len(self._held) - len(self._border) + 1)
        end = self._held.find(b"\r", least)
        end = len(self._held) if end < 0 else end
        taken.add(memoryview(self._held)[self._at : end])
        self._at = end
        await self._more()

    async def _headers(self) -> Mapping[str, str]:
        lines: list[bytes] = []
        while line := (await self._line()).rstrip(b"\r\n"):
            lines.append(line)
            if len(lines) > self._most_headers:
                raise malformed(f"a part has more than {self._most_headers} headers")
        try:
            return read_headers(lines)
        except BadPart as error:
            raise malformed(str(error)) from error

    async def _line(self, needed: bool = False) -> bytes:
        """A line with its end, or what there is before the end of all, which is nothing at last."""
        while (end := self._held.find(b"\n", self._at)) < 0 and len(self._held) - self._at <= self._most_line:
            if not await self._more(needed=False):
                break
        end = len(self._held) - 1 if end < 0 else end
        if end - self._at >= self._most_line:
            raise malformed(f"a line is over {self._most_line:,} bytes")
        line, self._at = self._held[self._at : end + 1], end + 1
        if needed and not line:
            raise malformed("its boundary is nowhere in it")
        return line

    async def _more(self, needed: bool = True) -> bool:
        """Wait for bytes behind those that are held; False at the end, if they are not needed."""
        more = await self._stream.readany()
        if needed and not more:
            raise malformed("it ends before its last boundary")
        self._held, self._at = self._held[self._at :] + more, 0
        return bool(more)


async def give_way(parts: int) -> None:
    """Let others have their turn now and then: parts that are here already are read without a pause."""
    if parts % _TURN == 0:
        await asyncio.sleep(0)


def malformed(why: str) -> Refused:
    """The 400 of a form that is none, or not whole."""
    return Refused(400, f"form is malformed: {why[:120]!r}; send multipart/form-data, whole")


def _boundary(request: web.Request) -> bytes:
    found = _BOUNDARY.search(request.headers.get(hdrs.CONTENT_TYPE, ""))
    boundary = found[1].strip(' "') if found else ""
    if not request.content_type.startswith("multipart/") or not 0 < len(boundary) <= _MOST_BOUNDARY:
        raise malformed(f"its Content-Type has no boundary of 1 to {_MOST_BOUNDARY} characters")
    return boundary.encode("utf-8", "surrogateescape")
