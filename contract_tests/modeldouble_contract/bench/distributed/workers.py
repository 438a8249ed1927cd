"""The workload: the same load on one fake with 1, 2, 4 and 8 workers on a Redis, and on one with its own store."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from typing import NamedTuple

from modeldouble_contract.bench.machine import usable_cores
from modeldouble_contract.bench.shared import Shared
from modeldouble_contract.bench.workload import Case, Entry, Growth, Measure, Place, Role, Target, Workload

from .asking import MOST_JOBS, PICTURE_BYTES, POP, POPPED, PROGRESS, ROUTES
from .fleet import CONNECTIONS, Fleet, Member, fleet, member, reading

WORKERS = (1, 2, 4, 8)
NAME, OURS, ALONE = "distributed", "workers", "own store"
LONGER = 4.0
"""Times the usual length of a reading: of a process, time is counted in hundredths of a second."""
FLAT = 1.2
PAIRS = 6
_FEW, _FEW_JOBS = 0.1, 200
"""Below so many seconds for a reading, fewer jobs will do."""


def case_name(route: str, workers: int) -> str:
    """Of a route and so many workers."""
    return f"{route}, {workers} worker{'s' * (workers > 1)}"


CASES = [Case(case_name(route, count), count, curve=route) for route in ROUTES for count in WORKERS]


class Running(NamedTuple):
    """All who take part, by their number of workers; None: the one with its own store."""

    loads: Fleet
    members: dict[int | None, Member]


Began = Callable[[Place], AbstractContextManager[Running]]


@contextmanager
def begun(place: Place, workers: Sequence[int] = WORKERS) -> Iterator[Running]:
    """Start everybody; nobody is pinned to a core, as workers are to have all."""
    jobs = _FEW_JOBS if place.seconds < _FEW else MOST_JOBS
    with ExitStack() as stack:
        loads = stack.enter_context(fleet(place.folder, len(usable_cores()) or os.cpu_count() or 1))
        members: dict[int | None, Member] = {}
        for count in (None, *workers):
            folder = place.folder / f"workers-{count or 0}"
            members[count] = stack.enter_context(member(loads, folder, count, jobs))
        yield Running(loads, members)


def workload(begin: Began = begun, workers: Sequence[int] = WORKERS) -> Workload:
    """Anew for each run."""
    cases = [case for case in CASES if case.size in workers]
    shared = Shared(begin)
    alone = frozenset(case.name for case in cases if case.size == min(workers))
    return Workload(
        1, NAME, "One fake in several worker processes on one Redis", "requests/s", more_is_better=True,
        cases=cases,
        entries=[
            Entry(OURS, Role.OURS, partial(_taking_part, shared, False)),
            Entry(ALONE, Role.LIMIT, partial(_taking_part, shared, True), alone),
        ],
        targets=[_FEW_OPERATIONS],
        growths=[_flat(route, cases) for route in ROUTES],
        axis="worker processes", pairs=PAIRS, notes=_NOTES,
    )  # fmt: skip


@contextmanager
def _taking_part(shared: Shared[Running], alone: bool, place: Place) -> Iterator[Measure]:
    with shared(place) as running:
        yield lambda case: reading(
            running.loads, running.members[None if alone else int(case.size)], case.curve,
            case.longer * LONGER * place.seconds,
        )  # fmt: skip


def _flat(route: str, cases: Sequence[Case]) -> Growth:
    names = frozenset(case.name for case in cases if case.curve == route)
    text = f"{route}: the workers' processor time for a request is the same for any number of them, within 20 %"
    return Growth(text, ratio=FLAT, measure="cpu_us", cases=names)


_FEW_OPERATIONS = Target(
    "progress and pop: at most two operations of Redis, beside looks for changes",
    None,
    at_most=2.5,
    measure="redis_operations",
    cases=frozenset(case.name for case in CASES if case.curve in (PROGRESS, POP)),
)
_NOTES = (
    "Each is `modeldouble serve --workers N --redis URL` with a Redis of its own, which keeps nothing on disk; own"
    f" store is `modeldouble serve` without one. {MOST_JOBS:,} jobs run on each, started over the wire, {CONNECTIONS}"
    " connections ask, each again as soon as it has its answer, from as many processes as there are cores. Each reading"
    " makes its connections anew, which the system gives to workers by chance.",
    f"A pop takes the next {POPPED} frames of a job, whose objects the model makes up; an inference_image uploads a"
    f" JPEG of {PICTURE_BYTES // 1000} KB that nobody has seen before.",
    "cpu is the processor's time of all worker processes and their parent for a request, user and system; redis that of"
    " Redis. Operations are counted by Redis's MONITOR, before anything is timed: a script's run is one, whatever it"
    " asks in itself. worker is the resident memory of one worker, with what it shares with others.",
)
