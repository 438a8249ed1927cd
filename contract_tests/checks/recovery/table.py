"""docs/recovery.md: every fault and every lost answer, by our client and by the official one, from runs.

`python -m contract_tests.checks.recovery.table docs/recovery.md` needs the official client (tox env `recovery`) and
about fifteen minutes, most of which the official client waits.
"""

import logging
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from importlib.metadata import version
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from tqdm import tqdm

import modeldouble_server
from modeldouble_server import Limits, Server

from .attempt import DEADLINE
from .runs import FRAMES, POP, Case, Message, cases, lost_answer, messages, run
from .verdict import Verdict

_AT_ONCE = 4
_PATIENCE = 90.0
_CLASSES = "get_output_classes_and_tags"
_HEAD = """# What a client makes of a fault

Made by `python -m contract_tests.checks.recovery.table docs/recovery.md` (tox env `recovery`), on {day}, from runs of
modeldouble's client and of the official one, release {release}, each against the fake with one [fault](faults.md).
**Bold** is what should not be: frames that are lost or come twice without a word, a wrong answer, a job that is
started again, a call that does not end within {patience:g} s. Our client was given `deadline={deadline:g}`;
the official one has no such option.

A picture is asked for by its id. A job has {frames} frames, of which a pop hands out {pop} at most; unless the fault is
the job's own, it strikes the second pop.
"""
_LOST = """
## The answer that was lost

Each message of a job of {frames} frames in turn is carried out, and its answer is dropped. What a pop took away is gone
then: no client can have it, and one that is honest says so. The official client asks for the classes once a frame; of
these messages, two are dropped.
"""


class Row(NamedTuple):
    """What was ordered, and what came of it for either client."""

    case: Case
    ours: Verdict
    official: Verdict


def fault_rows(server: Server, tell: Callable[[int], object]) -> list[Row]:
    """What came of every case, for both clients."""

    def asked(case: Case) -> Row:
        row = Row(case, run(server, "ours", case), run(server, "official", case, _PATIENCE))
        tell(1)
        return row

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(asked, cases()))


def shown(verdict: Verdict) -> str:
    """A verdict as it stands in a table."""
    return verdict.text if verdict.right else f"**{verdict.text}**"


def case_told(case: Case) -> str:
    """A case in a cell."""
    given = {name: value for name, value in case.order.items() if name not in ("route", "calls")}
    told = ", ".join(f"{name}={value}" for name, value in given.items())
    return f"`{case.fault}`{f' {told}' if told else ''}"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown."""
    return "\n".join(f"| {' | '.join(row)} |" for row in (heads, ["---"] * len(heads), *rows)) + "\n"


def page(server: Server, release: str) -> str:
    """The page, from runs that are made now."""
    heads = ("fault", "ours", f"official {release}")
    with tqdm(total=len(cases()), unit="fault") as bar:
        found = fault_rows(server, bar.update)
    parts = [_HEAD.format(
        day=date.today(), release=release, patience=_PATIENCE, deadline=DEADLINE, frames=FRAMES, pop=POP,
    )]  # fmt: skip
    for title, wanted in (("On a picture", "picture"), ("On a job", f"job:{FRAMES}")):
        chosen = [row for row in found if row.case.action == wanted]
        cells = [(case_told(row.case), shown(row.ours), shown(row.official)) for row in chosen]
        parts.append(f"\n## {title}\n\n{table(heads, cells)}")
    return "".join(parts) + _LOST.format(frames=FRAMES) + _lost(server, heads)


def _lost(server: Server, heads: Sequence[str]) -> str:
    rows = []
    for client, head in zip(("ours", "official"), heads[1:], strict=True):
        found = lost_rows(server, client)
        for (route, text), same in groupby(found, lambda one: (one[0].route, shown(one[1]))):
            places = [message.place for message, _ in same]
            span = f"{places[0]}" if len(places) == 1 else f"{places[0]} to {places[-1]}"
            rows.append((head, span, f"`{route}`", text))
    return "\n" + table(("client", "message", "route", "what came of it"), rows)


def lost_rows(server: Server, client: str) -> list[tuple[Message, Verdict]]:
    """Every message's verdict. The official client asks for the classes once a frame: of these, the first two."""
    asked = [one for one in messages(server, client, _PATIENCE) if one.route != _CLASSES or one.number <= 2]
    with ThreadPoolExecutor(_AT_ONCE if client == "official" else 1) as pool:
        return list(zip(asked, pool.map(lambda one: lost_answer(server, client, one, _PATIENCE), asked), strict=True))


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    with modeldouble_server.serve(limits=Limits(pop=POP)) as server:
        text = page(server, version("supervisely"))
    Path(sys.argv[1]).write_text(text, encoding="utf-8")
