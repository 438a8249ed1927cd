"""Those who serve in a workload, started and asked: how a reading is taken."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from modeldouble_contract.bench.program import Program, running
from modeldouble_contract.bench.shared import SUBJECTS, Shared
from modeldouble_contract.bench.workload import Case, Entry, Measure, Place, Reading, Role

from .row import Common, Row, Sample, answer_to
from .wire import json_request, save

LOAD = (sys.executable, "-m", "modeldouble_contract.bench.load")
_SEED = 7
"""Of the arrivals of the open load."""
_HALF = 0.5
_LATENCIES = 0.5
"""Of the time of a reading, for which the open load comes after the closed one."""
_STARTERS = 16
_LINES_MOST = 1000
"""Requests that come round; of a hundred thousand jobs these are spread over all."""


class Subject(NamedTuple):
    """Somebody who serves."""

    line: Callable[[Place, Common, Case], Sequence[str | Path]]
    """How it is started; cases of the same line and number of jobs have one server. Raises `Missing`."""
    ids: Callable[["Server", Case], Sequence[str]] = lambda _server, _case: ()
    environment: Callable[[Place], Mapping[str, str]] = lambda _place: {}
    same: bool = True
    """It answers what ours answers, byte for byte."""
    clears: bool = False
    """It takes a line before each reading, and forgets what it has logged."""


class Server(NamedTuple):
    """Somebody who serves, and the load that asks."""

    place: Place
    common: Common
    subject: Subject
    program: Program
    load: Program
    ids: list[str]
    """Of jobs that were started on it."""

    @property
    def prefix(self) -> str:
        """The path before the route."""
        return str(self.program.ready.get("path", ""))

    def ask(self, load: str, requests: Path, connections: int, **more: Any) -> Any:
        """Let the load ask; a RuntimeError if an answer was wrong."""
        port = self.program.ready["port"]
        told = self.load.ask(load=load, port=port, requests=str(requests), connections=connections, **more)
        if "error" in told:
            raise RuntimeError(f"{self.subject.line}: {told['error']}")
        return told


def ours(_place: Place, common: Common, case: Case, **more: Any) -> Sequence[str | Path]:
    """The fake; `more` are further options."""
    return sys.executable, SUBJECTS / "ours_server.py", json.dumps({**common.row.options(case), **more})


def bare(_place: Place, common: Common, case: Case, **more: Any) -> Sequence[str | Path]:
    """A bare aiohttp handler that answers what ours answers; `more` are further options."""
    sample, row = common.sample(case), common.row
    options = {"prefix": sample.prefix, "route": row.route(case), "body": str(sample.body), "form": row.form}
    return sys.executable, SUBJECTS / "bare.py", json.dumps({**options, **more})


def started(server: Server, count: int) -> list[str]:
    """Start so many jobs over the video of ours, and give their ids."""
    body = {"state": {"videoId": server.program.ready["video"]}, "context": {}, "api_token": ""}
    kept = server.place.folder / "started"
    requests = save(server.place.folder / "start", [json_request(f"{server.prefix}/inference_video_id_async", body)])
    server.ask("gather", requests, _STARTERS, count=count, keep=str(kept))
    return [json.loads(line)["inference_request_uuid"] for line in kept.read_bytes().splitlines()]


def own_jobs(server: Server, case: Case) -> Sequence[str]:
    """Jobs of ours: spread over all that were started."""
    row = server.common.row
    count = row.jobs(case)
    if not count:
        return ()
    if not server.ids or row.uses_up(case):
        server.ids[:] = started(server, count)[:: max(1, count // _LINES_MOST)][:_LINES_MOST]
    return server.ids


def sampled_jobs(server: Server, case: Case) -> Sequence[str]:
    """Those that the sample was asked with: whoever answers stored bytes does not look at them."""
    return server.common.sample(case).ids


class Servers:
    """Those of one subject, each started when a case first needs it and kept for the others."""

    def __init__(self, place: Place, subject: Subject, stack: ExitStack) -> None:
        self._place, self._subject, self._stack = place, subject, stack
        self._servers: dict[tuple[object, ...], Server] = {}

    def of(self, common: Common, case: Case) -> Server:
        """The one that serves in this case."""
        # The bare handler has no jobs: it answers as many as there are with the same bytes.
        jobs = common.row.jobs(case) if self._subject.ids is own_jobs else 0
        key = (*self._subject.line(self._place, common, case), jobs)
        if key not in self._servers:
            self._servers[key] = self._stack.enter_context(_serving(self._place, common, self._subject, case))
        return self._servers[key]


OURS = Subject(ours, own_jobs)
BARE = Subject(bare, sampled_jobs)


def reading(server: Server, case: Case) -> Reading:
    """Requests per second at saturation; and how late answers come at the common rate, if it can be kept up."""
    row, subject = server.common.row, server.subject
    if subject.clears:
        server.program.ask(clear=True)
    asked = {"body": str(server.common.sample(case).body)} if subject.same and row.same else {}
    requests = save(server.place.folder / "asked", row.requests(server.prefix, case, subject.ids(server, case)))
    before = server.program.processor_seconds
    seconds = case.longer * server.place.seconds
    told = server.ask("closed", requests, row.connections(case), seconds=seconds, **asked)
    spent = server.program.processor_seconds - before
    more = {"cpu_us": 1e6 * spent / told["answered"], "load_share": told["load_seconds"] / told["seconds"]}
    rate = server.common.rate(case)
    if rate <= told["rate"]:
        open_for = _LATENCIES * seconds
        later = server.ask("open", requests, row.connections(case), seconds=open_for, rate=rate, seed=_SEED, **asked)
        more |= {"p50_ms": 1e3 * later["p50"], "p99_ms": 1e3 * later["p99"]}
    return Reading(told["rate"], more)


def entry(name: str, role: Role, subject: Subject, shared: Shared[Common], cases: Sequence[Case]) -> Entry:
    """Somebody who takes part in these cases."""
    return Entry(name, role, partial(_taking_part, subject, shared, cases[0]), frozenset(one.name for one in cases))


def shared_by(row: Row) -> Shared[Common]:
    """What all entries of a workload are made with."""

    @contextmanager
    def begin(place: Place) -> Iterator[Common]:
        with ExitStack() as stack:
            yield Common(row, partial(_sample, place), partial(_rate, Servers(place, BARE, stack)))

    return Shared(begin)


@contextmanager
def _taking_part(subject: Subject, shared: Shared[Common], first: Case, place: Place) -> Iterator[Measure]:
    with shared(place) as common, ExitStack() as stack:
        servers = Servers(place, subject, stack)
        servers.of(common, first)
        yield lambda case: reading(servers.of(common, case), case)


@contextmanager
def _serving(place: Place, common: Common, subject: Subject, case: Case) -> Iterator[Server]:
    line, environment = subject.line(place, common, case), subject.environment(place)
    asking: AbstractContextManager[Program] = running(LOAD, place.folder, place.load_core)
    with asking as load, running(line, place.folder, place.server_core, environment) as program:
        yield Server(place, common, subject, program, load, [])


def _sample(place: Place, common: Common, case: Case) -> Sample:
    row = common.row
    with _serving(place, common, Subject(ours), case) as server:
        ids = started(server, 1) if row.jobs(case) else []
        body = answer_to(server.program.ready["port"], row.requests(server.prefix, case, ids)[0])
        if not row.check(case, json.loads(body)):
            raise RuntimeError(f"ours answers something else in {case.name}: {body[:500]!r}")
        file = place.folder / f"sample-{case.name.replace(' ', '-')}"
        file.write_bytes(body)
        return Sample(server.prefix, ids, file)


def _rate(servers: Servers, common: Common, case: Case) -> float:
    """Half of what a bare handler can answer in a second."""
    server, row = servers.of(common, case), common.row
    file, seconds = server.place.folder / "asked-first", case.longer * server.place.seconds
    requests = save(file, row.requests(server.prefix, case, sampled_jobs(server, case)))
    for _ in ("warm-up", "measured"):
        told = server.ask("closed", requests, row.connections(case), seconds=seconds)
    return float(_HALF * told["rate"])
