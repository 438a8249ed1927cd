"""What `modeldouble bench` does, whoever read the command line."""

import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timezone
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TextIO

import matplotlib  # noqa: F401 - whoever lacks it is told before the run, and not after
from tqdm import tqdm

from . import machine, registry
from .distributed import files as distributed
from .distributed.page import page as distributed_page
from .peers import PINS, Environments, cache_folder
from .report import as_json, markdown, plots
from .report.figures import duration
from .run import PAIRS, QUICK_PAIRS, QUICK_SECONDS, SECONDS, Measured, Outcome, failed, measure, pairs_of, turns_of
from .verdict import Kind, verdicts
from .workload import Place, Workload

_MISSED, _FAILED, _INTERRUPTED = 1, 2, 130


class Asked(NamedTuple):
    """A command line."""

    workloads: tuple[str, ...] = ()
    pairs: int | None = None
    quick: bool = False
    output: Path = Path("modeldouble-bench")
    peers: Path | None = None
    without: tuple[str, ...] = ()
    commit: str | None = None
    list: bool = False
    check: bool = False
    distributed: bool = False


class Plan(NamedTuple):
    """What is measured in a run, and what it leaves behind beside pictures."""

    find: Callable[[], Sequence[Workload]]
    results: str
    page: str
    text: Callable[[Outcome], str]
    machine: Callable[[], Mapping[str, str]]


def plan_of(asked: Asked) -> Plan:
    """Ours beside peers, or one fake in several processes."""
    if asked.distributed:
        text = partial(distributed_page, results=distributed.RESULTS, folder="")
        find = partial(distributed.found, asked.output, asked.quick)
        return Plan(find, distributed.RESULTS, distributed.PAGE, text, distributed.described)
    text = partial(markdown.page, results="results.json", folder="")
    return Plan(registry.found, "results.json", "performance.md", text, machine.described)


def bench(
    asked: Asked, out: TextIO, err: TextIO, find: Callable[[], Sequence[Workload]] | None = None
) -> int:  # fmt: skip
    """Run workloads and write JSON, page and pictures; the exit status. `find` has others than those of the plan.

    0 if all ran, also where a target is missed; with `check` that is 1. 2 if a workload could not be run or nothing
    could be begun, 130 if it was interrupted: then the JSON has the workloads that had ended.
    """
    plan = plan_of(asked)
    try:
        workloads = registry.chosen(asked.workloads, (find or plan.find)())
        for name in asked.without:
            if name not in PINS:
                raise registry.Unknown(f"no peer is called {name!r}; there are {', '.join(PINS)}")
        if asked.list:
            _say(out, "\n".join(f"{one.number:>3}  {one.name:<20} {one.title}" for one in workloads))
            return 0
        asked.output.mkdir(parents=True, exist_ok=True)
        with _ended_by_signals():
            outcome = _outcome(asked, plan, workloads, out, err)
        _write(asked.output, plan, outcome)
    except (registry.Unknown, OSError) as error:
        _say(err, f"COULD NOT MEASURE: {error}")
        return _FAILED
    except KeyboardInterrupt:
        _say(err, f"interrupted; what was measured until then is in {asked.output / plan.results}")
        return _INTERRUPTED
    _say(out, f"written: {asked.output / plan.page}")
    return _status(outcome, asked.check)


def _status(outcome: Outcome, check: bool) -> int:
    if any(one.failed for one in outcome.measured):
        return _FAILED
    missed = any(one.kind is Kind.MISSED for measured in outcome.measured for one in verdicts(measured))
    return _MISSED if missed and check else 0


def _outcome(asked: Asked, plan: Plan, workloads: Sequence[Workload], out: TextIO, err: TextIO) -> Outcome:
    environments = Environments(asked.peers or cache_folder(), asked.without, lambda line: _say(err, line))
    server, load = machine.placed(machine.usable_cores())
    seconds = QUICK_SECONDS if asked.quick else SECONDS
    usual = asked.pairs or (QUICK_PAIRS if asked.quick else PAIRS)
    when = datetime.now(timezone.utc).isoformat(timespec="seconds")
    commit = machine.commit() if asked.commit is None else asked.commit
    outcome = Outcome(when, commit, asked.quick, usual, seconds, plan.machine(), machine.versions(), ())
    with tempfile.TemporaryDirectory(prefix="modeldouble-bench-", ignore_cleanup_errors=True) as folder:
        place = Place(Path(folder), server, load, environments, seconds)
        for workload in workloads:
            begun = time.perf_counter()
            measured = _measured(workload, place, pairs_of(workload, asked.pairs, asked.quick), err)
            measured = measured._replace(took_s=time.perf_counter() - begun)
            outcome = outcome._replace(
                measured=(*outcome.measured, measured), versions={**outcome.versions, **environments.used}
            )
            # After each, so that a long run that is ended early is not lost.
            _text(asked.output / plan.results, as_json.render(outcome))
            _tell(measured, out)
    return outcome


def _measured(workload: Workload, place: Place, pairs: int, err: TextIO) -> Measured:
    defects = registry.defects(workload)
    if defects:
        return failed(workload, f"its description breaks a rule: {'; '.join(defects)}")
    with tqdm(total=turns_of(workload, pairs), desc=workload.name, file=err, disable=None, leave=False) as bar:

        def tell(turn: str) -> None:
            bar.set_postfix_str(turn, refresh=False)
            bar.update()

        try:
            found = measure(workload, place, pairs, tell)
        except Exception as error:  # noqa: BLE001  one workload that cannot be run is told, and costs no other
            return failed(workload, machine.anonymous(f"{type(error).__name__}: {error}"))
    taken = [one._replace(absent=machine.anonymous(one.absent)) for one in found.taken]
    return found._replace(taken=taken)


def _tell(measured: Measured, out: TextIO) -> None:
    workload = measured.workload
    _say(out, f"{workload.number}. {workload.title} ({duration(measured.took_s)})")
    if measured.failed:
        _say(out, f"   FAILED {measured.failed}")
        return
    for one in measured.taken:
        if one.absent:
            _say(out, f"   absent: {one.name}: {one.absent}")
    for verdict in verdicts(measured):
        _say(out, f"   {verdict}")


def _write(folder: Path, plan: Plan, outcome: Outcome) -> None:
    _text(folder / plan.page, plan.text(outcome))
    for measured in outcome.measured:
        plots.draw(measured, folder)


def _text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """SIGTERM ends a run as Ctrl-C does: on the way out, every child is ended."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    before: Callable[..., Any] | int | None = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _say(stream: TextIO, text: str) -> None:
    encoding = stream.encoding or "utf-8"
    tqdm.write(text.encode(encoding, "backslashreplace").decode(encoding), file=stream)
