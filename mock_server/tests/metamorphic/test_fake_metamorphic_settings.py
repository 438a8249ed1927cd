"""Settings take away and never add: a higher threshold gives a subset, `classes` filters, a rectangle bounds."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modeldouble_server.predict.acting import OVERLAPS, THRESHOLDS, ways
from modeldouble_server.predict.overlap import iou
from modeldouble_server.predict.windows import ADVANCED
from modeldouble_server.scene import Answer, Detection, Settings

from .cases import CASES, PICTURE, answer, model_of
from .questions import UNIT, WINDOWS, classes, questions, rectangles

FEW = settings(deadline=None, max_examples=15)
ACTED_ON = [name for name, case in CASES.items() if case.acted_on]


def without(given_: Settings, *names: str) -> dict[str, Any]:
    """Settings without some."""
    return {key: value for key, value in given_.items() if key not in names}


def sure(found: Answer, least: float) -> Answer:
    """What of an answer has at least this confidence, or none."""
    objects = tuple(one for one in found.objects if one.confidence is None or one.confidence >= least)
    tags = tuple(one for one in found.tags if not isinstance(one.value, (int, float)) or one.value >= least)
    slides = tuple(one._replace(objects=sure(Answer(one.objects), least).objects) for one in found.slides)
    return found._replace(objects=objects, tags=tags, slides=slides)


@FEW
@given(data=st.data())
@pytest.mark.parametrize("name", ACTED_ON)
def test_a_higher_threshold_gives_exactly_the_surer_ones(name: str, data: st.DataObject) -> None:
    subject, asked = data.draw(questions(name))
    low, alias = data.draw(UNIT), data.draw(st.sampled_from(THRESHOLDS))
    rest = without(asked, *THRESHOLDS)
    lower = answer(model_of(name), subject, {**rest, alias: low})
    # At the very confidence of an object it is kept.
    seen = [one.confidence for one in lower.objects if one.confidence is not None]
    high = max(low, data.draw(st.sampled_from(seen) | UNIT if seen else UNIT))
    higher = answer(model_of(name), subject, {**rest, alias: high})
    assert higher == sure(lower, high)


@pytest.mark.parametrize("name", ACTED_ON)
@pytest.mark.parametrize("names", [THRESHOLDS, OVERLAPS], ids=["thresholds", "overlaps"])
def test_every_name_of_a_setting_means_the_same(name: str, names: tuple[str, ...]) -> None:
    subject = (*CASES[name].subjects, PICTURE)[0]
    found = [answer(model_of(name), subject, {one: 0.4}) for one in names]
    assert all(one == found[0] for one in found)


@FEW
@given(data=st.data())
@pytest.mark.parametrize("name", ACTED_ON)
def test_what_overlaps_a_surer_one_of_its_class_goes_and_nothing_else(name: str, data: st.DataObject) -> None:
    """A lower overlap does not always give a subset: what it removes may have removed another."""
    subject, asked = data.draw(questions(name))
    most, rest = data.draw(UNIT), without(asked, *OVERLAPS, *WINDOWS, "rectangle")
    found, whole = (answer(model_of(name), subject, {**rest, "iou_thres": one}) for one in (most, 1))
    assert part_of(found.objects, whole.objects)
    assert not any(beaten(one, found.objects, most) for one in found.objects)
    assert all(beaten(one, found.objects, most) for one in whole.objects if one not in found.objects)
    assert found.tags == whole.tags


@FEW
@given(data=st.data())
@pytest.mark.parametrize("name", ACTED_ON)
def test_classes_filter(name: str, data: st.DataObject) -> None:
    """Suppression is by class, so it does not matter which of both is done first; with windows it is not."""
    spec = model_of(name)
    subject, asked = data.draw(questions(name))
    how = ways(spec.info, spec.meta.names)
    rest = without(asked, "classes", *(WINDOWS if how.windows == ADVANCED else ()))
    whole = answer(spec, subject, rest)
    seen = [one.class_name for one in whole.objects]
    kept = [*data.draw(classes(name)), *data.draw(st.lists(st.sampled_from(seen), max_size=2) if seen else st.just([]))]
    found = answer(spec, subject, {**rest, "classes": kept})
    assert found == named(whole, kept, how.background)


@FEW
@given(data=st.data())
@pytest.mark.parametrize("name", ACTED_ON)
def test_a_rectangle_bounds_all_objects_and_changes_none_inside(name: str, data: st.DataObject) -> None:
    subject, asked = data.draw(questions(name))
    rectangle = data.draw(rectangles(subject))
    (left, top), (right, bottom) = rectangle["points"]["exterior"]
    rest = without(asked, "rectangle", *WINDOWS)
    found, whole = (answer(model_of(name), subject, one).objects for one in ({**rest, "rectangle": rectangle}, rest))

    def inside(one: Detection) -> bool:
        return bool(left <= one.box[0] and top <= one.box[1] and one.box[2] <= right and one.box[3] <= bottom)

    assert all(inside(one) for one in found)
    assert part_of([one for one in whole if inside(one)], found)


def test_a_recorded_prediction_is_as_it_was_under_the_settings_that_were_recorded() -> None:
    whole = answer(model_of("recorded"), PICTURE, {}).prediction
    assert whole is not None
    assert answer(model_of("recorded"), PICTURE, {"conf_thres": 0.25, "iou_thres": 0.45}).prediction == whole
    assert answer(model_of("recorded"), PICTURE, {"conf_thres": 0.3}).prediction is None


def beaten(one: Detection, others: Sequence[Detection], most: float) -> bool:
    """Whether another of the class that is at least as sure shares too much with it."""
    return one.confidence is not None and any(
        other.class_name == one.class_name and other != one and iou(one.box, other.box) > most
        for other in others
        if other.confidence is not None and other.confidence >= one.confidence
    )


def part_of(some: Sequence[Detection], of: Sequence[Detection]) -> bool:
    """Whether all of one are in the other, in the same order."""
    left = iter(of)
    return all(any(one == other for other in left) for one in some)


def named(found: Answer, kept: Sequence[str], background: str | None) -> Answer:
    """What of an answer has one of these classes; with a background, other objects become a part of it."""

    def renamed(objects: Sequence[Detection]) -> tuple[Detection, ...]:
        if background is None:
            return tuple(one for one in objects if one.class_name in kept)
        return tuple(one if one.class_name in kept else one._replace(class_name=background) for one in objects)

    tags = tuple(one for one in found.tags if not isinstance(one.value, (int, float)) or one.name in kept)
    slides = tuple(one._replace(objects=renamed(one.objects)) for one in found.slides)
    return found._replace(objects=renamed(found.objects), tags=tags, slides=slides)
