"""A predictor's answer is a function of seed, content and settings: nothing else that could be otherwise matters."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modeldouble_server.scene import Origin

from .cases import CASES, PICTURE, answer, model_of, predictors
from .questions import questions

FEW = settings(deadline=None, max_examples=15)
OF_CONTENT = [name for name, case in CASES.items() if case.of_content]
ORIGINS = st.builds(
    Origin, st.sampled_from(("inference_image", "inference_batch_ids_async")), st.none() | st.text(max_size=9),
    st.none() | st.integers(1, 9), st.none() | st.just("http://a.invalid/1.png"), st.none() | st.integers(1, 9),
    st.none() | st.builds(range, st.integers(0, 9), st.integers(0, 2000)),
)  # fmt: skip


def test_every_class_that_predicts_is_under_test() -> None:
    """`Model` and `ModelSpec` ask one, `Predictor` is what they have in common, `_Nobody` never answers."""
    used: set[str] = set()
    for name in CASES:
        waiting: list[Any] = [model_of(name).predictor]
        while waiting:
            one = waiting.pop()
            used.add(type(one).__name__)
            waiting += [part for part in vars(one).values() if hasattr(part, "predict")]
    assert used == predictors() - {"Model", "ModelSpec", "Predictor", "_Nobody"}


@pytest.mark.parametrize("name", CASES)
def test_every_case_sees_something(name: str) -> None:
    found = answer(model_of(name), PICTURE, {})
    assert found.objects or found.tags or found.prediction


@FEW
@given(data=st.data())
@pytest.mark.parametrize("name", CASES)
def test_the_same_question_has_the_same_answer_in_any_order_and_of_a_new_model(name: str, data: st.DataObject) -> None:
    asked = data.draw(st.lists(questions(name), min_size=1, max_size=3))
    first = [answer(model_of(name), *one) for one in asked]
    new = CASES[name].make()
    for at in data.draw(st.permutations(range(len(asked)))):
        assert answer(new, *asked[at]) == first[at]
        assert answer(model_of(name), *asked[at]) == first[at]


@FEW
@given(data=st.data())
@pytest.mark.parametrize("name", CASES)
def test_the_order_of_the_settings_does_not_matter(name: str, data: st.DataObject) -> None:
    subject, sent = data.draw(questions(name))
    other = {key: sent[key] for key in data.draw(st.permutations(sorted(sent)))}
    if isinstance(sent.get("classes"), list):
        other["classes"] = data.draw(st.permutations(sent["classes"]))
    assert answer(model_of(name), subject, other) == answer(model_of(name), subject, sent)


@FEW
@given(data=st.data())
@pytest.mark.parametrize("name", OF_CONTENT)
def test_how_a_picture_came_does_not_matter(name: str, data: st.DataObject) -> None:
    asked, origin = data.draw(questions(name)), data.draw(ORIGINS)
    assert answer(model_of(name), *asked, origin) == answer(model_of(name), *asked)


@pytest.mark.parametrize("name", OF_CONTENT)
def test_other_content_has_another_answer(name: str) -> None:
    answers = {
        repr(answer(model_of(name), PICTURE._replace(sha256=f"{at:02x}{PICTURE.sha256[2:]}"), {}))
        for at in range(0, 200, 20)
    }
    assert len(answers) > 1


def test_a_name_matters_to_labels_only_where_content_has_none() -> None:
    [known, *_] = CASES["ground_truth"].subjects
    unknown = known._replace(sha256=PICTURE.sha256)
    named = [answer(model_of("ground_truth"), one, {}, Origin(name="00.png")) for one in (known, unknown)]
    assert named[0] == named[1] != answer(model_of("ground_truth"), unknown, {}, Origin(name="other.png"))


@pytest.mark.parametrize("name", ["1.png", "other.jpg", None])
def test_a_recorded_file_is_found_by_its_content_whatever_its_name(name: str | None) -> None:
    recorded = answer(model_of("recorded"), PICTURE, {}).prediction
    assert answer(model_of("recorded"), PICTURE, {}, Origin("inference_batch", name)).prediction == recorded is not None
