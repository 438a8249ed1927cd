"""Average precision in plain Python; the checks of the repository compare it with pycocotools."""

import pytest

from modeldouble_server.predict.ground_truth.average_precision import (
    Guess,
    Scene,
    Truth,
    Verdict,
    average_precision,
    mean_average_precision,
    overlap,
)
from modeldouble_server.predict.ground_truth.raster import raster

BOX = (0, 0, 9, 9)
CAT = Truth("cat", BOX)


def verdicts(*rights: bool | None) -> list[Verdict]:
    """Verdicts, the surest first."""
    return [Verdict(1.0 - at / 100, right) for at, right in enumerate(rights)]


@pytest.mark.parametrize(
    ("rights", "count", "expected"),
    [
        ((), 1, 0.0),
        ((True,), 1, 1.0),
        ((False, True), 1, 0.5),
        ((True, False), 1, 1.0),
        ((True, False, True), 2, (51 + 50 * 2 / 3) / 101),
        ((True,), 2, 51 / 101),
        ((False, None, True), 1, 0.5),
    ],
)
def test_precision_is_the_best_at_each_recall_or_more(
    rights: tuple[bool | None, ...], count: int, expected: float
) -> None:
    assert average_precision(verdicts(*rights), count) == pytest.approx(expected)


def test_the_surest_is_looked_at_first_in_whatever_order_they_come() -> None:
    assert average_precision([Verdict(0.1, False), Verdict(0.9, True)], 1) == 1.0


def test_a_box_that_is_off_counts_at_the_thresholds_that_it_meets() -> None:
    # 8 of 10 rows: an IoU of 0.8, which meets 0.5 to 0.8 of the ten thresholds.
    assert mean_average_precision([Scene([CAT], [Guess("cat", (0, 0, 9, 7), 0.9)])]) == pytest.approx(0.7)


def test_the_mean_is_over_the_classes_that_are_there() -> None:
    scene = Scene([CAT, Truth("dog", BOX)], [Guess("cat", BOX, 0.9), Guess("van", BOX, 0.9)])
    assert mean_average_precision([scene]) == 0.5
    assert mean_average_precision([]) == mean_average_precision([Scene([], [Guess("cat", BOX, 0.9)])]) == 0.0


def test_a_label_is_found_once() -> None:
    twice = Scene([CAT, Truth("cat", (50, 50, 59, 59))], [Guess("cat", BOX, 0.9), Guess("cat", BOX, 0.8)])
    assert mean_average_precision([twice]) == pytest.approx(51 / 101)


def test_the_surest_takes_what_it_overlaps_most() -> None:
    near = Truth("cat", (0, 0, 9, 8))
    scene = Scene([CAT, near], [Guess("cat", near.shape, 0.9), Guess("cat", BOX, 0.8)])
    assert mean_average_precision([scene]) == 1.0


def test_what_lies_over_a_crowd_counts_neither_way() -> None:
    crowd = Truth("cat", (50, 50, 99, 99), crowd=True)
    scene = Scene([crowd, CAT], [Guess("cat", (60, 60, 65, 65), 0.9), Guess("cat", BOX, 0.8)])
    assert mean_average_precision([scene]) == 1.0


def test_a_label_comes_before_a_crowd() -> None:
    scene = Scene([CAT, Truth("cat", (0, 0, 99, 99), crowd=True)], [Guess("cat", (0, 0, 9, 6), 0.9)])
    assert mean_average_precision([scene]) == pytest.approx(0.5)


def test_a_hundred_detections_of_a_picture_are_looked_at() -> None:
    wrong = [Guess("cat", (50, 50, 60, 60), 0.9) for _ in range(100)]
    assert mean_average_precision([Scene([CAT], [*wrong[:99], Guess("cat", BOX, 0.8)])]) == pytest.approx(0.01)
    assert mean_average_precision([Scene([CAT], [*wrong, Guess("cat", BOX, 0.8)])]) == 0.0


def test_pixels_overlap_as_pixels_do_also_with_crowds() -> None:
    half, whole = raster(None, (0, 0, 9, 4)), raster(None, BOX)
    assert overlap(half, Truth("cat", whole)) == 0.5
    assert overlap(half, Truth("cat", whole, crowd=True)) == 1.0
    assert overlap(BOX, Truth("cat", (0, 0, 9, 4), crowd=True)) == 0.5
