"""Runs workloads: everybody who takes part in turns, pair by pair, and the first limit twice."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from typing import NamedTuple

from .workload import Case, Measure, Missing, Place, Reading, Role, Workload

SEED = 20260101
"""Of the order in which they take turns."""
PAIRS, QUICK_PAIRS = 12, 3
SECONDS, QUICK_SECONDS = 0.3, 0.2
WARM_UP = 0.4
"""Of the length of a reading: it is asked, and not kept."""

Readings = Mapping[str, Sequence[Reading]]
"""Name of a case -> one reading for each pair."""


class Taken(NamedTuple):
    """What was read of an entry, or why it was not there."""

    name: str
    role: Role
    readings: Readings
    absent: str = ""


class Measured(NamedTuple):
    """A workload that was run. `workload` is what describes it: its entries are in `taken`, without `open`."""

    workload: Workload
    taken: Sequence[Taken]
    null: Readings
    """The first limit's second readings; empty: there was none."""
    failed: str = ""
    """Why it could not be run to its end; then nothing was read."""
    took_s: float = 0.0
    """Seconds from its start to its end, with what had to be installed for it; 0: an older run, which does not say."""

    @property
    def ours(self) -> Taken:
        """The entry that is judged."""
        return next(one for one in self.taken if one.role is Role.OURS)

    @property
    def limit(self) -> Taken | None:
        """The entry that the null comparison is made with."""
        return next((one for one in self.taken if one.role is Role.LIMIT and not one.absent), None)


class Outcome(NamedTuple):
    """A run, whole: what a page is made of."""

    when: str
    """Date and time in UTC, ISO 8601."""
    commit: str
    quick: bool
    pairs: int
    seconds: float
    machine: Mapping[str, str]
    versions: Mapping[str, str]
    measured: Sequence[Measured]


def pairs_of(workload: Workload, asked: int | None, quick: bool) -> int:
    """How many pairs: what was asked for, or the workload's own number, or the usual one; few if it is to be quick."""
    if asked is not None:
        return asked
    usual = workload.pairs or PAIRS
    return min(usual, QUICK_PAIRS) if quick else usual


def measure(workload: Workload, place: Place, pairs: int, tell: Callable[[str], object] = lambda _: None) -> Measured:
    """Open all entries, read each once to warm up, then `pairs` times in turns. `tell` gets the name of each turn.

    Cases with a number of pairs of their own take minutes, and warm up by themselves.
    """
    with ExitStack() as stack:
        opened, absent = _opened(workload, place, stack, tell)
        for name, case in _turns(workload, opened):
            if case.pairs is None:
                tell(f"{name}, warm-up")
                opened[name](case._replace(longer=WARM_UP * case.longer))
        again = next((one.name for one in workload.entries if one.role is Role.LIMIT and one.name in opened), None)
        found, null = _readings(workload, opened, again, pairs, tell)
    taken = [Taken(one.name, one.role, found.get(one.name, {}), absent.get(one.name, "")) for one in workload.entries]
    return Measured(workload._replace(entries=()), taken, null)


def failed(workload: Workload, reason: str) -> Measured:
    """What is said of a workload that raised."""
    taken = [Taken(one.name, one.role, {}, "the workload failed") for one in workload.entries]
    return Measured(workload._replace(entries=()), taken, {}, reason)


def turns_of(workload: Workload, pairs: int) -> int:
    """How often `measure` tells that somebody's turn has come, if nobody is absent."""
    each = list(_turns(workload, [one.name for one in workload.entries]))
    limit = next((one.name for one in workload.entries if one.role is Role.LIMIT), None)
    again = [case for name, case in each if name == limit]
    turns = sum(_pairs(case, pairs) for case in (*(case for _, case in each), *again))
    return len(workload.entries) + sum(case.pairs is None for _, case in each) + turns


def shuffled(names: Iterable[str], *keys: object) -> list[str]:
    """An order that looks like chance, and is the same for the same keys on every machine."""

    def key(name: str) -> bytes:
        return hashlib.sha256(repr((SEED, *keys, name)).encode()).digest()

    return sorted(names, key=key)


def _opened(
    workload: Workload, place: Place, stack: ExitStack, tell: Callable[[str], object]
) -> tuple[dict[str, Measure], dict[str, str]]:
    opened: dict[str, Measure] = {}
    absent: dict[str, str] = {}
    for number, entry in enumerate(workload.entries):
        tell(f"{entry.name}, start")
        folder = place.folder / f"{workload.number}-{number}"
        folder.mkdir()
        try:
            opened[entry.name] = stack.enter_context(entry.open(place._replace(folder=folder)))
        except Missing as reason:
            absent[entry.name] = str(reason)
    return opened, absent


def _turns(workload: Workload, names: Iterable[str]) -> Iterable[tuple[str, Case]]:
    there = set(names)
    for case in workload.cases:
        for entry in workload.entries:
            if entry.name in there and (entry.cases is None or case.name in entry.cases):
                yield entry.name, case


def _pairs(case: Case, pairs: int) -> int:
    """A case's own number is what it has beside the usual one; where others have fewer or more, so has it."""
    return pairs if case.pairs is None else max(1, case.pairs * pairs // PAIRS)


_AGAIN = "\0again"
"""The first limit's second turn; no entry has this name."""


def _readings(
    workload: Workload, opened: Mapping[str, Measure], again: str | None, pairs: int, tell: Callable[[str], object]
) -> tuple[dict[str, dict[str, list[Reading]]], dict[str, list[Reading]]]:
    found: dict[str, dict[str, list[Reading]]] = {name: {} for name in opened}
    null: dict[str, list[Reading]] = {}
    present: dict[str, list[str]] = {case.name: [] for case in workload.cases}
    for name, case in _turns(workload, opened):
        present[case.name] += [name, _AGAIN] if name == again else [name]
    cases = {case.name: case for case in workload.cases}
    for pair in range(pairs):
        under_way = [name for name, case in cases.items() if pair < _pairs(case, pairs)]
        for at in shuffled(under_way, workload.name, pair):
            for name in shuffled(present[at], workload.name, pair, at):
                who = again if name == _AGAIN and again else name
                tell(f"{who}, {at}")
                kept = null if name == _AGAIN else found[name]
                kept.setdefault(at, []).append(opened[who](cases[at]))
    return found, null
