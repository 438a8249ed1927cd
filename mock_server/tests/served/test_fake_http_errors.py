"""The table of bad input in JSON and below it: each is a clear 4xx, and none is an error in the fake's log."""

from __future__ import annotations

import gzip
import json
import logging
import socket
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from modeldouble_server import Limits
from modeldouble_server.default_world import VIDEO_ID
from modeldouble_server.serving.routes import ROUTES

if TYPE_CHECKING:
    from requests import Response

    from tests.served.conftest import Caller, Start

    Refused = Callable[[Response, int], str]

RIDER = 171250
JSON_ROUTES = sorted(
    route
    for route, methods in ROUTES.items()
    if "GET" not in methods and route not in ("inference_image", "inference_batch", "inference_batch_async")
    and route not in ("inference_video_async", "smart_cache_files")
)  # fmt: skip
INFO = {route for route in JSON_ROUTES if route.startswith(("get_", "is_", "list_", "freeze_"))} - {
    "get_inference_progress", "get_inference_result", "get_inference_status", "get_preparing_progress",
}  # fmt: skip
STATE_ROUTES = sorted(set(JSON_ROUTES) - INFO)
FILE = b'--XX\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\n'
HEAD = "POST /get_session_info HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\n"


def status_and_body(answer: bytes) -> tuple[int, dict[str, Any]]:
    """Status and JSON of an answer that came over a bare socket."""
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)


@pytest.mark.parametrize(
    "body",
    [b"{", b"nonsense", b"{'state': {}}", b'{"state": NaN}', b'{"state": {"image_id": Infinity}}', b"\xff\xfe",
     b"\x80abc", b'{"state": {}} trailing', b"[" * 100_000, b'{"state":' * 70 + b"1" + b"}" * 70,
     b'{"image_id": ' + b"9" * 5000 + b"}"],
)  # fmt: skip
@pytest.mark.parametrize("route", JSON_ROUTES)
def test_malformed_json_is_400(fake: Caller, refused: Refused, route: str, body: bytes) -> None:
    assert "JSON" in refused(fake.text(route, body), 400)


@pytest.mark.parametrize("body", ["[]", "null", "7", '"state"', "true"])
@pytest.mark.parametrize("route", JSON_ROUTES)
def test_a_body_that_is_no_object_is_400(fake: Caller, refused: Refused, route: str, body: str) -> None:
    assert refused(fake.text(route, body), 400).startswith("body is ")


@pytest.mark.parametrize("state", ["absent", None, [], "x", 7, True])
@pytest.mark.parametrize("route", STATE_ROUTES)
def test_a_state_that_is_no_object_is_400(fake: Caller, refused: Refused, route: str, state: object) -> None:
    body = {} if state == "absent" else {"state": state}
    assert refused(fake.send("POST", route, json=body), 400).startswith("state is ")


@pytest.mark.parametrize("route", STATE_ROUTES)
def test_no_body_at_all_is_400_where_state_is_needed(fake: Caller, refused: Refused, route: str) -> None:
    assert "state" in refused(fake.send("POST", route), 400)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
@pytest.mark.parametrize("route", STATE_ROUTES)
def test_json_under_another_content_type_is_400(fake: Caller, refused: Refused, route: str, kind: str) -> None:
    assert "application/json" in refused(fake.text(route, '{"state": {"image_id": 171250}}', kind), 400)


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8", "Application/JSON"])
def test_every_spelling_of_the_json_content_type_is_read(fake: Caller, kind: str) -> None:
    assert fake.text("inference_image_id", '{"state": {"image_id": 171250}}', kind).status_code == 200


def test_nesting_up_to_the_limit_is_read(start: Start) -> None:
    fake = start(limits=Limits(json_depth=5))
    deep = '{"state": {"image_id": 171250, "x": %s1%s}}'
    assert fake.text("inference_image_id", deep % ("[" * 3, "]" * 3)).status_code == 200
    assert fake.text("inference_image_id", deep % ("[" * 4, "]" * 4)).status_code == 400


@pytest.mark.parametrize("value", [None, "171250", "x", 1.5, 171250.0, True, [171250], {"id": 1}, -1, 1e300])
@pytest.mark.parametrize("route", ["inference_image_id", "inference_image_id_async"])
def test_an_image_id_that_is_none_is_400(fake: Caller, refused: Refused, route: str, value: object) -> None:
    text = refused(fake.post(route, image_id=value), 400)
    assert text.startswith("state.image_id is ")
    assert "; send " in text


@pytest.mark.parametrize("route", ["inference_image_id", "inference_image_id_async"])
def test_a_missing_image_id_is_400(fake: Caller, refused: Refused, route: str) -> None:
    assert "state.image_id is missing" in refused(fake.post(route), 400)


@pytest.mark.parametrize("image_id", [0, 999, 10**9, 2**70])
def test_an_unknown_image_id_is_404(fake: Caller, refused: Refused, image_id: int) -> None:
    text = refused(fake.post("inference_image_id", image_id=image_id), 404)
    assert text.startswith(f"image id {image_id} does not exist")


@pytest.mark.parametrize("value", [None, "1,2", {}, [RIDER, "2"], [True], [1.0], [None], [[RIDER]]])
@pytest.mark.parametrize("route", ["inference_batch_ids", "inference_batch_ids_async"])
def test_ids_that_are_none_are_400(fake: Caller, refused: Refused, route: str, value: object) -> None:
    assert refused(fake.post(route, batch_ids=value), 400).startswith("state.batch_ids is ")


@pytest.mark.parametrize("route", ["inference_batch_ids", "inference_batch_ids_async"])
def test_too_many_ids_are_400(start: Start, refused: Refused, route: str) -> None:
    fake = start(limits=Limits(ids=3))
    assert "over the limit of 3" in refused(fake.post(route, batch_ids=[RIDER] * 4), 400)
    assert fake.post(route, batch_ids=[RIDER] * 3).status_code == 200


@pytest.mark.parametrize("value", [None, "a", 1.5, True, -1])
def test_a_project_id_that_is_none_is_400(fake: Caller, refused: Refused, value: object) -> None:
    assert refused(fake.post("inference_project_id_async", projectId=value), 400).startswith("state.projectId is ")


@pytest.mark.parametrize(
    "settings",
    [{"conf_thres": "abc"}, {"conf_thres": 1.01}, {"conf_thres": -0.1}, {"conf_thres": True}, {"conf_thres": 10**400},
     {"iou_thres": []}, {"augment": "yes"}, {"augment": 1}, {"classes": "horse"}, {"classes": [1]}, {"classes": {}},
     {"inference_mode": "fast"}, {"inference_mode": []}, {"sliding_window_params": 3}, {"rectangle": 3},
     {"rectangle": {"points": {"exterior": [[9, 9], [1, 1]]}}}, {"conf": float(2)}],
    ids=str,
)  # fmt: skip
@pytest.mark.parametrize("route", ["inference_image_id", "inference_image_id_async"])
def test_a_setting_of_the_wrong_type_or_out_of_range_is_400(
    fake: Caller, refused: Refused, route: str, settings: dict[str, Any]
) -> None:
    text = refused(fake.post(route, image_id=RIDER, settings=settings), 400)
    assert next(iter(settings)) in text
    assert "; send " in text


@pytest.mark.parametrize("settings", [[], "conf_thres", 7, True])
@pytest.mark.parametrize("route", ["inference_image_id", "inference_video_id_async", "inference_project_id_async"])
def test_settings_that_are_no_object_are_400(fake: Caller, refused: Refused, route: str, settings: object) -> None:
    keys = {"image_id": RIDER, "videoId": VIDEO_ID, "projectId": 17001, "settings": settings}
    assert refused(fake.post(route, keys), 400).startswith("state.settings is ")


@pytest.mark.parametrize(
    "url",
    [None, 3, "", "street.jpg", "file:///etc/passwd", "ftp://a/b", "http://", "http://[", "http://a]/", "http://\u2100/x",
     "javascript:alert(1)", "//a.example/b.jpg", ["http://a.example"]],
)  # fmt: skip
def test_a_url_that_is_none_is_400(fake: Caller, refused: Refused, url: object) -> None:
    text = refused(fake.post("inference_image_url", image_url=url), 400)
    assert "state.image_url is" in text
    assert "http or https" in text


@pytest.mark.parametrize(
    "url", ["http://a.example/\ud800.jpg", "http://169.254.169.254/latest", "https://a:99999999/x"]
)
def test_a_strange_url_is_answered_since_nothing_is_fetched(fake: Caller, url: str) -> None:
    assert fake.post("inference_image_url", image_url=url).status_code == 200


def test_json_over_the_limit_is_413_whether_its_length_is_announced_or_not(start: Start, refused: Refused) -> None:
    fake = start(limits=Limits(json_bytes=10_000, body_bytes=20_000))
    for body, route in ((b" " * 10_001, "inference_image_id"), (b" " * 30_000, "get_session_info")):
        assert "send less" in refused(fake.text(route, body), 413)

    def chunks() -> Iterator[bytes]:
        yield from (b" " * 1000 for _ in range(30))

    headers = {"Content-Type": "application/json"}
    assert refused(fake.send("POST", "inference_image_id", data=chunks(), headers=headers), 413)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "GZIP"])
@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("route", ["inference_image_id", "inference_image", "get_session_info"])
def test_a_compressed_body_is_400_whether_it_is_whole_or_broken(
    fake: Caller, refused: Refused, route: str, whole: bool, encoding: str
) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": encoding}
    body = gzip.compress(b" " * 1_000_000) if whole else b"{} not compressed"
    assert refused(fake.send("POST", route, data=body, headers=headers), 400)


def test_a_broken_body_that_comes_after_its_head_is_answered_at_once(fake: Caller) -> None:
    head = HEAD + "Content-Encoding: deflate\r\nContent-Length: 17\r\n\r\n"
    with socket.create_connection((fake.server.host, fake.server.port), timeout=20) as connection:
        connection.sendall(head.encode())
        time.sleep(0.05)
        connection.sendall(b"{} not compressed")
        assert connection.recv(100).startswith(b"HTTP/1.1 400 ")


def test_a_huge_body_is_not_invited_by_100_continue(start: Start) -> None:
    fake = start(limits=Limits(body_bytes=1000))
    head = HEAD + "Expect: 100-continue\r\nContent-Length: {}\r\n\r\n"
    with socket.create_connection((fake.server.host, fake.server.port), timeout=20) as connection:
        connection.sendall(head.format(1001).encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 413 ")
    welcome = fake.raw(head.format(2).encode() + b"{}")
    assert welcome.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")


def test_another_expectation_is_417(fake: Caller, refused: Refused) -> None:
    assert refused(fake.send("POST", "get_session_info", headers={"Expect": "coffee"}), 417)


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 50,
        b"GARBAGE\r\n\r\n",
        b"GET /livez HTTP/9.9\r\nHost: a\r\n\r\n",
        b"POST /livez HTTP/1.1\r\nHost: a\r\nContent-Length: abc\r\n\r\n",
        b"POST /livez HTTP/1.1\r\nHost: a\r\nX: " + b"y" * 20_000 + b"\r\n\r\n",
        b"POST /" + b"y" * 20_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
        b"POST /is_ready HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\nabc\r\n",
        b"GET /li\x00vez HTTP/1.1\r\nHost: a\r\n\r\n",
    ],
    ids=["tls", "garbage", "version", "length", "header", "url", "chunk", "nul"],
)
def test_bytes_that_are_not_http_are_answered_at_once_in_json(fake: Caller, request_bytes: bytes) -> None:
    status, body = status_and_body(fake.raw(request_bytes))
    assert (status, set(body)) == (400, {"detail", "message", "success"})


def test_a_tls_greeting_is_not_worth_a_warning(fake: Caller, caplog: pytest.LogCaptureFixture) -> None:
    fake.raw(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 50)
    assert [one for one in caplog.records if one.levelno >= logging.WARNING] == []


@pytest.mark.parametrize("target", ["*", "a.example:80"])
def test_targets_that_are_no_path_are_404_in_json(fake: Caller, target: str) -> None:
    method = "OPTIONS" if target == "*" else "CONNECT"
    answer = fake.raw(f"{method} {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
    assert status_and_body(answer)[0] == 404


@pytest.mark.parametrize(
    ("kind", "begun"),
    [
        ("application/json", b'{"state": '),
        ("multipart/form-data; boundary=XX", b"--XX\r\nContent-Disposition: form-data"),
        ("multipart/form-data; boundary=XX", FILE + b"ab"),
    ],
)  # fmt: skip
def test_a_caller_that_leaves_in_the_middle_harms_nobody(fake: Caller, kind: str, begun: bytes) -> None:
    for route in ("inference_image", "inference_image_id", "inference_video_async"):
        head = f"POST /{route} HTTP/1.1\r\nHost: a\r\nContent-Type: {kind}\r\nContent-Length: 100000\r\n\r\n"
        with socket.create_connection((fake.server.host, fake.server.port), timeout=20) as connection:
            connection.sendall(head.encode() + begun)
            time.sleep(0.01)
    assert fake.ask("get_session_info")["app_name"] == "Serve YOLOv5"


def test_one_connection_serves_on_after_a_refusal(fake: Caller) -> None:
    bad = (
        b"POST /inference_image_id HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1\r\n\r\n{"
    )
    good = b"GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    answers = fake.raw(bad + good)
    assert answers.startswith(b"HTTP/1.1 400 ")
    assert b'{"running":true,"mode":"development"}' in answers


def test_a_refused_request_warns_once_that_real_servers_answer_500(
    fake: Caller, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(3):
        fake.text("get_session_info", "{")
        fake.post("inference_image_id", image_id=999)
    told = [one.getMessage().rpartition("[")[2] for one in caplog.records]
    assert sorted(told) == ["id-unknown]", "json-refused]"]
