"""A model as it is ordered: presets, and what is otherwise."""

from typing import Any

import pytest

from modeldouble_server import Answer, Detection, Query
from modeldouble_server.model_options import model_spec
from modeldouble_server.predict.called import Called
from modeldouble_server.presets import NAMES, preset
from modeldouble_server.scene import Subject


class Fixed:
    def predict(self, query: Query) -> Answer:
        return Answer((Detection("cat", (0, 0, 1, 1), 0.5),))


@pytest.mark.parametrize("name", NAMES)
def test_a_preset_is_served_as_it_is(name: str) -> None:
    made, plain = model_spec(name), preset(name)
    assert made.meta == plain.meta
    assert made.settings == plain.settings
    assert made.info == {**plain.info, "session_id": 27209}


def test_settings_and_info_come_beside_those_of_the_preset() -> None:
    made = model_spec(settings={"conf_thres": 0.9, "mine": 1}, info={"device": "cuda", "session_id": 5})
    assert made.settings == {**preset("detection").settings, "conf_thres": 0.9, "mine": 1}
    assert (made.info["device"], made.info["session_id"], made.info["max_batch_size"]) == ("cuda", 5, None)


def test_pace_preparation_and_batch_size_are_the_models() -> None:
    made = model_spec(pace=0.5, preparation=2, max_batch_size=4)
    assert (made.pace, made.preparation, made.max_batch_size, made.info["max_batch_size"]) == (0.5, 2.0, 4, 4)
    assert (model_spec().pace, model_spec().preparation, model_spec().max_batch_size) == (0.02, 0.0, None)


def test_a_spec_stands_for_preset_and_classes_and_the_rest_is_told_beside_it() -> None:
    own = preset("pose", ["hand"], 7)._replace(pace=3.0, info={"session_id": 5})
    made = model_spec(spec=own, settings={"a": 1}, preparation=1)
    assert (made.meta, made.pace, made.preparation) == (own.meta, 3.0, 1.0)
    assert (made.settings, made.info) == ({**own.settings, "a": 1}, {"session_id": 5})


def test_the_seed_decides_what_is_seen() -> None:
    query = Query(Subject("ab" * 32, 640, 480))
    answers = {model_spec(seed=seed).predictor.predict(query) for seed in (0, 1, 1)}
    assert len(answers) == 2


def test_a_predictor_answers_at_once_and_a_function_in_threads_of_its_own() -> None:
    query = Query(Subject("ab" * 32, 9, 9), {"conf_thres": 0.5})
    own = model_spec(predictor=Fixed())
    assert (own.patience, own.predict(query).objects[0].class_name) == (None, "cat")
    made = model_spec(predictor=lambda subject, settings: [Detection("dog", (0, 0, 1, 1), settings["conf_thres"])])
    assert isinstance(made.predictor, Called)
    assert made.patience is not None
    assert made.patience > made.predictor.timeout
    assert made.predict(query).objects[0].class_name == "dog"


@pytest.mark.parametrize(
    ("options", "error", "text"),
    [
        ({"preset": "yolo"}, ValueError, "preset is 'yolo'; give one of detection"),
        ({"classes": "person"}, TypeError, "classes is 'person'; give a list of names"),
        ({"classes": ["a", "a"]}, ValueError, "none twice"),
        ({"settings": [1]}, TypeError, "settings is \\[1\\]; give a mapping"),
        ({"info": {1: 2}}, TypeError, "info is {1: 2}; give a mapping"),
        ({"pace": -1}, ValueError, "pace is -1; give seconds"),
        ({"preparation": "2"}, ValueError, "preparation is '2'; give seconds"),
        ({"max_batch_size": 0}, ValueError, "max_batch_size is 0"),
        ({"predictor": 3}, TypeError, "predictor is 3; give an object with predict"),
        ({"spec": preset("pose"), "classes": ["a"]}, ValueError, "spec says it all"),
        ({"spec": preset("pose"), "seed": 1}, ValueError, "spec says it all"),
    ],
)
def test_what_cannot_be_served_is_refused(options: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        model_spec(**options)
