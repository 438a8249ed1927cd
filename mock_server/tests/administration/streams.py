"""Server-sent events as they come over a real socket."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from itertools import islice
from types import TracebackType
from typing import Any

import requests

GENEROUS = 20.0
"""Seconds after which a test gives up: never what is measured."""
Event = tuple[str, Any]


class Stream:
    """One stream of a model."""

    def __init__(self, address: str, model: int = 1, query: str = "", **headers: str) -> None:
        self.http = requests.Session()
        self.http.trust_env = False
        url = f"{address}/__admin/models/{model}/live{query}"
        self.answer = self.http.get(url, stream=True, timeout=GENEROUS, headers=headers)
        self._events = self._read()
        self._passed: list[Event] = []

    def _read(self) -> Iterator[Event]:
        name = ""
        begun = time.monotonic()
        for line in self.answer.iter_lines(chunk_size=1):
            assert time.monotonic() < begun + GENEROUS
            kind, _, value = line.decode().partition(": ")
            if kind == "event":
                name = value
            elif kind == "data":
                yield name, json.loads(value)

    def until(self, name: str, fits: Callable[[Any], Any] = lambda told: True) -> Any:
        """The next event of this name that fits; events of other names are for later."""
        for at, (found, told) in enumerate(self._passed):
            if found == name and fits(told):
                del self._passed[at]
                return told
        for found, told in self._events:
            if found == name and fits(told):
                return told
            if found != name:
                self._passed.append((found, told))
        raise AssertionError(f"no {name} was told")

    def first(self, count: int) -> list[Event]:
        """The next so many events."""
        return list(islice(self._events, count))

    def rest(self) -> list[Event]:
        """All that comes until the server ends the stream."""
        try:
            return list(self._events)
        except requests.ConnectionError:
            return []

    def __enter__(self) -> Stream:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.answer.close()
        self.http.close()
