"""The rows of clients and processes say what was promised: cases, entries and bounds fit together."""

import math

import pytest

from modeldouble_contract.bench.registry import defects
from modeldouble_contract.bench.workload import Case, Role, Target, Workload
from modeldouble_contract.bench.workloads import (
    client_overhead,
    importing,
    in_flight,
    jobs,
    masks,
    start,
    streaming,
)

ROWS = [one.WORKLOAD for one in (streaming, start, client_overhead, jobs, importing, masks, in_flight)]
PROMISED = {
    4: [("", 10.0), ("", 10.0)],
    5: [("import aiohttp.web and bind", 1.3), ("", 2.0)],
    6: [("requests.Session().post", 1.15), ("supervisely Session", 1 / 1.5)],
    7: [("", 40.0), ("", 50.0), ("supervisely SessionJSON", 1 / 3.5)],
    8: [("import requests", 1.1), ("supervisely", 1 / 10), ("supervisely", 1 / 100)],
    9: [("supervisely Bitmap", 1.0)],
    10: [("aiohttp.ClientSession", 0.8)],
}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_row_is_sound(row: Workload) -> None:
    assert defects(row) == []
    assert row.title
    assert row.notes
    assert all(note.endswith((".", ")")) for note in row.notes)


def test_the_rows_are_4_to_10() -> None:
    assert [row.number for row in ROWS] == list(PROMISED)
    assert len({row.name for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_row_has_the_bounds_that_were_promised(row: Workload) -> None:
    bounds = [(one.against or "", bound(one)) for one in row.targets]
    assert [name for name, _ in bounds] == [name for name, _ in PROMISED[row.number]]
    assert all(
        math.isclose(found, wanted) for (_, found), (_, wanted) in zip(bounds, PROMISED[row.number], strict=True)
    )


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_bound_is_on_the_good_side(row: Workload) -> None:
    assert all((one.at_least is not None) == row.more_is_better for one in row.targets if not one.measure)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_target_meets_its_other_in_some_case(row: Workload) -> None:
    for target in row.targets:
        other = next((one for one in row.entries if one.name == target.against), row.entries[0])
        assert names(row, target.cases) & names(row, other.cases)


def test_ours_takes_part_in_all_cases() -> None:
    assert all(one.cases is None for row in ROWS for one in row.entries if one.role is Role.OURS)


def test_streams_grow_from_ten_to_a_million_frames_and_the_long_ones_are_fewer() -> None:
    cases = streaming.WORKLOAD.cases
    assert [case.size for case in cases] == [10, 1_000, 10_000, 100_000, 1_000_000]
    assert [case.pairs for case in cases] == [None, None, 12, 5, 3]
    assert streaming.WORKLOAD.axis == "frames"


def test_the_time_of_a_frame_is_compared_from_a_thousand_frames_on() -> None:
    (growth,) = streaming.WORKLOAD.growths
    assert growth.ratio == 1.2
    assert growth.cases == frozenset(case.name for case in streaming.CASES[1:])


def bound(target: Target) -> float:
    """The one that it has."""
    found = target.at_least if target.at_most is None else target.at_most
    assert found is not None
    return found


def names(row: Workload, chosen: frozenset[str] | None) -> frozenset[str]:
    """Cases by name; None is all."""
    cases: list[Case] = list(row.cases)
    return frozenset(case.name for case in cases) if chosen is None else chosen
