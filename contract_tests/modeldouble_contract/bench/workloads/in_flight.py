"""Many pictures in flight with our asynchronous client, beside the best that plain aiohttp reaches."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from statistics import median

from modeldouble_contract.bench.program import Program
from modeldouble_contract.bench.shared import Shared, client, stored
from modeldouble_contract.bench.workload import Case, Entry, Measure, Missing, Place, Reading, Role, Target, Workload

AT_ONCE, PICTURES, PICTURE_BYTES = 256, 2048, 20_000
CALLS = {"256 files": "files", "256 in memory": "bytes"}
TRIED = (8, 32, 128, 256)
"""In flight with plain aiohttp, of which the best is taken."""
TRIES = 3
SHARE = 0.8


SERVED = Shared(partial(stored, size=PICTURE_BYTES))


def best(seconds: dict[int, list[float]]) -> int:
    """How many in flight take the least time, by the median."""
    return min(seconds, key=lambda at_once: median(seconds[at_once]))


def _asked(program: Program, call: str, at_once: int) -> Reading:
    told = program.ask(call=call, pictures=PICTURES, at_once=at_once)
    return Reading(PICTURES / told["seconds"], {"cpu_us": 1e6 * told["cpu"] / PICTURES, "in_flight": at_once})


@contextmanager
def _ours(place: Place) -> Iterator[Measure]:
    with (
        SERVED(place) as served,
        client(place, sys.executable, "asked.py", "flight_ours.py", served.url, str(served.picture)) as program,
    ):
        if "missing" in program.ready:
            raise Missing(f"{program.ready['missing']}: pip install 'modeldouble[async]'")
        yield lambda case: _asked(program, CALLS[case.name], AT_ONCE)


@contextmanager
def _plain(place: Place) -> Iterator[Measure]:
    with (
        SERVED(place) as served,
        client(place, sys.executable, "asked.py", "flight_plain.py", served.url, str(served.picture)) as program,
    ):
        # In turns, so that what disturbs the machine for a moment chooses nobody.
        seconds: dict[int, list[float]] = {at_once: [] for at_once in TRIED}
        for _ in range(TRIES):
            for at_once, some in seconds.items():
                some.append(PICTURES / _asked(program, "bytes", at_once).value)
        chosen = best(seconds)
        yield lambda case: _asked(program, CALLS[case.name], chosen)


PLAIN = "aiohttp.ClientSession"
WORKLOAD = Workload(
    10,
    "in-flight",
    "Pictures in flight with the asynchronous client",
    "pictures/s",
    more_is_better=True,
    cases=[Case(name, at + 1) for at, name in enumerate(CALLS)],
    entries=[
        Entry("modeldouble.aio", Role.OURS, _ours),
        Entry(PLAIN, Role.LIMIT, _plain),
    ],
    targets=[Target("at least 0.8 of the best that plain aiohttp reaches", PLAIN, at_least=SHARE)],
    notes=[
        f"A reading is {PICTURES:,} pictures of {PICTURE_BYTES // 1000} KB, {AT_ONCE} in flight, to one bare aiohttp"
        " handler that reads each body and answers a stored prediction of 20 objects.",
        f"Plain aiohttp posts a body that is made once, reads the JSON and keeps it. It is tried with {TRIED[0]} to"
        f" {TRIED[-1]} in flight before, and goes on with the number that was quickest (in_flight).",
    ],
)
