"""Locust's journeys against a fake with two workers: the load test of docs/load.md, in an environment of its own."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import psutil

import modeldouble_contract
from modeldouble_contract.bench.workload import Case, Entry, Measure, Place, Reading, Role, Workload
from modeldouble_contract.load.bounds import REQUEST, WHOLE, Row
from modeldouble_contract.load.figures import read_file

from .fake import serving
from .family import last_words, started
from .redis_server import redis_server

NAME, PEER, WORKERS, PROCESSES = "journeys", "locust", 2, 2
RATE, SECONDS, PATIENCE = 10.0, 15.0, 20.0
QUICK_RATE, QUICK_SECONDS = 4.0, 4.0
REQUESTS = (
    "get_session_info", "get_output_classes_and_tags", "get_custom_inference_settings", "inference_image",
    "inference_batch", "start of a video", "get_inference_progress", "pop_inference_results", "stop_inference",
    "clear_inference_request",
)  # fmt: skip
_SPARE = 120.0
_STATUSES = (0, 1, 2)


def workload(output: Path, quick: bool) -> Workload:
    """Once, however many pairs are asked for. Locust's report and figures go into `output`."""
    cases = [Case(name, at, pairs=1) for at, name in enumerate((*REQUESTS, WHOLE))]
    rate, seconds = (QUICK_RATE, QUICK_SECONDS) if quick else (RATE, SECONDS)
    return Workload(
        2, NAME, "Journeys on two workers", "ms", more_is_better=False, cases=cases,
        entries=[Entry("two workers", Role.OURS, partial(_ran, output.absolute(), rate, seconds))],
        notes=[
            f"`python -m modeldouble_contract.load URL --rate {rate:g} --seconds {seconds:g} --processes {PROCESSES}`"
            f" on a fake with {WORKERS} workers: {rate:g} journeys begin in each second, however long answers take."
        ],
    )  # fmt: skip


def readings(rows: Iterable[Row], status: int) -> Mapping[str, Reading]:
    """By the names of cases; the value is the median in milliseconds."""
    shown = [row for row in rows if row.kind == REQUEST or row.name == WHOLE]
    return {
        row.name: Reading(
            row.p50, {"p99_ms": row.p99, "per_second": row.per_second, "errors": row.errors, "status": status}
        )
        for row in shown
    }


@contextmanager
def _ran(output: Path, rate: float, seconds: float, place: Place) -> Iterator[Measure]:
    python = place.peers.python(PEER)
    with redis_server(place.folder / "redis") as redis, serving(place.folder / "fake", WORKERS, redis.url) as fake:
        # The model is at the root too, where Locust's report has no token in it.
        url = f"http://127.0.0.1:{fake.port}"
        status = run([python, "-m", "modeldouble_contract.load", url], output, rate, seconds, place.folder)
    found = readings(read_file(output / "journeys_stats.csv"), status)
    # What was never asked for has no median.
    none = Reading(0.0, {"p99_ms": 0.0, "per_second": 0.0, "errors": 0.0, "status": status})
    yield lambda case: found.get(case.name, none)


def run(line: Sequence[str | Path], output: Path, rate: float, seconds: float, folder: Path) -> int:
    """Run Locust to its end, with its files in `output`; the status 0, 1 or 2, and a RuntimeError for any other."""
    csv, log = output / "journeys", output / "journeys.log"
    told = [f"--rate={rate:g}", f"--seconds={seconds:g}", f"--patience={PATIENCE:g}", f"--processes={PROCESSES}"]
    more = {"PYTHONPATH": str(importable(folder / "package"))}
    with started([*line, *told, f"--csv={csv}", f"--html={csv}.html"], folder, log, more) as child:
        try:
            status = int(child.wait(seconds + PATIENCE + _SPARE))
        except psutil.TimeoutExpired as error:
            raise RuntimeError(f"Locust did not come to an end: {last_words(log)}") from error
    if status not in _STATUSES or not (output / "journeys_stats.csv").exists():
        raise RuntimeError(f"Locust ended with {status}: {last_words(log)}")
    return status


def importable(folder: Path) -> Path:
    """A folder for PYTHONPATH that has our package and nothing else of this environment."""
    folder.mkdir()
    os.symlink(Path(modeldouble_contract.__file__).parent, folder / "modeldouble_contract", target_is_directory=True)
    return folder
