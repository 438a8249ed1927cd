"""Labelled content is answered from its labels, everything else by the other predictor."""

import json
from pathlib import Path

import pytest

from modeldouble_server.default_world import DATA
from modeldouble_server.predict.known import Known, read_labels
from modeldouble_server.scene import Answer, Detection, Origin, Query, Subject

CAT = Detection("cat", (1, 2, 3, 4), 0.75)
UNKNOWN = Detection("unknown", (0, 0, 0, 0), 0.5)


class Otherwise:
    def predict(self, query: Query) -> Answer:
        return Answer((UNKNOWN,))


def answered(labels: dict[tuple[str, int | None], list[Detection]], sha256: str, frame: int | None = None) -> Answer:
    return Known(labels, Otherwise()).predict(Query(Subject(sha256, 9, 9, frame)))


def test_a_labelled_picture_is_answered_with_its_labels() -> None:
    assert answered({("aa", None): [CAT]}, "aa") == Answer((CAT,))


def test_labels_that_say_there_is_nothing_are_believed() -> None:
    assert answered({("aa", None): []}, "aa") == Answer()


@pytest.mark.parametrize(("sha256", "frame"), [("bb", None), ("aa", 0)])
def test_anything_else_goes_to_the_other_predictor(sha256: str, frame: int | None) -> None:
    assert answered({("aa", None): [CAT]}, sha256, frame) == Answer((UNKNOWN,))


def test_the_other_predictor_is_asked_the_same() -> None:
    query = Query(Subject("bb", 9, 9), {"conf_thres": 0.5}, {"conf_thres": 0.5}, Origin("inference_image", "b.jpg"))
    asked: list[Query] = []

    class Listening(Otherwise):
        def predict(self, query: Query) -> Answer:
            asked.append(query)
            return super().predict(query)

    assert Known({("aa", None): [CAT]}, Listening()).predict(query) == Answer((UNKNOWN,))
    assert asked == [query]


def test_each_frame_has_labels_of_its_own() -> None:
    labels: dict[tuple[str, int | None], list[Detection]] = {("aa", 0): [CAT], ("aa", 1): []}
    assert [answered(labels, "aa", frame).objects for frame in range(3)] == [(CAT,), (), (UNKNOWN,)]


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
