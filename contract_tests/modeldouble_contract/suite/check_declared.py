"""What a target declares of itself is so, as far as it shows."""

from collections.abc import Mapping
from typing import Any

import pytest

from modeldouble_contract.brought import Brought
from modeldouble_contract.finding import not_checked
from modeldouble_contract.fixtures import Single
from modeldouble_contract.judge import Judge
from modeldouble_contract.level import must
from modeldouble_contract.objects import Meta
from modeldouble_contract.target import Target

_INFO = "openapi.yaml#/components/schemas/session_info"
_MASKS = {"bitmap", "polygon", "alpha_mask", "any"}
_SHAPES = {
    "object detection": {"rectangle", "any"},
    "instance segmentation": _MASKS,
    "semantic segmentation": _MASKS,
    "pose estimation": {"graph", "any"},
}
"""Task type -> shapes that its classes may have."""


@must()
def test_classes_have_the_shapes_of_the_task(info: Mapping[str, Any], meta: Meta, judge: Judge) -> None:
    task = str(info.get("task type"))
    if task not in _SHAPES:
        not_checked(f"the shapes of task type {task!r} are not known", "nothing to do for such a model")
    other = {name: shape for name, shape in meta.shapes.items() if shape not in _SHAPES[task]}
    judge.require(
        not other, "info.task-type", expected=f"classes of shape {' or '.join(sorted(_SHAPES[task]))} for {task}",
        got=str(other)[:200], place=_INFO,
    )  # fmt: skip


@must()
def test_tags_of_objects_are_those_of_the_meta(singles: list[Single], meta: Meta, judge: Judge) -> None:
    for one in singles:
        annotation = one.prediction["annotation"]
        tags = [tag for thing in (annotation, *annotation["objects"]) for tag in thing.get("tags", [])]
        unknown = sorted({tag["name"] for tag in tags} - meta.tags)
        judge.require(
            not unknown, "object.tags", expected=f"tags of the meta, {', '.join(sorted(meta.tags))}", got=str(unknown),
            at=one.at,
        )  # fmt: skip


@must(asks=1)
@pytest.mark.parametrize("support", ["async_video_inference_support", "async_image_inference_support"])
def test_what_is_declared_impossible_is_so(
    target: Target, judge: Judge, brought: Brought, info: Mapping[str, Any], routes: frozenset[str], support: str
) -> None:
    if info.get(support) is not False:
        not_checked(f"{support} is not declared false", "nothing to do for a model that can do it")
    video = "video" in support
    route = brought.video.route if video else "inference_batch_async"
    if route not in routes:
        not_checked(f"the target has no {route}", "nothing to do for its release")
    state = {"settings": {}, "startFrameIndex": 0, "framesCount": 1}
    at = brought.video.start(target, state) if video else target.form(route, [brought.pictures[0].file], {})
    judge.require(
        at.status != 200, "info.capability", expected=f"a refusal, as {support} is false", got=at.shown(), at=at,
        place=_INFO,
    )  # fmt: skip
