"""What a benchmark is made of: cases that grow, entries that are compared, targets that are to be met."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from enum import Enum
from pathlib import Path
from typing import NamedTuple, Protocol


class Role(Enum):
    """What an entry is there for."""

    OURS = "ours"
    LIMIT = "limit"
    PEER = "peer"


class Case(NamedTuple):
    """One size of a workload. `size` is where it lies on the axis of a plot."""

    name: str
    size: float
    pairs: int | None = None
    """Beside twelve of the others, for one that takes minutes and warms up by itself; None: as many as they have."""
    curve: str = ""
    """The curve of a plot that it is a point of, where cases of several kinds grow."""
    longer: float = 1.0
    """Times the usual length of a reading, where that would hold too few requests."""


class Reading(NamedTuple):
    """One measurement, in the workload's unit; `more` has others by name, the unit at its end: `p50_ms`."""

    value: float
    more: Mapping[str, float] = {}


class Missing(Exception):
    """A peer cannot take part; the message says why, and what would help."""


class Peers(Protocol):
    """Environments with the programs that ours are compared with."""

    def python(self, name: str) -> Path:
        """The interpreter in which a peer from PyPI is installed; raises `Missing`."""
        ...

    def program(self, name: str) -> Path:
        """The program of a peer from npm; raises `Missing`."""
        ...


class Place(NamedTuple):
    """Where it is measured."""

    folder: Path
    """For files, empty at first."""
    server_core: int | None
    """Servers run on this core only; None: the machine has one, or cannot pin."""
    load_core: int | None
    """Those who ask run on this one."""
    peers: Peers
    seconds: float = 1.0
    """How long a server is asked for one reading, in a case that is not longer."""


Measure = Callable[[Case], Reading]


class Entry(NamedTuple):
    """Somebody who takes part. `open` is entered once for all readings of a workload; it raises `Missing`."""

    name: str
    role: Role
    open: Callable[[Place], AbstractContextManager[Measure]]
    cases: frozenset[str] | None = None
    """The names of the cases in which it takes part; None: all."""


class Target(NamedTuple):
    """The median of ours over another entry, pair by pair, or (`against` None) of ours by itself."""

    text: str
    against: str | None
    at_least: float | None = None
    at_most: float | None = None
    cases: frozenset[str] | None = None
    measure: str = ""
    """A name in `Reading.more`; empty: the value."""


class Growth(NamedTuple):
    """How far ours may move between its cases: the greatest median over the least one, or less the least one."""

    text: str
    ratio: float | None = None
    difference: float | None = None
    measure: str = ""
    cases: frozenset[str] | None = None
    """The cases that are compared; None: all."""


class Workload(NamedTuple):
    """One row. Exactly one entry is ours; the first limit is measured twice in each pair: bare against bare."""

    number: int
    name: str
    """For the command line: `session-info`."""
    title: str
    unit: str
    """Of the readings: `requests/s`, `s`, `us`."""
    more_is_better: bool
    cases: Sequence[Case]
    entries: Sequence[Entry]
    targets: Sequence[Target] = ()
    growths: Sequence[Growth] = ()
    axis: str = ""
    """What grows from case to case; empty: nothing does, and no curve is drawn."""
    pairs: int | None = None
    """Fewer or more pairs than the others have."""
    notes: Sequence[str] = ()
    """What a reader has to know of the method, as sentences."""
    bound: str = ""
    """Where time goes if not all targets are met, as sentences: what a person found with a profiler."""
