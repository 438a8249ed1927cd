"""A server under mixed load and faults for minutes: what it takes in memory, open files and sockets.

`python -m contract_tests.checks.load.soak [--seconds 600]`; it fails if resident memory after the first fifth leaves
5 % of what it was then, if open files do not come back to where they were, or if anything was logged as an error.
"""

import argparse
import asyncio
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import IO, NamedTuple

import aiohttp
from tqdm import tqdm

from .mixed import SCENARIO, Mixed

_ASKERS = 16
_LOOK_EVERY = 5.0
_SETTLED = 0.2
"""The part of the time after which memory has to stay as it is: two minutes of ten."""
_WITHIN = 0.05
_REST = 10.0


class Look(NamedTuple):
    """One look at the server's process."""

    seconds: float
    resident: int
    """Bytes."""
    files: int
    """Open files, sockets among them."""


class Soaked(NamedTuple):
    """What was seen."""

    looks: Sequence[Look]
    rested: Look
    """After the load."""
    first: Look
    """Before it."""
    outcomes: Counter[str]
    errors: Sequence[str]

    @property
    def settled(self) -> list[Look]:
        """The looks from the moment on from which memory has to stay."""
        return [one for one in self.looks if one.seconds >= _SETTLED * self.looks[-1].seconds]

    def drift(self) -> float:
        """The farthest that memory went from where it was when it had settled, as a part of that."""
        base = self.settled[0].resident
        return max(abs(one.resident - base) for one in self.settled) / base

    def defects(self) -> list[str]:
        """What should not be."""
        found = [f"logged: {one}" for one in self.errors[:5]]
        if self.drift() > _WITHIN:
            found.append(f"resident memory moved by {self.drift():.1%}")
        if self.rested.files > self.first.files:
            found.append(f"{self.rested.files} files are open, {self.first.files} were before")
        wrong = {name: count for name, count in self.outcomes.items() if name.startswith("wrong")}
        return [*found, *(f"{count} x {name}" for name, count in wrong.items())]


def soak(seconds: float) -> Soaked:
    """Serve, load and look."""
    with tempfile.TemporaryDirectory() as folder:
        scenario = Path(folder) / "scenario.yaml"
        scenario.write_text(SCENARIO, encoding="utf-8")
        command = [sys.executable, "-m", "modeldouble_server.cli", "serve", "--port", "0", "--scenario", str(scenario)]
        served = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            return _soaked(served, seconds)
        finally:
            served.terminate()
            served.wait(30)


def _soaked(served: "subprocess.Popen[str]", seconds: float) -> Soaked:
    assert served.stdout is not None
    assert served.stderr is not None
    errors: list[str] = []
    threading.Thread(target=_heard, args=(served.stderr, errors), daemon=True).start()
    told = dict(line.strip().partition("=")[::2] for line in [served.stdout.readline() for _ in range(5)][1:])
    if "MODELDOUBLE_SESSION_URL" not in told:
        raise RuntimeError(f"the server did not start, see its log: {served.wait(30)}")
    first = _look(served.pid, 0.0)
    looks, outcomes = asyncio.run(_loaded(served.pid, told, seconds))
    time.sleep(_REST)
    return Soaked(looks, _look(served.pid, seconds + _REST), first, outcomes, errors)


def _heard(log: IO[str], errors: list[str]) -> None:
    for line in log:
        if re.match(r"ERROR|CRITICAL|Traceback|Error", line):
            errors.append(line.strip())
        sys.stderr.write(line)


async def _loaded(pid: int, told: dict[str, str], seconds: float) -> tuple[list[Look], "Counter[str]"]:
    outcomes: Counter[str] = Counter()
    looks: list[Look] = []
    begun = time.monotonic()
    end = begun + seconds
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as http:
        askers = [Mixed(http, told, number, outcomes) for number in range(_ASKERS)]
        running = [asyncio.create_task(one.run(end)) for one in askers]
        with tqdm(total=int(seconds), unit="s", disable=None) as bar:
            while time.monotonic() < end:
                await asyncio.sleep(min(_LOOK_EVERY, max(0.0, end - time.monotonic())))
                looks.append(_look(pid, time.monotonic() - begun))
                bar.update(int(looks[-1].seconds) - bar.n)
                bar.set_postfix_str(f"{looks[-1].resident / 2**20:.0f} MiB, {looks[-1].files} files")
        await asyncio.gather(*running)
    return looks, outcomes


def _look(pid: int, seconds: float) -> Look:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    resident = re.search(r"VmRSS:\s+(\d+)", status)
    return Look(seconds, 1024 * int(resident[1]) if resident else 0, len(list(Path(f"/proc/{pid}/fd").iterdir())))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600.0)
    done = soak(parser.parse_args().seconds)
    settled = done.settled
    sys.stdout.write(
        f"{sum(done.outcomes.values()):,} requests in {done.looks[-1].seconds:.0f} s: {dict(done.outcomes)}\n"
        f"resident {done.first.resident / 2**20:.0f} MiB at the start, {settled[0].resident / 2**20:.0f} MiB after"
        f" {settled[0].seconds:.0f} s, {settled[-1].resident / 2**20:.0f} MiB at the end: drift {done.drift():.1%}\n"
        f"open files {done.first.files} at the start, {max(one.files for one in done.looks)} under load,"
        f" {done.rested.files} afterwards\n"
    )
    for defect in done.defects():
        sys.stdout.write(f"DEFECT {defect}\n")
    sys.exit(bool(done.defects()))
