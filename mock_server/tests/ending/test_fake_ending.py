"""What becomes of requests, kept connections and new ones when a server ends: seen on sockets."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from modeldouble_server import CannotServe, Server
from modeldouble_server.default_world import DATA, PICTURES_DATASET_ID

from .conftest import GENEROUS, LIVE, Answer, get, post

if TYPE_CHECKING:
    from .conftest import Ending

    Start = Callable[..., Ending]

JOB = {"videoId": 18635803, "startFrameIndex": 0, "framesCount": 10}
CAT = (DATA / "demo" / "cat.jpg").read_bytes()
LONG = 60.0
"""A grace period that no test sees the end of."""


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A picture of 12 MB, more than the system holds between two sockets."""
    path = tmp_path_factory.mktemp("large") / "large.png"
    Image.new("RGB", (2000, 2000)).save(path, compress_level=0)
    return path.read_bytes()


def test_what_is_under_way_is_answered_whole_and_says_that_nothing_follows(ending: Start) -> None:
    server = ending(grace=LONG)
    wire = server.under_way()
    server.begin()
    server.held.let_go()
    answer = wire.answer()
    assert (answer.status, answer.whole, answer.headers["connection"]) == (200, True, "close")
    assert len(json.loads(answer.body)["ann"]) == 10
    assert wire.is_closed()
    assert server.ended()


def test_a_request_on_a_kept_connection_is_told_that_nothing_was_done(ending: Start) -> None:
    server = ending(grace=LONG)
    kept = server.wire()
    assert kept.ask(LIVE).status == 200
    server.under_way()
    server.begin()
    answer = kept.ask(b"".join(post("inference_video_id_async", JOB)))
    assert (answer.status, answer.whole) == (503, True)
    assert (answer.headers["connection"], answer.headers["retry-after"]) == ("close", "1")
    assert "ending" in json.loads(answer.body)["message"]
    assert kept.is_closed()
    server.held.let_go()


def test_a_connection_that_was_made_before_the_end_is_told_as_well(ending: Start) -> None:
    server = ending(grace=LONG)
    new = server.wire()
    server.under_way()
    server.begin()
    assert new.ask(LIVE).status == 503
    server.held.let_go()


def test_idle_connections_are_closed_in_order_after_the_last_answer(ending: Start) -> None:
    server = ending(grace=LONG)
    kept, under_way = server.wire(), server.under_way()
    assert kept.ask(LIVE).status == 200
    server.begin()
    server.held.let_go()
    assert under_way.answer().status == 200
    assert kept.is_closed()
    assert server.ended()


def test_an_idle_server_does_not_wait_for_its_grace_period(ending: Start) -> None:
    server = ending(grace=3600.0)
    kept = server.wire()
    assert kept.ask(LIVE).status == 200
    server.begin()
    assert server.ended()
    assert kept.is_closed()


def test_nobody_waits_for_a_request_whose_caller_has_left(ending: Start) -> None:
    server = ending(grace=3600.0)
    server.under_way().socket.close()
    server.begin()
    assert server.ended()


def test_no_body_is_invited_any_more(ending: Start) -> None:
    server = ending(grace=LONG)
    kept = server.wire()
    assert kept.ask(LIVE).status == 200
    server.under_way()
    server.begin()
    head, _ = post("inference_video_id", JOB, "Expect: 100-continue")
    answer = kept.ask(head)
    assert (answer.status, answer.headers["connection"]) == (503, "close")
    server.held.let_go()


def test_a_body_that_is_coming_in_is_read_to_its_end_and_answered(ending: Start) -> None:
    server = ending(grace=LONG)
    wire = server.wire()
    head, body = post("get_session_info", {}, "Expect: 100-continue")
    wire.send(head)
    assert wire.head() == b"HTTP/1.1 100 Continue"
    wire.send(body[:10])
    server.begin()
    answer = wire.ask(body[10:])
    assert (answer.status, answer.whole, answer.headers["connection"]) == (200, True, "close")
    assert server.ended()


def test_a_large_answer_is_sent_to_its_end_however_slowly_it_is_read(ending: Start, large: bytes) -> None:
    server = ending(grace=LONG)
    wire = server.wire(small=True)
    wire.send(get(stored(server, large)))
    answer = Answer(wire.head(), b"")
    server.begin()
    assert wire.rest_of(answer).body == large
    assert wire.is_closed()
    assert server.ended()


def test_after_the_grace_period_a_request_is_cut_with_a_reset(ending: Start) -> None:
    server = ending(grace=0.1)
    wire = server.under_way()
    server.begin()
    assert server.ended()
    with pytest.raises(ConnectionResetError):
        wire.answer()


def test_after_the_grace_period_a_large_answer_is_cut_with_a_reset(ending: Start, large: bytes) -> None:
    server = ending(grace=0.1)
    wire = server.wire(small=True)
    wire.send(get(stored(server, large)))
    answer = Answer(wire.head(), b"")
    server.begin()
    assert server.ended()
    with pytest.raises(ConnectionResetError):
        wire.rest_of(answer)


def test_an_answer_that_does_not_announce_its_length_is_cut_with_a_reset_too(ending: Start, large: bytes) -> None:
    server = ending(grace=0.1)
    image = server.server.add_image(large)
    wire = server.wire(small=True)
    body = json.dumps({"imageIds": [image], "datasetId": PICTURES_DATASET_ID}).encode()
    head = f"POST /public/api/v3/images.bulk.download HTTP/1.0\r\nx-api-key: {server.server.api_token}\r\n"
    wire.send(f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
    assert b"200 OK" in (head_said := wire.head())
    assert b"content-length" not in head_said.lower()
    server.begin()
    assert server.ended()
    with pytest.raises(ConnectionResetError):
        wire.everything()


def test_without_grace_everything_is_cut_at_once(ending: Start) -> None:
    server = ending(grace=0.0)
    wire = server.under_way()
    server.begin()
    assert server.ended()
    with pytest.raises(ConnectionResetError):
        wire.answer()


def test_a_predictor_that_does_not_return_keeps_nobody_waiting(ending: Start) -> None:
    called, free = threading.Event(), threading.Event()

    def predict(subject: Any, settings: Any) -> list[Any]:
        called.set()
        free.wait(GENEROUS)
        return []

    server = ending(grace=0.1)
    with server.server.add_model(predictor=predict) as model:
        head, body = post("inference_image_id", {"image_id": model.add_image(CAT)})
        token = model.session_url.rpartition("/net/")[2]
        server.wire().send(head.replace(b"POST /", f"POST /net/{token}/".encode()) + body)
        assert called.wait(GENEROUS)
        server.begin()
        assert server.ended()
        free.set()


def test_a_restarted_server_answers_as_before(ending: Start) -> None:
    server = ending(grace=LONG)
    server.begin()
    assert server.ended()
    server.server.start()
    assert server.wire().ask(LIVE).status == 200


def test_a_job_whose_start_was_answered_is_there_after_the_end(ending: Start, tmp_path: Path) -> None:
    first = ending(grace=LONG, data_dir=tmp_path / "data")
    wire = first.wire()
    uuid = json.loads(wire.ask(b"".join(post("inference_video_id_async", JOB))).body)["inference_request_uuid"]
    first.under_way()
    first.begin()
    first.held.let_go()
    assert first.ended()
    again = ending(data_dir=tmp_path / "data").wire()
    told = again.ask(b"".join(post("get_inference_progress", {"inference_request_uuid": uuid})))
    assert (told.status, json.loads(told.body)["progress"]["total"]) == (200, 10)


@pytest.mark.parametrize("grace", [-1.0, float("nan"), float("inf"), 3601.0])
def test_a_grace_period_that_is_none_is_told(grace: float) -> None:
    with pytest.raises(CannotServe, match=r"grace is .*; give seconds from 0 to 3600"):
        Server(grace=grace)


def test_requests_that_are_cut_leave_no_trace_in_the_log(ending: Start, caplog: pytest.LogCaptureFixture) -> None:
    server = ending(grace=0.05)
    wires = [server.under_way() for _ in range(20)]
    server.begin()
    assert server.ended()
    assert caplog.records == []
    for wire in wires:
        with pytest.raises(ConnectionResetError):
            wire.answer()


def stored(server: Ending, content: bytes) -> str:
    """The path of a picture's content."""
    image = server.server.add_image(content)
    key = f"x-api-key: {server.server.api_token}"
    body = json.dumps({"id": image}).encode()
    head = f"POST /public/api/v3/images.info HTTP/1.1\r\nHost: x\r\n{key}\r\nContent-Type: application/json\r\n"
    told = server.wire().ask(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
    url: str = json.loads(told.body)["fullStorageUrl"]
    return "/" + url.split("/", 3)[3]
