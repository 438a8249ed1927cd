"""The page of a run, made of the run alone: no clock, no machine."""

from collections.abc import Callable, Iterator, Sequence

from modeldouble_contract.bench.report import markdown
from modeldouble_contract.bench.report.figures import duration, figure, times
from modeldouble_contract.bench.run import Measured, Outcome
from modeldouble_contract.bench.workload import Case, Reading
from modeldouble_contract.load.bounds import WHOLE

from . import journey
from .costs import Cost, costs
from .workers import FLAT, LONGER, NAME

_QUICK = "**This was a quick run**: its figures are rough, and so is what is said of them.\n\n"
_INTRODUCTION = """\
What `modeldouble serve --workers N --redis URL` costs and where it ends: 1, 2, 4 and 8 worker processes, each beside
the same load on one process that keeps its own store.

"""
_COSTS = """\
Own store and workers are microseconds of a processor for one request, of all worker processes together. Sharing is the
time of one worker over that with the own store. Growth is the greatest over the least of the columns of workers. A
core is a core of workers that has nothing else to do.

"""
_LIMITS = """\
## What this machine limits

Load, workers and Redis share the cores of one machine, here {cores}. Requests per second stop growing when these are
busy: with more workers than cores they say nothing of how far more workers reach. What is the same on every machine of
this kind is what a request costs: as long as the workers' time for it does not grow with their number, each more core
of workers answers as many requests more, until one core of Redis has no time left. That is worked out here, not seen:
it leaves out the network between machines, and that a Redis which is nearly busy answers late.

"""
_METHOD = """\
## How it is measured

Made by `modeldouble bench --distributed` on {day}, at commit {commit}. All fakes are started first, each with a Redis
of its own, and read once to warm up. Then come {pairs} rounds: in each, everybody is read once for every request, in
an order that is shuffled anew by a fixed seed, for {seconds:g} s. The own store is read twice in each round: what its
readings differ is the machine's noise. Medians and quartiles are of these rounds; "95 %" is the interval in which the
true median lies in 95 of 100 runs, for which it takes six. load share is the part of the time that a process of the
load was busy itself.{took} Every reading is in [{results}]({results}).

"""
_STATUSES = (
    "It ended with status 0: no answer was wrong.",
    "It ended with status 1: **some answers were wrong**, see the column of errors.",
    "It ended with status 2: **the load did not hold its rate** on this machine, and the figures are its own.",
)


def page(outcome: Outcome, *, results: str, folder: str) -> str:
    """The whole page. `results` is the link to the JSON, `folder` leads from the page to the pictures."""
    every = {one.workload.name: one for one in outcome.measured}
    prefix = f"{folder.rstrip('/')}/" if folder else ""
    parts = [f"# Several worker processes\n\n{_QUICK if outcome.quick else ''}{_INTRODUCTION}"]
    distributed = every.get(NAME)
    if distributed is not None and (found := costs(distributed)):
        parts += [_table(found), _COSTS, _sentences(found), "\n"]
    parts.append(_LIMITS.format(cores=outcome.machine.get("Cores", "some").partition(";")[0]))
    parts += [_method(outcome, results), _machine(outcome)]
    if distributed is not None:
        parts.append(markdown.section(distributed, prefix).replace(f"## {distributed.workload.number}. ", "## ", 1))
    if journey.NAME in every:
        parts.append(_journeys(every[journey.NAME]))
    return "".join(parts)


def _table(found: Sequence[Cost]) -> str:
    numbers = sorted({count for one in found for count in one.workers_us})
    heads = [
        "", "own store, µs", *(f"{count} worker{'s' * (count > 1)}, µs" for count in numbers), "growth", "sharing",
        "requests/s of a core", "Redis, µs", "Redis operations",
    ]  # fmt: skip
    rows = [
        [
            one.route, _or_dash(one.alone_us), *(_or_dash(one.workers_us.get(count)) for count in numbers),
            times([one.growth]), _or_dash(one.sharing), figure(one.per_core), figure(one.redis_us),
            figure(one.operations),
        ]
        for one in found
    ]  # fmt: skip
    return f"{_rows(heads, rows)}\n"


def _sentences(found: Sequence[Cost]) -> str:
    return "".join(f"- {one.route}: {_flat(one)}. {_bound(one)}\n" for one in found)


def _flat(cost: Cost) -> str:
    least, most = min(cost.workers_us), max(cost.workers_us)
    grows = cost.slope is not None and cost.slope > 0
    told = "stays flat" if cost.growth <= FLAT else "**grows**" if grows else "**differs**, and does not grow,"
    slope = "" if cost.slope is None else f", slope {round(cost.slope, 2) + 0.0:+.2f}"
    return (
        f"the processor's time for a request {told} from {least} to {most} workers (greatest / least"
        f" {times([cost.growth])}{slope})"
    )


def _bound(cost: Cost) -> str:
    if cost.redis_rate is None or cost.workers_until_redis is None:
        return "Redis is not asked."
    return (
        f"One core of Redis is the bound at {_round(cost.redis_rate)} requests/s, which are those of"
        f" {_round(cost.workers_until_redis)} workers with a core each."
    )


def _method(outcome: Outcome, results: str) -> str:
    each = [(one.workload.name, one.took_s) for one in outcome.measured if one.took_s]
    told = f" This run took {duration(sum(spent for _, spent in each))}, with what had to be installed." if each else ""
    return _METHOD.format(
        day=outcome.when[:10], commit=outcome.commit or "not told", pairs=_rounds(outcome),
        seconds=LONGER * outcome.seconds, took=told, results=results,
    )  # fmt: skip


def _rounds(outcome: Outcome) -> int:
    """Those that were read: a workload has a number of its own, unless another was asked for."""
    taken = [one.ours for one in outcome.measured if one.workload.name == NAME]
    return max((len(some) for one in taken for some in one.readings.values()), default=outcome.pairs)


def _machine(outcome: Outcome) -> str:
    releases = ", ".join(f"{name} {release}" for name, release in outcome.versions.items())
    return f"## The machine\n\n{_rows(['', ''], list(outcome.machine.items()))}\nTook part: {releases}.\n\n"


def _journeys(measured: Measured) -> str:
    workload = measured.workload
    head = f"\n## {workload.title}\n\n" + "".join(f"{note}\n\n" for note in workload.notes)
    if measured.failed:
        return f"{head}**It could not be measured:** {measured.failed}\n"
    if measured.ours.absent:
        return f"{head}**Left out:** {measured.ours.absent}\n"
    last = {case.name: measured.ours.readings[case.name][-1] for case in workload.cases}
    status = max(int(one.more["status"]) for one in last.values())
    rows = [[_called(case), *_cells(last[case.name])] for case in workload.cases]
    return f"{head}{_STATUSES[status]}\n\n{_rows(['', 'per second', 'p50, ms', 'p99, ms', 'errors'], rows)}"


def _called(case: Case) -> str:
    return "the journey as a whole" if case.name == WHOLE else case.name


def _cells(one: Reading) -> Iterator[str]:
    if not one.more["per_second"]:
        yield from "-" * 4
        return
    yield f"{one.more['per_second']:.1f}"
    yield from (figure(number) for number in (one.value, one.more["p99_ms"]))
    yield f"{100 * one.more['errors']:.3g} %"


def _rows(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "".join(f"| {' | '.join(row)} |\n" for row in (heads, ["---"] * len(heads), *rows))


def _or_dash(number: float | None, told: Callable[[float], str] = figure) -> str:
    return "-" if number is None else told(number)


def _round(number: float) -> str:
    """Two digits: it is worked out of two measures that both have their noise."""
    return f"{float(f'{number:.2g}'):,.0f}" if number >= 1 else f"{number:.1g}"
