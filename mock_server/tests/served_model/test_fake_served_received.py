"""What a model was asked, and assertions that tell what came nearest."""

import gc
from typing import Any

import numpy as np
import pytest
from PIL import Image

from modeldouble_server import Exactly, ServedModel
from modeldouble_server.received import Received
from modeldouble_server.scene import Origin, Query, Subject

from .conftest import Caller


@pytest.fixture
def asked(caller: Caller, model: ServedModel) -> ServedModel:
    """Two pictures in one batch, then a picture by id, then a video."""
    caller.upload(model.picture("a.png"), model.picture("b.png"), route="inference_batch", conf_thres=0.3, augment=True)
    caller.ask("inference_image_id", image_id=model.add_image(model.picture("c.png"), image_id=9))
    caller.ask("inference_video_id_async", {"conf_thres": 0.4}, video_id=model.add_video(10, video_id=8), framesCount=4)
    return model


def test_each_picture_and_each_video_is_a_call(asked: ServedModel) -> None:
    calls = asked.received()
    assert [(one.number, one.route, one.name) for one in calls] == [
        (1, "inference_batch", "a.png"),
        (2, "inference_batch", "b.png"),
        (3, "inference_image_id", "c.png"),
        (4, "inference_video_id_async", "8.mp4"),
    ]
    assert (calls[0].settings, calls[2].image_id, calls[3].video_id) == ({"conf_thres": 0.3, "augment": True}, 9, 8)
    assert calls[3].frames == range(4)


@pytest.mark.parametrize(
    ("conditions", "numbers"),
    [
        ({}, [1, 2, 3, 4]),
        ({"image": "?.png"}, [1, 2, 3]),
        ({"image": "a.png"}, [1]),
        ({"image_id": 9}, [3]),
        ({"video_id": 8, "frames": 3}, [4]),
        ({"video_id": 8, "frames": 4}, []),
        ({"route": "inference_*"}, [1, 2, 3, 4]),
        ({"settings": {"conf_thres": 0.3}}, [1, 2]),
        ({"settings": Exactly({"conf_thres": 0.3})}, []),
        ({"settings": Exactly({})}, [3]),
        ({"settings": lambda settings: settings["iou_thres"] == 0.45}, [1, 2, 3, 4]),
        ({"call": range(2, 4)}, [2, 3]),
        ({"image": "b.png", "route": "inference_image"}, []),
    ],
)
def test_calls_are_found_by_what_a_stub_is_found_by(asked: ServedModel, conditions: Any, numbers: list[int]) -> None:
    assert [one.number for one in asked.received(**conditions)] == numbers


def test_a_picture_is_found_by_its_content_however_it_came(asked: ServedModel) -> None:
    for name, number in (("a.png", 1), ("b.png", 2), ("c.png", 3)):
        path = asked.picture(name)
        decoded = np.array(Image.open(path).convert("RGB"))
        for content in (path, path.read_bytes(), decoded):
            assert [one.number for one in asked.received(image=content)] == [number]


def test_what_was_received_is_asserted(asked: ServedModel) -> None:
    asked.assert_received()
    asked.assert_received(image=asked.picture("a.png"), times=1)
    asked.assert_received(image="?.png", times=3)
    asked.assert_received(image="?.png", at_least=2, at_most=3)
    asked.assert_received(image=asked.picture("never.png"), times=0)
    asked.assert_received(image="never.png", at_most=2)


def test_what_was_never_received_is_told_with_the_nearest_calls(asked: ServedModel) -> None:
    with pytest.raises(AssertionError) as raised:
        asked.assert_received(image="a.png", settings={"conf_thres": 0.5})
    lines = str(raised.value).splitlines()
    assert lines[0] == "Never received: image='a.png', settings={'conf_thres': 0.5}; at least 1 expected"
    assert lines[1].startswith("  near: call 1, inference_batch, image='a.png'")
    assert lines[2] == "    settings['conf_thres']: 0.5 expected, 0.3 sent"
    assert lines[-1] == "  and 1 more"


def test_too_few_tell_those_that_came_and_the_others(asked: ServedModel) -> None:
    with pytest.raises(AssertionError) as raised:
        asked.assert_received(image="a.png", times=2)
    lines = str(raised.value).splitlines()
    assert lines[0] == "Once received: image='a.png'; 2 expected"
    assert lines[1].startswith("  this: call 1, inference_batch, image='a.png'")
    assert lines[2].startswith("  near: call 2")
    assert lines[3] == "    image: 'a.png' expected, 'b.png' sent"


def test_too_many_tell_only_themselves(asked: ServedModel) -> None:
    with pytest.raises(AssertionError) as raised:
        asked.assert_received(at_least=1, at_most=2)
    lines = str(raised.value).splitlines()
    assert lines[0] == "4 times received: (any call); 1 to 2 expected"
    assert [line[:14] for line in lines[1:4]] == ["  this: call 1", "  this: call 2", "  this: call 3"]
    assert lines[4:] == ["  and 1 more like it"]
    with pytest.raises(AssertionError) as raised:
        asked.assert_received(image="a.png", times=0)
    assert [line[:14] for line in str(raised.value).splitlines()] == ["Once received:", "  this: call 1"]


def test_a_model_that_was_asked_nothing_says_so(model: ServedModel) -> None:
    with pytest.raises(AssertionError, match="no call at all was received"):
        model.assert_received()
    assert model.history() == ["received no call"]


def test_order_is_asserted_with_any_calls_between(asked: ServedModel) -> None:
    asked.assert_received_in_order({"image": "a.png"}, {"image_id": 9}, {"video_id": 8})
    asked.assert_received_in_order({}, {}, {}, {})
    asked.assert_received_in_order()


def test_a_wrong_order_tells_what_came_too_early(asked: ServedModel) -> None:
    with pytest.raises(AssertionError) as raised:
        asked.assert_received_in_order({"image_id": 9}, {"image": "b.png"})
    lines = str(raised.value).splitlines()
    assert lines[0] == "expected as number 2 of 2, and never received after call 3: image='b.png'"
    assert lines[1].startswith("  too early: call 2, inference_batch, image='b.png'")
    assert lines[2].startswith("  near: call 4")


def test_a_call_counts_once_in_an_order(asked: ServedModel) -> None:
    with pytest.raises(AssertionError, match="number 2 of 2"):
        asked.assert_received_in_order({"image_id": 9}, {"image_id": 9})


@pytest.mark.parametrize(
    ("arguments", "error", "text"),
    [
        ({"times": 1, "at_least": 1}, ValueError, "times says how often exactly"),
        ({"times": -1}, ValueError, "times is -1"),
        ({"at_most": True}, ValueError, "at_most is True"),
        ({"at_least": 3, "at_most": 2}, ValueError, "swap them"),
        ({"imag": "a.png"}, TypeError, "condition 'imag' is unknown; known are image, image_id"),
        ({"image_id": "9"}, TypeError, "image_id is '9'"),
    ],
)
def test_an_assertion_that_means_nothing_is_refused(
    model: ServedModel, arguments: Any, error: type[Exception], text: str
) -> None:
    with pytest.raises(error, match=text):
        model.assert_received(**arguments)


def test_history_is_the_newest_calls(asked: ServedModel) -> None:
    assert asked.history(1)[0] == "(3 calls before these)"
    assert asked.history(1)[1].startswith("call 4, inference_video_id_async, video='8.mp4', video_id=8")
    assert len(asked.history()) == 4


def test_the_newest_uploads_are_kept_and_no_more_than_64_mb() -> None:
    received, content = Received(), bytes(30_000_000)
    received.keep("none", content)
    received.keeps_contents = True
    for name in ("a", "b", "a", "c"):
        received.keep(name, content)
    received.keep("large", bytes(70_000_000))
    assert [received.content(name) is not None for name in ("none", "a", "b", "c", "large")] == [
        False, True, False, True, False,
    ]  # fmt: skip


def test_the_newest_ten_thousand_calls_are_kept() -> None:
    received = Received()
    for number in range(10_005):
        received.add(Query(Subject(str(number), 1, 1), origin=Origin("r")))
    calls = received.asked()
    assert (len(received), len(calls), calls[0][0].number, calls[0][1].call) == (10_005, 10_000, 6, 6)
    assert calls[-1][1].query.subject.sha256 == calls[-1][0].sha256 == "10004"


def test_a_call_is_told_as_it_came() -> None:
    received, sent = Received(), {"conf": 0.5}
    origin = Origin("r", "n.png", 3, "http://x", 4, range(2, 9), "f0")
    query = Query(Subject("00", 640, 480, 5), {"conf": 0.5, "iou": 0.4}, sent, origin)
    assert received.add(query) == 1
    sent["conf"] = 0.9
    ((call, asked),) = received.asked()
    assert call == (1, "r", "00", "n.png", 3, "http://x", 4, range(2, 9), {"conf": 0.5})
    assert asked.query == query._replace(sent={"conf": 0.5})
    assert received.calls() == [call]


def test_the_collector_of_garbage_looks_after_one_object_a_call() -> None:
    received = Received()
    gc.collect()
    before = len(gc.get_objects())
    for number in range(1000):
        received.add(Query(Subject(str(number), 1, 1), origin=Origin("r")))
    gc.collect()
    assert len(received.calls()) == 1000
    assert len(gc.get_objects()) - before < 1500
