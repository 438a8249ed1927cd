"""What is in the rows of shared logs: JSON as the admin API tells it. A request is numbered by its row."""

import json
import os
import socket
from collections.abc import Callable
from typing import Any

from ..journal import Entry, Journal
from ..received import called
from ..scene import Query
from ..stubs.engine import Miss
from .log import SharedLog

_HOST_MOST = 40
# To ASCII, as callers' file names may be no UTF-8.
_ENCODER = json.JSONEncoder(separators=(",", ":"), default=str)


def server_name() -> str:
    """By which an entry names the process that answered: the host's name, and the number of the process there."""
    return f"{socket.gethostname()[:_HOST_MOST]}:{os.getpid()}"


def hear(journal: Journal, log: SharedLog) -> None:
    """Let a log have what a journal is told from now on."""
    server = server_name()
    journal.spread = lambda entry: log.add(entry_row(entry, server))


def entry_row(entry: Entry, server: str) -> bytes:
    """A request, and who answered it."""
    told = entry.told()
    del told["number"]
    return _written({**told, "server": server})


def entry_of(fits: Callable[[Entry], bool]) -> Callable[[int, bytes], dict[str, Any] | None]:
    """What reads the row of a request; None: it is none of those that are wanted."""

    def read(number: int, row: bytes) -> dict[str, Any] | None:
        told: dict[str, Any] = {"number": number, **json.loads(row)}
        # What else a newer server may have written is told as it is.
        return told if fits(Entry._make([told.get(name) for name in Entry._fields])) else None

    return read


def call_row(number: int, query: Query, cut: Callable[[Any], Any]) -> bytes:
    """A picture or a video that was asked about, by the number of the call. `cut` takes secrets out of JSON."""
    return _written(cut(called(number, query).told()))


def call_of(since: int) -> Callable[[int, bytes], dict[str, Any] | None]:
    """What reads the row of a call; None: it is not numbered above `since`."""

    def read(_: int, row: bytes) -> dict[str, Any] | None:
        told: dict[str, Any] = json.loads(row)
        return told if told["number"] > since else None

    return read


def miss_row(miss: Miss, cut: Callable[[Any], Any]) -> bytes:
    """A question that no stub answered, or two."""
    return _written(cut(miss.told()))


def miss_of(row: bytes) -> dict[str, Any]:
    """What a row tells of such a question."""
    told: dict[str, Any] = json.loads(row)
    return told


def _written(value: Any) -> bytes:
    return _ENCODER.encode(value).encode()
