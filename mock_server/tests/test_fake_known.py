"""Labelled content is answered from its labels, everything else by the other predictor."""

import json
from pathlib import Path

import pytest

from modeldouble_server.default_world import DATA
from modeldouble_server.predict.known import Known, read_labels
from modeldouble_server.scene import Detection, Subject

CAT = Detection("cat", (1, 2, 3, 4), 0.75)
UNKNOWN = Detection("unknown", (0, 0, 0, 0), 0.5)


class Otherwise:
    def predict(self, subject: Subject) -> list[Detection]:
        return [UNKNOWN]


def test_a_labelled_picture_is_answered_with_its_labels() -> None:
    assert Known({("aa", None): [CAT]}, Otherwise()).predict(Subject("aa", 9, 9)) == [CAT]


def test_labels_that_say_there_is_nothing_are_believed() -> None:
    assert Known({("aa", None): []}, Otherwise()).predict(Subject("aa", 9, 9)) == []


@pytest.mark.parametrize("subject", [Subject("bb", 9, 9), Subject("aa", 9, 9, 0)])
def test_anything_else_goes_to_the_other_predictor(subject: Subject) -> None:
    assert Known({("aa", None): [CAT]}, Otherwise()).predict(subject) == [UNKNOWN]


def test_each_frame_has_labels_of_its_own() -> None:
    known = Known({("aa", 0): [CAT], ("aa", 1): []}, Otherwise())
    assert [known.predict(Subject("aa", 9, 9, frame)) for frame in range(3)] == [[CAT], [], [UNKNOWN]]


def test_an_answer_may_be_changed_without_changing_the_next() -> None:
    known = Known({("aa", None): [CAT]}, Otherwise())
    known.predict(Subject("aa", 9, 9)).clear()
    assert known.predict(Subject("aa", 9, 9)) == [CAT]


def test_a_folder_of_labels_is_read(tmp_path: Path) -> None:
    cat = {"class": "cat", "box": [1, 2, 3, 4], "confidence": 0.75}
    car = {"class": "car", "box": [5, 6, 7, 8], "confidence": 0.5, "track": 3}
    labels = {
        "images": {"cat.jpg": {"sha256": "aa", "objects": [cat]}},
        "videos": {"car.mp4": {"sha256": "bb", "frames": [[], [car]]}},
    }
    (tmp_path / "labels.json").write_text(json.dumps(labels), encoding="utf-8")
    expected = {("aa", None): [CAT], ("bb", 0): [], ("bb", 1): [Detection("car", (5, 6, 7, 8), 0.5, 3)]}
    assert read_labels(tmp_path) == expected


def test_labels_of_pictures_only_are_read(tmp_path: Path) -> None:
    (tmp_path / "labels.json").write_text('{"images": {}}', encoding="utf-8")
    assert read_labels(tmp_path) == {}


@pytest.mark.parametrize("folder", ["world", "demo"])
def test_labels_of_the_package_lie_inside_their_pictures_in_exact_floats(folder: str) -> None:
    labels = json.loads((DATA / folder / "labels.json").read_text(encoding="utf-8"))
    items = [*labels.get("images", {}).values(), *labels.get("videos", {}).values()]
    for item in items:
        for one in [*item.get("objects", []), *(one for frame in item.get("frames", []) for one in frame)]:
            left, top, right, bottom = one["box"]
            assert 0 <= left < right < item["width"]
            assert 0 <= top < bottom < item["height"]
            assert (one["confidence"] * 1024).is_integer()
