"""Building: what the schema cannot say is checked too, and what is built is what the file says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from modeldouble_server.scenario.build import Built, build, derived_token
from modeldouble_server.scenario.read import example_names
from modeldouble_server.scene import Origin, Query, Subject

Complaints = Callable[[str], list[str]]
Made = Callable[[str], Built]
CAT = Query(Subject("ab" * 32, 640, 480), origin=Origin("inference_image", "cat.jpg"))
DETECTOR = "models:\n  - preset: detection\n"


@pytest.mark.parametrize("name", example_names())
def test_every_example_is_fine(name: str) -> None:
    assert build(f"example:{name}").models


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"{DETECTOR}    predictor: {{synthetic: {{preset: pose}}}}", "2: models[0].preset: preset and predictor"),
        ("models:\n  - preset: detecton", "2: models[0].preset: preset 'detecton' is unknown; did you mean 'det"),
        ("models:\n  - predictor: {synthetic: {preset: poze}}", "2: models[0].predictor.synthetic.preset: preset"),
        (f"{DETECTOR}    classes: [cat, cat]", "3: models[0].classes: classes are ['cat', 'cat']; give at least one"),
        ("models:\n  - predictor: {ground_truth: {path: none}}", "2: models[0].predictor.ground_truth.path: "),
        ("models:\n  - predictor: {ground_truth: {path: ., profile: god}}",
         "2: models[0].predictor.ground_truth.profile: profile is 'god'; give one of weak, good, excellent"),
        ("models:\n  - predictor: {callable: {function: 'nope_nope:f'}}\n    classes: [a]",
         "2: models[0].predictor.callable.function: 'nope_nope:f': there is no module 'nope_nope'; install it, or put"),
        (f"{DETECTOR}    latency: {{min: 2, max: 1}}", "3: models[0].latency: latency.min is 2, over max, which"),
        (f"{DETECTOR}    unmatched: refuse", "3: models[0].unmatched: is for models with stubs; add stubs"),
        ("models:\n  - task_id: 5\n  - task_id: 5", "3: models[1].task_id: 5 is that of models[0] too; give each"),
        ("models:\n  - session_token: a\n  - session_token: a", "3: models[1].session_token: 'a' is that of models[0]"),
        ("dialect: '1.2'", "1: dialect: "),
        ("mode: production", "1: mode: mode production is a real server's; name its release too"),
    ],
)  # fmt: skip
def test_what_only_the_meaning_forbids_has_line_and_remedy(complaints: Complaints, text: str, said: str) -> None:
    assert complaints(text)[0].startswith(f"s.yaml:{said}")


def test_a_callable_without_classes_is_told_what_to_add(complaints: Complaints) -> None:
    lines = complaints("models:\n  - predictor: {callable: {function: 'json:loads'}}")
    assert "s.yaml:2: models[0]: a callable needs classes; add `classes`, the names that it may give" in lines


def test_a_stub_of_a_class_that_the_list_lacks_is_an_error(complaints: Complaints) -> None:
    then = "[{predict: [{class: persn, box: [1, 1, 2, 2]}]}]"
    stub = f"    classes: [person]\n    stubs: [{{when: {{}}, then: {then}, predict: []}}]"
    assert complaints(DETECTOR + stub) == [
        "s.yaml:4: models[0].stubs[0].then[0].predict[0].class: class 'persn' is not among the model's `classes`;"
        " did you mean 'person'?"
    ]


def test_a_stub_may_name_a_new_class_where_no_list_says_which_there_are(made: Made) -> None:
    stub = "    stubs: [{when: {}, predict: [{class: unicorn, box: [1, 1, 2, 2]}]}]"
    assert made(DETECTOR + stub).summary() == "1 model, 1 stub"


def test_a_model_says_of_itself_what_the_file_says(made: Made) -> None:
    more = (
        "    name: Mine\n    settings: {conf_thres: 0.4}\n    info: {device: tpu}\n    pace: 2\n    max_batch_size: 3\n"
    )
    spec = made(f"{DETECTOR}{more}    preparation: 5\n").models[0].spec
    told = {key: spec.info[key] for key in ("app_name", "model_name", "device", "max_batch_size", "number_of_classes")}
    assert told == {
        "app_name": "Mine",
        "model_name": "Mine",
        "device": "tpu",
        "max_batch_size": 3,
        "number_of_classes": 80,
    }
    assert (spec.settings["conf_thres"], spec.settings["augment"]) == (0.4, False)
    assert (spec.pace, spec.preparation, spec.max_batch_size) == (2, 5, 3)


def test_classes_replace_the_preset_s_and_keep_its_shape(made: Made) -> None:
    text = 'models:\n  - preset: instance_segmentation\n    classes: [a, {name: b, color: "#010203"}]\n'
    spec = made(text).models[0].spec
    assert [(one.name, one.shape) for one in spec.meta.classes] == [("a", "bitmap"), ("b", "bitmap")]
    assert spec.meta.classes[1].color == "#010203"
    assert spec.info["number_of_classes"] == 2
    assert {one.class_name for one in spec.predict(CAT).objects} <= {"a", "b"}


def test_a_classifier_s_classes_are_its_tags(made: Made) -> None:
    spec = made("models:\n  - preset: classification\n    classes: [cat, dog]\n").models[0].spec
    assert spec.meta.classes == ()
    assert [one.name for one in spec.meta.tags] == ["confidence", "cat", "dog"]


def test_without_models_the_default_world_s_model_is_served_with_the_seed(made: Made) -> None:
    one, other, first = made(""), made("seed: 1\n"), made("seed: 0\n")
    assert one.models[0].spec.info["app_name"] == "Serve YOLOv5"
    answers = [built.models[0].spec.predict(CAT) for built in (one, other, first)]
    assert answers[0] == answers[2] != answers[1]


def test_the_command_line_s_seed_overrides_the_file_s(made: Made, tmp_path: Path) -> None:
    built = made(f"seed: 1\n{DETECTOR}")
    again = build(tmp_path / "s.yaml", seed=2)
    assert (built.seed, again.seed) == (1, 2)
    assert built.models[0].spec.predict(CAT) != again.models[0].spec.predict(CAT)


def test_latency_is_a_number_or_a_range_out_of_which_a_picture_has_its_own(made: Made) -> None:
    fixed, ranged = (made(f"{DETECTOR}    latency: {one}\n").models[0].spec for one in ("0.5", "{min: 1, max: 2}"))
    assert fixed.latency is not None
    assert ranged.latency is not None
    first, second = ([latency.service([9], 1, [one]) for one in "ab"] for latency in (fixed.latency, ranged.latency))
    assert first == [0.5, 0.5]
    assert 1 <= second[0] < 2
    assert second[0] == ranged.latency.service([9], 2, ["a"]) != second[1]


def test_a_release_without_quotes_is_a_year_or_an_error(made: Made, complaints: Complaints) -> None:
    assert made("dialect: 2024\n").dialect == "2024"
    assert complaints("dialect: 6.74\n") == [
        's.yaml:1: dialect: is 6.74; give a text (in quotes if it looks like something else) or a whole number, such as'
        ' "6.74.51"'
    ]  # fmt: skip


def test_the_token_of_a_further_model_is_no_more_public_than_the_first_one_s() -> None:
    assert derived_token("secret", 5) != derived_token("other", 5) != derived_token("other", 6)


def test_the_summary_counts_what_there_is(made: Made) -> None:
    assert made("seed: 1").summary() == "1 model"
    assert build("example:platform").summary() == "1 model, 2 projects, 2 urls"
    assert made("models: [{latency: 0.1}, {latency: 0.2}]").summary() == "2 models, latency synthetic"
