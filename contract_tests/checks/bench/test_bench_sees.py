"""The benchmark itself is checked: a millisecond that is planted in a handler is seen, in the row of that handler only.

Each row is measured with a fake that is as it is, and with one in which one handler sleeps. It takes a minute or two.
"""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from modeldouble_contract.bench.load.serving import BARE, OURS, entry, shared_by
from modeldouble_contract.bench.machine import placed, usable_cores
from modeldouble_contract.bench.peers import Environments
from modeldouble_contract.bench.run import measure
from modeldouble_contract.bench.statistics import spread, values
from modeldouble_contract.bench.verdict import Kind, verdicts
from modeldouble_contract.bench.workload import Place, Role, Workload
from modeldouble_contract.bench.workloads import polls, session_info

PLANTED = Path(__file__).with_name("planted")
SLEEP = 0.001
PAIRS, SECONDS = 5, 0.5
HANDLERS = {"session-info": "info.session_info", "polls": "polls.progress"}
ROWS = {"session-info": (session_info.WORKLOAD, session_info.ROW), "polls": (polls.WORKLOAD, polls.ROW)}


def environment(handler: str) -> Mapping[str, str]:
    """That of a fake in which a handler sleeps."""
    path = os.pathsep.join(filter(None, (str(PLANTED), os.environ.get("PYTHONPATH"))))
    return {"PYTHONPATH": path, "MODELDOUBLE_PLANTED": handler}


def row(name: str, handler: str) -> Workload:
    """The first case of a row: the slowed fake as ours, a bare handler, and the fake as it is."""
    workload, how = ROWS[name]
    cases, shared = workload.cases[:1], shared_by(how)
    slowed = OURS._replace(environment=lambda _: environment(handler))
    entries = [
        entry("modeldouble", Role.OURS, slowed, shared, cases),
        entry("bare aiohttp", Role.LIMIT, BARE, shared, cases),
        entry("as it is", Role.PEER, OURS, shared, cases),
    ]
    first = {case.name for case in cases}
    targets = [one for one in workload.targets if one.against == "bare aiohttp" and (one.cases or first) & first]
    return workload._replace(cases=cases, entries=entries, targets=targets[:1], growths=())


def seconds_more(found: Mapping[str, float]) -> float:
    """How much longer an answer of the slowed fake takes than one of the fake as it is."""
    return 1 / found["modeldouble"] - 1 / found["as it is"]


def rates(workload: Workload, folder: Path) -> tuple[dict[str, float], Kind]:
    """Requests per second of each, in one run, and what is said of the row's target."""
    found = measure(workload, Place(folder, *placed(usable_cores()), Environments(folder), SECONDS), PAIRS)
    case = workload.cases[0].name
    medians = {one.name: spread(values(one.readings[case])) for one in found.taken}
    return {name: one.median for name, one in medians.items() if one is not None}, verdicts(found)[0].kind


@pytest.mark.parametrize("name", HANDLERS)
def test_a_millisecond_in_a_handler_is_seen_in_its_row(name: str, tmp_path: Path) -> None:
    found, kind = rates(row(name, HANDLERS[name]), tmp_path)
    assert found["modeldouble"] < 1 / SLEEP
    assert seconds_more(found) > 0.8 * SLEEP
    assert kind in (Kind.MISSED, Kind.NOISE)


@pytest.mark.parametrize(("name", "other"), [("session-info", "polls"), ("polls", "session-info")])
def test_it_is_not_seen_in_the_row_of_another_handler(name: str, other: str, tmp_path: Path) -> None:
    found, _ = rates(row(name, HANDLERS[other]), tmp_path)
    assert abs(seconds_more(found)) < 0.5 * SLEEP
