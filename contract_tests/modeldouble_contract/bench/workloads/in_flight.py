"""Many pictures in flight with our asynchronous client, beside the best that plain aiohttp reaches."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from statistics import median

from modeldouble_contract.bench.program import Program
from modeldouble_contract.bench.shared import Shared, client, stored
from modeldouble_contract.bench.workload import Case, Entry, Measure, Missing, Place, Reading, Role, Target, Workload

AT_ONCE, PICTURE_BYTES = 256, 20_000
PICTURES = (1792, 2048)
"""Of the two halves of a reading, half a period of Python's full garbage collections apart.

With one number, one more collection of all that was kept falls before the end for one, and just after it for another.
"""
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
    told = [program.ask(call=call, pictures=pictures, at_once=at_once) for pictures in PICTURES]
    seconds, cpu = (sum(half[key] for half in told) for key in ("seconds", "cpu"))
    pictures = sum(PICTURES)
    return Reading(pictures / seconds, {"cpu_us": 1e6 * cpu / pictures, "in_flight": at_once})


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
                some.append(1 / _asked(program, "bytes", at_once).value)
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
        f"A reading is {PICTURES[0]:,} and then {PICTURES[1]:,} pictures of {PICTURE_BYTES // 1000} KB, {AT_ONCE} in"
        " flight, to one bare aiohttp handler that reads each body and answers a stored prediction of 20 objects.",
        "Plain aiohttp does what every caller has to: it reads the file, makes a body of it, posts it, reads the JSON"
        f" and keeps it. It is tried with {TRIED[0]} to {TRIED[-1]} in flight before, and goes on with the number that"
        " was quickest (in_flight).",
        "Python's garbage collector goes through all answers that were kept so far again and again: a third of"
        " everybody's time and more, the more so the more are in flight, as their objects lie scattered then.",
    ],
    bound="Ours keeps as many in flight as it is asked to, also where fewer would be quicker. Beside the post it keeps"
    " the order, has a deadline and retries for each, and checks each answer and makes a prediction of it: all on"
    " one core, with the event loop that plain aiohttp has to itself.",
)
