"""Several pictures in one request."""

from collections.abc import Mapping, Sequence
from typing import Any

from modeldouble_contract.brought import Picture
from modeldouble_contract.exchange import Exchange
from modeldouble_contract.finding import not_checked
from modeldouble_contract.fixtures import Single
from modeldouble_contract.judge import Judge
from modeldouble_contract.judging import judge_objects, judge_size
from modeldouble_contract.level import must
from modeldouble_contract.likeness import likeness
from modeldouble_contract.objects import Meta, objects_of, size_of
from modeldouble_contract.target import Target

_MANY = 3


def _batch(
    target: Target, judge: Judge, pictures: Sequence[Picture], settings: Mapping[str, Any]
) -> tuple[Exchange, list[dict[str, Any]]]:
    at = target.form("inference_batch", [one.file for one in pictures], {"settings": dict(settings)})
    found = judge.shape(at) or []
    judge.require(
        len(found) == len(pictures), "batch.number", expected=f"{len(pictures)} predictions", got=str(len(found)), at=at
    )
    return at, found


@must(asks=3)
def test_a_batch_is_answered_in_order(
    target: Target, judge: Judge, singles: list[Single], meta: Meta, settings: Mapping[str, Any]
) -> None:
    turned = [one.picture for one in singles[-_MANY:][::-1]]
    at, found = _batch(target, judge, turned, settings)
    for picture, prediction in zip(turned, found, strict=False):
        judge_size(judge, at, prediction, (picture.width, picture.height))
        judge_objects(judge, at, prediction, meta)


@must(asks=3)
def test_a_batch_gives_what_its_pictures_give_alone(
    target: Target, judge: Judge, singles: list[Single], settings: Mapping[str, Any], sure: float
) -> None:
    some = singles[:_MANY]
    if not any(objects_of(one.prediction) for one in some):
        not_checked("no object was seen", "bring a picture with objects that the model knows with --image")
    at, found = _batch(target, judge, [one.picture for one in some], settings)
    for one, prediction in zip(some, found, strict=False):
        alike = likeness(objects_of(one.prediction), objects_of(prediction), sure)
        judge.require(
            alike >= one.stability / 2, "batch.alike",
            expected=f"what inference_image answered for {one.picture.file.name}",
            got=f"{alike:.0%} of its objects in the answer; asked alone again, {one.stability:.0%}", at=at,
        )  # fmt: skip


@must(asks=2)
def test_two_files_of_one_name_are_answered_as_two_pictures(
    target: Target, judge: Judge, singles: list[Single], settings: Mapping[str, Any]
) -> None:
    pair = [one.picture.named("picture.jpg") for one in singles[-2:]]
    at, found = _batch(target, judge, pair, settings)
    sizes = [size_of(one) for one in found]
    expected = [(one.width, one.height) for one in pair]
    judge.require(
        sizes == expected, "batch.equal-names", expected=f"widths and heights {expected}", got=str(sizes), at=at,
        answers="last file" if sizes == expected[1:] * 2 else "others",
    )  # fmt: skip


@must(asks=2)
def test_a_picture_sent_twice_is_answered_twice(
    target: Target, judge: Judge, singles: list[Single], settings: Mapping[str, Any]
) -> None:
    one = singles[0].picture
    at, found = _batch(target, judge, [one.named("a.jpg"), one.named("b.jpg")], settings)
    for prediction in found:
        judge_size(judge, at, prediction, (one.width, one.height))


@must()
def test_a_batch_over_the_announced_size_is_refused(
    target: Target, judge: Judge, singles: list[Single], info: Mapping[str, Any]
) -> None:
    most = info.get("max_batch_size")
    if not isinstance(most, int):
        not_checked("max_batch_size is not announced", "nothing to do for a model without")
    at = target.form("inference_batch", [singles[0].picture.file], {"settings": {}, "batch_size": most + 1})
    judge.refused(at, "batch.too-large", 400)
