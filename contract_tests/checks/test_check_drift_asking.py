"""How a side is asked: jobs to their end and not beyond, each answer set beside the truth, secrets never shown."""

import json
from typing import Any

import pytest

from modeldouble_contract.brought import bring
from modeldouble_contract.drift.answer import Answer, ask
from modeldouble_contract.drift.comparing import Shown
from modeldouble_contract.drift.probes import Probe, probes
from modeldouble_contract.drift.row import SHAPE, Row
from modeldouble_contract.drift.shape import NO_JSON
from modeldouble_contract.drift.side import Side, Unasked
from modeldouble_contract.exchange import Exchange, Sent
from modeldouble_contract.plan import Plan
from modeldouble_contract.target import Target
from modeldouble_contract.truth import Release, load

NEWEST = Release(6, 74, 51)
UUID = "0" * 32


class Scripted(Target):
    """Answers from a list, the last one again and again; sleeping moves its clock."""

    def __init__(self, *script: tuple[int, Any]) -> None:
        self.now, self.script, self.routes = 0.0, list(script), list[str]()
        super().__init__("http://x", patience=5.0, clock=lambda: self.now, sleep=self._wait)

    def _wait(self, seconds: float) -> None:
        self.now += seconds

    def _ask(self, sent: Sent, timeout: float) -> tuple[int, str, bytes]:
        self.routes.append(sent.url.rpartition("/")[2])
        status, value = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        return status, "application/json", value if isinstance(value, bytes) else json.dumps(value).encode()


class Alone(Side):
    """A side whose target is scripted."""

    def __init__(self, *script: tuple[int, Any]) -> None:
        self.scripted = Scripted(*script)
        self.target, self.truth, self.plan = self.scripted, load(), Plan("http://x")
        self.routes = frozenset(load().operations)
        self._jobs, self._stuck = {"job": UUID}, {}


def poll(*results: int, finished: bool = False) -> tuple[int, Any]:
    return 200, {"pending_results": list(results), "finished": finished}


def test_the_first_results_are_waited_for() -> None:
    side = Alone(poll(), poll(), poll(1, 2), poll(3))
    assert side.first_results("job").json()["pending_results"] == [1, 2]


def test_a_job_is_emptied_before_it_is_asked_how_it_ended() -> None:
    side = Alone(poll(1), poll(2, finished=True), poll(finished=True), (200, {"end": True}))
    assert side.ended("get_inference_status", "job").json() == {"end": True}
    assert side.scripted.routes == ["pop_inference_results"] * 3 + ["get_inference_status"]


def test_a_server_without_finished_says_the_end_otherwise() -> None:
    side = Alone(
        (200, {"pending_results": [], "is_inferring": True}), (200, {"pending_results": [], "is_inferring": False})
    )
    side.ended("get_inference_progress", "job")
    assert len(side.scripted.routes) == 3


def test_a_job_without_an_end_is_waited_for_once() -> None:
    side = Alone(poll())
    for _ in range(3):
        with pytest.raises(Unasked, match="no end within 5 s"):
            side.ended("get_inference_status", "job")
    assert 5.0 <= side.scripted.now < 5.2


@pytest.mark.parametrize("answer", [(500, "no"), (200, []), (200, {}), (200, b"<html>")])
def test_a_pop_without_results_ends_the_question(answer: tuple[int, Any]) -> None:
    with pytest.raises(Unasked, match=f"answered {answer[0]} without results"):
        Alone(answer).first_results("job")


def test_a_job_that_ends_without_results_has_no_first() -> None:
    with pytest.raises(Unasked, match="ended without results"):
        Alone(poll(finished=True)).first_results("job")


@pytest.mark.parametrize("value", [{}, [], {"inference_request_uuid": 5}])
def test_a_start_without_a_uuid_started_nothing(value: Any) -> None:
    side = Alone((200, value))
    side.start("other", Exchange("x", Sent("POST", ""), 200, "", json.dumps(value).encode(), 0.0))
    with pytest.raises(Unasked, match="did not start"):
        side.about("stop_inference", "other")


def answered(status: int, value: Any, route: str = "is_deployed", **also: Any) -> Answer:
    return ask(Alone((status, value)), Probe("x", route, lambda side: side.target.post(route), **also), NEWEST)


@pytest.mark.parametrize(
    ("value", "form"),
    [
        ({"message": "m", "detail": "d", "success": False}, "{detail, message, success}"),
        ({"detail": [{"loc": 1}]}, "{detail: list}"),
        ({"detail": {"title": "t", "message": "m"}}, "{detail: object of message, title}"),
        ("text", "JSON that is string"),
    ],
)  # fmt: skip
def test_the_body_of_a_refusal_is_told_by_its_form(value: Any, form: str) -> None:
    found = answered(400, value)
    assert (found.form, found.shape) == (form, None)


def test_a_granted_answer_has_a_shape_and_what_the_truth_says_of_it() -> None:
    found = answered(200, {"deployed": 1})
    assert found.shape is not None
    assert {one.where for one in found.problems} >= {"$.deployed"}
    assert answered(200, b'{"cut').shape == NO_JSON


def test_of_a_moving_answer_only_a_part_is_compared() -> None:
    found = answered(200, {"pending_results": [{}], "stage": 5}, "pop_inference_results", part="pending_results")
    assert found.shape is not None
    assert found.shape.type == "list"
    assert found.problems
    assert all(one.where.startswith("$[0]") for one in found.problems)


def test_a_listed_deviation_is_named() -> None:
    assert answered(500, "", "stop_inference", wanted=(404,), code="job.unknown-uuid").known == ("job.unknown-uuid",)


def test_a_route_that_is_not_there_is_not_asked() -> None:
    side = Alone((200, {}))
    side.routes = frozenset()
    found = ask(side, Probe("x", "is_deployed", lambda one: one.target.post("is_deployed")), NEWEST)
    assert (found.missing, side.scripted.routes) == ("it has no such route", [])


def test_questions_by_id_are_asked_where_ids_were_given() -> None:
    plans = Plan("http://x"), Plan("http://x", image_id=(1,), video_id=2)
    few, many = (probes(plan, bring(plans[0])) for plan in plans)
    added = {probe.route for probe in many} - {probe.route for probe in few}
    assert added == {"inference_video_id", "inference_video_id_async"}
    assert len(many) - len(few) == 7


def test_neither_sides_secrets_are_shown() -> None:
    shown = Shown(Plan("http://a/net/first", "token"), Plan("http://b/net/second"))
    row = Row(SHAPE, "first", "second", "token", "\x1b[1m first\n", "A", ("token",))
    text = str(shown.row(row))
    assert not any(secret in text for secret in ("first", "second", "token", "\x1b"))


def test_questions_about_an_ended_job_wait_for_its_end() -> None:
    asked = [
        one for one in probes(Plan("http://x"), bring(Plan("http://x"))) if one.name.startswith("a job that ended")
    ]
    assert len(asked) == 6
    for probe in asked:
        side = Alone(poll(1), poll(finished=True))
        side._jobs["whole"] = UUID
        probe.ask(side)
        assert side.scripted.routes == ["pop_inference_results"] * 2 + [probe.route]
