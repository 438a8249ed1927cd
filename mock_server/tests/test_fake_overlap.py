"""Non-maximum suppression."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modeldouble_server.predict.overlap import iou, suppressed, survivors
from modeldouble_server.scene import Box, Detection

COORDINATES = st.integers(0, 12)
SURE = st.none() | st.sampled_from([0.1, 0.5, 0.5, 0.9]) | st.floats(0, 1)
IOU = st.floats(0, 1)


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    left, top = draw(COORDINATES), draw(COORDINATES)
    return left, top, left + draw(COORDINATES), top + draw(COORDINATES)


OBJECTS = st.tuples(st.sampled_from(["cat", "dog"]), boxes(), SURE).map(lambda fields: Detection(*fields))
# Many are compared in another way than few.
FOUND = st.lists(OBJECTS, max_size=12) | st.lists(OBJECTS, min_size=40, max_size=50)


def one(left: int, confidence: float | None, name: str = "cat", width: int = 10) -> Detection:
    return Detection(name, (left, 0, left + width - 1, 9), confidence)


def greedy(found: list[Detection], most: float) -> list[Detection]:
    """What stays, in the plainest way."""
    kept: list[Detection] = [one for one in found if one.confidence is None]
    sure = [one for one in found if one.confidence is not None]
    rest = sorted(sure, key=lambda one: (-(one.confidence or 0), -_size(one.box)))
    while rest:
        best = rest.pop(0)
        kept.append(best)
        rest = [one for one in rest if one.class_name != best.class_name or iou(one.box, best.box) <= most]
    return [one for one in found if any(one is other for other in kept)]


def _size(box: Box) -> int:
    return (box[2] - box[0] + 1) * (box[3] - box[1] + 1)


@given(boxes(), boxes())
def test_iou_counts_pixels(first: Box, second: Box) -> None:
    mine, yours = (
        {(x, y) for x in range(box[0], box[2] + 1) for y in range(box[1], box[3] + 1)} for box in (first, second)
    )
    assert iou(first, second) == len(mine & yours) / len(mine | yours) == iou(second, first)


@settings(deadline=None, max_examples=300)
@given(FOUND, IOU)
def test_what_stays_is_what_the_greedy_way_leaves(found: list[Detection], most: float) -> None:
    assert suppressed(found, most) == greedy(found, most)


@settings(deadline=None)
@given(FOUND, IOU)
def test_no_two_of_a_class_that_stay_lie_too_much_on_each_other(found: list[Detection], most: float) -> None:
    sure = [one for one in suppressed(found, most) if one.confidence is not None]
    pairs = [(a, b) for at, a in enumerate(sure) for b in sure[:at] if a.class_name == b.class_name]
    assert all(iou(a.box, b.box) <= most for a, b in pairs)


@settings(deadline=None)
@given(FOUND, IOU, st.floats(0, 1))
def test_a_threshold_before_or_after_gives_the_same(found: list[Detection], most: float, least: float) -> None:
    def sure(objects: list[Detection]) -> list[Detection]:
        return [one for one in objects if one.confidence is None or one.confidence >= least]

    assert suppressed(sure(found), most) == sure(suppressed(found, most))


@settings(deadline=None)
@given(FOUND, IOU)
def test_the_surest_of_each_class_and_what_has_no_confidence_stay(found: list[Detection], most: float) -> None:
    kept = suppressed(found, most)
    assert [one for one in kept if one.confidence is None] == [one for one in found if one.confidence is None]
    for name in ("cat", "dog"):
        sure = [one.confidence for one in found if one.class_name == name and one.confidence is not None]
        assert not sure or max(sure) in [one.confidence for one in kept if one.class_name == name]


@given(FOUND)
def test_one_allows_everything(found: list[Detection]) -> None:
    assert suppressed(found, 1) == found


def test_an_iou_of_exactly_the_limit_is_allowed() -> None:
    found = [one(0, 0.9), one(5, 0.8)]
    assert suppressed(found, 50 / 150) == found
    assert suppressed(found, 0.333) == found[:1]


def test_other_classes_are_no_rivals() -> None:
    found = [one(0, 0.9), one(0, 0.8, "dog"), one(0, 0.7)]
    assert suppressed(found, 0.1) == found[:2]


def test_of_equally_sure_ones_the_larger_stays_then_the_first() -> None:
    assert suppressed([one(0, 0.5), one(0, 0.5, width=12)], 0.5) == [one(0, 0.5, width=12)]
    assert survivors([one(0, 0.5), one(0, 0.5)], 0.5, lambda a, b: True) == [0]


def test_a_higher_limit_is_a_superset_except_where_what_it_spares_suppresses_another() -> None:
    chain = [one(0, 0.9), one(4, 0.8), one(7, 0.7)]
    assert suppressed(chain, 0.4) == [chain[0], chain[2]]
    assert suppressed(chain, 0.5) == chain[:2]
    assert suppressed(chain, 0.6) == chain


@pytest.mark.parametrize("count", [1, 2000])
def test_many_that_are_apart_all_stay(count: int) -> None:
    found = [Detection("cat", (at % 50 * 12, at // 50 * 12, at % 50 * 12 + 11, at // 50 * 12 + 11), 0.5)
             for at in range(count)]  # fmt: skip
    assert suppressed(found, 0.0) == found
