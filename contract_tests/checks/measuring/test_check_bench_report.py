"""What is made of a run: JSON that can be read again, tables that say what was found, and what a README says."""

import json

import pytest

from modeldouble_contract.bench.report import as_json, markdown
from modeldouble_contract.bench.report.figures import figure, named, quantity, quartiles, times
from modeldouble_contract.bench.run import failed
from modeldouble_contract.bench.workload import Growth, Reading, Target

from .made import measured, outcome, steady, workload

P50 = Target("at most 2 ms", None, at_most=2, measure="p50_ms", cases=frozenset({"few", "many"}))
WHOLE = measured(steady(4000, p50_ms=1.5), steady(5000), 1.01, [P50], [Growth("flat", ratio=1.2)])


def cells(page: str, start: str) -> list[str]:
    """The cells of the first row of a table that starts so."""
    row = next(line for line in page.splitlines() if line.startswith(f"| {start}"))
    return [cell.strip() for cell in row.strip("| ").split(" | ")]


def test_what_was_written_can_be_read_again() -> None:
    run = outcome(WHOLE, failed(workload(), "it broke"), quick=True)
    text = as_json.render(run)
    assert as_json.render(as_json.read(text)) == text
    again = as_json.read(text).measured[0]
    assert again.ours.readings == WHOLE.ours.readings
    assert list(again.workload.targets) == [P50]
    assert again.null == WHOLE.null


def test_a_measure_that_some_readings_lack_is_null() -> None:
    ours = {"few": [Reading(1.23456789, {"p50_ms": 2}), Reading(3)]}
    document = json.loads(as_json.render(outcome(measured(ours, {}))))
    assert document["measured"][0]["entries"][0]["readings"] == {"few": {"": [1.23457, 3], "p50_ms": [2, None]}}
    assert document["schema"] == 1


@pytest.mark.parametrize("text", ["[]", "{}", '{"schema": 2}'])
def test_what_is_of_another_schema_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"no results\.json of schema 1"):
        as_json.read(text)


def test_a_row_has_median_quartiles_ratio_and_verdict() -> None:
    ours = {"few": [Reading(value) for value in (75, 76, 77, 78, 79, 80)]}
    page = markdown.section(measured(ours, {"few": [Reading(100)] * 6}))
    assert cells(page, "few")[:5] == ["few", "**ours**", "77.5 requests/s", "76.2 to 78.8", "6"]
    assert cells(page, " | bare |")[-4:] == ["6", "0.775", "0.75 to 0.8", "missed by 3.1 %"]
    assert cells(page, " | bare, again")[-3:] == ["1", "1 to 1", "null comparison"]


def test_other_measures_have_columns_of_their_own() -> None:
    page = markdown.section(WHOLE)
    assert "| p50, ms | ours / it |" in page
    assert cells(page, "few")[5] == "1.5"
    assert cells(page, "few")[-1] == "p50: met"


def test_targets_growths_and_slopes_are_told_below_the_table() -> None:
    page = markdown.section(WHOLE)
    assert "- at most 2 ms: **met** (1.5 ms)\n" in page
    assert "- flat: **met** (greatest / least 1)\n" in page
    assert "- slopes over jobs: ours 0.00, bare 0.00\n" in page


def test_verdicts_that_differ_from_case_to_case_are_counted() -> None:
    ours = {"few": [Reading(90)] * 6, "many": [Reading(60)] * 6}
    page = markdown.section(measured(ours, steady(100, 6)))
    assert "- at least 0.8 of bare: **1 met, 1 missed** (ours / it 0.6 to 0.9)\n" in page


def test_who_is_absent_is_told_in_every_table() -> None:
    run = outcome(WHOLE)
    assert "**Absent:** official: no network" in markdown.section(WHOLE)
    assert "official (absent)" in markdown.page(run, results="r.json", folder="")
    assert "official (absent)" in markdown.paragraph(run)


def test_a_workload_that_failed_is_told() -> None:
    run = outcome(failed(workload(), "RuntimeError: it broke | so"))
    page = markdown.page(run, results="r.json", folder="")
    assert "**It could not be measured:** RuntimeError: it broke | so" in page
    assert cells(page, "Made up")[-1] == "failed"


def test_a_quick_run_is_called_so_everywhere() -> None:
    quick, slow = outcome(WHOLE, quick=True), outcome(WHOLE)
    for said in (lambda run: markdown.page(run, results="r.json", folder=""), markdown.paragraph):
        assert "**This was a quick run**" in said(quick)
        assert "quick run" not in said(slow)
    assert '"quick": true' in as_json.render(quick)


def test_speed_is_told_so_that_more_is_better() -> None:
    assert cells(markdown.paragraph(outcome(WHOLE)), "Made up")[1] == "bare 0.8"
    times_ = WHOLE._replace(workload=WHOLE.workload._replace(more_is_better=False))
    assert cells(markdown.paragraph(outcome(times_)), "Made up")[1] == "bare 1.2"


def test_the_page_says_machine_method_commit_and_pictures() -> None:
    page = markdown.page(outcome(WHOLE), results="r.json", folder="pictures")
    for part in ("| Processor | a fast one |", "at commit abc1234", "2026-11-23", "12 pairs", "modeldouble 0.1.0"):
        assert part in page
    assert "](pictures/made-up.svg)" in page
    assert "](r.json)" in page


def test_the_readme_gets_its_paragraph_between_the_marks() -> None:
    before = f"# A\n\n{markdown.BEGIN}\nold\n{markdown.END}\n\n## B\n"
    after = markdown.spliced(before, outcome(WHOLE))
    assert after == f"# A\n\n{markdown.paragraph(outcome(WHOLE))}\n\n## B\n"
    assert markdown.spliced(after, outcome(WHOLE)) == after
    with pytest.raises(ValueError, match="has no place"):
        markdown.spliced("# A\n", outcome(WHOLE))


@pytest.mark.parametrize(
    ("number", "text"), [(0.012345, "0.0123"), (1.0, "1"), (99.94, "99.9"), (123.4, "123"), (12345.6, "12,346")]
)
def test_a_figure_has_three_digits(number: float, text: str) -> None:
    assert figure(number) == text


@pytest.mark.parametrize(
    ("number", "unit", "text"),
    [(0.0012, "s", "1.2 ms"), (1500, "us", "1.5 ms"), (3, "s", "3 s"), (4000, "requests/s", "4,000 requests/s"),
     (2e-10, "s", "0.2 ns"), (2_500_000, "bytes", "2.5 MB"), (7, "", "7")],
)  # fmt: skip
def test_a_quantity_is_told_in_the_unit_that_fits(number: float, unit: str, text: str) -> None:
    assert quantity(number, unit) == text


def test_spans_are_told_once_where_both_ends_are_the_same() -> None:
    assert quartiles(0.0009, 0.0011, "s", 0.001) == "0.9 to 1.1"
    assert (times([0.91, 0.9149]), times([11.2, 8.04])) == ("0.91", "8 to 11")
    assert (named("client_grown_mb"), named("load_share"), named("s")) == (
        ("client grown", "MB"),
        ("load share", ""),
        ("s", ""),
    )
