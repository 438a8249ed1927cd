"""The same load on the fake and on a real serving app, one after the other, and a page with both.

`python -m contract_tests.checks.locust.side_by_side --page docs/load.md --output out/load --rates 2,10,50,200`; Python
has Locust, and the app's release of the official SDK or an environment of its own, as `tox -e locust-pages` makes it.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from pathlib import Path

import modeldouble_server

from ..real.real_app import NEWEST, serving
from . import table

_COMMAND = "python -m modeldouble_contract.load URL"


def main() -> int:
    """Run all, then write the page; 0 even if a bound is passed, as the page tells it."""
    given = _parser().parse_args()
    given.output.mkdir(parents=True, exist_ok=True)
    rates = [float(rate) for rate in given.rates.split(",")]
    for target in given.targets.split(","):
        with TARGETS[target]() as url:
            for rate in rates:
                status = _run(url, given.output / f"{target}-{rate:g}", rate, given)
                sys.stderr.write(f"{target} at {rate:g} journeys per second ended with {status}\n")
    (given.output / "about.json").write_text(json.dumps(_about(given)), encoding="utf-8")
    table.main(given.page, given.output)
    return 0


@contextmanager
def _fake() -> Iterator[str]:
    """In a process of its own, as users run it."""
    command = [sys.executable, "-m", "modeldouble_server.cli", "serve", "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        ready = process.stdout.readline().strip()
        assert ready.startswith("modeldouble ready: "), ready
        yield ready.rpartition(" ")[2]
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def _real() -> Iterator[str]:
    with ExitStack() as opened:
        world = opened.enter_context(modeldouble_server.serve())
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory()))
        yield opened.enter_context(serving(world.server_address, world.api_token, folder))


TARGETS = {"fake": _fake, "real": _real}


def _run(url: str, csv: Path, rate: float, given: argparse.Namespace) -> int:
    options = [f"--rate={rate:g}", f"--seconds={given.seconds:g}", f"--patience={given.patience:g}"]
    files = [f"--csv={csv}", f"--html={csv}.html", f"--processes={given.processes}"]
    command = [sys.executable, "-m", "modeldouble_contract.load", url, *options, *files, "--p99-ms=1000"]
    with open(f"{csv}.log", "w", encoding="utf-8") as log:
        return subprocess.call(command, stdout=log, stderr=log)


def _about(given: argparse.Namespace) -> Mapping[str, str]:
    each = f"--rate RATE --seconds {given.seconds:g} --patience {given.patience:g} --processes {given.processes}"
    return {
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "machine": f"{os.cpu_count()} cores for load and target together, {platform.system()}",
        "fake": f"modeldouble {version('modeldouble')} on Python {platform.python_version()}, `modeldouble serve`",
        "real": f"a serving app on supervisely {NEWEST}, whose model is a rule that takes no time",
        "load": f"Locust {version('locust')}, `{_COMMAND} {each}`",
    }


def _parser(arguments: Sequence[str] = ()) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--page", type=Path, default=Path("docs/load.md"))
    add("--output", type=Path, default=Path("out/load"))
    add("--rates", default="2,10,50,200", help="journeys per second, one run for each")
    add("--targets", default="fake,real")
    add("--seconds", type=float, default=20.0)
    add("--patience", type=float, default=60.0)
    add("--processes", type=int, default=1)
    return parser


if __name__ == "__main__":
    sys.exit(main())
