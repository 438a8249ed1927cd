"""Workloads and runs that are made up: nothing is started, and every reading is told beforehand."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from modeldouble_contract.bench.run import Measured, Outcome, Taken
from modeldouble_contract.bench.workload import (
    Case,
    Entry,
    Growth,
    Measure,
    Missing,
    Place,
    Reading,
    Role,
    Target,
    Workload,
)

CASES = (Case("few", 1), Case("many", 100))
AT_LEAST = Target("at least 0.8 of bare", "bare", at_least=0.8)
MACHINE = {"Processor": "a fast one", "Cores": "2; servers on 1, load on 0"}


class Nobody:
    """Peers of which none is there."""

    def python(self, name: str) -> Path:
        raise Missing(f"no {name}")

    def program(self, name: str) -> Path:
        raise Missing(f"no {name}")


def place(folder: Path) -> Place:
    """A place for workloads that need none."""
    return Place(folder, None, None, Nobody(), 0.0)


def entry(name: str, role: Role, measure: Callable[[Case], float], cases: frozenset[str] | None = None) -> Entry:
    """Somebody whose readings a function tells."""

    @contextmanager
    def opened(_: Place) -> Iterator[Measure]:
        yield lambda case: Reading(measure(case))

    return Entry(name, role, opened, cases)


@contextmanager
def _absent(reason: str, _: Place) -> Iterator[Measure]:
    if reason:
        raise Missing(reason)
    yield lambda _: Reading(0.0)


def absent(name: str, reason: str) -> Entry:
    """A peer that cannot take part."""
    return Entry(name, Role.PEER, partial(_absent, reason))


def workload(*entries: Entry, targets: Sequence[Target] = (), growths: Sequence[Growth] = ()) -> Workload:
    """One that grows from one to a hundred."""
    return Workload(
        3, "made-up", "Made up", "requests/s", True, CASES, entries, targets, growths, axis="jobs", notes=["A note."]
    )  # fmt: skip


def steady(value: float, pairs: int = 12, **more: float) -> dict[str, list[Reading]]:
    """The same reading in every case and pair."""
    return {case.name: [Reading(value, more)] * pairs for case in CASES}


def measured(
    ours: Mapping[str, Sequence[Reading]], bare: Mapping[str, Sequence[Reading]], again: float = 1.0,
    targets: Sequence[Target] = (AT_LEAST,), growths: Sequence[Growth] = (),
) -> Measured:  # fmt: skip
    """Ours beside bare, whose second readings are `again` times the first ones, and beside a peer that is not there."""
    null = {case: [Reading(again * one.value) for one in some] for case, some in bare.items()}
    taken = [
        Taken("ours", Role.OURS, ours), Taken("bare", Role.LIMIT, bare), Taken("official", Role.PEER, {}, "no network"),
    ]  # fmt: skip
    return Measured(workload(targets=targets, growths=growths), taken, null)


def outcome(*every: Measured, quick: bool = False) -> Outcome:
    """A run on a machine that is made up."""
    when = "2026-11-23T05:00:00+00:00"
    return Outcome(when, "abc1234", quick, 12, 1.0, MACHINE, {"modeldouble": "0.1.0"}, every)
