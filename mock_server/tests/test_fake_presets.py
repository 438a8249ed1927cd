"""A ready model for each task, which says of itself what real apps of the task say."""

import json
from pathlib import Path
from typing import Any

import pytest

from modeldouble_server import coco
from modeldouble_server.presets import NAMES, preset
from modeldouble_server.project_meta import project_meta
from modeldouble_server.scene import Query, Subject

RECORDINGS = Path(__file__).parents[2] / "fixtures" / "recordings" / "6.74.51"
RECORDED = {
    "detection": "batches",
    "instance_segmentation": "instance_segmentation",
    "semantic_segmentation": "semantic_segmentation",
    "pose": "pose",
}
SUBJECTS = [Subject("ab" * 32, 640, 480), *(Subject("cd" * 32, 320, 240, frame) for frame in range(0, 90, 9))]


def told(recording: str, route: str) -> Any:
    """What a real app answered."""
    lines = (RECORDINGS / f"{recording}.jsonl").read_text(encoding="utf-8").splitlines()
    return next(one["response"]["json"] for one in map(json.loads, lines) if one["route"] == route)


@pytest.mark.parametrize("name", sorted(RECORDED))
def test_the_session_info_is_as_a_real_app_of_the_task_says_it(name: str) -> None:
    own = {"number_of_classes", "model_name", "max_batch_size", "tracking_algorithms", "batch_inference_support"}
    real, ours = told(RECORDED[name], "get_session_info"), preset(name).info
    assert set(ours) == set(real) | {"checkpoint_name", "device"}
    assert {key: ours[key] for key in real if key not in own} == {key: real[key] for key in real if key not in own}
    assert ours["number_of_classes"] == len(preset(name).meta.classes)


@pytest.mark.parametrize("name", sorted(RECORDED))
def test_the_shapes_of_the_classes_are_those_of_a_real_app(name: str) -> None:
    real = told(RECORDED[name], "get_output_classes_and_tags")
    assert {one["shape"] for one in project_meta(preset(name).meta)["classes"]} == {
        one["shape"] for one in real["classes"]
    }


def test_a_classifier_has_tags_instead_of_classes() -> None:
    spec = preset("classification", ["cat", "dog"])
    assert spec.meta.classes == ()
    assert [one.name for one in spec.meta.tags] == ["confidence", "cat", "dog"]
    assert (spec.info["task type"], spec.info["number_of_classes"]) == ("classification", None)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("track_tags", [False, True])
def test_the_meta_has_all_that_the_answers_need(name: str, track_tags: bool) -> None:
    spec = preset(name, track_tags=track_tags)
    for subject in SUBJECTS:
        answer = spec.predictor.predict(Query(subject, spec.settings))
        assert spec.meta.joined(answer) == spec.meta
        assert {key for one in answer.objects if isinstance(one.geometry, tuple) for key in _nodes(one.geometry)} <= {
            node.name for one in spec.meta.classes if one.skeleton for node in one.skeleton.nodes
        }


def _nodes(geometry: Any) -> list[str]:
    return [name for name, _ in getattr(geometry, "nodes", ())]


@pytest.mark.parametrize("name", NAMES)
def test_every_preset_sees_something(name: str) -> None:
    spec = preset(name)
    answer = spec.predictor.predict(Query(SUBJECTS[0], spec.settings))
    assert answer.objects or answer.tags


def test_tracks_are_tags_only_if_that_is_wanted() -> None:
    plain, tagged = (preset("detection", track_tags=wanted) for wanted in (False, True))
    assert [one.name for one in plain.meta.tags] == ["confidence"]
    assert [one.name for one in tagged.meta.tags] == ["confidence", "track"]
    found = tagged.predictor.predict(Query(SUBJECTS[-1])).objects
    assert found
    assert all(one.tags[0].value == one.track for one in found)


@pytest.mark.parametrize("name", NAMES)
def test_classes_and_seed_are_those_that_are_given(name: str) -> None:
    one, other, third = preset(name, ["a", "b"], 1), preset(name, ["a", "b"], 1), preset(name, ["a", "b"], 2)
    answers = [spec.predictor.predict(Query(SUBJECTS[0])) for spec in (one, other, third)]
    assert answers[0] == answers[1] != answers[2]
    assert {tag.name for tag in answers[0].tags} | {found.class_name for found in answers[0].objects} <= {"a", "b"}


def test_classes_that_are_not_given_are_the_tasks() -> None:
    assert preset("detection").meta.names == preset("instance_segmentation").meta.names == coco.NAMES
    assert preset("pose").meta.names == ("person",)
    assert 10 <= len(preset("semantic_segmentation").meta.names) <= 20
    assert 10 <= len(preset("classification").meta.tags) - 1 <= 20
    assert preset("detection").meta.classes[2].color == coco.COLORS["car"]


def test_an_unknown_name_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(ValueError, match=r"preset is 'detect'; give one of detection, instance_segmentation, "):
        preset("detect")


@pytest.mark.parametrize("classes", [[], ["a", "b", "a"]])
def test_classes_that_cannot_be_are_refused(classes: list[str]) -> None:
    with pytest.raises(ValueError, match=r"give at least one, and none twice"):
        preset("detection", classes)


def test_the_deployment_is_told_with_twelve_keys() -> None:
    told_ = preset("pose").deploy_info
    assert len(told_) == 12
    assert told_["task_type"] == "pose estimation"
