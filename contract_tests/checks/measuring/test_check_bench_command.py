"""`modeldouble bench`: what it writes, what it tells, and its exit statuses."""

import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from modeldouble_contract.bench.command import Asked, bench
from modeldouble_contract.bench.workload import Case, Role, Workload

from .made import AT_LEAST, absent, entry, workload


def made_up(ours: float) -> Workload:
    parts = [entry("ours", Role.OURS, lambda _: ours), entry("bare", Role.LIMIT, lambda _: 100.0)]
    return workload(*parts, absent("official", "no network"), targets=[AT_LEAST])


def ran(asked: Asked, *workloads: Workload) -> tuple[int, str, str]:
    """Status, what was told, and what was complained of."""
    out, err = io.StringIO(), io.StringIO()
    return bench(asked, out, err, lambda: workloads), out.getvalue(), err.getvalue()


def test_a_run_leaves_readings_page_and_pictures(tmp_path: Path) -> None:
    status, told, _ = ran(Asked(output=tmp_path / "out", peers=tmp_path, commit="abc"), made_up(90))
    assert status == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "made-up.svg",
        "performance.md",
        "results.json",
    ]
    document = json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))
    assert (document["commit"], document["pairs"], document["quick"]) == ("abc", 12, False)
    assert len(document["measured"][0]["entries"][0]["readings"]["few"][""]) == 12
    assert document["measured"][0]["took_s"] > 0
    assert "3. Made up (0 s)\n" in told
    assert "This run took 0 s, with what had to be installed: made-up 0 s." in page(tmp_path / "out")
    assert "few: at least 0.8 of bare: met" in told
    assert "absent: official: no network" in told


def page(folder: Path) -> str:
    """What was written."""
    return (folder / "performance.md").read_text(encoding="utf-8")


def test_a_quick_run_is_short_and_called_so(tmp_path: Path) -> None:
    ran(Asked(output=tmp_path, peers=tmp_path, quick=True), made_up(90))
    document = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert (document["pairs"], document["seconds"], document["quick"]) == (3, 0.2, True)
    assert "**This was a quick run**" in page(tmp_path)


@pytest.mark.parametrize(("ours", "check", "status"), [(90, True, 0), (70, False, 0), (70, True, 1)])
def test_a_missed_target_ends_with_1_only_if_that_was_asked_for(
    tmp_path: Path, ours: float, check: bool, status: int
) -> None:
    assert ran(Asked(output=tmp_path, peers=tmp_path, pairs=1, check=check), made_up(ours))[0] == status


def test_a_workload_that_raises_costs_no_other_and_ends_with_2(tmp_path: Path) -> None:
    def breaks(_: Case) -> float:
        raise RuntimeError("it broke")

    first = workload(entry("ours", Role.OURS, breaks))._replace(name="first", number=1)
    status, told, _ = ran(Asked(output=tmp_path, peers=tmp_path, pairs=1), first, made_up(90))
    assert status == 2
    assert "FAILED RuntimeError: it broke" in told
    assert "at least 0.8 of bare: met" in told


def test_a_workload_that_breaks_a_rule_is_not_run(tmp_path: Path) -> None:
    status, told, _ = ran(Asked(output=tmp_path, peers=tmp_path), workload())
    assert (status, "FAILED its description breaks a rule: one entry is ours" in told) == (2, True)


def test_an_interrupted_run_keeps_what_had_ended(tmp_path: Path) -> None:
    def interrupted(_: Case) -> float:
        raise KeyboardInterrupt

    second = workload(entry("ours", Role.OURS, interrupted))._replace(name="second", number=9)
    status, _, err = ran(Asked(output=tmp_path, peers=tmp_path, pairs=1), made_up(90), second)
    assert status == 130
    assert "interrupted" in err
    document = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert [one["name"] for one in document["measured"]] == ["made-up"]


@pytest.mark.skipif(os.name == "nt", reason="SIGTERM cannot be caught there")
def test_a_terminated_run_is_an_interrupted_one(tmp_path: Path) -> None:
    def terminated(_: Case) -> float:
        os.kill(os.getpid(), signal.SIGTERM)
        return 1.0

    before = signal.getsignal(signal.SIGTERM)
    assert ran(Asked(output=tmp_path, peers=tmp_path), workload(entry("ours", Role.OURS, terminated)))[0] == 130
    assert signal.getsignal(signal.SIGTERM) == before


def test_the_workloads_are_listed(tmp_path: Path) -> None:
    status, told, _ = ran(Asked(output=tmp_path / "none", list=True), made_up(1))
    assert (status, told) == (0, "  3  made-up              Made up\n")
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (Asked(workloads=("four",)), "no workload is called 'four'; there are made-up"),
        (Asked(without=("wiremock",)), "no peer is called 'wiremock'; there are supervisely"),
        (Asked(output=Path(__file__)), "COULD NOT MEASURE: "),
    ],
)
def test_what_cannot_be_done_is_told_before_anything_is_measured(asked: Asked, said: str) -> None:
    status, told, err = ran(asked, made_up(1))
    assert (status, told) == (2, "")
    assert said in err


@pytest.mark.parametrize("lacking", ["psutil", "matplotlib"])
def test_without_a_part_it_is_told_what_to_install(lacking: str) -> None:
    script = f"import sys\nsys.modules[{lacking!r}] = None\nfrom modeldouble_server.cli import main\nmain(['bench'])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert done.stderr.startswith("COULD NOT MEASURE: ")
    assert "pip install 'modeldouble[bench]'" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_command_line_reaches_it() -> None:
    line = [sys.executable, "-m", "modeldouble_server.cli", "bench", "no-such", "--quick", "--pairs", "2"]
    done = subprocess.run(line, capture_output=True, text=True, timeout=60)
    assert (done.returncode, "no workload is called 'no-such'" in done.stderr) == (2, True)
