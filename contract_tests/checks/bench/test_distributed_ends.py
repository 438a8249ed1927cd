"""A distributed run that is ended early leaves nobody behind, and a short one of one and two workers is whole."""

import signal
import sys
import time
from contextlib import suppress
from functools import partial
from pathlib import Path

import psutil
import pytest

from modeldouble_contract.bench.distributed.asking import INFO, POP, PROGRESS, ROUTES
from modeldouble_contract.bench.distributed.costs import costs
from modeldouble_contract.bench.distributed.family import started
from modeldouble_contract.bench.distributed.workers import begun, workload
from modeldouble_contract.bench.peers import Environments
from modeldouble_contract.bench.run import Measured, measure
from modeldouble_contract.bench.workload import Place

FEW = (1, 2)
BENCH = (sys.executable, "-m", "modeldouble_server.cli", "bench", "--distributed", "distributed", "--quick")
_PATIENCE = 120.0


def line(one: psutil.Process) -> str:
    """The command line of a process, empty if it has ended meanwhile."""
    with suppress(psutil.Error):
        return " ".join(one.cmdline())
    return ""


def waited_for(bench: psutil.Process, name: str, count: int) -> list[psutil.Process]:
    """The family of a benchmark, once so many of it have a word in their command lines."""
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        family = bench.children(recursive=True)
        if sum(name in line(one) for one in family) >= count:
            return family
        time.sleep(0.1)
    raise AssertionError(f"there were never {count} of {name}")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_whoever_ends_it_ends_all(how: signal.Signals, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with started([*BENCH, "--output", tmp_path / "out"], tmp_path, log) as bench:
        family = waited_for(psutil.Process(bench.pid), "--workers 2", 1)
        bench.send_signal(how)
        assert bench.wait(_PATIENCE) == 130
    assert "interrupted" in log.read_text(encoding="utf-8")
    _, left = psutil.wait_procs(family, 10)
    assert [one.name() for one in left if one.status() != psutil.STATUS_ZOMBIE] == []


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Measured:
    folder = tmp_path_factory.mktemp("run")
    made = workload(partial(begun, workers=FEW), FEW)
    return measure(made, Place(folder, None, None, Environments(folder), 0.05), 2)


def test_everybody_is_read_for_every_request(measured: Measured) -> None:
    assert {name: len(some) for name, some in measured.ours.readings.items()} == {
        case.name: 2 for case in measured.workload.cases
    }
    assert [one.route for one in costs(measured)] == list(ROUTES)
    assert all(one.alone_us and set(one.workers_us) == set(FEW) for one in costs(measured))


def test_a_poll_takes_as_many_operations_as_the_pages_say(measured: Measured) -> None:
    found = {one.route: one.operations for one in costs(measured)}
    assert 1 <= found[PROGRESS] < 1.5
    assert 2 <= found[POP] < 2.5
    assert found[INFO] < 1.5
