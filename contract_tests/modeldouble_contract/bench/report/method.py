"""What a page says of the method: how everybody is read, what the words of its tables mean, and how long it took."""

from collections.abc import Iterator

from ..run import PAIRS, Outcome
from ..workload import Workload
from .figures import duration

_METHOD = """\
Made by `modeldouble bench` on {day}, at commit {commit}. Whoever has a clone and Python 3.11 makes it anew with
`tox -e bench`, which installs the peers by itself; one that cannot be installed (Mockoon needs Node.js) is told, with
the reason, where it is absent. One workload alone is `modeldouble bench session-info --quick`; these are all:

```bash
modeldouble bench --list
```

## How it is measured

Everybody who takes part in a workload is started first, and read once to warm up. Then come {pairs} pairs (a
workload, or a case, that has fewer says so): in each, everybody is read once in every case, in an order that is
shuffled anew by a fixed seed. A server is asked for {seconds:g} s for each reading, on a core of its own, by a load
on another core; where that would be too few requests, for longer, which is said.{took}

Ours is set beside another **pair by pair**: "ours / it" is the median of these ratios, "95 %" the interval in which
the true median lies in 95 of 100 runs (from the order of the ratios alone; it takes six pairs). It is in the unit
that is measured: of times, less than 1 is faster; of rates, more. The **null comparison** is the first limit,
measured twice in each pair: what it differs from 1 is the machine's noise.

A target is **met** if the median is within its bound; *not surely*, if the bound lies within the interval, so that
another run may miss it. A target that is missed by less than the end of the null's interval is missed *within the
noise*: this run cannot tell. By how much a target is missed is told as a share of its bound. Behind each target are
the least and the greatest of what was found in its cases.

A **limit** does the same work bare, without anything that makes it a test double, or is what everybody knows, as
`import requests`. A peer that carries our name is ours with other settings. **Slopes** are those of log(median) over
log(size): 0 is flat, 1 grows in proportion. Every reading is in [{results}]({results}).

Of servers: requests/s are those of connections that ask again as soon as they have their answer. cpu is the time of
the server's processor for one answer, which says more than requests/s where one connection waits for its own answers,
or where the load itself is busy (load share near to 1). p50 and p99 are latencies at half of the rate that the bare
handler is able to answer, for at most as long as a reading, with arrivals of independent callers, each counted from
the moment at which the request was meant to be sent; a server that cannot keep up with that rate has none, and of
fewer than a hundred requests p99 is the latest.

"""


def method(outcome: Outcome, results: str) -> str:
    """What stands above the first table. `results` is the link to the JSON."""
    return _METHOD.format(
        day=outcome.when[:10], commit=outcome.commit or "not told", pairs=outcome.pairs, seconds=outcome.seconds,
        took=_took(outcome), results=results,
    )  # fmt: skip


def own_ways(workload: Workload) -> Iterator[str]:
    """In which cases readings are longer or fewer than elsewhere, as sentences."""
    for factor in dict.fromkeys(case.longer for case in workload.cases if case.longer != 1):
        names = ", ".join(case.name for case in workload.cases if case.longer == factor)
        yield f"Readings are {factor:g} times as long as elsewhere in these cases: {names}."
    for case in workload.cases:
        if case.pairs is not None and case.pairs < PAIRS:
            yield f"Beside {PAIRS} readings of other cases there are {case.pairs} of {case.name}."


def _took(outcome: Outcome) -> str:
    each = [(one.workload.name, one.took_s) for one in outcome.measured if one.took_s]
    if not each:
        return ""
    parts = ", ".join(f"{name} {duration(spent)}" for name, spent in each)
    return f"\n\nThis run took {duration(sum(spent for _, spent in each))}, with what had to be installed: {parts}."
