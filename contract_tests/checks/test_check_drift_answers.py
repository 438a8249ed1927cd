"""Two answers and the truth: who differs in what, and who keeps the truth; what one side cannot answer is red."""

from typing import Any

from modeldouble_contract.drift.answer import Answer
from modeldouble_contract.drift.answers import rows, unseen
from modeldouble_contract.drift.probes import Probe
from modeldouble_contract.drift.row import SHAPE, STATUS, Drift, Row, merged
from modeldouble_contract.drift.shape import NO_JSON, shape_of
from modeldouble_contract.truth import Problem

JSON = "application/json"


def probe(*wanted: int, route: str = "get_status") -> Probe:
    return Probe("a question", route, lambda side: side.target.post(route), wanted or (200,))


def good(value: Any, *problems: Problem) -> Answer:
    return Answer(200, JSON, shape_of(value), problems=problems)


def problem(where: str, got: str = "nothing") -> Problem:
    return Problem("openapi.yaml#/x", where, "the key", got)


def compared(a: Answer, b: Answer, *wanted: int, route: str = "get_status") -> list[tuple[str, ...]]:
    return [row[:6] for row in rows(probe(*wanted, route=route), a, b)]


def drift(*found: Row, shape: int = 1) -> Drift:
    return Drift("http://a", "http://b", "6.74.51", found, {"shape": shape, "status and error": 0, "behaviour": 0})


def test_equal_answers_that_keep_the_truth_are_no_row() -> None:
    assert compared(good({"a": 1}), good({"a": 2})) == []
    refused = Answer(400, JSON, form="{detail}")
    assert compared(refused, refused, 400) == []


def test_a_key_that_b_lacks_and_the_truth_wants_is_kept_by_a() -> None:
    found = compared(good({"a": 1}), good({}, problem("$.a")))
    assert found == [(SHAPE, "get_status.a", "the key is required", "integer", "no such key", "A")]


def test_a_key_that_the_truth_leaves_open_is_kept_by_both() -> None:
    assert compared(good({"a": 1}), good({})) == [
        (SHAPE, "get_status.a", "allows both", "integer", "no such key", "both")
    ]


def test_a_value_that_breaks_a_rule_is_told_though_the_shape_is_the_same() -> None:
    found = compared(good({"a": 1}, problem("$.a", "-1")), good({"a": 1}))
    assert found == [(SHAPE, "get_status.a", "the key is required", "-1", "as the truth says", "B")]


def test_what_both_do_wrong_is_told_and_is_no_drift() -> None:
    row = next(rows(probe(), *(good({}, problem("$.a")) for _ in range(2))))
    assert (row.keeps, row.equal, row.red) == ("neither", True, False)
    assert (drift(row).status, drift(row).untrue(), drift(row).drifted()) == (0, [row], [])


def test_what_is_no_json_differs_from_what_is() -> None:
    broken = Answer(200, JSON, NO_JSON, problems=(Problem("", "$", "JSON in UTF-8", "cut"),))
    assert compared(good({}), broken) == [(SHAPE, "get_status", "JSON in UTF-8", "object", "no JSON", "A")]


def test_another_status_is_a_row_and_shapes_are_not_compared_then() -> None:
    found = compared(Answer(400, JSON, form="{detail}"), Answer(500, "text/plain", form="text/plain"), 400)
    assert found == [(STATUS, "a question", "400", "400 {detail}", "500 text/plain", "A")]


def test_two_statuses_may_both_be_the_truth() -> None:
    assert compared(good({}), Answer(404, JSON, form="{detail}"), 200, 404)[0][-1] == "both"


def test_the_same_wrong_status_is_kept_by_neither() -> None:
    wrong = Answer(500, "text/plain", form="text/plain")
    assert compared(wrong, wrong, 400) == [(STATUS, "a question", "400", "500", "500", "neither")]


def test_another_form_of_the_error_body_is_a_row() -> None:
    texts = Answer(400, JSON, form="JSON that is string", problems=(Problem("", "$", "object", '"no"'),))
    [row] = compared(Answer(400, JSON, form="{detail}"), texts, 400)
    assert row[1:] == ("the error body for a question", "object at $", "{detail}", "JSON that is string", "A")


def test_another_content_type_is_a_row() -> None:
    html = Answer(200, "text/html", NO_JSON, problems=(problem("$"),))
    assert compared(good({}), html)[0][1:] == (
        "the content type for a question", "the key at $", JSON, "text/html", "A",
    )  # fmt: skip


def test_what_one_side_cannot_answer_is_red_on_either_side() -> None:
    gone = Answer(missing="it has no such route")
    for pair in ((gone, good({})), (good({}), gone)):
        [row] = rows(probe(), *pair)
        assert (row.red, row.equal, drift(row).status) == (True, False, 1)
        assert "could not check: it has no such route" in (row.a, row.b)


def test_what_neither_can_answer_is_named_and_is_no_row() -> None:
    a, b = Answer(missing="one"), Answer(missing="two")
    assert (compared(a, b), compared(a, a)) == ([], [])
    found = list(unseen([(probe(), a, b), (probe(), a, a), (probe(), a, good({}))]))
    assert found == ["a question (get_status): A: one; B: two", "a question (get_status): one"]


def test_an_empty_list_on_one_side_is_red() -> None:
    [row] = rows(probe(), good([]), good([1]))
    assert (row.keeps, row.red, row.a) == ("?", True, "could not check: the list is empty")


def test_keys_of_the_session_info_that_the_truth_does_not_list_are_the_apps_own() -> None:
    info = "get_session_info"
    assert compared(good({"half": "True"}), good({}), route=info) == []
    assert [row[1] for row in compared(good({"device": "cpu"}), good({}), route=info)] == ["get_session_info.device"]


def test_rows_that_say_the_same_are_one_with_all_places() -> None:
    one = Row(SHAPE, "prediction.x", "allows both", "integer", "null", "both", ("first",), ("known",))
    other = one._replace(at=("second",), known=("other",))
    assert merged([one, other, one]) == [one._replace(at=("first", "second"), known=("known", "other"))]
    assert len(merged([one, one._replace(b="string")])) == 2


def test_nothing_compared_is_not_equal() -> None:
    assert drift(shape=0).status == 2
    assert drift(shape=0).verdict().startswith("COULD NOT COMPARE")
    assert (drift().status, drift().verdict()[:8]) == (0, "NO DRIFT")
