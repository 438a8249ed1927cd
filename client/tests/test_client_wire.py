"""Requests key by key, answers of every dialect, error bodies of every form. No network."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeldouble import wire
from modeldouble.answers import explain, read_json
from modeldouble.errors import BadAnswer, ModelDoubleError, NotAServingApp, NotFound, Refused, ServerFailed, WrongToken
from modeldouble.jobstate import JobState, log_fields
from modeldouble.multipart import Form, Part
from modeldouble.pictures import Picture
from modeldouble.retry import Kind
from modeldouble.values import FrameRange

RUNNING = {"stage": "Running inference...", "finished": False, "is_inferring": True, "exception": None}


def look(answer: dict[str, Any], route: str = "get_inference_progress") -> JobState:
    return wire.read_job(route, 200, {}, json.dumps({"progress": {"current": 0, "total": 1}, **answer}).encode())


def test_requests_that_need_no_platform_carry_no_token() -> None:
    asked = [wire.ask_session_info(), wire.ask_default_settings(), wire.ask_model_meta(), wire.ask_image_url("u", {})]
    asked += [wire.ask_progress("u"), wire.ask_pop("u"), wire.ask_stop("u"), wire.ask_clear("u")]
    assert [sorted(ask.json or {}) for ask in asked] == [["context", "state"]] * 8


@pytest.mark.parametrize(
    ("ask", "state"),
    [
        (wire.ask_image_id(5, {"a": 1}, "t"), {"settings": {"a": 1}, "image_id": 5}),
        (wire.ask_image_ids([5, 6], {}, "t"), {"settings": {}, "batch_ids": [5, 6]}),
        (wire.ask_video_start(7, FrameRange(None, None, None), {}, "t"), {"settings": {}, "videoId": 7}),
    ],
)
def test_requests_by_id_carry_the_token(ask: wire.Ask, state: dict[str, Any]) -> None:
    assert ask.json == {"state": state, "context": {}, "api_token": "t"}


def test_without_a_token_there_is_no_key_for_it() -> None:
    assert wire.ask_image_id(5, {}, None).json == {"state": {"settings": {}, "image_id": 5}, "context": {}}


def test_only_starts_and_pops_are_made_once() -> None:
    frames = FrameRange(None, None, None)
    once = [wire.ask_pop("u"), wire.ask_video_start(1, frames, {}, None), wire.ask_video(1, frames, {}, None)]
    assert {ask.kind for ask in once} == {Kind.ONCE}
    assert {wire.ask_stop("u").kind, wire.ask_clear("u").kind, wire.ask_progress("u").kind} == {Kind.READ}
    assert wire.ask_image(Picture("x", b"x", 1), wire.state_part({})).kind is Kind.PREDICT


@pytest.mark.parametrize(
    ("answer", "total", "started", "ended"),
    [
        # 2023: preparing, running, one frame running, over, stopped.
        ({"is_inferring": True, "result": None, "pending_results": []}, None, False, False),
        ({"is_inferring": True, "progress": {"current": 2, "total": 6}, "result": None}, 6, True, False),
        ({"is_inferring": False, "progress": {"current": 6, "total": 6}, "result": {"ann": []}}, 6, True, True),
        ({"is_inferring": False, "cancel_inference": True, "result": None}, None, True, True),
        # 2025 and later: preparing, running, post-processing, over (progress reset), over with the truth elsewhere.
        ({"stage": "Preparing model for inference...", "finished": False, "is_inferring": False}, None, False, False),
        ({**RUNNING, "progress": {"current": 1, "total": 6}, "pending_results": 1}, 6, True, False),
        (
            {"stage": "Postprocess...", "finished": False, "is_inferring": False, "pending_results": 2},
            None,
            True,
            False,
        ),
        ({"stage": "Finished", "finished": True, "is_inferring": False, "pending_results": 2}, None, True, True),
        ({"stage": "Finished", "finished": True, "preparing_progress": {"current": 6, "total": 6}}, 6, True, True),
        # While data is loaded the second progress counts bytes.
        ({**RUNNING, "preparing_progress": {"current": 5, "total": 9999, "is_size": True}}, None, False, False),
        # A last frame handed out, the job still open: results exist before the end.
        ({**RUNNING, "progress": {"current": 1, "total": 1}, "result": True, "pending_results": 1}, 1, True, False),
    ],
)
def test_the_state_of_a_job(answer: dict[str, Any], total: int | None, started: bool, ended: bool) -> None:
    state = look(answer)
    assert (state.progress.total, state.started, state.ended) == (total, started, ended)
    assert state.failure is None


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        ({**RUNNING, "exception": {"type": "T", "message": "m", "traceback": "tb"}}, ("T", "m", "tb")),
        ({**RUNNING, "exception": "just text"}, ("", "just text", "")),
        ({**RUNNING, "stage": "Error"}, ("", "the server does not say why", "")),
        ({"is_inferring": False, "result": None}, ("", "the server does not say why; its log does", "")),
    ],
)
def test_a_failure_in_each_dialect(answer: dict[str, Any], failure: tuple[str, str, str]) -> None:
    assert look(answer).failure == failure
    assert look(answer).ended


@pytest.mark.parametrize("progress", [None, [], {"current": "1", "total": 2}, {"total": 2}])
def test_progress_that_breaks_the_protocol(progress: Any) -> None:
    with pytest.raises(BadAnswer, match="progress"):
        look({**RUNNING, "progress": progress})


def test_the_log_line_has_the_form_of_2023() -> None:
    answer = {"pending_results": 3, "result": False, "is_inferring": True, "stage": "x", "name": "would break logging"}
    fields = log_fields({**answer, "progress": {"current": 0, "total": 10, "status": "x"}})
    assert list(fields) == ["progress", "is_inferring", "cancel_inference", "result", "pending_results"]
    assert list(fields.values()) == [{"current": 0, "total": 10}, True, False, None, []]


@pytest.mark.parametrize(
    ("status", "body", "error", "said"),
    [
        (400, {"detail": "field x", "message": "field x", "success": False}, Refused, "field x"),
        (400, "a bare string", Refused, "a bare string"),
        (400, {"message": "uuid is required"}, Refused, "uuid is required"),
        (401, {"error": "Unauthorized"}, WrongToken, "Is the token right"),
        (403, {"error": "no", "details": {"message": "not yours"}}, WrongToken, "no: not yours"),
        (404, {"error": "gone", "details": [{"message": "archived"}]}, NotFound, "gone: archived"),
        (
            422,
            {"detail": [{"loc": ["body", "files"], "msg": "required", "input": "BYTES"}]},
            Refused,
            "body.files: requ",
        ),
        (500, {"detail": {"title": "Oops", "message": "KeyError('x')"}}, ServerFailed, "Oops: KeyError"),
        (501, {"detail": "not here"}, ServerFailed, "does not offer"),
        (503, {}, ServerFailed, "503"),
    ],
)
def test_each_form_of_error_body(status: int, body: Any, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match="route answered") as caught:
        read_json("route", status, {}, json.dumps(body).encode())
    assert said in str(caught.value)
    assert "BYTES" not in str(caught.value)


def test_what_a_stranger_says_is_told_but_not_without_end_and_no_secret_in_half() -> None:
    body = json.dumps({"detail": f"{'no ' * 65}opensesame is known {'here ' * 1000}"}).encode()
    with pytest.raises(NotAServingApp, match="get_session_info answered 404: no no") as caught:
        wire.read_session_info(404, {}, body)
    assert "opens" not in str(caught.value)
    assert len(str(caught.value)) < 400


def test_retry_after_may_be_a_date() -> None:
    headers = {"retry-after": "Sun, 22 Nov 2026 10:00:30 GMT", "date": "Sun, 22 Nov 2026 10:00:00 GMT"}
    with pytest.raises(ServerFailed) as caught:
        read_json("route", 503, headers, b"")
    assert caught.value.retry_after == 30


@given(st.integers(200, 599), st.binary(max_size=200))
def test_no_answer_whatever_raises_anything_else(status: int, body: bytes) -> None:
    start = partial(wire.read_start, "inference_video_id_async")
    for read in (wire.read_session_info, wire.read_model_meta, wire.read_default_settings, start):
        try:
            read(status, {}, body)
        except ModelDoubleError as error:
            assert str(error)  # noqa: PT017 - any of the package's errors is right


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "annotation",
                    "progress",
                    "current",
                    "total",
                    "pending_results",
                    "exception",
                    "finished",
                    "settings",
                    "detail",
                    "classes",
                    "tags",
                    "title",
                    "name",
                    "stage",
                    "ann",
                    "details",
                    "error",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@given(JSON, st.sampled_from([200, 400, 500]))
def test_no_json_whatever_raises_anything_else(value: Any, status: int) -> None:
    body = json.dumps(value).encode()
    readers = [wire.read_session_info, wire.read_model_meta, wire.read_default_settings, wire.read_video]
    for read in [*readers, *(lambda s, h, b, r=r: r("route", s, h, b) for r in (wire.read_job, wire.read_predictions))]:
        try:
            read(status, {}, body)
        except ModelDoubleError as error:
            assert str(error)  # noqa: PT017 - any of the package's errors is right


def test_a_form_has_the_length_it_announces(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(bytes(200_000))
    parts = (
        Part("files", tmp_path / "f", 200_000, "ü\r\n.jpg"),
        Part("files", b"xyz", 3, "b"),
        Part.text("settings", "{}"),
    )
    form = Form(parts)
    first, second = b"".join(form), b"".join(form)
    assert len(form) == len(first)
    assert first == second
    assert 'filename="ü%0D%0A.jpg"'.encode() in first


def test_an_unreadable_error_body_is_shown_as_text() -> None:
    assert explain(b"\xff oops ") == ("", "\ufffd oops")
    assert explain(b"") == ("", "no reason given")
