"""Curves: what is drawn, the same bytes each time, and labels that do not lie on each other."""

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from modeldouble_contract.bench.report.plots import apart, curves, draw, pictures
from modeldouble_contract.bench.run import failed
from modeldouble_contract.bench.workload import Case, Growth, Reading

from .made import measured, steady, workload

ONE = measured(steady(4000, grown_mb=3.0), steady(5000), growths=[Growth("flat", difference=10, measure="grown_mb")])


def test_the_same_run_is_drawn_in_the_same_bytes(tmp_path: Path) -> None:
    first = [path.read_bytes() for path in draw(ONE, tmp_path)]
    assert [path.read_bytes() for path in draw(ONE, tmp_path)] == first
    assert b"<dc:date>" not in first[0]
    other = measured(steady(4100), steady(5000))
    assert draw(other, tmp_path)[0].read_bytes() != first[0]


def test_a_picture_names_who_is_drawn_what_and_how_it_grows(tmp_path: Path) -> None:
    tree = ElementTree.parse(draw(ONE, tmp_path)[0])
    told = [text.strip() for text in tree.getroot().itertext() if text.strip()]
    assert {"ours (+0.00)", "bare (+0.00)", "requests/s", "Made up", "1", "100"} <= set(told)
    assert any(text.startswith("jobs") for text in told)


def test_the_ground_is_white_also_on_a_dark_page(tmp_path: Path) -> None:
    assert 'style="fill: #ffffff"' in draw(ONE, tmp_path)[0].read_text(encoding="utf-8")


def test_each_measure_that_a_growth_is_asked_of_has_a_picture() -> None:
    assert [(one.name, one.measure) for one in pictures(ONE)] == [
        ("made-up.svg", ""),
        ("made-up-grown-mb.svg", "grown_mb"),
    ]
    assert pictures(ONE)[1].text == "Made up: grown, MB by jobs"


def test_what_does_not_grow_or_failed_has_none() -> None:
    assert pictures(ONE._replace(workload=ONE.workload._replace(axis=""))) == []
    assert pictures(failed(workload(), "it broke")) == []
    assert pictures(measured({"few": [Reading(1)]}, {})) == []


def test_a_curve_is_drawn_of_those_with_two_sizes_and_has_their_slope() -> None:
    ours = {"few": [Reading(10)], "many": [Reading(100)]}
    drawn = curves(measured(ours, {"few": [Reading(1)]}))
    assert [one.name for one in drawn] == ["ours"]
    assert drawn[0].slope == pytest.approx(0.5)
    assert drawn[0].label == "ours (+0.50)"


def test_cases_of_several_kinds_are_curves_of_their_own() -> None:
    cases = [Case(f"{kind}{size}", size, curve=kind) for kind in "ab" for size in (1, 10)]
    ours = {case.name: [Reading(case.size if case.curve == "a" else 1)] for case in cases}
    found = measured(ours, {})
    drawn = curves(found._replace(workload=found.workload._replace(cases=cases)))
    assert [one.label for one in drawn] == ["ours, a (+1.00)", "ours, b (+0.00)"]


@pytest.mark.parametrize(
    ("heights", "moved"),
    [([], []), ([0.2, 0.5], [0.2, 0.5]), ([0.5, 0.5, 0.55], [0.5, 0.6, 0.7]), ([0.97, 0.98, 1.0], [0.8, 0.9, 1.0])],
)
def test_labels_keep_apart(heights: list[float], moved: list[float]) -> None:
    assert apart(heights, 0.1) == pytest.approx(moved)


@pytest.mark.parametrize(("sizes", "values"), [((0, 10), (1, 2)), ((1, 2), (0, 5)), ((1, 1e6), (1e-3, 1e5))])
def test_any_span_can_be_drawn(tmp_path: Path, sizes: tuple[float, ...], values: tuple[float, ...]) -> None:
    cases = [Case(str(size), size) for size in sizes]
    ours = {case.name: [Reading(value)] * 3 for case, value in zip(cases, values, strict=True)}
    found = measured(ours, {})
    assert draw(found._replace(workload=found.workload._replace(cases=cases)), tmp_path)[0].stat().st_size > 0
