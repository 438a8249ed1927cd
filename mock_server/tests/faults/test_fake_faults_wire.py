"""Each fault as plain sockets see it."""

from __future__ import annotations

import json
import socket
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from modeldouble_server.faults import KINDS

from .conftest import FORM, INFO, read_all, read_one

if TYPE_CHECKING:
    from .conftest import Wire


def test_every_fault_is_seen_by_a_test_of_this_folder() -> None:
    texts = "".join(one.read_text(encoding="utf-8") for one in Path(__file__).parent.glob("test_fake_faults_wire*.py"))
    assert [name for name in KINDS if f'fail("{name}"' not in texts] == []


@pytest.mark.parametrize("status", [400, 401, 418, 429, 500, 502, 503, 504, 599])
def test_a_status_comes_with_the_body_of_every_refusal(wire: Wire, status: int) -> None:
    wire.model.fail(status, route=INFO, message="no GPU")
    seen, text = wire.ask(), "get_session_info: no GPU"
    assert (seen.status, seen.end, seen.header("Retry-After")) == (status, "close", None)
    assert json.loads(seen.body) == {"detail": text, "message": text, "success": False}
    assert wire.ask().body == wire.plain


@pytest.mark.parametrize(
    ("dialect", "mode", "status", "body"),
    [
        ("6.74.51", "development", 500, b"Internal Server Error"),
        ("6.74.51", "production", 500, b'{"detail": {"title": "Oops! Something went wrong", "message": "Runtime'),
        ("6.69.57", "development", 500, b'{"detail": {"title": "Oops! Something went wrong", "message": "Runtime'),
        ("6.74.51", "development", 503, b'{"detail":"get_session_info: told to fail","message":"get_session_info:'),
        ("6.73.100", "development", 503, b'{"detail":"get_session_info: told to fail"}'),
    ],
)
def test_a_status_has_the_body_of_the_dialect(start: Any, dialect: str, mode: str, status: int, body: bytes) -> None:
    wire = start(dialect=dialect, mode=mode)
    wire.model.fail(status, retry_after=7)
    seen = wire.ask()
    assert (seen.status, seen.body[: len(body)], seen.header("Retry-After")) == (status, body, "7")


def test_too_many_requests_says_when_to_come_back(wire: Wire) -> None:
    wire.model.fail("status", status=429, retry_after=3, route=INFO)
    seen = wire.ask()
    assert (seen.status, seen.header("Retry-After")) == (429, "3")


def test_a_proxy_answers_with_a_page(wire: Wire) -> None:
    wire.model.fail("html", status=504, route=INFO)
    seen = wire.ask()
    assert (seen.status, seen.header("Content-Type")) == (504, "text/html; charset=utf-8")
    assert b"<h1>504 Gateway Timeout</h1>" in seen.body


def test_an_answer_is_empty(wire: Wire) -> None:
    wire.model.fail("empty", route=INFO)
    seen = wire.ask()
    assert (seen.status, seen.body, seen.header("Content-Length"), seen.end) == (200, b"", "0", "close")
    assert seen.header("Content-Type") == "application/json"


def test_an_answer_has_no_content(wire: Wire) -> None:
    wire.model.fail("no_content", route=INFO)
    seen = wire.ask()
    assert (seen.status, seen.body, seen.header("Content-Length")) == (204, b"", None)


@pytest.mark.parametrize(
    ("given", "sent"),
    [({}, "/moved"), ({"location": "//evil.invalid/x"}, "/evil.invalid/x"), ({"status": 308, "location": "a"}, "/a")],
)
def test_a_redirect_stays_on_the_server(wire: Wire, given: Any, sent: str) -> None:
    wire.model.fail("redirect", route=INFO, **given)
    seen = wire.ask()
    assert (seen.status, seen.header("Location")) == (given.get("status", 302), sent)


def test_a_hanging_call_gets_nothing_until_it_is_reset(wire: Wire) -> None:
    wire.model.fail("hang", seconds=60, route=INFO)
    assert wire.ask() == (b"", "reset")
    assert wire.slept == [60]


def test_half_of_a_json_text_is_well_framed(wire: Wire) -> None:
    wire.model.fail("malformed_json", route=INFO)
    seen = wire.ask()
    assert wire.plain.startswith(seen.body)
    assert (seen.status, seen.header("Content-Length")) == (200, str(len(wire.plain) // 2))
    with pytest.raises(json.JSONDecodeError):
        json.loads(seen.body)


@pytest.mark.parametrize(
    ("when", "share"), [("before", None), ("lost", None), ("during", 0.5), ("after", 1.0)]
)  # fmt: skip
def test_a_reset_comes_before_during_or_after_the_answer(wire: Wire, when: str, share: float | None) -> None:
    wire.model.fail("reset", when=when, route=INFO)
    seen = wire.ask()
    assert seen.end == "reset"
    if share is None:
        assert seen.raw == b""
    else:
        assert seen.body == wire.plain[: int(len(wire.plain) * share)]
        assert seen.header("Content-Length") == str(len(wire.plain))


@pytest.mark.parametrize("at", [0, 1, 17])
def test_a_body_is_cut_at_a_byte(wire: Wire, at: int) -> None:
    wire.model.fail("cut", at=at, route=INFO)
    seen = wire.ask()
    assert (seen.body, seen.end, seen.header("Content-Length")) == (wire.plain[:at], "close", str(len(wire.plain)))


def test_a_short_body_is_cut_too(wire: Wire) -> None:
    wire.model.fail("cut", at=10**6, route=INFO)
    assert wire.ask().body == wire.plain[:-1]


@pytest.mark.parametrize("by", [100, -5, -(10**6)])
def test_a_length_is_wrong(wire: Wire, by: int) -> None:
    wire.model.fail("wrong_length", by=by, route=INFO)
    seen = wire.ask()
    assert (seen.body, seen.end) == (wire.plain, "close")
    assert seen.header("Content-Length") == str(max(0, len(wire.plain) + by))


def test_a_second_chunk_has_no_length(wire: Wire) -> None:
    wire.model.fail("malformed_chunk", route=INFO)
    seen, half = wire.ask(), len(wire.plain) // 2
    first = f"{half:x}\r\n".encode() + wire.plain[:half]
    assert (seen.body, seen.end) == (first + b"\r\nnone\r\n" + wire.plain[half:], "close")
    assert (seen.header("Transfer-Encoding"), seen.header("Content-Length")) == ("chunked", None)


def test_a_body_of_one_byte_does_not_end_in_a_proper_chunk(wire: Wire) -> None:
    wire.model.fail("malformed_chunk", route="livez")
    assert wire.ask("livez", b"", method="HEAD").body == b"none\r\n"


def test_a_body_dribbles_in(wire: Wire) -> None:
    wire.model.fail("dribble", bytes_per_second=40, route=INFO)
    assert wire.ask().body == wire.plain
    assert sum(wire.slept) == pytest.approx(len(wire.plain) / 40)
    assert max(wire.slept) == pytest.approx(0.05)


def test_the_headers_dribble_and_the_body_comes_at_once(wire: Wire) -> None:
    wire.model.fail("slow_headers", bytes_per_second=10, route=INFO)
    seen = wire.ask()
    assert seen.body == wire.plain
    assert sum(wire.slept) == pytest.approx((len(seen.head) + 4) / 10)


def test_a_connection_is_stale_when_it_is_used_again(wire: Wire) -> None:
    wire.model.fail("stale_keep_alive", route=INFO)
    with closing(wire.connect()) as connection:
        connection.sendall(wire.request(headers=""))
        assert read_one(connection).body == wire.plain
        connection.sendall(wire.request(headers=""))
        assert read_all(connection) == (b"", "reset")
    assert wire.ask().body == wire.plain


def test_a_model_raises(wire: Wire) -> None:
    wire.model.fail("raise", type="ValueError", message="bad shape")
    assert json.loads(wire.ask().body)["app_name"]
    image = wire.model.add_image(wire.model.picture())
    seen = wire.state("inference_image_id", image_id=image)
    assert (seen.status, json.loads(seen.body)["detail"]["message"]) == (500, "bad shape")
    assert wire.state("inference_image_id", image_id=image).status == 200


def test_memory_is_out_over_more_pictures_than_fit(wire: Wire) -> None:
    wire.model.fail("out_of_memory", over=2, times=None)
    image = wire.model.add_image(wire.model.picture())
    assert wire.state("inference_batch_ids", batch_ids=[image] * 2).status == 200
    seen = wire.state("inference_batch_ids", batch_ids=[image] * 3)
    assert (seen.status, b"CUDA out of memory" in seen.body) == (500, True)


@pytest.mark.parametrize(("size", "status"), [(None, 500), (3, 500), (2, 200)])
def test_memory_is_filled_by_the_batch_that_is_asked_for(wire: Wire, size: int | None, status: int) -> None:
    wire.model.fail("out_of_memory", over=2)
    image = wire.model.add_image(wire.model.picture())
    assert wire.state("inference_batch_ids", batch_ids=[image] * 5, batch_size=size).status == status


def test_an_app_is_not_deployed_until_a_model_is(wire: Wire) -> None:
    wire.model.fail("not_deployed")
    assert [wire.ask(one).status for one in (INFO, "is_ready", "get_output_classes_and_tags")] == [500, 503, 200]
    assert wire.json("is_deployed")["deployed"] is False
    assert wire.state("deploy_from_api", deploy_params={"model_source": "Custom models"}).status in (200, 400)


def test_a_cold_start_ends_by_itself(wire: Wire) -> None:
    wire.model.fail("cold_start", lasting=30)
    assert (wire.ask(INFO).status, wire.ask("is_ready").status) == (500, 503)
    wire.model.clock.advance(30)
    assert (wire.ask(INFO).status, wire.ask("is_ready").status) == (200, 200)


BODY = 5_000_000


@pytest.mark.parametrize(("when", "share"), [("during", 2), ("after", 1)])
def test_a_slow_reader_gets_every_byte_before_the_reset(wire: Wire, when: str, share: int) -> None:
    body = b'"' + b"x" * (BODY - 2) + b'"'
    wire.model._model.info_body = body
    wire.model.fail("reset", when=when, route=INFO)
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        connection.settimeout(20)
        connection.connect((wire.server.host, wire.server.port))
        connection.sendall(wire.request())
        seen = read_all(connection)
    assert (len(seen.body), seen.end) == (BODY // share, "reset")


@pytest.mark.parametrize(
    ("name", "status"), [("status", 503), ("html", 502), ("redirect", 302), ("no_content", 204), ("empty", 200)]
)
def test_a_large_upload_gets_its_answer_and_no_reset(wire: Wire, name: str, status: int) -> None:
    wire.model.fail(name, route="inference_image")
    seen = wire.upload(b"x" * BODY)
    assert (seen.status, seen.end) == (status, "close")
    assert wire.model.received() == []


def test_a_large_upload_is_reset_before_it_is_read(wire: Wire) -> None:
    wire.model.fail("reset", when="before", route="inference_image")
    whole = wire.request("inference_image", wire.form(b"x" * BODY * 10), kind=FORM)
    with closing(wire.connect()) as connection, pytest.raises(ConnectionError):
        connection.sendall(whole)
    assert wire.model.received() == []
