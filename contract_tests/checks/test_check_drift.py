"""Two targets are set beside each other: two fakes are equal, a known lie in front of one is told as what it is."""

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import modeldouble_server
from modeldouble_contract.command import Asked, contract, second_of
from modeldouble_contract.drift import BEHAVIOUR, SHAPE, STATUS, Drift, announcement, compare
from modeldouble_contract.drift.probes import probes
from modeldouble_contract.drift.side import Side
from modeldouble_contract.outcome import HOLDS, Outcome, Result
from modeldouble_contract.plan import Plan
from modeldouble_contract.preflight import CannotCheck
from modeldouble_contract.run import run
from modeldouble_contract.truth import load

from .mutants.liar import Liar
from .mutants.lie import Changed, Forwarded, Instead, Lie, Teller, Told, good
from .mutants.traffic import Answer, told

DEAD = "http://127.0.0.1:9"
Compare = Callable[..., Drift]


def unjudged(plan: Plan) -> Outcome:
    """A suite of one check, for what the questions alone can tell."""
    return Outcome(plan.target, "", {}, (Result("check", "a check", "must", HOLDS),), (), 0, 0, 0.0)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with modeldouble_server.serve() as server:
        yield server.session_url


@pytest.fixture(scope="module")
def liar() -> Iterator[Liar]:
    with modeldouble_server.serve() as server, Liar(server.session_url) as liar:
        yield liar


@pytest.fixture
def lied(url: str, liar: Liar) -> Iterator[Compare]:
    """lied(teller, *routes) compares a fake with one that a lie stands in front of."""

    def begin(teller: Teller, *routes: str, method: str = "POST", **also: Any) -> Drift:
        liar.tell(Lie("a lie", "for a test", routes, lambda: teller, method=method))
        found = compare(Plan(url), Plan(liar.url), **{"judged": unjudged, **also})
        assert liar.fired
        return found

    yield begin
    liar.tell(None)


def test_two_fakes_of_equal_set_up_do_not_differ(url: str, liar: Liar) -> None:
    found = compare(Plan(url), Plan(liar.url))
    assert (found.rows, found.status) == ((), 0), found.verdict()
    assert [found.compared[level] >= least for level, least in ((SHAPE, 40), (STATUS, 80), (BEHAVIOUR, 100))] == [
        True
    ] * 3


@pytest.mark.parametrize("turn", range(5))
def test_asking_again_shows_no_difference_either(url: str, liar: Liar, turn: int) -> None:
    assert compare(Plan(url), Plan(liar.url), judged=unjudged).rows == ()


def test_a_key_of_another_type_is_a_difference_of_shape(lied: Compare) -> None:
    found = lied(Changed(lambda value: {**value, "number_of_classes": "80"}), "get_session_info")
    [row] = found.rows
    assert row[:6] == (SHAPE, "get_session_info.number_of_classes", "integer or null", "integer", "string", "A")
    assert found.status == 1


def test_a_key_that_the_truth_does_not_know_is_one_too(lied: Compare) -> None:
    [row] = lied(Changed(lambda value: {**value, "odd": 1}), "get_status").rows
    assert row[:6] == (SHAPE, "get_status.odd", "allows both", "no such key", "integer", "both")


def test_a_key_missing_in_predictions_is_one_row_for_all_answers(lied: Compare) -> None:
    def without(value: Any) -> Any:
        return [without(one) for one in value] if isinstance(value, list) else {**value, "annotation": _bare(value)}

    [row] = lied(Changed(without), "inference_image", "inference_batch").rows
    assert (row.what, row.b, row.keeps, len(row.at)) == ("prediction.annotation.tags", "no such key", "A", 4)


def _bare(prediction: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in prediction["annotation"].items() if key != "tags"}


def test_success_in_place_of_a_refusal_is_a_difference_of_status(lied: Compare) -> None:
    wrong = Told(lambda answer: told({"message": "fine", "success": True}), lambda answer: answer.status == 404)
    [row] = lied(wrong, "stop_inference").rows
    assert row[:6] == (STATUS, "an unknown uuid", "404", "404 {detail, message, success}", "200", "A")


def test_a_bare_text_as_error_is_a_difference_of_errors(lied: Compare) -> None:
    bare = Told(lambda answer: answer.with_json("no"), lambda answer: answer.status == 400)
    rows = lied(bare, "get_inference_progress").rows
    assert {row.what for row in rows} == {
        f"the error body for {what}" for what in ("a missing uuid", "a body without state")
    }
    assert {(row.level, row.b, row.keeps) for row in rows} == {(STATUS, "JSON that is string", "A")}


def test_truncated_json_is_told(lied: Compare) -> None:
    [row] = lied(Told(lambda answer: answer._replace(body=answer.body[:-1]), good), "is_deployed").rows
    assert (row.level, row.what, row.a, row.b, row.keeps) == (SHAPE, "is_deployed", "object", "no JSON", "A")


def test_a_lie_that_no_shape_shows_is_a_difference_of_behaviour(url: str, lied: Compare) -> None:
    ignored = Forwarded(lambda state: {**state, "startFrameIndex": 0})
    found = lied(ignored, "inference_video_async", judged=run)
    assert {row.level for row in found.rows} == {BEHAVIOUR}
    assert "a job of one frame gives one" in " ".join(row.what for row in found.rows)
    assert {row.keeps for row in found.rows} <= {"A", "?"}
    assert all(row.a == "holds" for row in found.rows)


@pytest.mark.parametrize("method", ["", "POST"])
def test_a_route_that_one_side_lacks_is_red(lied: Compare, method: str) -> None:
    gone = Instead(told({"detail": "Not Found"}, status=404))
    found = lied(gone, "get_model_meta", method=method)
    [row] = found.rows
    assert (row.red, row.b) == (not method, "could not check: it has no such route" if not method else "404 {detail}")
    assert found.status == 1


def test_a_job_that_does_not_start_leaves_its_questions_red(lied: Compare) -> None:
    found = lied(Instead(told({"detail": "no", "message": "no", "success": False}, 400)), "inference_video_async")
    red = [row for row in found.rows if row.red]
    assert {row.b for row in red} == {"could not check: the job did not start"}
    assert {"a job that ended", "a job that was stopped", "stop of a job"} <= {row.what for row in red}


def test_an_answer_that_is_cut_off_is_red(lied: Compare) -> None:
    [row] = lied(Told(lambda answer: answer._replace(cut=3)), "get_status").rows
    assert (row.red, row.b.startswith("could not check: no whole answer")) == (True, True)


def test_a_job_that_never_ends_is_not_waited_for(url: str, liar: Liar) -> None:
    liar.tell(Lie("a lie", "for a test", (), lambda: Changed(_busy)))
    found = compare(Plan(url, patience=1.0), Plan(liar.url, patience=1.0), judged=unjudged)
    liar.tell(None)
    assert "could not check: the job showed no end within 1 s" in {row.b for row in found.rows}


def _busy(value: Any) -> Any:
    return (
        {**value, "finished": False, "is_inferring": True} if isinstance(value, dict) and "finished" in value else value
    )


@pytest.mark.parametrize("swapped", [False, True])
def test_a_side_that_cannot_be_reached_is_named(url: str, swapped: bool) -> None:
    pair = (DEAD, url) if swapped else (url, DEAD)
    with pytest.raises(CannotCheck, match=f"^{'A' if swapped else 'B'}, {DEAD}: nothing answers there"):
        compare(*map(Plan, pair))


def test_no_more_is_asked_for_than_was_announced(url: str) -> None:
    side = Side(Plan(url), load())
    asked = probes(side.plan, side.brought)
    for probe in asked:
        before = side.target.asked
        probe.ask(side)
        wanted = probe.asks if probe.wanted == (200,) else side.target.asked - before
        assert side.target.asked - before == wanted, probe
    side.leave()
    assert f"{len(asked)} questions" in announcement(Plan(url), Plan(url))


def told_by_command(tmp_path: Path, a: str, b: str) -> tuple[int, str, dict[str, Any]]:
    out, err = io.StringIO(), io.StringIO()
    status = contract(Asked(a, compare=b, json=tmp_path / "drift.json", html=tmp_path / "drift.html"), {}, out, err)
    return status, out.getvalue() + err.getvalue(), json.loads((tmp_path / "drift.json").read_text("utf-8"))


def test_the_command_ends_with_1_and_writes_the_reports(tmp_path: Path, url: str, liar: Liar) -> None:
    liar.tell(Lie("a lie", "", ("is_deployed",), lambda: Instead(Answer(200, (), b"{}"))))
    status, text, found = told_by_command(tmp_path, url, liar.url)
    liar.tell(None)
    assert (status, found["status"], found["schema"]) == (1, 1, "modeldouble-contract-drift/1")
    assert {row["level"] for row in found["rows"]} >= {STATUS, BEHAVIOUR}
    assert "Status and error" in text
    assert "\nDRIFT: " in text
    assert "is_deployed" in (tmp_path / "drift.html").read_text("utf-8")
    assert url.rpartition("/")[2] not in text + json.dumps(found)


def test_the_command_ends_with_2_where_a_side_cannot_be_reached(tmp_path: Path, url: str) -> None:
    status, text, found = told_by_command(tmp_path, url, DEAD)
    assert (status, found["status"]) == (2, 2)
    assert f"COULD NOT CHECK: B, {DEAD}: nothing answers there" in " ".join(text.split())


def test_the_second_target_is_no_task_and_gets_the_token_only_where_ids_need_it() -> None:
    first = Plan("http://a/net/x", "secret", task_id=7, image_id=(1,), settings="s.yaml")
    asked = Asked(task_id=7, compare="http://b")
    assert second_of(asked, first) == first._replace(target="http://b", task_id=None, api_token=None)
    assert second_of(asked._replace(image_id=(1,)), first).api_token == "secret"
    assert second_of(asked._replace(video_id=1), first).api_token == "secret"
    assert second_of(asked._replace(token="given"), first).api_token == "given"


@pytest.mark.parametrize("url", ["", "b", "http://b:0", "ftp://b"])
def test_a_second_target_that_is_no_url_cannot_be_compared(url: str) -> None:
    with pytest.raises(CannotCheck, match=r"--compare .* cannot be asked"):
        second_of(Asked("http://a", compare=url), Plan("http://a"))
