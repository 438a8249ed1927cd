"""From what passed by to a line of the recording."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timezone
from itertools import count
from typing import Any, NamedTuple

from ..redaction import Secrets
from . import canonical
from .capture import Capture
from .exchange import Line
from .folder import Folder

log = logging.getLogger("modeldouble_server")
_KEPT = ("content-type", "content-encoding", "retry-after", "location", "allow")
"""Headers of an answer that mean something to a client of a serving app. No other is written."""


class Told(NamedTuple):
    """A request or an answer as it passed by."""

    headers: Mapping[str, str]
    body: Capture

    @property
    def content_type(self) -> str:
        """In lower case but for the boundary, which is case sensitive."""
        kind, semicolon, rest = self.headers.get("Content-Type", "").partition(";")
        return kind.lower() + semicolon + rest


class Asked(NamedTuple):
    """One request on its way. `path` is that below the serving app, as it was sent."""

    number: int
    method: str
    path: str
    query: str
    request: Told
    began: float


class Recorder:
    """Writes exchanges to a folder. `wrote` is called with every line that was written."""

    def __init__(self, folder: Folder, wrote: Callable[[Line], None] | None = None) -> None:
        self.folder = folder
        self._wrote = wrote
        self._numbers = count(folder.next_number)

    @property
    def secrets(self) -> Secrets:
        """What is cut out of everything that is written."""
        return self.folder.secrets

    @contextmanager
    def passing(
        self, method: str, path: str, query: str, headers: Mapping[str, str]
    ) -> Iterator[tuple[Asked, Capture]]:
        """A request that has come, and where its answer is to be kept, until it is written."""
        with Capture(self.folder.bounds.body) as body, Capture(self.folder.bounds.body) as answer:
            yield Asked(next(self._numbers), method, path, query, Told(headers, body), time.monotonic()), answer

    async def end(self, asked: Asked, status: int, answer: Told, first: float) -> None:
        """Its answer is there whole, of which the first byte came at `first`; it is written now, or never."""
        if asked.request.body.over or answer.body.over:
            log.warning(
                "%s is over %d bytes and was passed on without being recorded", asked.path, self.folder.bounds.body
            )
            return
        seconds = {"first": round(first - asked.began, 6), "whole": round(time.monotonic() - asked.began, 6)}
        await asyncio.to_thread(self._write, asked, status, answer, seconds)

    def _write(self, asked: Asked, status: int, answer: Told, seconds: Mapping[str, float]) -> None:
        try:
            line = self._line(asked, status, answer, seconds)
            if self.folder.add(line) and self._wrote is not None:
                self._wrote(line)
        except OSError as error:
            self.folder.give_up(error)

    def _line(self, asked: Asked, status: int, answer: Told, seconds: Mapping[str, float]) -> Line:
        secrets = self.secrets
        secrets.learn_headers(asked.request.headers)
        secrets.learn_url(f"{asked.path}?{asked.query}")
        with asked.request.body.body() as body:
            canonical.learn(body, asked.request.content_type, secrets)
            request = canonical.content(body, asked.request.content_type, secrets, self.folder.keep)
            request.pop("exact", None)
        with answer.body.body() as body:
            # What is packed cannot be looked into for secrets, so nothing of it is written but its hash.
            packed = answer.headers.get("Content-Encoding", "identity") != "identity"
            response = {"packed": True} if packed else self._answer(body, answer)
        # `?token=x` is cut by its question mark.
        query = secrets.cut(f"?{asked.query}")[1:]
        head: Line = {"number": asked.number, "at": _now(), "method": asked.method, "route": secrets.cut(asked.path)}
        return {**head, **({"query": query} if query else {}), "request": request, "status": status,
                "headers": self._headers(answer), "response": response, "seconds": dict(seconds)}  # fmt: skip

    def _answer(self, body: canonical.Body, answer: Told) -> Line:
        return canonical.content(body, answer.content_type, self.secrets, self.folder.keep)

    def _headers(self, answer: Told) -> dict[str, str]:
        return {
            name.lower(): self.secrets.cut(value) for name, value in answer.headers.items() if name.lower() in _KEPT
        }


def about(url: str, sdk: str | None, info: Any) -> Line:
    """What a recording tells of itself."""
    return {"made": _now(), "url": url, "sdk": sdk, "info": info}


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds")
