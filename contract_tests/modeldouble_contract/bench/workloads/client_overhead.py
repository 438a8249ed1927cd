"""What a call of our client costs over a post of the same bytes."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial

from modeldouble_contract.bench.program import Program
from modeldouble_contract.bench.shared import Served, Shared, client, stored
from modeldouble_contract.bench.workload import Case, Entry, Measure, Place, Reading, Role, Target, Workload

CALLS = ("session info", "picture by path", "picture in memory")
BY_PATH = frozenset(CALLS[:2])
"""Of these the official client has the like."""
PICTURE_BYTES = 100_000
OVERHEAD, OFFICIAL = 1.15, 1.5


@contextmanager
def _served(place: Place) -> Iterator[Served]:
    with stored(place, PICTURE_BYTES) as served:
        # It can tell the bytes that came, once our client has called.
        with _ours(place, served) as ours:
            for call in CALLS:
                ours.ask(call=call, seconds=0)
        yield served


SERVED = Shared(_served)
Calling = Callable[[Place, Served], AbstractContextManager[Program]]


def _ours(place: Place, served: Served) -> AbstractContextManager[Program]:
    return client(place, sys.executable, "asked.py", "client_calls.py", served.url, str(served.picture))


def _plain(read: str, place: Place, served: Served) -> AbstractContextManager[Program]:
    return client(place, sys.executable, "asked.py", "client_calls_plain.py", served.url, read)


def _official(kind: str, place: Place, served: Served) -> AbstractContextManager[Program]:
    python = place.peers.python("supervisely")
    return client(place, python, "asked.py", "client_calls_official.py", served.url, str(served.picture), kind)


@contextmanager
def _measuring(calling: Calling, place: Place) -> Iterator[Measure]:
    with SERVED(place) as served, calling(place, served) as caller:

        def measure(case: Case) -> Reading:
            told = caller.ask(call=case.name, seconds=place.seconds / 2)
            return Reading(told["wall_us"], {"cpu_us": told["cpu_us"]})

        yield measure


def _entry(name: str, role: Role, calling: Calling, cases: frozenset[str] | None = None) -> Entry:
    return Entry(name, role, partial(_measuring, calling), cases)


POST, JSON = "requests.Session().post", "requests.Session().post and .json()"
WORKLOAD = Workload(
    6,
    "client-overhead",
    "A call of our client over a post of the same bytes",
    "us",
    more_is_better=False,
    cases=[Case(name, at + 1) for at, name in enumerate(CALLS)],
    entries=[
        _entry("modeldouble", Role.OURS, _ours),
        _entry(POST, Role.LIMIT, partial(_plain, "")),
        _entry(JSON, Role.LIMIT, partial(_plain, "read")),
        _entry("supervisely Session", Role.PEER, partial(_official, "Session"), BY_PATH),
        _entry("supervisely SessionJSON", Role.PEER, partial(_official, "SessionJSON"), BY_PATH),
    ],
    targets=[
        Target("a call takes at most 1.15 of a post of the same bytes", POST, at_most=OVERHEAD),
        Target("the official Session takes at least 1.5 of ours", "supervisely Session", at_most=1 / OFFICIAL),
    ],
    notes=[
        "All call one bare aiohttp handler, in a process and on a core of its own, that reads the body and answers"
        " stored bytes: a prediction of 20 objects, for a picture of 100 KB.",
        "The post sends the body that our client sent, byte for byte, and reads the answer's bytes, but not its JSON;"
        " a second one reads that too, as every client has to.",
        "A reading is the median of the calls in half of the time that a server is asked; cpu_us is the mean time of"
        " the caller's processor.",
    ],
)
