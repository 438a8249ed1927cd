"""Settings that were sent act."""

from collections.abc import Mapping
from typing import Any

from modeldouble_contract.exchange import Exchange
from modeldouble_contract.finding import not_checked
from modeldouble_contract.fixtures import Single, Start
from modeldouble_contract.job import Video
from modeldouble_contract.judge import Judge
from modeldouble_contract.level import must, should
from modeldouble_contract.likeness import likeness
from modeldouble_contract.objects import BACKGROUND, THRESHOLDS, Seen, objects_of, threshold_name
from modeldouble_contract.target import Target
from modeldouble_contract.truth import Release

_SEMANTIC = "semantic segmentation"
_WHITELIST_SINCE = Release.parse("6.73.102")
_BACKGROUNDS = frozenset((BACKGROUND, "background", "bg", "unlabeled", "neutral"))
_BRING = "bring a picture with several objects with --image"


@must(asks=3)
def test_classes_that_were_not_asked_for_do_not_come(
    target: Target, judge: Judge, singles: list[Single], settings: Mapping[str, Any], info: Mapping[str, Any]
) -> None:
    if judge.release is not None and judge.release < _WHITELIST_SINCE:
        not_checked(f"servers before {_WHITELIST_SINCE} know no setting `classes`", "nothing to do for this target")
    # There, what is of no class that was asked for is background, under the name that the model has for it.
    always = _BACKGROUNDS if info.get("task type") == _SEMANTIC else frozenset()
    for one in _rich(singles):
        wanted = objects_of(one.prediction)[0].class_name
        at, found = _infer(target, judge, one, {**settings, "classes": [wanted]})
        others = sorted({seen.class_name for seen in found} - {wanted} - always)
        judge.require(
            not others, "settings.classes", expected=f"objects of class {wanted} alone", got=f"also {others}", at=at
        )


@should(asks=3)
def test_a_higher_threshold_gives_no_more_objects(
    target: Target, judge: Judge, singles: list[Single], settings: Mapping[str, Any], defaults: Mapping[str, Any]
) -> None:
    name = _threshold(defaults)
    for one in _rich(singles):
        before = objects_of(one.prediction)
        least = sorted(seen.confidence or 0.0 for seen in before)[len(before) // 2]
        at, found = _infer(target, judge, one, {**settings, name: least})
        judge.require(
            len(found) <= len(before), "settings.threshold", expected=f"at most {len(before)} objects over {least}",
            got=str(len(found)), at=at,
        )  # fmt: skip
        below = [seen.confidence for seen in found if seen.confidence is not None and seen.confidence < least - 1e-6]
        judge.require(
            not below, "settings.threshold", expected=f"no object below {name} {least}", got=str(below), at=at
        )


@must(asks=6)
def test_a_threshold_acts_on_a_batch_as_it_does_on_a_picture(
    target: Target, judge: Judge, singles: list[Single], settings: Mapping[str, Any], defaults: Mapping[str, Any]
) -> None:
    name = _threshold(defaults)
    for one in _rich(singles):
        state = {"settings": {**settings, name: 1.0}}
        alone = objects_of(judge.shape(target.form("inference_image", [one.picture.file], state)))
        at = target.form("inference_batch", [one.picture.file], state)
        together = judge.shape(at)
        judge.require(
            len(together) == 1, "batch.number", expected="1 prediction", got=str(len(together)), at=at
        )  # fmt: skip
        judge.require(
            bool(alone) or not objects_of(together[0]), "settings.everywhere",
            expected=f"no object over {name} 1.0, as inference_image answered", got=at.shown(), at=at,
        )  # fmt: skip


@must(asks=2)
def test_settings_hold_for_one_request_only(
    target: Target, judge: Judge, singles: list[Single], settings: Mapping[str, Any],
    defaults: Mapping[str, Any], sure: float,
) -> None:  # fmt: skip
    one = _rich(singles)[0]
    name = threshold_name(defaults)
    strict = {**settings, "classes": [], **({} if name is None else {name: 1.0})}
    _infer(target, judge, one, strict)
    at, found = _infer(target, judge, one, settings)
    alike = likeness(objects_of(one.prediction), found, sure)
    judge.require(
        alike >= one.stability / 2, "settings.stick", at=at,
        expected="what these settings gave before, whatever came between",
        got=f"an answer that is to {alike:.0%} like it",
    )  # fmt: skip


@must(asks=12)
def test_classes_act_on_a_video_too(
    judge: Judge, start: Start, video: Video, settings: Mapping[str, Any], info: Mapping[str, Any]
) -> None:
    if judge.release is not None and judge.release < _WHITELIST_SINCE:
        not_checked(f"servers before {_WHITELIST_SINCE} know no setting `classes`", "nothing to do for this target")
    count = min(6, video.frames or 6)
    frames = start(startFrameIndex=0, framesCount=count).drain().results
    classes = sorted({seen.class_name for frame in frames for seen in objects_of(frame)})
    if len(classes) < 2:
        not_checked(f"of {len(classes)} class only were the objects of {count} frames", "bring a video with --video")
    job = start(startFrameIndex=0, framesCount=count, settings={**settings, "classes": classes[:1]})
    found = {seen.class_name for frame in job.drain().results for seen in objects_of(frame)}
    always = _BACKGROUNDS if info.get("task type") == _SEMANTIC else frozenset()
    others = sorted(found - {classes[0]} - always)
    judge.require(
        not others,
        "settings.classes",
        expected=f"objects of class {classes[0]} alone",
        got=f"also {others}",
        at=job.last,
    )


def _threshold(defaults: Mapping[str, Any]) -> str:
    return threshold_name(defaults) or not_checked(
        "the default settings have no confidence threshold", f"name one of {', '.join(THRESHOLDS)} if it has one"
    )


def _rich(singles: list[Single]) -> list[Single]:
    rich = [one for one in singles if objects_of(one.prediction)]
    if not rich:
        not_checked("no object was seen", _BRING)
    return rich[:3]


def _infer(target: Target, judge: Judge, one: Single, settings: Mapping[str, Any]) -> tuple[Exchange, list[Seen]]:
    at = target.form("inference_image", [one.picture.file], {"settings": settings})
    return at, objects_of(judge.shape(at))
