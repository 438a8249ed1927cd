"""The distributed benchmark itself is checked: work that is planted in a handler of workers is seen, in its route only.

Two workers as they are stand beside two in which one handler works a millisecond more. It takes half a minute.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from modeldouble_contract.bench.distributed.asking import INFO, PROGRESS
from modeldouble_contract.bench.distributed.fleet import Fleet, Member, fleet, member, reading
from modeldouble_contract.bench.workload import Reading

PLANTED = Path(__file__).with_name("planted")
HANDLER, WORK_US = "info.session_info", 1000.0
WORKERS, JOBS, ROUNDS, SECONDS = 2, 50, 3, 0.6


class Both(NamedTuple):
    """Two workers as they are, and two with a handler that works more."""

    loads: Fleet
    as_is: Member
    slowed: Member

    def medians(self, route: str) -> tuple[Reading, Reading]:
        """Of both, read in turns."""
        taken = [[reading(self.loads, one, route, SECONDS) for one in self[1:]] for _ in range(ROUNDS)]
        as_is, slowed = (sorted(some, key=lambda one: one.more["cpu_us"]) for some in zip(*taken, strict=True))
        return as_is[ROUNDS // 2], slowed[ROUNDS // 2]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    folder = tmp_path_factory.mktemp("distributed")
    path = os.pathsep.join(filter(None, (str(PLANTED), os.environ.get("PYTHONPATH"))))
    planted = {"PYTHONPATH": path, "MODELDOUBLE_PLANTED": HANDLER, "MODELDOUBLE_PLANTED_WORK": "1"}
    with (
        fleet(folder, 2) as loads,
        member(loads, folder / "as-is", WORKERS, JOBS) as as_is,
        member(loads, folder / "slowed", WORKERS, JOBS, planted) as slowed,
    ):
        yield Both(loads, as_is, slowed)


def test_both_have_a_parent_and_as_many_workers_as_were_asked_for(both: Both) -> None:
    assert [len(one.fake.processes) for one in (both.as_is, both.slowed)] == [1 + WORKERS] * 2


def test_work_in_a_handler_is_seen_in_the_time_of_its_route(both: Both) -> None:
    as_is, slowed = both.medians(INFO)
    assert 0.9 * WORK_US < slowed.more["cpu_us"] - as_is.more["cpu_us"] < 1.6 * WORK_US
    assert slowed.value < min(as_is.value, WORKERS * 1e6 / WORK_US)


def test_it_is_not_seen_in_another_route(both: Both) -> None:
    as_is, slowed = both.medians(PROGRESS)
    assert abs(slowed.more["cpu_us"] - as_is.more["cpu_us"]) < 0.4 * WORK_US


def test_every_worker_takes_part(both: Both) -> None:
    before = [one.cpu_times().user for one in both.as_is.fake.processes[1:]]
    reading(both.loads, both.as_is, PROGRESS, SECONDS)
    spent = [one.cpu_times().user - was for one, was in zip(both.as_is.fake.processes[1:], before, strict=True)]
    assert min(spent) > 0.1 * max(spent)
