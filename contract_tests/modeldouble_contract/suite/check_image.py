"""One picture at a time, sent as a file."""

from collections.abc import Mapping
from typing import Any

from modeldouble_contract.brought import Brought
from modeldouble_contract.finding import not_checked
from modeldouble_contract.fixtures import Single
from modeldouble_contract.judge import Judge
from modeldouble_contract.judging import judge_masks, judge_objects, judge_size, partly_outside
from modeldouble_contract.level import must, should
from modeldouble_contract.likeness import equal
from modeldouble_contract.objects import Meta, objects_of
from modeldouble_contract.plan import Plan
from modeldouble_contract.target import Target

_BRING = "bring a picture with objects that the model knows with --image, or lower its threshold with --settings"


@must(asks=14)
def test_a_prediction_has_the_documented_shape(singles: list[Single]) -> None:
    assert singles


@must()
def test_the_size_in_an_answer_is_that_of_the_picture(singles: list[Single], judge: Judge) -> None:
    for one in singles:
        judge_size(judge, one.at, one.prediction, (one.picture.width, one.picture.height))


@must()
def test_objects_are_of_announced_classes_and_lie_in_the_picture(
    singles: list[Single], judge: Judge, meta: Meta
) -> None:
    _seen(singles)
    for one in singles:
        judge_objects(judge, one.at, one.prediction, meta)


@must()
def test_masks_can_be_read_and_lie_in_the_picture(singles: list[Single], judge: Judge, meta: Meta) -> None:
    if "bitmap" not in meta.shapes.values():
        not_checked("no class of the meta has masks", "nothing to do for a model without")
    if not sum(judge_masks(judge, one.at, one.prediction) for one in singles):
        not_checked("no mask was seen", _BRING)


@should()
def test_coordinates_are_inside_the_picture(singles: list[Single], judge: Judge) -> None:
    _seen(singles)
    for one in singles:
        off = partly_outside(one.prediction)
        judge.require(
            not off, "object.clipped", expected=f"points inside {one.picture.width} x {one.picture.height} pixels",
            got=f"{off[0].points[:4] if off else ''}", at=one.at,
        )  # fmt: skip


@should(asks=1)
def test_a_picture_asked_again_gets_the_same_answer(
    target: Target, judge: Judge, singles: list[Single], settings: Mapping[str, Any]
) -> None:
    before = singles[0]
    again = target.form("inference_image", [before.picture.file], {"settings": dict(settings)})
    found = judge.shape(again)
    judge.require(
        equal(objects_of(before.prediction), objects_of(found)), "image.repeatable",
        expected="the objects of before, within a pixel and 0.01 of confidence", got=again.shown(), at=again,
    )  # fmt: skip


@must(asks=1)
def test_settings_may_be_left_out(target: Target, judge: Judge, brought: Brought, settings: Mapping[str, Any]) -> None:
    if "rectangle" in settings:
        not_checked("this model wants an object outlined in its settings", "give it a default, if it has one")
    at = target.form("inference_image", [brought.pictures[0].file])
    if settings and at.status != 200:
        not_checked("this model wants the settings that were brought", "give it defaults, if it has some")
    judge.shape(at)


@must(asks=1)
def test_settings_may_come_in_a_part_named_state(
    target: Target, judge: Judge, singles: list[Single], settings: Mapping[str, Any]
) -> None:
    one = singles[0]
    at = target.form("inference_image", [one.picture.file], {"settings": dict(settings)}, part="state")
    judge_size(judge, at, judge.shape(at), (one.picture.width, one.picture.height))


def _seen(singles: list[Single]) -> None:
    if not any(objects_of(one.prediction) for one in singles):
        not_checked(f"no object was seen on {len(singles)} pictures, so their shapes went unchecked", _BRING)


@must(asks=1)
def test_a_picture_by_url_has_its_shape(
    target: Target, judge: Judge, plan: Plan, meta: Meta, settings: Mapping[str, Any]
) -> None:
    if plan.image_url is None:
        not_checked("no URL of a picture was given", "give one that the target can fetch with --image-url")
    at = target.post("inference_image_url", {"image_url": plan.image_url, "settings": dict(settings)})
    if judge.status(at, 200, code="url.inference"):
        judge_objects(judge, at, judge.shape(at), meta)
