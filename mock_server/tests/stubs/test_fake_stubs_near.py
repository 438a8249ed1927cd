"""What a call that no stub answers is told."""

import hashlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from modeldouble_server.scene import Query
from modeldouble_server.stubs import Exactly, Stubs, Unmatched, pixels_digest

Ask = Callable[..., object]
BOX = (1, 2, 3, 4)
BLACK, X = pixels_digest(1, 1, bytes(3)), hashlib.sha256(b"x").hexdigest()


def lines(ask: Ask, *args: Any, **given: Any) -> list[str]:
    with pytest.raises(Unmatched) as caught:
        ask(*args, **given)
    return [line.strip() for line in caught.value.text.splitlines()]


def test_a_miss_tells_the_call_the_nearest_stub_and_the_field(stubs: Stubs, ask: Ask) -> None:
    stubs.when(image="street.jpg", settings={"conf": 0.5}).predict("cat", box=BOX)
    assert lines(ask, "stret.jpg", sent={"conf": 0.5}) == [
        "no stub answers call 1, inference_image, image='stret.jpg', content abababababab, settings={'conf': 0.5}",
        "near: when(image='street.jpg', settings={'conf': 0.5}) (stub 1)",
        "image: 'street.jpg' expected, 'stret.jpg' sent",
    ]


@pytest.mark.parametrize(
    ("condition", "sent", "line"),
    [
        ({"image": "a.jpg"}, {}, "image: 'a.jpg' expected, no name sent"),
        ({"image": "a*.jpg"}, {"name": "b.jpg"}, "image: 'a*.jpg' expected, 'b.jpg' sent"),
        (
            {"image": b"x"},
            {},
            f"image: content {X[:12]} expected, content abababababab sent",
        ),
        ({"image": np.zeros((1, 1, 3), np.uint8)}, {}, f"image: the pixels {BLACK[:12]} expected, unknown pixels sent"),
        ({"image": "a.jpg"}, {"frames": range(3)}, "image: 'a.jpg' expected, a video sent"),
        ({"video": "a.mp4"}, {}, "video: 'a.mp4' expected, a picture sent"),
        ({"frames": range(3)}, {}, "frames: range(0, 3) expected, a picture sent"),
        ({"frames": 3}, {"frames": range(4, 9)}, "frames: 3 expected, range(4, 9) sent"),
        ({"image_id": 5}, {"image_id": 6}, "image_id: 5 expected, 6 sent"),
        ({"image_id": 5}, {}, "image_id: 5 expected, none sent"),
        ({"url": "http://a/*"}, {"url": "http://b"}, "url: 'http://a/*' expected, 'http://b' sent"),
        ({"route": "inference_image_id"}, {}, "route: 'inference_image_id' expected, 'inference_image' sent"),
        ({"call": 7}, {}, "call: 7 expected, 1 sent"),
        ({"settings": {"conf": 0.5}}, {"sent": {"conf": 0.4}}, "settings['conf']: 0.5 expected, 0.4 sent"),
        ({"settings": {"conf": 0.5}}, {"sent": {}}, "settings['conf']: 0.5 expected, not sent"),
        ({"settings": Exactly({})}, {"sent": {"iou": 1}}, "settings['iou']: not expected, 1 sent"),
        (
            {"settings": lambda one: one["iou"]},
            {"settings": {"iou": 0}},
            "settings: <<lambda>> is false for {'iou': 0}",
        ),
        ({"settings": lambda one: one["x"]}, {}, "settings: <<lambda>> raised KeyError: \"'x'\" for {}"),
    ],
)
def test_a_field_is_told_as_expected_and_as_sent(
    stubs: Stubs, ask: Ask, condition: dict[str, Any], sent: dict[str, Any], line: str
) -> None:
    stubs.when(**condition).predict("cat", box=BOX)
    assert lines(ask, **sent)[2:] == [line]


def test_only_what_differs_is_told(stubs: Stubs, ask: Ask) -> None:
    stubs.when(image="a.jpg", settings={"conf": 0.5, "iou": 0.3}).predict("cat", box=BOX)
    assert lines(ask, "a.jpg", sent={"conf": 0.4, "iou": 0.3})[2:] == ["settings['conf']: 0.5 expected, 0.4 sent"]


def test_the_three_nearest_come_first_the_nearest_on_top(stubs: Stubs, ask: Ask) -> None:
    for name in ("zebra.png", "street_2.jpg", "street_17.jpg", "truck.bmp", "street.jpg"):
        stubs.when(image=name).predict("cat", box=BOX)
    told = [line for line in lines(ask, "street_1.jpg") if line.startswith(("near", "and"))]
    assert told == [
        "near: when(image='street_17.jpg') (stub 3)",
        "near: when(image='street_2.jpg') (stub 2)",
        "near: when(image='street.jpg') (stub 5)",
        "and 2 more",
    ]


@pytest.mark.parametrize(("newer", "found"), [(999, True), (1000, False)])
def test_the_nearest_is_looked_for_among_the_newest_thousand(stubs: Stubs, ask: Ask, newer: int, found: bool) -> None:
    stubs.when(image="street.jpg").predict("cat", box=BOX)
    for at in range(newer):
        stubs.when(image_id=at + 1).predict("cat", box=BOX)
    assert (lines(ask, "stret.jpg")[1] == "near: when(image='street.jpg') (stub 1)") == found


def test_long_values_are_cut_short(stubs: Stubs, ask: Ask) -> None:
    stubs.when(settings={"a": "x" * 1000}).predict()
    assert all(len(line) < 250 for line in lines(ask, sent={"a": "y" * 1000}))


def test_misses_keep_the_call_and_the_text(stubs: Stubs, ask: Ask, query: Callable[..., Query]) -> None:
    stubs.when(image="a.jpg").predict("cat", box=BOX)
    text = "\n".join(lines(ask, "b.jpg", call=7)[:1])
    (miss,) = stubs.misses
    assert (miss.call, miss.query, miss.tied) == (7, query("b.jpg"), False)
    assert miss.text.startswith(text)


def test_a_flood_of_misses_is_bounded(stubs: Stubs, ask: Ask) -> None:
    stubs.when(call=5000).predict()
    for _ in range(1003):
        with pytest.raises(Unmatched):
            ask("b.jpg")
    assert (len(stubs.misses), stubs.misses[0].call) == (1000, 1)


def test_unused_has_a_line_for_each_stub_that_never_answered(stubs: Stubs, ask: Ask) -> None:
    stubs.when(image="a.jpg").predict("cat", box=BOX)
    stubs.when(image="b.jpg", call=range(1, 3)).predict("cat", box=BOX)
    stubs.when(image_id=5)
    ask("a.jpg")
    assert stubs.unused() == [
        "when(image='b.jpg', call=range(1, 3)) (stub 2) was never used",
        "when(image_id=5) says nothing: add .predict(...) or .raises(...)",
    ]
