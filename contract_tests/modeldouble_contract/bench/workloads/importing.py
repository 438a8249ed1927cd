"""What an import costs in a fresh interpreter, and how large what is installed is."""

import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from modeldouble_contract.bench.program import running
from modeldouble_contract.bench.shared import SUBJECTS
from modeldouble_contract.bench.workload import Case, Entry, Measure, Place, Reading, Role, Target, Workload

PACKAGE, USED = "the package", "the package and its Session"
OURS = {PACKAGE: "import modeldouble", USED: "from modeldouble import Session"}
LIMIT = {PACKAGE: "import requests", USED: "import requests"}
OFFICIAL = {PACKAGE: "import supervisely", USED: "from supervisely.nn.inference import Session"}
SLOWER, OFFICIAL_SLOWER, OFFICIAL_LARGER = 1.1, 10.0, 100.0


def _reading(place: Place, python: Path | str, statement: str, installed_mb: float) -> Reading:
    # Isolated: neither the folder of the scripts nor the environment may add anything to import from.
    line = [python, "-I", SUBJECTS / "import_time.py", statement]
    started = time.perf_counter()
    with running(line, place.folder, place.load_core) as program:
        whole = time.perf_counter() - started
        told = program.ready
    more = {"cpu_ms": 1000 * told["cpu"], "process_ms": 1000 * whole, "modules": told["modules"]}
    return Reading(1000 * told["seconds"], {**more, "installed_mb": installed_mb})


@contextmanager
def _measuring(statements: Mapping[str, str], distribution: str, official: bool, place: Place) -> Iterator[Measure]:
    python = place.peers.python(distribution) if official else Path(sys.executable)
    with running([python, "-I", SUBJECTS / "installed.py", distribution], place.folder) as program:
        installed_mb = program.ready["bytes"] / 1e6

    def measure(case: Case) -> Reading:
        return _reading(place, python, statements[case.name], installed_mb)

    yield measure


REQUESTS, SUPERVISELY = "import requests", "supervisely"
WORKLOAD = Workload(
    8,
    "importing",
    "An import in a fresh interpreter",
    "ms",
    more_is_better=False,
    cases=[Case(PACKAGE, 1), Case(USED, 2)],
    entries=[
        Entry("modeldouble", Role.OURS, partial(_measuring, OURS, "modeldouble", False)),
        Entry(REQUESTS, Role.LIMIT, partial(_measuring, LIMIT, "requests", False)),
        Entry(SUPERVISELY, Role.PEER, partial(_measuring, OFFICIAL, "supervisely", True)),
    ],
    targets=[
        Target("an import takes at most 1.1 of that of requests", REQUESTS, at_most=SLOWER, cases=frozenset({PACKAGE})),
        Target("the official import takes at least 10 of ours", SUPERVISELY, at_most=1 / OFFICIAL_SLOWER),
        Target("what is installed is at most a hundredth of the official", SUPERVISELY, at_most=1 / OFFICIAL_LARGER,
               cases=frozenset({PACKAGE}), measure="installed_mb"),
    ],
    notes=[
        "The time of the import statement in an interpreter of its own, all files being in the disk's cache;"
        " process_ms is that of the whole process from its start.",
        "modeldouble loads its parts on first use: the second case is what a program pays that makes a Session.",
        "installed_mb: the files of the distribution and of all it depends on without extras, as installed, compiled"
        " Python files left out. modeldouble's wheel has client, fake and contract.",
    ],
    bound="Of what is installed, PyYAML with its compiled parser and requests with what it needs are more than half;"
    " of modeldouble's own, a third is the pictures and the video that the fake begins with.",
)  # fmt: skip
