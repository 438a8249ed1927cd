"""Answers that are written in the fake's own way are, byte by byte, those that aiohttp would have written."""

from __future__ import annotations

import json
import re
import socket
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp.http import SERVER_SOFTWARE

from modeldouble_server import Answer, Detection, Query

if TYPE_CHECKING:
    from tests.served.conftest import Caller

INFO = "POST {} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 2\r\n{}\r\n{{}}"

LAST = "GET /nothing HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"


def said(fake: Caller, request: str) -> bytes:
    """Everything that comes on a connection of its own, of which another request asks to be the last."""
    with socket.create_connection((fake.server.host, fake.server.port), 20) as connection:
        connection.sendall((request if "Connection: close" in request else request + LAST).encode())
        return b"".join(iter(lambda: connection.recv(65536), b""))


def asked(fake: Caller, headers: str = "", version: str = "1.1") -> tuple[list[str], bytes]:
    path = fake.server.session_url.partition(str(fake.server.port))[2] + "/get_session_info"
    told = said(fake, INFO.format(path, headers).replace("HTTP/1.1", f"HTTP/{version}"))
    head, _, body = told.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    [length] = [int(line.partition(": ")[2]) for line in lines if line.startswith("Content-Length")]
    return lines, body[:length]


def test_an_answer_is_what_aiohttp_writes_header_by_header(fake: Caller) -> None:
    (status, kind, length, date, server), body = asked(fake)
    assert (status, kind) == ("HTTP/1.1 200 OK", "Content-Type: application/json")
    assert length == f"Content-Length: {len(body)}"
    assert re.fullmatch(r"Date: [A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT", date)
    assert server == f"Server: {SERVER_SOFTWARE}"
    assert json.loads(body)["app_name"] == "Serve YOLOv5"


def test_who_wants_the_connection_closed_is_told_so(fake: Caller) -> None:
    lines, body = asked(fake, "Connection: close\r\n")
    assert "Connection: close" in lines
    assert body == asked(fake)[1]


def test_an_old_client_is_answered_in_its_version(fake: Caller) -> None:
    lines, body = asked(fake, "Connection: keep-alive\r\n", "1.0")
    assert (lines[0], lines[-1], body) == ("HTTP/1.0 200 OK", "Connection: keep-alive", asked(fake)[1])


def test_a_head_has_the_length_and_no_body(fake: Caller) -> None:
    path = fake.server.session_url.partition(str(fake.server.port))[2] + "/livez"
    head, _, rest = said(fake, f"HEAD {path} HTTP/1.1\r\nHost: a\r\n\r\n").partition(b"\r\n\r\n")
    assert f"\r\nContent-Length: {len(fake.send('GET', 'livez').content)}\r\n".encode() in head
    assert rest.startswith(b"HTTP/1.1 404")


def test_several_requests_at_once_are_answered_in_turn(fake: Caller) -> None:
    path = fake.server.session_url.partition(str(fake.server.port))[2]
    told = said(fake, INFO.format(f"{path}/get_session_info", "") * 2 + INFO.format(f"{path}/is_deployed", ""))
    assert [told.count(text) for text in (b"200 OK\r\n", b"Serve YOLOv5", b"Model is ready")] == [3, 2, 1]


def popped(fake: Caller, most: int = 3, **keys: Any) -> Any:
    uuid = fake.ask("inference_video_id_async", videoId=18635803, framesCount=most, **keys)["inference_request_uuid"]
    fake.clock.advance(60)
    return fake.ask("pop_inference_results", inference_request_uuid=uuid)["pending_results"]


def test_a_second_job_over_the_same_frames_is_told_the_same(fake: Caller) -> None:
    first = popped(fake)
    assert [one["frame_index"] for one in first] == [0, 1, 2]
    assert popped(fake) == first
    assert fake.server.fake.again.held > 0


def test_other_settings_and_other_frames_are_other_questions(fake: Caller) -> None:
    first = popped(fake)
    strict = popped(fake, settings={"conf_thres": 0.99})
    assert [one["annotation"]["objects"] for one in strict] == [[], [], []] != first
    assert [one["frame_index"] for one in popped(fake, 2, startFrameIndex=4)] == [4, 5]


def test_a_stub_that_came_meanwhile_answers(fake: Caller) -> None:
    popped(fake)
    model = fake.server.fake.models[fake.server.session_token]
    model.stubs.when(video_id=18635803).predict("cat", box=(1, 2, 3, 4))
    assert [one["annotation"]["objects"][0]["classTitle"] for one in popped(fake)] == ["cat"] * 3


class Counting:
    """A predictor of somebody's own, who counts."""

    calls = 0

    def predict(self, query: Query) -> Answer:
        self.calls += 1
        return Answer((Detection("cat", (1, 2, 3, 4), 1.0),))


@pytest.mark.parametrize("times", [1, 2])
def test_a_predictor_of_somebodys_own_is_asked_each_time(fake: Caller, times: int) -> None:
    model, mine = fake.server.fake.models[fake.server.session_token], Counting()
    before = popped(fake)
    model.spec = model.spec._replace(predictor=mine)
    assert [popped(fake) != before for _ in range(times)] == [True] * times
    assert mine.calls == 3 * times


def test_bodies_in_other_encodings_of_unicode_are_read(fake: Caller) -> None:
    text = json.dumps({"state": {"inference_request_uuid": "ä"}}, ensure_ascii=False)
    found = {name: fake.text("get_inference_progress", text.encode(name)) for name in ("utf-8", "utf-16", "utf-32-le")}
    assert {name: (one.status_code, "'ä'" in one.text) for name, one in found.items()} == dict.fromkeys(
        found, (404, True)
    )


def test_a_job_whose_id_is_the_token_is_not_in_the_journal(fake: Caller) -> None:
    fake.post("get_inference_progress", inference_request_uuid=fake.server.session_token)
    assert fake.server.session_token not in str(list(fake.server.fake.models[fake.server.session_token].journal))


def test_what_is_quoted_in_a_path_is_told_as_it_was_meant(fake: Caller) -> None:
    assert "route 'a/b%c_d' does not exist" in fake.send("POST", "a%2Fb%25c%5Fd").text
