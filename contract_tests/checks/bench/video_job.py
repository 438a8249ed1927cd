"""A video job of ten frames, 20 ms each: our client, the official one, and a bare loop as the limit, in one run.

`python video_job.py [--pairs 12] [--json FILE]`; the three take turns against one fake in a process of its own. It
prints the medians of the time to the first frame and to the end, with quartiles, and fails if ours misses its bounds.
"""

import argparse
import contextlib
import io
import json
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from typing import Any, NamedTuple

import requests

import modeldouble

VIDEO = 18635803
FRAMES = 10
FIRST_WITHIN, END_WITHIN = 0.060, 0.300


class Run(NamedTuple):
    """Seconds from the call to the first frame and to the end."""

    first: float
    end: float


Frames = Callable[[], Iterator[Any]]


def measured(frames: Frames) -> Run:
    """One job, whose frames must all come."""
    begin, first, seen = time.perf_counter(), 0.0, 0
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        for _ in frames():
            first = first or time.perf_counter() - begin
            seen += 1
    if seen != FRAMES:
        raise RuntimeError(f"{seen} of {FRAMES} frames came")
    return Run(first, time.perf_counter() - begin)


def bare(url: str) -> Frames:
    """The limit: pops without pause on one connection, nothing checked."""
    session = requests.Session()

    def post(route: str, **state: Any) -> Any:
        return session.post(
            f"{url}/{route}", json={"state": {"settings": {}, **state}, "context": {}}, timeout=30
        ).json()

    def frames() -> Iterator[Any]:
        job = post("inference_video_id_async", videoId=VIDEO)["inference_request_uuid"]
        finished = False
        while not finished:
            answer = post("pop_inference_results", inference_request_uuid=job)
            yield from answer["pending_results"]
            finished = answer["finished"]
        post("clear_inference_request", inference_request_uuid=job)

    return frames


def clients(address: str, token: str, url: str) -> dict[str, Frames]:
    """The three, ready to start."""
    import supervisely as sly
    from supervisely.nn.inference import SessionJSON

    sly.logger.setLevel("ERROR")
    ours, theirs = modeldouble.Session(session_url=url), SessionJSON(sly.Api(address, token), session_url=url)
    return {
        "modeldouble": lambda: iter(ours.inference_video_id_async(VIDEO)),
        f"supervisely {version('supervisely')}": lambda: iter(theirs.inference_video_id_async(VIDEO)),
        "bare loop (limit)": bare(url),
    }


def table(runs: dict[str, list[Run]]) -> str:
    """Markdown, in milliseconds: median (lower quartile to upper)."""
    rows = ["| client | first frame, ms | end, ms |", "|---|---|---|"]
    for name, measured_runs in runs.items():
        cells = [_spread([getattr(run, field) for run in measured_runs]) for field in Run._fields]
        rows.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(rows)


def _spread(seconds: list[float]) -> str:
    low, middle, high = (1000 * at for at in statistics.quantiles(seconds, n=4))
    return f"{middle:.0f} ({low:.0f} to {high:.0f})"


def main() -> int:
    """Run, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=12)
    parser.add_argument("--json")
    options = parser.parse_args()
    runs = _all_runs(options.pairs)
    machine = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    print(f"{options.pairs} interleaved runs each, {time.strftime('%Y-%m-%d')}, {machine}\n\n{table(runs)}")  # noqa: T201
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(
                {"machine": machine, "runs": {name: [run._asdict() for run in some] for name, some in runs.items()}},
                file,
            )
    first, end = (statistics.median(getattr(run, field) for run in runs["modeldouble"]) for field in Run._fields)
    return 0 if first <= FIRST_WITHIN and end <= END_WITHIN else 1


def _all_runs(pairs: int) -> dict[str, list[Run]]:
    command = [sys.executable, "-m", "modeldouble_server.cli", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            lines = [server.stdout.readline().strip() for _ in range(5)] if server.stdout else []
            _, address, token, _, url = (line.partition("=")[2] for line in lines)
            racers = clients(address, token, url)
            for frames in racers.values():
                measured(frames)
            runs: dict[str, list[Run]] = {name: [] for name in racers}
            for _ in range(pairs):
                for name, frames in racers.items():
                    runs[name].append(measured(frames))
        finally:
            server.terminate()
    return runs


if __name__ == "__main__":
    sys.exit(main())
