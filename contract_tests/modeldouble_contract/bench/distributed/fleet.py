"""All fakes of a run, each with a Redis of its own, and the load that asks them from as many processes as cores."""

import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from modeldouble_contract.bench.load.row import answer_to
from modeldouble_contract.bench.load.serving import LOAD
from modeldouble_contract.bench.load.wire import save
from modeldouble_contract.bench.program import Program, running
from modeldouble_contract.bench.workload import Reading

from .asking import ROUTES, least, requests, starts
from .fake import Fake, serving
from .redis_server import Redis, redis_server
from .resp import watched

CONNECTIONS = 128
"""Over all processes of the load: the system gives each to a worker by chance, and few would not reach all of them."""
_STARTERS = 16


class Load(NamedTuple):
    """What came of one load, over all of its processes."""

    rate: float
    """Answers per second."""
    answered: int
    """Answers in all, also to those who were connected before and after."""
    share: float
    """Of the time, that a process of the load was busy itself."""


class Asked(NamedTuple):
    """Files of requests, one for each process of the load, and the least bytes of an answer."""

    files: Sequence[Path]
    least: int


class Member(NamedTuple):
    """A fake that takes part. Without a Redis it keeps its own store."""

    fake: Fake
    redis: Redis | None
    asked: Mapping[str, Asked]
    """By route."""
    operations: dict[str, float]
    """By route, for each request, once they were counted."""


class Fleet:
    """The processes of the load; they ask whoever is to be asked."""

    def __init__(self, loads: Sequence[Program]) -> None:
        self._loads = loads

    @property
    def processes(self) -> int:
        """How many there are."""
        return len(self._loads)

    def load(self, member: Member, route: str, seconds: float) -> Load:
        """Ask for so long, on all connections at once; a RuntimeError if an answer was wrong."""
        asked = member.asked[route]
        question = {"load": "closed", "port": member.fake.port, "seconds": seconds, "least": asked.least}
        question["connections"] = max(1, CONNECTIONS // self.processes)
        with ThreadPoolExecutor(self.processes) as pool:
            told = list(pool.map(lambda at: _told(self._loads[at], asked.files[at], question), range(self.processes)))
        return summed(told)

    def start(self, fake: Fake, folder: Path, jobs: int) -> list[str]:
        """Start jobs, and give their ids."""
        kept, file = folder / "started", save(folder / "starts", starts(fake.path, jobs))
        question = {"load": "gather", "port": fake.port, "connections": _STARTERS, "count": jobs, "keep": str(kept)}
        _told(self._loads[0], file, question)
        return [json.loads(line)["inference_request_uuid"] for line in kept.read_bytes().splitlines()]


def summed(told: Sequence[Mapping[str, float]]) -> Load:
    """Processes of one load, taken together."""
    rate, answered = (sum(one[name] for one in told) for name in ("rate", "answered"))
    return Load(rate, int(answered), sum(one["load_seconds"] / one["seconds"] for one in told) / len(told))


@contextmanager
def fleet(folder: Path, processes: int) -> Iterator[Fleet]:
    """Start the load."""
    with ExitStack() as stack:
        yield Fleet([stack.enter_context(running(LOAD, folder)) for _ in range(processes)])


@contextmanager
def member(
    loads: Fleet, folder: Path, workers: int | None, jobs: int, more: Mapping[str, str] | None = None
) -> Iterator[Member]:  # fmt: skip
    """Start one who takes part, with live jobs; `workers` None: it has no Redis. `more` is its environment."""
    folder.mkdir()
    with ExitStack() as stack:
        redis = None if workers is None else stack.enter_context(redis_server(folder / "redis"))
        url = None if redis is None else redis.url
        fake = stack.enter_context(serving(folder / "fake", workers or 1, url, more))
        ids = loads.start(fake, folder, jobs)
        yield Member(fake, redis, {route: _asked(fake, folder, route, ids, loads.processes) for route in ROUTES}, {})


def reading(loads: Fleet, member: Member, route: str, seconds: float) -> Reading:
    """Requests per second, and what one costs: workers, Redis and memory. The first time, operations are counted."""
    if member.redis is not None and route not in member.operations:
        with watched(member.redis.port) as seen:
            answered = loads.load(member, route, seconds).answered
        member.operations[route] = seen.operations / answered
    before = _spent(member)
    found = loads.load(member, route, seconds)
    workers, redis = (1e6 * (now - then) / found.answered for now, then in zip(_spent(member), before, strict=True))
    more = {"cpu_us": workers, "load_share": found.share, "worker_mb": member.fake.resident_bytes / 1e6}
    if member.redis is not None:
        more |= {"redis_us": redis, "redis_operations": member.operations[route]}
    return Reading(found.rate, more)


def _spent(member: Member) -> tuple[float, float]:
    redis = 0.0 if member.redis is None else member.redis.processor_seconds
    return member.fake.processor_seconds, redis


def _asked(fake: Fake, folder: Path, route: str, ids: Sequence[str], processes: int) -> Asked:
    """Each process of the load begins at another job."""
    files, marks = [], [f"load {at}" for at in range(processes)]
    for at, mark in enumerate(marks):
        turned = [*ids[at * len(ids) // processes :], *ids[: at * len(ids) // processes]]
        files.append(save(folder / f"{route}-{at}", requests(route, fake.path, turned, mark)))
    probe = requests(route, fake.path, ids, "probe")[0]
    return Asked(files, least(route, answer_to(fake.port, probe)))


def _told(program: Program, file: Path, question: Mapping[str, Any]) -> Mapping[str, float]:
    found: Mapping[str, Any] = program.ask(requests=str(file), **question)
    if "error" in found:
        raise RuntimeError(f"{file.name}: {found['error']}")
    return found
