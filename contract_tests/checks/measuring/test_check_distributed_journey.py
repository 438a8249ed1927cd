"""Locust's run on a fake with two workers: how it is started, and what comes of its files and statuses."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from modeldouble_contract.bench.distributed.journey import REQUESTS, importable, readings, run, workload
from modeldouble_contract.bench.peers import Environments
from modeldouble_contract.bench.registry import defects
from modeldouble_contract.bench.run import measure
from modeldouble_contract.bench.workload import Place
from modeldouble_contract.load.asking import Caller
from modeldouble_contract.load.bounds import BEGUN, JOURNEY, REQUEST, WHOLE, Row
from modeldouble_contract.load.journey import Visit, journey

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Locust has one process there")
SCRIPT = """
import os, pathlib, sys
csv = next(word[6:] for word in sys.argv if word.startswith("--csv="))
if "nothing" not in sys.argv:
    pathlib.Path(csv + "_stats.csv").write_text(os.environ["PYTHONPATH"])
print("said", *sys.argv[2:])
sys.exit(int(sys.argv[1]))
"""


def ran(folder: Path, *words: str) -> int:
    """What a program in Locust's place came to."""
    (folder / "output").mkdir()
    return run([sys.executable, "-c", SCRIPT, *words], folder / "output", 4.0, 2.0, folder)


@pytest.mark.parametrize("status", [0, 1, 2])
def test_a_verdict_is_a_status(status: int, tmp_path: Path) -> None:
    assert ran(tmp_path, str(status)) == status
    said = (tmp_path / "output" / "journeys.log").read_text(encoding="utf-8")
    assert said.startswith("said --rate=4 --seconds=2 --patience=20 --processes=2 --csv=")
    assert (tmp_path / "output" / "journeys_stats.csv").read_text(encoding="utf-8") == str(tmp_path / "package")
    assert f"--html={tmp_path}/output/journeys.html" in said


@pytest.mark.parametrize("words", [("3",), ("0", "nothing")])
def test_another_status_and_no_figures_are_errors(words: tuple[str, ...], tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=f"Locust ended with {words[0]}: said"):
        ran(tmp_path, *words)


def test_it_sees_our_package_and_nothing_else_of_this_environment(tmp_path: Path) -> None:
    folder = importable(tmp_path / "package")
    assert [path.name for path in folder.iterdir()] == ["modeldouble_contract"]
    script = "import modeldouble_contract.load as load, sys; print(load.__file__, 'matplotlib' in sys.modules)"
    line = [sys.executable, "-S", "-c", script]
    done = subprocess.run(line, capture_output=True, text=True, env={"PYTHONPATH": str(folder)}, timeout=60)
    assert done.stdout == f"{folder}/modeldouble_contract/load/__init__.py False\n"


def test_readings_are_of_requests_and_of_the_journey_as_a_whole() -> None:
    rows = [Row(REQUEST, "a", 100, 5, 3, 9, 1.5), Row(JOURNEY, BEGUN, 9, 0, 1, 1), Row(JOURNEY, WHOLE, 9, 0, 7, 8, 2)]
    found = readings(rows, 1)
    assert list(found) == ["a", WHOLE]
    assert found["a"].value == 3
    assert found["a"].more == {"p99_ms": 9, "per_second": 1.5, "errors": 0.05, "status": 1}


def test_cases_are_the_requests_of_a_journey() -> None:
    first = next(journey(Visit(Caller("x"))))
    assert getattr(first, "name", "") == REQUESTS[0]
    source = Path(sys.modules["modeldouble_contract.load.journey"].__file__ or "").read_text(encoding="utf-8")
    asking = Path(sys.modules["modeldouble_contract.load.asking"].__file__ or "").read_text(encoding="utf-8")
    assert [name for name in REQUESTS if f'"{name}"' not in source + asking] == []


def test_without_locust_it_is_left_out_and_said_so(tmp_path: Path) -> None:
    made = workload(tmp_path, quick=True)
    assert defects(made) == []
    found = measure(made, Place(tmp_path, None, None, Environments(tmp_path, ["locust"]), 0.1), 1)
    assert found.ours.absent == "left out by --without locust"
    assert found.ours.readings == {}


def test_a_quick_run_is_a_short_one() -> None:
    slow, quick = (workload(Path(), quick=quick).notes[0] for quick in (False, True))
    assert "--rate 10 --seconds 15 --processes 2`" in slow
    assert "--rate 4 --seconds 4 --processes 2`" in quick
