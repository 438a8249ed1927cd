"""The judge raises what is wrong, names deviations that look like it, and forgives those of a named release only."""

from typing import Any

import pytest

from modeldouble_contract.exchange import Exchange
from modeldouble_contract.finding import Finding
from modeldouble_contract.judge import Judge
from modeldouble_contract.truth import Release, load

from .said import answered, truth_with

NEW, OLD = Release.parse("6.74.51"), Release.parse("6.69.57")
BAD = answered(b'{"detail": "no"}', 500)


def judge(release: Release | None = NEW, *, forgive: bool = True, **deviation: Any) -> Judge:
    """A judge who knows one deviation of status."""
    return Judge(truth_with(one={"finding": "status.get_session_info", **deviation}), release, forgive=forgive)


def caught(one: Judge, at: Exchange = BAD) -> Finding:
    with pytest.raises(Finding) as raised:
        one.status(at, 200)
    return raised.value


def test_what_holds_is_true() -> None:
    assert judge(got={"status": 500}).status(answered(b"{}"), 200, 201)


def test_what_does_not_hold_is_told_with_code_place_and_request() -> None:
    found = caught(judge(got={"status": 400}))
    assert (found.code, found.expected) == ("status.get_session_info", "status 200")
    assert found.place == "openapi.yaml#/paths/~1get_session_info/post"
    assert found.told().splitlines()[3].startswith("request: curl -sS -X POST http://app/get_session_info")
    assert found.candidates == ()


def test_a_deviation_of_the_named_release_is_forgiven_and_noted() -> None:
    one = judge(got={"status": 500})
    assert not one.status(BAD, 200)
    assert one.seen == {"one": BAD}
    assert one.forgiven == ["one"]


@pytest.mark.parametrize(("since", "until"), [("6.74.52", None), (None, "6.74.51")])
def test_a_deviation_of_another_release_is_a_candidate(since: str | None, until: str | None) -> None:
    found = caught(judge(got={"status": 500}, since=since, until=until))
    assert found.candidates == ("one",)


def test_without_a_named_release_nothing_is_forgiven() -> None:
    one = judge(forgive=False, got={"status": 500})
    assert caught(one).candidates == ("one",)
    assert one.seen == {}


@pytest.mark.parametrize(("got", "like"), [
    ({"status": 500}, True), ({"status": [500, 502]}, True), ({"status": 501}, False), ({"status": "500"}, False),
    ({"body": {"detail": "no"}}, True), ({"route": "get_session_info", "status": 500}, True),
    ({"status": 500, "content_type": "text/plain"}, False), ({"frames": 0}, False), ({}, True),
])  # fmt: skip
def test_a_deviation_is_recognised_by_all_of_its_facts(got: dict[str, Any], like: bool) -> None:
    assert (caught(judge(forgive=False, got=got)).candidates == ("one",)) is like


def test_facts_of_the_check_count_too() -> None:
    one = Judge(truth_with(one={"finding": "frames", "got": {"frames": [[5, 6]]}}), NEW, forgive=True)
    assert not one.require(False, "frames", expected="a", got="b", frames=[5, 6])
    with pytest.raises(Finding):
        one.require(False, "frames", expected="a", got="b", frames=[5, 7])


def test_true_is_not_one_in_a_fact() -> None:
    with pytest.raises(Finding):
        Judge(truth_with(one={"finding": "x", "got": {"told": 1}}), NEW, forgive=True).require(
            False, "x", expected="a", got="b", told=True
        )


def test_a_long_body_is_no_fact() -> None:
    at = answered(b"[" + b" " * 300 + b"]", 500)
    assert caught(judge(forgive=False, got={"body": [[]]}), at).candidates == ()


@pytest.mark.parametrize("body", [b"[" * 100_000, b"\xff", b'{"a": NaN}', b'{"a": 1, "a": 2}', b""])
def test_what_is_no_json_is_a_finding_of_its_shape(body: bytes) -> None:
    with pytest.raises(Finding) as raised:
        Judge(load(), NEW).shape(answered(body))
    assert raised.value.code == "shape.get_session_info"


def test_a_missing_key_is_told_with_its_place_in_answer_and_truth() -> None:
    with pytest.raises(Finding) as raised:
        Judge(load(), NEW).shape(answered(b'{"success": true}', route="stop_inference"))
    assert "$.message" in raised.value.got
    assert raised.value.place.startswith("openapi.yaml#/paths/~1stop_inference/post")
    assert raised.value.facts["where"] == "$.message"


def test_a_shape_can_be_forgiven_by_where_and_by_what_holds_it() -> None:
    listed = {"finding": "shape.stop_inference", "got": {"where": "$.message", "holder": {"success": True}}}
    one = Judge(truth_with(one=listed), NEW, forgive=True)
    assert one.shape(answered(b'{"success":true}', route="stop_inference")) == {"success": True}
    assert one.forgiven == ["one"]


def test_a_status_that_is_forgiven_has_no_shape() -> None:
    assert judge(got={"status": 500}).shape(BAD) is None


def test_a_refusal_has_status_and_form() -> None:
    one = Judge(load(), NEW)
    good = b'{"detail":"Not JSON","success":false,"message":"Not JSON"}'
    assert one.refused(answered(good, 400), "request.malformed-json", 400)
    with pytest.raises(Finding) as raised:
        one.refused(answered(b'"bare text"', 400), "request.malformed-json", 400)
    assert raised.value.code == "shape.get_session_info"


def test_what_could_have_been_shown_is_what_was_asked() -> None:
    one = judge(got={"status": 500, "route": ["get_session_info"]})
    deviation = one.truth.deviations["one"]
    assert not one.could_show(deviation)
    one.status(answered(b"{}", route="get_status"), 200, code="status.get_session_info")
    assert not one.could_show(deviation)
    one.status(answered(b"{}"), 200)
    assert one.could_show(deviation)
