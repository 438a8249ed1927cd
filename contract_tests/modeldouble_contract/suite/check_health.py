"""Is it there, is it ready: what an orchestrator asks."""

from typing import Any

import pytest

from modeldouble_contract.finding import not_checked
from modeldouble_contract.judge import Judge
from modeldouble_contract.level import must, should
from modeldouble_contract.target import Target


@must()
@pytest.mark.parametrize(
    ("method", "route"),
    [
        ("GET", "livez"), ("GET", "is_alive"), ("POST", "is_running"),
        ("GET", "readyz"), ("GET", "is_ready"), ("POST", "is_ready"),
    ],
)  # fmt: skip
def test_a_deployed_model_is_alive_and_ready(
    target: Target, judge: Judge, routes: frozenset[str], method: str, route: str
) -> None:
    if route not in routes:
        not_checked(f"the target has no {route}", "nothing to do for its release")
    judge.shape(target.send(method, route))


@must()
@pytest.mark.parametrize("route", ["is_deployed", "get_status", "get_deploy_info", "get_tracking_settings"])
def test_a_deployed_model_tells_what_it_is(target: Target, judge: Judge, routes: frozenset[str], route: str) -> None:
    if route not in routes:
        not_checked(f"the target has no {route}", "nothing to do for its release")
    found = judge.shape(target.post(route))
    told = None if found is None else {"is_deployed": found.get("deployed"), "get_status": found.get("is_deployed")}
    if told is not None and route in told:
        judge.require(told[route] is True, "health.deployed", expected="true, as it infers", got=str(told[route]))


@must()
def test_both_routes_of_the_meta_answer_the_same(target: Target, judge: Judge, routes: frozenset[str]) -> None:
    if "get_model_meta" not in routes:
        not_checked("the target has no get_model_meta", "nothing to do for its release")
    one = judge.shape(target.post("get_output_classes_and_tags"))
    at = target.post("get_model_meta")
    # Each process of an app draws the colours of its tags by lot, and a platform may ask one or another.
    same = _without_colours_of_tags(one) == _without_colours_of_tags(judge.shape(at))
    judge.require(
        same, "meta.alias", expected=f"what get_output_classes_and_tags answers, {str(one)[:300]}", got=at.shown(),
        at=at,
    )  # fmt: skip


@should()
def test_an_answer_about_the_model_takes_less_than_a_second(target: Target, judge: Judge) -> None:
    at = min((target.post("get_session_info") for _ in range(3)), key=lambda one: one.seconds)
    judge.require(at.seconds < 1.0, "time.info", expected="under 1 s", got=f"{at.seconds:.2f} s", at=at)


def _without_colours_of_tags(meta: Any) -> Any:
    if not isinstance(meta, dict):
        return meta
    return {**meta, "tags": [{**tag, "color": None} for tag in meta["tags"]]}
