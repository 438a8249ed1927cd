"""`modeldouble bench --distributed`: which files it writes, and what it says where it cannot begin."""

import io
import subprocess
import sys
from pathlib import Path

import pytest

from modeldouble_contract.bench.command import Asked, bench, plan_of
from modeldouble_contract.bench.distributed import files
from modeldouble_contract.bench.distributed.redis_server import VARIABLE
from modeldouble_contract.bench.report import as_json
from modeldouble_contract.bench.workload import Role, Workload

from .made import entry, workload


@pytest.fixture
def redis(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A program in the place of Redis, which tells its release."""
    program = tmp_path / "redis-server"
    program.write_text(f"#!{sys.executable}\nprint('Redis server v=7.0.15 sha=0')\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv(VARIABLE, str(program))
    return program


def made_up() -> Workload:
    return workload(entry("ours", Role.OURS, lambda _: 1.0))._replace(name="distributed")


@pytest.mark.skipif(sys.platform == "win32", reason="neither Redis nor Valkey is for Windows")
def test_files_are_named_after_the_kind_of_run(tmp_path: Path, redis: Path) -> None:
    asked, told = Asked(output=tmp_path / "out", peers=tmp_path, pairs=1, distributed=True), io.StringIO()
    assert bench(asked, told, io.StringIO(), lambda: [made_up()]) == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "distributed.json", "distributed.md", "distributed.svg",
    ]  # fmt: skip
    outcome = as_json.read((tmp_path / "out" / "distributed.json").read_text(encoding="utf-8"))
    assert outcome.machine["Redis"] == "redis-server 7.0.15"
    assert outcome.machine["Cores"].endswith("; load, workers and Redis share them")
    assert told.getvalue().endswith("distributed.md\n")


def test_without_redis_it_is_told_what_would_help(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "none"))
    err = io.StringIO()
    assert bench(Asked(output=tmp_path / "out", distributed=True), io.StringIO(), err) == 2
    assert err.getvalue().startswith(f"COULD NOT MEASURE: {VARIABLE} is '{tmp_path / 'none'}'")
    assert "apt-get install redis-server" in err.getvalue()
    assert not (tmp_path / "out").exists()


def test_the_other_run_needs_no_redis(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "none"))
    assert bench(Asked(list=True), out := io.StringIO(), io.StringIO()) == 0
    assert "session-info" in out.getvalue()
    assert plan_of(Asked()).results == "results.json"


@pytest.mark.skipif(sys.platform == "win32", reason="neither Redis nor Valkey is for Windows")
def test_the_command_line_reaches_it(redis: Path) -> None:
    line = [sys.executable, "-m", "modeldouble_server.cli", "bench", "--distributed", "--list"]
    done = subprocess.run(line, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert [row.split()[1] for row in done.stdout.splitlines()] == ["distributed", "journeys"]


def test_its_workloads_have_pictures_of_rates_and_of_time(redis: Path, tmp_path: Path) -> None:
    first, second = files.found(tmp_path, quick=False)
    assert {one.measure for one in first.growths} == {"cpu_us"}
    assert (first.pairs, [case.pairs for case in second.cases]) == (6, [1] * 11)
