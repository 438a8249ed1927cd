"""What belongs to such a run: its workloads, what it says of the machine, its files, and its page in a clone."""

from pathlib import Path

from modeldouble_contract.bench import machine
from modeldouble_contract.bench.report import as_json, plots
from modeldouble_contract.bench.workload import Workload

from . import journey, workers
from .page import page
from .redis_server import binary, release

RESULTS, PAGE = "distributed.json", "distributed.md"
_PICTURES = "pictures/distributed"


def found(output: Path, quick: bool) -> list[Workload]:
    """The workloads; FileNotFoundError, with the remedy, where there is no Redis to share."""
    binary()
    return [workers.workload(), journey.workload(output, quick)]


def described() -> dict[str, str]:
    """The machine, on which nobody has a core of its own."""
    told = machine.described()
    cores = told["Cores"].partition(";")[0]
    return {**told, "Cores": f"{cores}; load, workers and Redis share them", "Redis": release()}


def publish(results: Path, clone: Path) -> None:
    """Make a run the one that docs/distributed.md of a clone tells of, with its JSON and pictures."""
    outcome = as_json.read(results.read_text(encoding="utf-8"))
    docs = clone / "docs"
    folder = docs / _PICTURES
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in ((RESULTS, as_json.render(outcome)), (PAGE, page(outcome, results=RESULTS, folder=_PICTURES))):
        (docs / name).write_text(text, encoding="utf-8", newline="\n")
    drawn = {path for measured in outcome.measured for path in plots.draw(measured, folder)}
    for old in set(folder.glob("*.svg")) - drawn:
        old.unlink()
