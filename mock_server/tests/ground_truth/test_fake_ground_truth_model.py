"""The predictor: pictures are known by content, then by name; the rest is told once, or left to another predictor."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from modeldouble_server.limits import Limits
from modeldouble_server.predict.ground_truth import PROFILES, GroundTruth, read_ground_truth, read_profile
from modeldouble_server.predict.ground_truth.labels import read_labels
from modeldouble_server.scene import Answer, Detection, Origin, Query, Subject

WriteCoco = Callable[..., Path]
THINGS = [("cat", [10, 20, 40, 30]), ("dog", [80, 20, 50, 60]), ("van", [20, 90, 60, 50])]
GOOD = PROFILES["good"]
EXACT = read_profile({"recall": 1.0, "precision": 1.0, "box_jitter": 0.0})
ELSE = Answer((Detection("else", (0, 0, 1, 1), 0.5),))


class Otherwise:
    def predict(self, query: Query) -> Answer:
        return ELSE


def asked(folder: Path, at: int = 0) -> Query:
    picture = read_labels(folder, Limits())[1][at]
    return Query(Subject(picture.sha256, picture.width, picture.height))


def test_a_model_without_errors_sees_the_labels(write_coco: WriteCoco) -> None:
    folder = write_coco([THINGS])
    meta, model = read_ground_truth(folder, EXACT)
    seen = {one.class_name: one.box for one in model.predict(asked(folder)).objects}
    assert seen == {"cat": (10, 20, 49, 49), "dog": (80, 20, 129, 79), "van": (20, 90, 79, 139)}
    assert meta.names == ("cat", "dog", "van")


def test_the_surest_come_first(write_coco: WriteCoco) -> None:
    folder = write_coco([THINGS * 3] * 5)
    _, model = read_ground_truth(folder, GOOD)
    for at in range(5):
        confidences = [one.confidence or 0.0 for one in model.predict(asked(folder, at)).objects]
        assert confidences == sorted(confidences, reverse=True)
        assert all(0.0 < one < 1.0 for one in confidences)


def test_content_counts_before_the_name(write_coco: WriteCoco) -> None:
    folder = write_coco([THINGS, []])
    _, model = read_ground_truth(folder, EXACT)
    by_content = asked(folder)._replace(origin=Origin(name="1.png"))
    assert len(model.predict(by_content).objects) == 3


def test_a_picture_is_known_by_its_name_if_its_bytes_are_others(write_coco: WriteCoco) -> None:
    folder = write_coco([THINGS])
    _, model = read_ground_truth(folder, GOOD)
    by_name = Query(Subject("0" * 64, 200, 160), origin=Origin(name="0.png"))
    assert model.predict(by_name) == model.predict(asked(folder)) != Answer()


@pytest.mark.parametrize(
    "query",
    [
        Query(Subject("0" * 64, 200, 160)),
        Query(Subject("0" * 64, 200, 160), origin=Origin(name="9.png")),
        Query(Subject("0" * 64, 100, 80), origin=Origin(name="0.png")),
        Query(Subject("0" * 64, 200, 160, frame=0), origin=Origin(name="0.png")),
    ],
)
def test_what_is_not_labelled_is_left_to_the_other(write_coco: WriteCoco, query: Query) -> None:
    _, model = read_ground_truth(write_coco([THINGS]), GOOD, otherwise=Otherwise())
    assert model.predict(query) == ELSE


def test_a_name_that_two_pictures_have_names_none(write_coco: WriteCoco) -> None:
    pictures = [one._replace(name="same.png") for one in read_labels(write_coco([THINGS, THINGS]), Limits())[1]]
    _, whole = read_ground_truth(write_coco([THINGS, THINGS]), EXACT)
    model = GroundTruth(pictures, whole._plans, whole._errors, 0, Otherwise())
    assert model.predict(Query(Subject("0" * 64, 200, 160), origin=Origin(name="same.png"))) == ELSE


def test_unlabelled_pictures_are_empty_which_is_told_once(
    write_coco: WriteCoco, caplog: pytest.LogCaptureFixture
) -> None:
    _, model = read_ground_truth(write_coco([THINGS]), EXACT)
    with caplog.at_level(logging.WARNING, logger="modeldouble_server"):
        for name in ("x.png", "y.png"):
            assert model.predict(Query(Subject("f" * 64, 9, 9), origin=Origin(name=name))) == Answer()
    [told] = caplog.records
    assert "'x.png' (sha256 ffffffffffff) is not in the dataset" in told.getMessage()


def test_answers_do_not_depend_on_what_was_asked_before(write_coco: WriteCoco) -> None:
    folder = write_coco([THINGS] * 6)
    _, one = read_ground_truth(folder, GOOD, 3)
    _, other = read_ground_truth(folder, GOOD, 3)
    ahead = [one.predict(asked(folder, at)) for at in range(6)]
    back = [other.predict(asked(folder, at)) for at in reversed(range(6))]
    assert ahead == back[::-1]
    assert ahead == [one.predict(asked(folder, at)) for at in range(6)]


def test_another_seed_is_another_model(write_coco: WriteCoco) -> None:
    folder = write_coco([THINGS] * 6)
    answers = [read_ground_truth(folder, GOOD, seed)[1].predict(asked(folder)) for seed in range(4)]
    assert len(set(map(repr, answers))) == 4


def test_settings_and_names_change_nothing_in_what_is_seen(write_coco: WriteCoco) -> None:
    folder = write_coco([THINGS])
    _, model = read_ground_truth(folder, GOOD)
    query = asked(folder)
    other = query._replace(settings={"conf_thres": 0.9}, origin=Origin(name="z.png", image_id=4))
    assert model.predict(other) == model.predict(query)


@pytest.mark.parametrize("pictures", [[[]], [[], []], [[THINGS[0]]], [[THINGS[0]], []], [THINGS]])
def test_few_labels_or_none_are_enough(write_coco: WriteCoco, pictures: list[Any]) -> None:
    folder = write_coco(pictures)
    for name in PROFILES:
        _, model = read_ground_truth(folder, PROFILES[name])
        assert all(isinstance(model.predict(asked(folder, at)), Answer) for at in range(len(pictures)))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            {"by_class": {"cow": {"recall": 0.5}}},
            "by_class names the class 'cow', which the dataset lacks; give",
        ),
        ({"confusion": {"cow": {"cat": 0.1}}}, "confusion names the class 'cow'.*'cat, dog, van'"),
        ({"confusion": {"cat": {"cow": 0.1}}}, "confusion.cat names the class 'cow'"),
    ],
)
def test_a_class_that_the_dataset_lacks_is_refused(write_coco: WriteCoco, values: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_ground_truth(write_coco([THINGS]), read_profile(values))
