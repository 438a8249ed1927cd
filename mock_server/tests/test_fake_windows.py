"""Sliding windows: where they lie, and what is seen through them."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modeldouble_server.predict import windows
from modeldouble_server.predict.cropping import cropped
from modeldouble_server.predict.windows import ADVANCED, BASIC, MOST, NONE, STRATEGIES, looked_through, read, regions
from modeldouble_server.refusal import Refused
from modeldouble_server.scene import Box, Detection, Subject

PICTURE = Subject("0" * 64, 100, 80)
SIZES = st.integers(1, 40)
COORDINATES = st.integers(0, 99)


def refusal(params: Any) -> str:
    with pytest.raises(Refused) as refused:
        regions(params, PICTURE)
    assert refused.value.status == 400
    return refused.value.text


def params(height: int = 40, width: int = 50, overlap_y: int = 0, overlap_x: int = 0, **more: Any) -> dict[str, Any]:
    return {"windowHeight": height, "windowWidth": width, "overlapY": overlap_y, "overlapX": overlap_x, **more}


def one(box: Box, confidence: float | None = 0.5, name: str = "cat") -> Detection:
    return Detection(name, box, confidence)


@st.composite
def objects(draw: st.DrawFn) -> list[Detection]:
    found = []
    for _ in range(draw(st.integers(0, 6))):
        left, top = draw(st.integers(0, 95)), draw(st.integers(0, 75))
        box = left, top, draw(st.integers(left, 99)), draw(st.integers(top, 79))
        found.append(one(box, draw(st.none() | st.floats(0, 1)), draw(st.sampled_from(["cat", "dog"]))))
    return found


@pytest.mark.parametrize(
    ("given_params", "lefts", "tops", "size"),
    [
        (params(), [0, 50], [0, 40], (50, 40)),
        (params(40, 50, 5, 10), [0, 40, 50], [0, 35, 40], (50, 40)),
        ({"windowHeight": 40}, [0], [0, 40], (100, 40)),
        ({}, [0], [0], (100, 80)),
        (params(80, 100), [0], [0], (100, 80)),
        (params(borderStrategy="add_padding"), [0, 50], [0, 40], (50, 40)),
        (params(33, 33, borderStrategy="add_padding"), [0, 33, 66, 99], [0, 33, 66], (33, 33)),
    ],
)
def test_windows_lie_where_the_real_app_has_them(
    given_params: dict[str, Any], lefts: list[int], tops: list[int], size: tuple[int, int]
) -> None:
    width, height = size
    expected = [(left, top, left + width - 1, top + height - 1) for top in tops for left in lefts]
    assert regions(given_params, PICTURE) == expected


def test_windows_that_change_their_size_share_nothing_and_end_at_the_border() -> None:
    placed = regions(params(40, 50, 5, 10, borderStrategy="change_size"), PICTURE)
    assert placed[:3] == [(0, 0, 39, 34), (40, 0, 79, 34), (80, 0, 99, 34)]
    assert placed[-1] == (80, 70, 99, 79)
    assert len(placed) == 9


@settings(deadline=None)
@given(SIZES, SIZES, st.integers(0, 20), st.integers(0, 20), st.sampled_from(STRATEGIES))
def test_every_pixel_is_in_a_window(height: int, width: int, over_y: int, over_x: int, strategy: str) -> None:
    placed = regions(params(height + over_y, width + over_x, over_y, over_x, borderStrategy=strategy), PICTURE)
    covered = {(x, y) for left, top, right, bottom in placed for x in (left, right) for y in (top, bottom)}
    columns = {x for left, _, right, _ in placed for x in range(left, right + 1)}
    rows = {y for _, top, _, bottom in placed for y in range(top, bottom + 1)}
    assert columns >= set(range(100))
    assert rows >= set(range(80))
    assert strategy == "add_padding" or covered <= {(x, y) for x in range(100) for y in range(80)}


@pytest.mark.parametrize("value", [None, [], "x", 1, True])
def test_params_must_be_an_object(value: Any) -> None:
    with pytest.raises(Refused, match=r"sliding_window_params is .*; send an object"):
        read(value)


@pytest.mark.parametrize("name", ["windowHeight", "windowWidth", "overlapY", "overlapX"])
@pytest.mark.parametrize("value", [None, "40", 40.0, True, -1, [], {}])
def test_numbers_are_whole_and_not_negative(name: str, value: Any) -> None:
    with pytest.raises(Refused, match=rf"sliding_window_params\.{name} is .*; send a whole number of at least [01]"):
        read({name: value})


@pytest.mark.parametrize("value", [None, "", "shift", "SHIFT_WINDOW", 1, [], {}])
def test_the_border_strategy_is_one_that_real_apps_know(value: Any) -> None:
    with pytest.raises(Refused, match="send one of shift_window, add_padding, change_size"):
        read({"borderStrategy": value})


def test_an_empty_window_is_refused() -> None:
    assert "windowHeight is 0; send a whole number of at least 1" in refusal({"windowHeight": 0})


def test_other_keys_are_passed_over_as_real_apps_do() -> None:
    assert read({"overlapZ": 1}) == read({})


@pytest.mark.parametrize("overlap", [50, 51, 10**400])
def test_an_overlap_of_the_whole_window_is_refused(overlap: int) -> None:
    assert "overlapX is " in refusal(params(overlap_x=overlap))
    assert "send less than the window's 50" in refusal(params(overlap_x=overlap))


def test_an_overlap_of_the_whole_picture_is_refused() -> None:
    assert refusal({"overlapY": 80}).endswith("overlapY is 80; send less than the picture's 80")


@pytest.mark.parametrize(("name", "most"), [("windowHeight", 80), ("windowWidth", 100)])
def test_a_window_larger_than_the_picture_is_refused(name: str, most: int) -> None:
    assert refusal({name: most + 1}).endswith(f"{name} is {most + 1}; send the picture's {most} at most")
    assert len(regions({name: most}, PICTURE)) == 1


def test_missing_params_are_refused() -> None:
    assert "sliding_window_params is missing; send {" in refusal(None)


def test_the_number_of_windows_is_bounded() -> None:
    assert len(regions(params(1, 1), Subject("0" * 64, 100, 100))) == MOST
    for wide in (137, 10**12):
        with pytest.raises(Refused, match="windows on this picture") as refused:
            regions(params(1, 1), Subject("0" * 64, wide, 73))
        assert f"{wide * 73:,} windows" in refused.value.text
        assert f"{MOST:,} at most" in refused.value.text


def test_what_windows_show_is_bounded() -> None:
    found = [one((0, 0, 99, 79), None)] * 13
    with pytest.raises(Refused, match="8,000 windows show more than 100,000 parts of objects; send a larger window"):
        looked_through(found, regions(params(1, 1), PICTURE), PICTURE, BASIC)


@pytest.mark.parametrize("mode", [BASIC, ADVANCED])
def test_an_object_on_a_border_is_seen_in_parts(mode: str) -> None:
    answered, slides = looked_through([one((40, 10, 59, 20))], regions(params(), PICTURE), PICTURE, mode)
    parts = (one((40, 10, 49, 20)), one((50, 10, 59, 20)))
    assert [slide.objects for slide in slides] == [parts[:1], parts[1:], (), (), parts, parts]
    assert tuple(answered) == parts


def test_the_last_two_slides_are_one_pixel_larger_than_the_picture() -> None:
    _, slides = looked_through([], regions(params(), PICTURE), PICTURE, BASIC)
    assert [slide.region for slide in slides] == [*regions(params(), PICTURE), (0, 0, 100, 80), (0, 0, 100, 80)]


def test_what_two_windows_see_is_answered_twice_in_basic_and_once_in_advanced() -> None:
    found, placed = [one((42, 2, 48, 9))], regions({"windowHeight": 80, "windowWidth": 60, "overlapX": 20}, PICTURE)
    assert looked_through(found, placed, PICTURE, BASIC)[0] == found * 2
    answered, slides = looked_through(found, placed, PICTURE, ADVANCED)
    assert answered == found
    assert [len(slide.objects) for slide in slides] == [1, 1, 2, 1]


def test_between_windows_classes_do_not_matter_and_the_surest_stays() -> None:
    found = [one((42, 2, 48, 9)), one((42, 2, 48, 9), 0.6, "dog")]
    placed = regions({"windowWidth": 60, "overlapX": 20}, PICTURE)
    assert looked_through(found, placed, PICTURE, ADVANCED)[0] == found


@settings(deadline=None)
@given(objects(), st.sampled_from([BASIC, ADVANCED]))
def test_one_window_of_the_pictures_size_gives_what_the_picture_gives(found: list[Detection], mode: str) -> None:
    answered, slides = looked_through(found, regions({}, PICTURE), PICTURE, mode)
    assert answered == found
    assert [slide.objects for slide in slides] == [tuple(found)] * 3


@settings(deadline=None)
@given(objects(), st.integers(20, 80), st.integers(20, 100), st.integers(0, 19), st.sampled_from(STRATEGIES))
def test_each_slide_has_what_lies_in_its_window(
    found: list[Detection], height: int, width: int, overlap: int, strategy: str
) -> None:
    placed = regions(params(height, width, overlap, overlap, borderStrategy=strategy), PICTURE)
    answered, slides = looked_through(found, placed, PICTURE, ADVANCED)
    assert [list(slide.objects) for slide in slides[:-2]] == [cropped(found, region) for region in placed]
    assert list(slides[-2].objects) == [part for slide in slides[:-2] for part in slide.objects]
    assert list(slides[-1].objects) == answered
    left = iter(slides[-2].objects)
    assert all(part in left for part in answered)


@pytest.mark.parametrize(
    ("mode", "sent", "expected"),
    [
        (BASIC, {"inference_mode": "sliding_window"}, True),
        (ADVANCED, {"inference_mode": "sliding_window"}, True),
        (NONE, {"inference_mode": "sliding_window"}, False),
        (BASIC, {"inference_mode": "full_image", "sliding_window_params": {}}, False),
        (BASIC, {}, False),
    ],
)
def test_windows_are_wanted_only_of_a_model_that_has_them(mode: str, sent: dict[str, Any], expected: bool) -> None:
    assert windows.wanted(sent, mode) is expected
