"""The page of a distributed run: what it says plainly, and how it comes into a clone."""

from pathlib import Path

import pytest

from modeldouble_contract.bench.distributed import journey, workers
from modeldouble_contract.bench.distributed.files import publish
from modeldouble_contract.bench.distributed.page import page
from modeldouble_contract.bench.report import as_json, plots
from modeldouble_contract.bench.run import Measured, Outcome, Taken, failed
from modeldouble_contract.bench.workload import Reading, Role
from modeldouble_contract.load.bounds import JOURNEY, REQUEST, WHOLE, Row

from .made import outcome
from .scaled import scaled

FLAT = {1: 500.0, 2: 500.0, 4: 520.0, 8: 540.0}
ROWS = [
    Row(REQUEST, "get_session_info", 150, 0, 3, 21, 9.8),
    Row(REQUEST, "start of a video", 300, 3, 8, 60, 19.6),
    Row(JOURNEY, WHOLE, 150, 0, 470, 800, 9.8),
]


def journeys(status: int = 0, absent: str = "") -> Measured:
    """Of a run of Locust that ended so."""
    made = journey.workload(Path(), quick=False)
    found = journey.readings(ROWS, status)
    readings = {case.name: [found.get(case.name, Reading(0.0, {**found[WHOLE].more, "per_second": 0.0}))]
                for case in made.cases}  # fmt: skip
    return Measured(made._replace(entries=()), [Taken("two", Role.OURS, {} if absent else readings, absent)], {})


def told(*measured: Measured, quick: bool = False) -> str:
    return page(outcome(*measured, quick=quick), results="r.json", folder="pictures")


def row(text: str, start: str) -> list[str]:
    """The cells of the first row that starts so."""
    found = next(line for line in text.splitlines() if line.startswith(f"| {start} |"))
    return [cell.strip() for cell in found.strip("| ").split(" | ")]


def test_a_row_has_all_that_a_request_costs() -> None:
    assert row(told(scaled(FLAT)), "pop_inference_results") == [
        "pop_inference_results", "250", "500", "500", "520", "540", "1.1", "2", "1,852", "25", "2",
    ]  # fmt: skip


def test_it_is_said_plainly_whether_time_stays_flat() -> None:
    assert "a request stays flat from 1 to 8 workers (greatest / least 1.1, slope +0.04)" in told(scaled(FLAT))
    assert "greatest / least 1, slope +0.00)" in told(scaled({1: 500.0, 8: 499.9}))
    assert "a request **grows** from 1 to 8 workers" in told(scaled({**FLAT, 8: 601.0}))
    assert "a request **differs**, and does not grow, from 1 to 8 workers" in told(scaled({**FLAT, 1: 625.0}))


def test_it_is_said_where_redis_is_the_bound() -> None:
    assert "One core of Redis is the bound at 40,000 requests/s, which are those of 22 workers" in told(scaled(FLAT))
    assert "Redis is not asked." in told(scaled(FLAT, redis_us=0))


def test_it_is_said_what_the_machine_limits() -> None:
    assert "share the cores of one machine, here 2." in told(scaled(FLAT))


def test_rounds_are_those_that_were_read() -> None:
    assert "Then come 6 rounds" in told(scaled(FLAT))


def test_both_pictures_are_shown() -> None:
    text = told(scaled(FLAT))
    assert "](pictures/distributed.svg)" in text
    assert "](pictures/distributed-cpu-us.svg)" in text
    assert "## One fake in several worker processes on one Redis\n" in text


def test_journeys_have_a_row_for_each_request_and_a_verdict() -> None:
    text = told(scaled(FLAT), journeys())
    assert row(text, "start of a video") == ["start of a video", "19.6", "8", "60", "1 %"]
    assert row(text, "the journey as a whole") == ["the journey as a whole", "9.8", "470", "800", "0 %"]
    assert row(text, "stop_inference") == ["stop_inference", *"----"]
    assert "status 0: no answer was wrong" in text


@pytest.mark.parametrize(("status", "said"), [(1, "some answers were wrong"), (2, "the load did not hold its rate")])
def test_a_verdict_that_is_none_is_said(status: int, said: str) -> None:
    assert f"It ended with status {status}: **{said}**" in told(journeys(status))


def test_journeys_that_were_left_out_are_said_to_be() -> None:
    assert "**Left out:** left out by --without locust\n" in told(journeys(absent="left out by --without locust"))


def test_what_failed_is_said() -> None:
    text = told(failed(workers.workload(), "it broke"), failed(journey.workload(Path(), quick=True), "Locust broke"))
    assert text.count("**It could not be measured:**") == 2
    assert "| own store, µs |" not in text


def test_a_quick_run_is_called_so() -> None:
    assert "**This was a quick run**" in told(scaled(FLAT), quick=True)
    assert "quick run" not in told(scaled(FLAT))


def test_a_run_that_was_written_and_read_makes_the_same_page() -> None:
    run: Outcome = outcome(scaled(FLAT), journeys())
    again = as_json.read(as_json.render(run))
    assert page(again, results="r.json", folder="") == page(run, results="r.json", folder="")


def test_publishing_writes_page_json_and_pictures_and_takes_old_ones_away(tmp_path: Path) -> None:
    folder = tmp_path / "clone" / "docs" / "pictures" / "distributed"
    folder.mkdir(parents=True)
    (folder / "old.svg").touch()
    (tmp_path / "r.json").write_text(as_json.render(run := outcome(scaled(FLAT), journeys())), encoding="utf-8")
    publish(tmp_path / "r.json", tmp_path / "clone")
    docs = folder.parents[1]
    assert sorted(path.name for path in folder.iterdir()) == ["distributed-cpu-us.svg", "distributed.svg"]
    assert (docs / "distributed.json").read_text(encoding="utf-8") == as_json.render(run)
    published = page(run, results="distributed.json", folder="pictures/distributed")
    assert (docs / "distributed.md").read_text(encoding="utf-8") == published


def test_curves_are_of_requests_by_workers() -> None:
    drawn = plots.curves(scaled(FLAT), "cpu_us")
    assert [one.label for one in drawn] == ["workers, pop_inference_results (+0.04)"]
