"""How soon a server answers, and how soon a test has a model."""

import http.client
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil

from modeldouble_contract.bench.shared import SUBJECTS, client
from modeldouble_contract.bench.workload import Case, Entry, Measure, Place, Reading, Role, Target, Workload

SERVE, SET_UP = "modeldouble serve", "served_model"
SLOWER, SET_UP_MS = 1.3, 2.0
MODELS = 50
_PATIENCE = 10.0


def started(line: Sequence[str | Path], place: Place, answers: bool) -> Reading:
    """Milliseconds from the start of a process to its first line, or to its first answer at the port of that line."""
    begun = time.perf_counter()
    with subprocess.Popen(  # noqa: S603 - our own scripts
        [str(one) for one in line], cwd=place.folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True,
    ) as child:  # fmt: skip
        try:
            seen = psutil.Process(child.pid)
            if place.server_core is not None:
                seen.cpu_affinity([place.server_core])
            assert child.stdout is not None
            first = child.stdout.readline()
            if answers:
                _answered(int(first.rpartition(":")[2]))
            spent, times = time.perf_counter() - begun, seen.cpu_times()
        finally:
            child.terminate()
            child.wait(_PATIENCE)
    return Reading(1000 * spent, {"cpu_ms": 1000 * (times.user + times.system)})


def _answered(port: int) -> None:
    asking = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
    try:
        asking.request("GET", "/is_ready")
        status = asking.getresponse().status
    finally:
        asking.close()
    if status != 200:
        raise RuntimeError(f"the first answer is a {status}")


@contextmanager
def _ours(place: Place) -> Iterator[Measure]:
    line = [sys.executable, "-m", "modeldouble_server.cli", "serve", "--port", "0"]
    with client(place, sys.executable, "asked.py", "set_up.py") as setting_up:
        setting_up.ask(models=MODELS)

        def measure(case: Case) -> Reading:
            if case.name == SERVE:
                return started(line, place, answers=True)
            told = setting_up.ask(models=MODELS)
            more = {"teardown_ms": 1000 * told["teardown"], "cpu_ms": 1000 * told["cpu"]}
            return Reading(1000 * told["set_up"], more)

        yield measure


@contextmanager
def _bound(place: Place) -> Iterator[Measure]:
    yield lambda case: started([sys.executable, SUBJECTS / "bind.py"], place, answers=False)


BIND = "import aiohttp.web and bind"
WORKLOAD = Workload(
    5,
    "start",
    "From the start of a server to its first answer, and a model for a test",
    "ms",
    more_is_better=False,
    cases=[Case(SERVE, 1), Case(SET_UP, 2)],
    entries=[
        Entry("modeldouble", Role.OURS, _ours),
        Entry(BIND, Role.LIMIT, _bound, frozenset({SERVE})),
    ],
    targets=[
        Target("a server answers after at most 1.3 of an import of aiohttp.web and a bind", BIND, at_most=SLOWER,
               cases=frozenset({SERVE})),
        Target("a model for a test is set up in at most 2 ms", None, at_most=SET_UP_MS, cases=frozenset({SET_UP})),
    ],
    notes=[
        "The server is `modeldouble serve --port 0`, from the start of the process to the answer to GET /is_ready,"
        " which is asked when it has said its port. The limit is a process that imports aiohttp.web, binds a socket and"
        " says so.",
        "A set-up is what the fixture served_model does, `Server.add_model`, on a server that runs in the same process;"
        " a reading is the median of 50.",
    ],
    bound="Most of a start is the import of aiohttp.web, which the limit does as well. What ours adds is its own"
    " modules and click, the world that it begins with, and the first request, which the limit is not asked.",
)  # fmt: skip
