"""Bounds, arrivals, CSV files and tables of the load: all pure."""

from pathlib import Path

import pytest

from modeldouble_contract.load.__main__ import main
from modeldouble_contract.load.arrivals import Arrivals
from modeldouble_contract.load.bounds import (
    BEGUN,
    FOUND,
    JOURNEY,
    REQUEST,
    UNCHECKED,
    WHOLE,
    WITHIN,
    Bounds,
    Row,
    judge,
)
from modeldouble_contract.load.figures import read, read_file

from .locust import table

CSV = (
    "Type,Name,Request Count,Failure Count,Median Response Time,Requests/s,50%,99%\n"
    "journey,begun late,40,0,1,20.0,1,3\n"
    "POST,pop_inference_results,80,2,5,40.5,5,1200\n"
    "POST,stop_inference,0,0,0,0.0,N/A,N/A\n"
    "journey,whole,40,1,500,20.0,500,1900\n"
    ",Aggregated,200,3,5,80.5,5,1900\n"
)
JOURNEYS = [Row(JOURNEY, BEGUN, 40, 0, 1, 3), Row(JOURNEY, WHOLE, 40, 0, 500, 900)]
POP = Row(REQUEST, "pop_inference_results", 100, 0, 5, 50)


def test_a_run_within_its_bounds_is_status_0() -> None:
    status, sentences = judge([*JOURNEYS, POP], Bounds(50, 0), 40)
    assert (status, len(sentences)) == (WITHIN, 1)
    assert "pop_inference_results" in sentences[0]


def test_a_slow_kind_of_request_is_named() -> None:
    status, sentences = judge([*JOURNEYS, POP, Row(REQUEST, "stop_inference", 9, 0, 5, 51)], Bounds(50, 0), 40)
    assert status == FOUND
    assert sentences == ["stop_inference: p99 is 51 ms, over the bound of 50 ms"]


def test_a_journey_has_no_bound_of_time() -> None:
    assert judge([*JOURNEYS, POP], Bounds(60, 0), 40).status == WITHIN


@pytest.mark.parametrize(("failures", "status"), [(1, WITHIN), (2, FOUND)])
def test_the_share_of_errors_is_bounded_for_each_kind(failures: int, status: int) -> None:
    verdict = judge([*JOURNEYS, POP._replace(failures=failures)], Bounds(None, 0.01), 40)
    assert verdict.status == status
    assert status == WITHIN or "2 % of 100 failed" in verdict.sentences[0]


def test_journeys_that_failed_are_errors_too() -> None:
    verdict = judge([JOURNEYS[0], JOURNEYS[1]._replace(failures=1), POP], Bounds(), 40)
    assert verdict == (FOUND, ["journey, whole: 2.5 % of 40 failed, over the bound of 0 %"])


def test_nothing_asked_is_no_success() -> None:
    assert judge([], Bounds(), 40).status == UNCHECKED
    assert judge(JOURNEYS, Bounds(), 40).status == UNCHECKED


def test_a_load_that_is_late_itself_says_nothing_but_does_not_hide_what_was_found() -> None:
    late = [JOURNEYS[0]._replace(p99=501), JOURNEYS[1], POP]
    assert judge(late, Bounds(), 40).status == UNCHECKED
    assert "cannot hold the rate" in judge(late, Bounds(), 40).sentences[0]
    assert judge(late, Bounds(10), 40).status == FOUND


def test_journeys_that_never_began_or_never_ended_are_missed() -> None:
    verdict = judge([JOURNEYS[0], JOURNEYS[1]._replace(requests=39), POP], Bounds(), 40)
    assert verdict.status == UNCHECKED
    assert "39 of 40 journeys came to an end" in verdict.sentences[0]
    assert judge([*JOURNEYS, POP], Bounds(), 41).status == UNCHECKED


@pytest.mark.parametrize(
    "bounds", [Bounds(0.0), Bounds(float("nan")), Bounds(1, -0.1), Bounds(1, 1.1), Bounds(1, 0, 0)]
)
def test_bounds_that_bound_nothing_are_refused(bounds: Bounds) -> None:
    with pytest.raises(ValueError, match="give"):
        bounds.checked()


def test_journeys_begin_by_the_clock_evenly() -> None:
    assert list(Arrivals(2, 2).due()) == [(0, 0), (1, 0.5), (2, 1), (3, 1.5)]


def test_processes_take_turns_and_miss_none() -> None:
    alone = list(Arrivals(7, 3).due())
    shared = [list(Arrivals(7, 3, 2, source).due()) for source in (0, 1)]
    assert sorted(shared[0] + shared[1]) == alone
    assert len(alone) == 21


@pytest.mark.parametrize(
    "arrivals", [Arrivals(0, 1), Arrivals(1, 0), Arrivals(1e4, 1e4), Arrivals(1, 1, 2, 2), Arrivals(1, 1, 1, -1)]
)
def test_arrivals_that_begin_nothing_are_refused(arrivals: Arrivals) -> None:
    with pytest.raises(ValueError, match=r"give|start"):
        arrivals.checked()


def test_rows_are_read_without_the_sum() -> None:
    rows = read(CSV.splitlines())
    assert [row.name for row in rows] == ["begun late", "pop_inference_results", "stop_inference", "whole"]
    assert rows[1] == Row(REQUEST, "pop_inference_results", 80, 2, 5, 1200, 40.5)
    assert rows[2].p99 == 0


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", CSV.replace("99%", "98%"), CSV.replace("1200", "soon")])
def test_what_is_no_csv_of_locust_is_a_clear_error(text: str) -> None:
    with pytest.raises(ValueError, match="give"):
        read(text.splitlines(), "fake-2_stats.csv")


def test_both_targets_stand_side_by_side(tmp_path: Path) -> None:
    (tmp_path / "fake-10_stats.csv").write_text(CSV)
    (tmp_path / "real-10_stats.csv").write_text(CSV.replace("1200", "7"))
    (tmp_path / "fake-2_stats.csv").write_text(CSV)
    (tmp_path / "fake-2_failures.csv").write_text("x")
    runs = table.collect(tmp_path)
    assert [(rate, sorted(sides)) for rate, sides in runs.items()] == [(2, ["fake"]), (10, ["fake", "real"])]
    row = "| pop_inference_results | 40.5 | 5 | 1,200 | 2.5 % | 40.5 | 5 | 7 | 2.5 % |\n"
    assert row in table.tables(runs)
    assert "begun late" not in table.tables(runs)


def test_a_target_that_was_not_run_is_a_dash_and_the_whole_comes_last() -> None:
    lines = table.table({"fake": read(CSV.replace("stop_inference", "zoom").splitlines())}).splitlines()
    assert lines[-1] == "| the journey as a whole | 20.0 | 500 | 1,900 | 2.5 % | - | - | - | - |"
    assert lines[-2].startswith("| zoom | - | - | - | - |")


def test_a_page_keeps_what_is_around_its_tables() -> None:
    text = f"above\n{table.BEGIN}old\n{table.END}below\n"
    made = table.page(text, {2.0: {"fake": read(CSV.splitlines())}}, {"date": "today"})
    assert made.startswith(f"above\n{table.BEGIN}\n- date: today\n\n### 2 journeys per second\n")
    assert made.endswith(f"{table.END}below\n")
    assert "old" not in made
    with pytest.raises(ValueError, match="both marks"):
        table.page("no marks", {}, {})


def test_a_folder_without_figures_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="--csv"):
        table.collect(tmp_path)


@pytest.mark.parametrize(
    "arguments",
    [["ftp://x"], ["http://x", "--rate=0"], ["http://x", "--frames=41"], ["http://x", "--errors=2"],
     ["http://x", "--processes=0"], ["http://x", "--patience=nan"], ["http://x", "--patience=inf"],
     ["http://x", "--seconds=inf"]],
)  # fmt: skip
def test_the_command_names_the_option_and_the_remedy(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == UNCHECKED
    assert "give" in capsys.readouterr().err


def test_csv_files_are_read_by_their_name(tmp_path: Path) -> None:
    (tmp_path / "fake-2_stats.csv").write_text("nothing")
    with pytest.raises(ValueError, match=r"fake-2_stats\.csv has no column"):
        read_file(tmp_path / "fake-2_stats.csv")
