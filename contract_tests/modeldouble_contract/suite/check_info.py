"""What a target says of itself."""

from collections.abc import Mapping
from typing import Any

from modeldouble_contract.judge import Judge
from modeldouble_contract.level import must, should
from modeldouble_contract.objects import BACKGROUND, Meta
from modeldouble_contract.probe import missing
from modeldouble_contract.target import Target
from modeldouble_contract.truth import Truth


@must()
def test_session_info_has_the_documented_shape(info: Mapping[str, Any]) -> None:
    assert info is not None


@must()
def test_every_route_of_the_release_is_there(judge: Judge, truth: Truth, routes: frozenset[str]) -> None:
    lacking = [] if judge.release is None else missing(truth, routes, judge.release)
    for operation in lacking:
        judge.require(
            False, "route.exists", expected=f"route {operation.route}, which there is since {operation.since}",
            got="404", place=operation.place, route=operation.route,
        )  # fmt: skip


@must()
def test_number_of_classes_is_that_of_the_meta(info: Mapping[str, Any], meta: Meta, judge: Judge) -> None:
    told = info.get("number_of_classes")
    own = {len(meta.shapes), len(set(meta.shapes) - {BACKGROUND})}
    judge.require(
        told is None or told in own, "info.number-of-classes", expected=f"{len(meta.shapes)}, as are in the meta",
        got=str(told), place="openapi.yaml#/components/schemas/SessionInfo",
    )  # fmt: skip


@should()
def test_session_info_is_the_same_when_asked_again(target: Target, judge: Judge, info: Mapping[str, Any]) -> None:
    again = target.post("get_session_info")
    judge.require(
        judge.shape(again) == info, "info.stable", expected="the answer of before", got=again.shown(), at=again
    )
