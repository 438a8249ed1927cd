"""A profile of an app whose times are known: what is fitted is what the app has, and how far it is off is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from modeldouble_server.latency.fitting import Error, fit, judge
from modeldouble_server.latency.latency import Latency
from modeldouble_server.latency.measuring import Cell, Measured, OutOfTime, cells, measure, pictures
from modeldouble_server.latency.reading import read_latency
from modeldouble_server.refusal import CannotServe

SIZES, BATCHES = [(400, 500), (1000, 1000), (2000, 1000)], [1, 2, 4]
TRUTH = {"lognormal": {"p50": 0.03, "p99": 0.12}, "per_image": 0.01, "per_megapixel": 0.02, "cold_start": 3}


class Played:
    """An app that takes the times of a latency, on a timer that nothing else moves."""

    def __init__(self, truth: Any) -> None:
        self.now, self.ends, self.asked = 0.0, 1e9, list[Cell]()
        self._latency: Latency = read_latency(truth, None)

    def make(self, cell: Cell, number: int) -> list[bytes]:
        self.asked.append(cell)
        return [b""] * cell.batch

    def ask(self, given: Sequence[bytes]) -> float:
        took = self._latency.due(self.asked[-1].pixels, self.now, len(self.asked), "a")
        self.now += took
        if self.now > self.ends:
            raise OutOfTime("late")
        return took

    def measured(self, rounds: int = 200, ends: float = 1e9, kinds: Sequence[Cell] | None = None) -> Measured:
        found = cells(SIZES, BATCHES) if kinds is None else kinds
        self.ends = ends
        return measure(found, rounds, self.ask, lambda: None, self.make)


def test_a_known_latency_comes_out_again() -> None:
    found = fit(Played(TRUTH).measured(1000))
    assert found["per_image"] == pytest.approx(0.01, rel=0.05)
    assert found["per_megapixel"] == pytest.approx(0.02, rel=0.05)
    assert found["cold_start"] == pytest.approx(3, rel=0.02)
    times, truth = read_latency(found, None).terms.times, read_latency(TRUTH, None).terms.times
    for part, most in ((0.1, 0.08), (0.5, 0.05), (0.9, 0.05), (0.99, 0.08)):
        assert times.at(part) == pytest.approx(truth.at(part), rel=most)


def test_without_chance_it_comes_out_exactly() -> None:
    found = fit(Played({"fixed": 0.05, "per_image": 0.01, "per_megapixel": 0.02}).measured(6))
    assert (found["per_image"], found["per_megapixel"]) == (0.01, 0.02)
    assert set(found["quantiles"]) == {0.05}
    assert "cold_start" not in found


def test_it_is_good_on_requests_that_it_has_not_seen() -> None:
    measured = Played(TRUTH).measured(100)
    judged = judge(fit(measured), measured)
    assert list(judged.errors) == [10, 50, 90, 99]
    assert all(abs(judged.errors[at].percent) < 6 for at in (10, 50, 90))
    assert judged.worst in measured.cells


def test_what_is_judged_is_what_was_held_out_and_the_document_as_it_is_read() -> None:
    one = Cell(1000, 1000, 1)
    measured = Measured([one], 1, [[1.0], [1.0], [2.0]] * 4)
    assert set(fit(measured)["quantiles"]) == {1.0}
    judged = judge({"fixed": 1.0, "per_megapixel": 0.5}, measured)
    assert {at: (one.seen, one.said) for at, one in judged.errors.items()} == dict.fromkeys(
        (10, 50, 90, 99), (2.0, 1.5)
    )
    assert judged.errors[50].percent == -25
    assert (judged.worst, judged.worst_p50) == (one, Error(2.0, 1.5))


def test_the_kind_that_is_told_worst_is_named() -> None:
    kinds = [Cell(1000, 1000, 1), Cell(1000, 1000, 2), Cell(1000, 1000, 4)]
    judged = judge({"fixed": 1.0, "per_image": 1.0}, Measured(kinds, 1, [[1.0, 2.0, 8.0]] * 6))
    assert (judged.worst.batch, judged.worst_p50.percent) == (4, -50)


def test_nothing_seen_is_no_division_by_zero() -> None:
    assert [Error(0, 0).percent, Error(0, 1).percent, Error(2, 3).percent] == [0, 100, 50]


@pytest.mark.parametrize(
    ("sizes", "batches", "slopes"),
    [
        ([(1000, 1000)], [1], (0, 0)),
        ([(1000, 1000)], [3], (0, 0)),
        ([(1000, 1000)], [1, 2], (0.03, 0)),
        ([(1000, 1000), (500, 500)], [1], (0, 0.02)),
    ],
)
def test_what_the_requests_cannot_tell_apart_is_not_made_up(
    sizes: list[tuple[int, int]], batches: list[int], slopes: tuple[float, float]
) -> None:
    played = Played({"fixed": 0.05, "per_image": 0.01, "per_megapixel": 0.02})
    measured = played.measured(6, kinds=cells(sizes, batches))
    found = fit(measured)
    assert (found["per_image"], found["per_megapixel"]) == pytest.approx(slopes)
    assert all(abs(one.percent) < 0.1 for one in judge(found, measured).errors.values())


def test_an_app_that_is_faster_with_more_pixels_has_no_negative_slope() -> None:
    kinds = [Cell(1000, 1000, 1), Cell(2000, 1000, 1), Cell(1000, 1000, 2), Cell(2000, 1000, 2)]
    found = fit(Measured(kinds, 1, [[2.0, 1.0, 3.0, 2.0]] * 6))
    assert found["per_megapixel"] == 0
    assert 0.5 < found["per_image"] < 1.5


def test_an_app_that_was_asked_before_has_no_cold_start() -> None:
    kind = [Cell(1, 1, 1)]
    first = [fit(Measured(kind, one, [[1.0], [2.0], [1.0]] * 3)).get("cold_start") for one in (3.9, 4.1)]
    assert first == [None, pytest.approx(2.6)]


def test_times_that_would_be_negative_are_none() -> None:
    kinds = [Cell(1000, 1000, 1), Cell(3000, 1000, 1)]
    rounds = [[1.0, 3.0], [1.0, 3.0], [1.0, 3.0]] * 3 + [[0.1, 0.2]]
    assert fit(Measured(kinds, 1, rounds))["quantiles"][0] == 0


def test_kinds_take_turns_and_a_third_of_the_rounds_is_held_out() -> None:
    played = Played({"fixed": 1})
    measured = played.measured(7)
    kinds = cells(SIZES, BATCHES)
    assert played.asked == [kinds[0], *kinds * 8]
    assert [len(measured.of(held)[0]) for held in (False, True)] == [5, 2]


def test_at_the_deadline_it_is_content_with_whole_rounds() -> None:
    kind = [Cell(1, 1, 1), Cell(1, 1, 2)]
    assert len(Played({"fixed": 1, "per_image": 0}).measured(100, 20, kind).rounds) == 8
    with pytest.raises(CannotServe, match="only 5 of each kind of request were answered in time, and a profile needs"):
        Played({"fixed": 1, "per_image": 0}).measured(100, 14, kind)


@pytest.mark.parametrize(
    ("sizes", "batches", "said"),
    [
        ([(1, 1)], [0], "a request of 0 pictures of 1x1 has nothing in it"),
        ([(10_001, 10_000)], [1], "over 100 megapixels; give less"),
        ([(2000, 1000)], [51], "a request of 51 pictures of 2000x1000"),
        ([(1, one) for one in range(1, 66)], [1], "make 65 kinds of requests; give 1 to 64"),
        ([], [1], "make 0 kinds of requests"),
    ],
)
def test_what_is_measured_is_bounded(sizes: list[tuple[int, int]], batches: list[int], said: str) -> None:
    with pytest.raises(CannotServe, match=said):
        cells(sizes, batches)


def test_every_request_has_pictures_of_its_own() -> None:
    made: Callable[[int], list[bytes]] = lambda number: pictures(Cell(64, 48, 3), number)  # noqa: E731
    found = [*made(1), *made(2)]
    assert len(set(found)) == 6
    assert made(1) == found[:3]
    assert all(one.startswith(b"\xff\xd8\xff") for one in found)
