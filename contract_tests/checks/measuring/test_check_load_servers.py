"""How long servers are asked for a reading, and how many of them there are."""

from pathlib import Path
from typing import Any

import psutil
import pytest

from modeldouble_contract.bench.load.row import Common, Row, Sample
from modeldouble_contract.bench.load.serving import OURS, Server, reading
from modeldouble_contract.bench.load.wire import json_request
from modeldouble_contract.bench.workload import Case, Missing, Place, Role
from modeldouble_contract.bench.workloads import polls

ROW = Row(lambda _: "x", lambda *_: [json_request("/x", {})], lambda _: {}, lambda *_: True, same=False)


class Nobody:
    """No peer is installed."""

    def python(self, name: str) -> Path:
        raise Missing(name)

    program = python


class Told:
    """A program that answers with the same figures, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.ready = {"port": 1}
        self.processor_seconds = 0.0

    def ask(self, **question: Any) -> Any:
        self.asked.append(question)
        return {"rate": 100.0, "seconds": 1.0, "load_seconds": 0.5, "answered": 100, "p50": 0.001, "p99": 0.002}


def asked(case: Case, rate: float, folder: Path) -> list[tuple[str, float]]:
    """Which loads asked for how long in a reading."""
    common = Common(ROW, lambda *_: Sample("", (), folder), lambda *_: rate)
    program: Any = Told()
    load: Any = Told()
    reading(Server(Place(folder, None, None, Nobody(), 0.3), common, OURS, program, load, []), case)
    return [(one["load"], one["seconds"]) for one in load.asked]


def test_latencies_are_looked_at_for_half_as_long(tmp_path: Path) -> None:
    assert asked(Case("few", 1), 50.0, tmp_path) == [("closed", 0.3), ("open", 0.15)]


def test_who_cannot_keep_up_with_the_rate_has_no_latencies(tmp_path: Path) -> None:
    assert asked(Case("few", 1), 101.0, tmp_path) == [("closed", 0.3)]


def test_a_longer_case_is_asked_for_longer(tmp_path: Path) -> None:
    assert asked(Case("few", 1, longer=2.0), 50.0, tmp_path) == [("closed", 0.6), ("open", 0.3)]


def children() -> set[int]:
    return {child.pid for child in psutil.Process().children()}


@pytest.mark.parametrize("at", [1, 3])
def test_a_server_is_kept_for_all_cases_that_it_can_serve(at: int, tmp_path: Path) -> None:
    limit = next(one for one in polls.WORKLOAD.entries if one.role is Role.LIMIT)
    # Of other tests of this process.
    before = children()
    with limit.open(Place(tmp_path, None, None, Nobody(), 0.02)) as measure:
        measure(polls.WORKLOAD.cases[0])
        first = children() - before
        measure(polls.WORKLOAD.cases[at])
        then = children() - before
    # The bare handler answers any number of jobs; another route needs one of its own, twice with its load.
    assert (len(first), len(then - first)) == (4, {1: 0, 3: 4}[at])
