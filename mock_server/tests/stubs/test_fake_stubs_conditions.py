"""Every way to say which call a stub is for."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from modeldouble_server.stubs import Exactly, Stubs, Unmatched, pixels_digest

See = Callable[..., list[str]]
CAT: dict[str, Any] = {"box": (1, 2, 3, 4)}
PIXELS = np.arange(4 * 3 * 3, dtype=np.uint8).reshape(3, 4, 3)


def test_without_a_stub_the_other_predictor_answers(see: See) -> None:
    assert see("street.jpg") == ["synthetic"]


def test_without_a_condition_every_call_is_meant(stubs: Stubs, see: See) -> None:
    stubs.when().predict("cat", **CAT)
    assert see("street.jpg") == see(image_id=5) == ["cat"]


def test_with_a_stub_another_call_is_unmatched(stubs: Stubs, see: See) -> None:
    stubs.when(image="street.jpg").predict("cat", **CAT)
    with pytest.raises(Unmatched):
        see("road.jpg")


@pytest.mark.parametrize(
    ("condition", "meant", "others"),
    [
        ({"image": "street.jpg"}, {"name": "street.jpg"}, [{"name": "Street.jpg"}, {"name": "a street.jpg"}, {}]),
        ({"image": "cam[1]*.jpg"}, {"name": "cam[1]_7.jpg"}, [{"name": "cam1_7.jpg"}, {"name": "cam[1]_7.png"}]),
        ({"image": "frame_??.png"}, {"name": "frame_07.png"}, [{"name": "frame_7.png"}, {"name": "xframe_07.png"}]),
        ({"image": b"content"}, {"sha256": hashlib.sha256(b"content").hexdigest()}, [{"name": "content"}]),
        ({"image": PIXELS}, {"pixels": pixels_digest(4, 3, PIXELS.tobytes())}, [{"pixels": "00"}, {}]),
        ({"image_id": 5}, {"image_id": 5}, [{"image_id": 6}, {"video_id": 5}, {}]),
        ({"image_id": np.int64(5)}, {"image_id": 5}, [{"image_id": 6}]),
        ({"url": "http://a/b?c=1"}, {"url": "http://a/b?c=1"}, [{"url": "http://a/bXc=1"}, {}]),
        ({"url": "http://a/*?c=1"}, {"url": "http://a/b/d?c=1"}, [{"url": "http://a/bXc=1"}, {}]),
        ({"route": "inference_image"}, {"route": "inference_image"}, [{"route": "inference_image_id"}]),
        ({"route": "inference_batch*"}, {"route": "inference_batch_ids"}, [{"route": "inference_image"}]),
        ({"settings": {"conf": 0.5}}, {"sent": {"conf": 0.5, "iou": 1}}, [{"sent": {"conf": 0.4}}, {"sent": {}}]),
        (
            {"settings": {"conf": 1, "a": [1]}},
            {"sent": {"a": [1.0], "conf": 1.0}},
            [{"sent": {"conf": True, "a": [1]}}],
        ),
        ({"settings": {"b": 1, "a": 2}}, {"sent": {"a": 2, "b": 1}}, [{"sent": {"b": 1, "a": 3}}, {"sent": {"b": 1}}]),
        ({"settings": Exactly({"conf": 0.5})}, {"sent": {"conf": 0.5}}, [{"sent": {"conf": 0.5, "iou": 1}}]),
        ({"settings": Exactly({})}, {"sent": {}}, [{"sent": {"conf": 0.5}}]),
        ({"settings": {"a": None}}, {"sent": {"a": None}}, [{"sent": {}}, {"sent": {"a": 0}}]),
        ({"settings": lambda one: one["conf"] > 0.4}, {"settings": {"conf": 0.5}}, [{"settings": {"conf": 0.3}}, {}]),
        ({"call": 2}, {"call": 2}, [{"call": 1}, {"call": 3}]),
        ({"call": range(2, 4)}, {"call": 3}, [{"call": 1}, {"call": 4}]),
        ({"image": "a.jpg", "image_id": 5}, {"name": "a.jpg", "image_id": 5}, [{"name": "a.jpg"}, {"image_id": 5}]),
    ],
)
def test_a_condition_means(
    stubs: Stubs, see: See, condition: dict[str, Any], meant: dict[str, Any], others: list[dict[str, Any]]
) -> None:
    stubs.when(**condition).predict("cat", **CAT)
    assert see(**meant) == ["cat"]
    for other in others:
        with pytest.raises(Unmatched):
            see(**other)


def test_a_file_is_found_by_its_content_under_any_name(stubs: Stubs, see: See, tmp_path: Path) -> None:
    path = tmp_path / "street.jpg"
    path.write_bytes(b"content")
    stubs.when(image=path).predict("cat", **CAT)
    assert see("other.jpg", sha256=hashlib.sha256(b"content").hexdigest()) == ["cat"]
    with pytest.raises(Unmatched):
        see("street.jpg")


def test_pixels_are_asked_for_only_while_a_stub_has_an_array(stubs: Stubs) -> None:
    stubs.when(image=b"content").predict()
    before = stubs.wants_pixels
    stubs.when(image=PIXELS).predict()
    during = stubs.wants_pixels
    stubs.clear()
    assert [before, during, stubs.wants_pixels] == [False, True, False]


def test_an_array_is_read_row_by_row_however_it_lies_in_memory(stubs: Stubs, see: See) -> None:
    stubs.when(image=np.asfortranarray(PIXELS)).predict("cat", **CAT)
    assert see(pixels=pixels_digest(4, 3, PIXELS.tobytes())) == ["cat"]


def test_pictures_of_the_same_bytes_and_other_sides_have_other_pixels() -> None:
    assert pixels_digest(4, 3, PIXELS.tobytes()) != pixels_digest(3, 4, PIXELS.tobytes())
    with pytest.raises(ValueError, match="2 x 2 pixels have 12"):
        pixels_digest(2, 2, b"short")


def test_an_image_is_not_a_video_of_the_same_name(stubs: Stubs, see: See) -> None:
    stubs.when(video="clip.mp4").predict("cat", **CAT)
    with pytest.raises(Unmatched):
        see("clip.mp4")
    stubs.when(image="clip.mp4").predict("dog", **CAT)
    assert see("clip.mp4") == ["dog"]
    assert see("clip.mp4", frames=range(3)) == ["cat"]


def test_a_predicate_that_raises_says_no(stubs: Stubs, see: See) -> None:
    stubs.when(settings=lambda one: one["missing"]).predict("cat", **CAT)
    with pytest.raises(Unmatched, match="raised KeyError"):
        see("street.jpg")


@pytest.mark.parametrize(
    ("condition", "error", "remedy"),
    [
        ({"image": 5}, TypeError, r"image is 5; give a file name \(str\), a Path or bytes, or an array"),
        ({"image": ""}, ValueError, "image is ''; give a file name"),
        ({"image": "a/b.jpg"}, ValueError, r"image is 'a/b.jpg'; a str is a name .* give Path\('a/b.jpg'\)"),
        ({"image": Path("no.jpg")}, ValueError, r"image is 'no.jpg'; it cannot be read \(No such file"),
        ({"image": PIXELS[:, :, 0]}, ValueError, r"image is an array of shape \(3, 4\) and type uint8; give height x"),
        ({"image": PIXELS.astype(float)}, ValueError, "type float64; give height x width x 3 of uint8"),
        ({"video": PIXELS}, TypeError, r"give a file name \(str\), a Path or bytes$"),
        ({"image_id": "5"}, TypeError, "image_id is '5'; give a whole number of at least 1"),
        ({"image_id": True}, TypeError, "image_id is True; give a whole number"),
        ({"video_id": 0}, ValueError, "video_id is 0; give a whole number of at least 1"),
        ({"url": 5}, TypeError, "url is 5; give an address"),
        ({"route": "/inference_image"}, ValueError, "route is '/inference_image'; give a route without slash"),
        ({"call": 0}, ValueError, "call is 0; give a whole number of at least 1"),
        ({"call": range(0, 4)}, ValueError, r"call is range\(0, 4\); give a range of numbers from 1 on"),
        ({"frames": -1}, ValueError, "frames is -1; give a whole number of at least 0"),
        ({"frames": range(0)}, ValueError, "frames is range.* that is not empty"),
        ({"frames": range(0, 9, 3)}, ValueError, "frames is range.* give a range of step 1"),
        ({"frames": [1, 2]}, TypeError, r"frames is \[1, 2\]; give a whole number"),
        ({"settings": {}}, ValueError, r"settings is {}; leave it out for any settings, or say Exactly\({}\)"),
        ({"settings": "conf"}, TypeError, "settings is 'conf'; give a mapping"),
        ({"settings": {5: 1}}, TypeError, r"settings is \{5: 1\}; give a mapping of names"),
        ({"settings": {"conf": {1}}}, TypeError, r"settings\['conf'\] is \{1\}; give what JSON has"),
    ],
)
def test_what_cannot_be_meant_is_refused_at_once(
    stubs: Stubs, condition: dict[str, Any], error: type[Exception], remedy: str
) -> None:
    with pytest.raises(error, match=remedy):
        stubs.when(**condition)
    assert stubs.unused() == []
