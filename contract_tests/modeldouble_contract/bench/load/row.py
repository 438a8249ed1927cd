"""A workload in which servers are asked: what is asked, and what all who take part in it share."""

import http.client
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from modeldouble_contract.bench.workload import Case

from .wire import Request


class Row(NamedTuple):
    """What is asked in a workload. Ids are those of jobs that were started for it."""

    route: Callable[[Case], str]
    requests: Callable[[str, Case, Sequence[str]], list[Request]]
    """Of the path before the route, a case and ids."""
    options: Callable[[Case], dict[str, Any]]
    """Those of `ours_server.py`."""
    check: Callable[[Case, Any], bool]
    """Whether an answer of ours, as JSON, is what the workload is about."""
    connections: Callable[[Case], int] = lambda _case: 16
    form: bool = False
    jobs: Callable[[Case], int] = lambda _case: 0
    """How many are started for a server in this case, or, where a reading uses them up, for each reading."""
    uses_up: Callable[[Case], bool] = lambda _case: False
    same: bool = True
    """Ours answers the same bytes each time."""
    sample: Callable[[Case], object] = lambda _case: None
    """Cases of the same options and route that differ in this have different answers."""


class Sample(NamedTuple):
    """An answer of ours, which others have to give as well, and what it was asked."""

    prefix: str
    ids: Sequence[str]
    body: Path


class Common:
    """What all who take part share: samples of what ours answers, and rates at which requests come."""

    def __init__(
        self, row: Row, sample: Callable[["Common", Case], Sample], rate: Callable[["Common", Case], float]
    ) -> None:
        self.row, self._sample, self._rate = row, sample, rate
        self._samples: dict[str, Sample] = {}
        self._rates: dict[str, float] = {}

    def sample(self, case: Case) -> Sample:
        """An answer of ours in this case, for which ours is started unless it was known."""
        key = json.dumps([self.row.options(case), self.row.route(case), self.row.sample(case)])
        if key not in self._samples:
            self._samples[key] = self._sample(self, case)
        return self._samples[key]

    def rate(self, case: Case) -> float:
        """Requests per second of the open load."""
        if case.name not in self._rates:
            self._rates[case.name] = self._rate(self, case)
        return self._rates[case.name]


def answer_to(port: int, request: Request) -> bytes:
    """The body of a 200, asked for by the standard library's client; any other status is a RuntimeError."""
    head, _, body = request.content.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("POST", first.split()[1], body, dict(line.split(": ", 1) for line in lines))
        answer = connection.getresponse()
        told = answer.read()
    finally:
        connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{first} was answered with {answer.status}: {told[:500]!r}")
    return told
