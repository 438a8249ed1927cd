"""Entries of the rows measure: opened, asked once on what is small, and closed. Figures are not judged here."""

import sys
from pathlib import Path

import pytest

from modeldouble_contract.bench.program import running
from modeldouble_contract.bench.shared import SUBJECTS
from modeldouble_contract.bench.workload import Case, Missing, Place, Reading, Workload
from modeldouble_contract.bench.workloads import client_overhead, importing, jobs, start, streaming


class NoPeers:
    """Nothing is installed."""

    def python(self, name: str) -> Path:
        """None."""
        raise Missing(f"no {name}")

    program = python


def read(row: Workload, entry: str, case: str, folder: Path) -> Reading:
    """One reading."""
    taking = next(one for one in row.entries if one.name == entry)
    chosen: Case = next(one for one in row.cases if one.name == case)
    with taking.open(Place(folder, None, None, NoPeers(), 0.02)) as measure:
        return measure(chosen)


@pytest.mark.parametrize("entry", ["modeldouble", client_overhead.POST, client_overhead.JSON])
def test_a_call_is_read_in_microseconds(entry: str, tmp_path: Path) -> None:
    found = read(client_overhead.WORKLOAD, entry, "picture by path", tmp_path)
    assert found.value > 10
    assert found.more["cpu_us"] > 10
    assert (tmp_path / "picture.jpg").stat().st_size == client_overhead.PICTURE_BYTES


@pytest.mark.parametrize("entry", ["modeldouble", jobs.POPS])
def test_a_job_takes_at_least_the_models_own_time(entry: str, tmp_path: Path) -> None:
    found = read(jobs.WORKLOAD, entry, "10 frames of 20 ms", tmp_path)
    # Times are kept to a quarter of a microsecond.
    assert found.value > 199.9
    assert found.more["first_late_ms"] > -0.1
    assert found.more["beyond_ms"] == pytest.approx(found.value - 220)


def test_a_short_stream_is_read_with_the_growth_of_both(tmp_path: Path) -> None:
    found = read(streaming.WORKLOAD, "modeldouble", "10 frames", tmp_path)
    assert found.value > 0
    assert found.more["whole_s"] == pytest.approx(found.value * 10 / 1e6)
    assert {"client_grown_mb", "server_grown_mb"} <= set(found.more)


@pytest.mark.parametrize("entry", ["modeldouble", importing.REQUESTS])
def test_an_import_is_read_with_what_is_installed(entry: str, tmp_path: Path) -> None:
    found = read(importing.WORKLOAD, entry, importing.PACKAGE, tmp_path)
    assert 0 < found.value < found.more["process_ms"]
    assert found.more["installed_mb"] > 1


@pytest.mark.parametrize(("entry", "case"), [("modeldouble", start.SERVE), (start.BIND, start.SERVE)])
def test_a_start_is_read(entry: str, case: str, tmp_path: Path) -> None:
    found = read(start.WORKLOAD, entry, case, tmp_path)
    assert found.value > 1
    assert found.more["cpu_ms"] > 1


def test_a_first_answer_that_is_no_success_is_an_error(tmp_path: Path) -> None:
    script = tmp_path / "refusing.py"
    script.write_text(REFUSING, "utf-8")
    with pytest.raises(RuntimeError, match="the first answer is a 501"):
        start.started([sys.executable, script], Place(tmp_path, None, None, NoPeers()), answers=True)


def test_a_planted_millisecond_is_seen_by_the_calls(tmp_path: Path) -> None:
    source = (SUBJECTS / "stored.py").read_text("utf-8")
    slow = tmp_path / "slow.py"
    slow.write_text(source.replace('    route = request.match_info["route"]\n', PLANTED), "utf-8")
    assert slow.read_text("utf-8") != source
    with running([sys.executable, slow], tmp_path) as server:
        line = [sys.executable, SUBJECTS / "asked.py", "client_calls.py", server.ready["url"], str(slow)]
        with running(line, tmp_path) as calling:
            assert calling.ask(call="session info", seconds=0.02)["wall_us"] >= 1000


PLANTED = """    import asyncio

    await asyncio.sleep(0.001)
    route = request.match_info["route"]
"""
REFUSING = """
import http.server

server = http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
print(f"at http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
"""
