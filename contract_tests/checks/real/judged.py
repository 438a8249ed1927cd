"""`modeldouble contract` on real serving apps and on the fake in their dialects, and the page that tells of it.

    python -m contract_tests.checks.real.judged        (from the root, in an environment like that of `tox -e real`)

runs every case and writes contract_tests/judged.json and docs/judged.md.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import modeldouble_server

from ..environments import REPO, SERVING
from .real_app import NEWEST, TASKS, serving

RECORD = REPO / "contract_tests" / "judged.json"
PAGE = REPO / "docs" / "judged.md"
FAKE = "the fake"
PICTURES, VIDEO = (171250, 17551748), 18635803


class Case(NamedTuple):
    """One target. `release` is that of the real app, or the dialect of the fake (empty: the superset)."""

    app: str
    release: str
    task: str = "detection"
    mode: str = "development"

    @property
    def name(self) -> str:
        return "-".join((self.app.replace(" ", "-"), self.release or "superset", self.task, self.mode))


REAL = [
    *(Case("real app", NEWEST, task, mode) for task in TASKS for mode in ("development", "production")),
    *(Case("real app", release) for release in SERVING if release != NEWEST),
]
FAKES = [Case(FAKE, ""), *(Case(FAKE, release) for release in SERVING)]


class Judged(NamedTuple):
    """What the suite said of one target, asked in one way: by URL, or by the id of a task of the fake platform."""

    case: Case
    way: str
    date: str
    status: int
    seconds: float
    counts: dict[str, int]
    deviations: list[str]


@contextmanager
def target(case: Case, platform: modeldouble_server.Server) -> Iterator[str]:
    """Start what the case names and give its URL."""
    if case.app == FAKE:
        with modeldouble_server.serve(dialect=case.release or None) as server:
            yield server.session_url
        return
    with tempfile.TemporaryDirectory() as folder:
        production = platform.task_id if case.mode == "production" else None
        started = serving(
            platform.server_address, platform.api_token, Path(folder) / "app", release=case.release, task=case.task,
            production=production, seconds=0.02,
        )  # fmt: skip
        with started as url:
            yield url


def judge(case: Case, url: str, platform: modeldouble_server.Server, way: str, *more: str) -> tuple[Judged, str]:
    """Run the command as a user would; what it said, and all of its output."""
    where = [url] if way == "URL" else ["--task-id", str(platform.add_app(url))]
    ids = [word for one in PICTURES for word in ("--image-id", str(one))] + ["--video-id", str(VIDEO)]
    named = ["--sdk", case.release] if case.release else []
    environment = {**os.environ, "SERVER_ADDRESS": platform.server_address, "API_TOKEN": platform.api_token}
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [sys.executable, "-m", "modeldouble_server.cli", "contract", *where, *ids, *named, *more]
        run = subprocess.run(
            [*command, "--json", str(report)], env=environment, cwd=folder, capture_output=True, text=True, timeout=300
        )
        said = json.loads(report.read_text(encoding="utf-8")) if report.exists() else {}
    told = [one["id"] for one in said.get("deviations", [])]
    found = Judged(
        case, way, date.today().isoformat(), run.returncode, said.get("seconds", 0.0), said.get("counts", {}), told
    )
    return found, run.stdout + run.stderr


def read_record() -> list[Judged]:
    """The runs that the page tells of."""
    raw: list[dict[str, Any]] = json.loads(RECORD.read_text(encoding="utf-8"))
    return [Judged(**{**one, "case": Case(*one["case"])}) for one in raw]


def page(record: list[Judged]) -> str:
    """docs/judged.md of a record."""
    columns = "target|release|task|mode|asked by|date|holds|deviates as listed|not checked|s".split("|")
    head = (
        "# Who was judged, when\n\n"
        "Made by `python -m contract_tests.checks.real.judged`; `tox -e real` runs the same. Every run ended\n"
        "with 0 and includes the journeys of the client library. Seconds are of one run on two shared cores.\n\n"
        f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}\n"
    )
    return head + "".join(f"| {' | '.join(_cells(one))} |\n" for one in record)


def _cells(one: Judged) -> list[str]:
    counts = [str(one.counts.get(name, 0)) for name in ("holds", "deviates", "not checked")]
    case = [one.case.app, one.case.release or "superset", one.case.task.replace("_", " "), one.case.mode]
    return [*case, one.way, one.date, *counts, f"{one.seconds:.1f}"]


def main() -> None:
    """Run every case in both ways, and write the record only if all ended with 0."""
    record = []
    with modeldouble_server.serve() as platform:
        for case in (*FAKES, *REAL):
            with target(case, platform) as url:
                for way in ("URL", "task id"):
                    found, output = judge(case, url, platform, way)
                    if found.status != 0:
                        raise SystemExit(f"{case.name} by {way} ended with {found.status}\n{output}")
                    record.append(found)
                    sys.stderr.write(f"{case.name} by {way}: {found.seconds:.1f} s\n")
    rows = [one._asdict() | {"case": list(one.case)} for one in record]
    RECORD.write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n", encoding="utf-8")
    PAGE.write_text(page(record), encoding="utf-8")


if __name__ == "__main__":
    main()
