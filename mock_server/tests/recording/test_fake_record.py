"""The recorder in front of a fake: what passes by comes back as it is, and is written without secrets."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from modeldouble_server import CannotServe, Server
from modeldouble_server.recording.command import record
from modeldouble_server.recording.exchange import BLOBS
from modeldouble_server.recording.reading import read_about

from .conftest import ASTRONAUT, CAT, GENEROUS, RIDER, TOKEN, VIDEO, Client, lines, recorded


@contextmanager
def answering(*answers: bytes, arrived: threading.Event | None = None) -> Iterator[str]:
    """A server that gives these bytes to one connection after the other, whatever it is asked.

    With an event, the last answer waits until the event that was set at the request is cleared again.
    """
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def run() -> None:
            for left, one in zip(reversed(range(len(answers))), answers, strict=True):
                connection, _ = listening.accept()
                with connection:
                    request = b""
                    while b"\r\n\r\n" not in request:
                        request += connection.recv(65536)
                    if arrived is not None and left == 0:
                        arrived.set()
                        while arrived.is_set():
                            pass
                    connection.sendall(one)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        thread.join(GENEROUS)


def said(body: bytes, head: str = "") -> bytes:
    return f"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {len(body)}\r\n{head}\r\n".encode() + body


INFO = [said(b'{"app_name": "odd"}', "Content-Type: application/json\r\n")] * 10
"""What a recorder asks before it is ready."""


def test_an_answer_comes_back_byte_for_byte(app: Server, tmp_path: Path) -> None:
    with recorded(app.session_url, tmp_path / "r") as url:
        for client in (through := Client(url)), (direct := Client(app.session_url)):
            client.upload("inference_image", CAT)
        for route, state in (("inference_image_id", {"image_id": RIDER}), ("nowhere", {}), ("inference_image_id", {})):
            one, other = through.post(route, **state), direct.post(route, **state)
            assert (one.status_code, one.content) == (other.status_code, other.content)
            assert one.headers["Content-Type"] == other.headers["Content-Type"]


def test_what_the_app_says_of_itself_is_recorded_before_anyone_asks(app: Server, tmp_path: Path) -> None:
    with recorded(app.session_url, tmp_path / "r", sdk="6.74.51"):
        pass
    about = read_about(tmp_path / "r")
    assert about["info"]["app_name"] == "Serve YOLOv5"
    assert (about["sdk"], about["url"]) == ("6.74.51", f"{app.server_address}/net/***")
    assert {"get_session_info", "get_model_meta", "get_deploy_info"} <= {one["route"] for one in lines(tmp_path / "r")}


def test_a_form_is_recorded_with_its_pictures_as_blobs(app: Server, tmp_path: Path) -> None:
    with recorded(app.session_url, tmp_path / "r") as url:
        answer = Client(url).upload("inference_batch", CAT, ASTRONAUT, settings={"conf_thres": 0.5}, api_token=TOKEN)
    line = lines(tmp_path / "r")[-1]
    assert [one.get("filename") for one in line["request"]["form"]] == ["0.jpg", "1.jpg", None]
    assert line["request"]["form"][2]["json"] == {"settings": {"conf_thres": 0.5}, "api_token": "***"}
    assert (tmp_path / "r" / BLOBS / line["request"]["form"][0]["sha256"]).read_bytes() == CAT
    assert line["response"] == {"json": answer.json()}
    assert line["seconds"]["whole"] >= line["seconds"]["first"] > 0


def test_no_secret_is_written(app: Server, tmp_path: Path) -> None:
    in_the_environment = "env-" + "ab" * 20
    with recorded(app.session_url, tmp_path / "r", environment={"API_TOKEN": in_the_environment}) as url:
        client = Client(url)
        client.post(f"inference_image_id?token={TOKEN}", image_id=RIDER, note=in_the_environment)
        client.post(f"net/{TOKEN}/x")
        client.upload("inference_image", b"no picture: " + TOKEN.encode(), api_token=TOKEN)
    everything = b"".join(one.read_bytes() for one in (tmp_path / "r").rglob("*") if one.is_file())
    for secret in (TOKEN, in_the_environment, app.session_token):
        assert secret.encode() not in everything
    assert everything.count(b"***") >= 10


def test_a_job_is_recorded_whole(app: Server, tmp_path: Path) -> None:
    with recorded(app.session_url, tmp_path / "r") as url:
        results = Client(url).job("inference_video_id_async", videoId=VIDEO)
    pops = [
        one["response"]["json"]["pending_results"] for one in lines(tmp_path / "r") if one["route"].startswith("pop")
    ]
    assert [one for popped in pops for one in popped] == results


def test_what_a_caller_has_is_on_the_disk(app: Server, tmp_path: Path) -> None:
    with recorded(app.session_url, tmp_path / "r") as url:
        for count in range(11, 14):
            Client(url).post("inference_image_id", image_id=RIDER)
            assert len(lines(tmp_path / "r")) == count


def test_a_body_over_the_bound_passes_by_unrecorded(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    answer = said(b"x" * 70_000)
    with answering(*INFO, answer) as app, recorded(app, tmp_path / "r", most_body=60_000) as url:
        assert Client(url).post("big").content == b"x" * 70_000
    assert len(lines(tmp_path / "r")) == 10
    assert "without being recorded" in caplog.text


def test_chunks_come_back_and_are_recorded(tmp_path: Path) -> None:
    answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"
    with answering(*INFO, answer) as app, recorded(app, tmp_path / "r") as url:
        assert Client(url).post("odd").text == "abc"
    assert lines(tmp_path / "r")[-1]["response"] == {"text": "abc"}


def test_a_redirect_to_the_app_leads_to_the_recorder(app: Server, tmp_path: Path) -> None:
    with recorded(app.session_url, tmp_path / "r") as url:
        http = requests.Session()
        http.trust_env = False
        answer = http.post(f"{url}/get_session_info/", json={}, timeout=GENEROUS, allow_redirects=False)
    assert answer.status_code == 307
    assert app.server_address not in answer.headers["Location"]


def test_an_app_that_is_gone_is_a_502(tmp_path: Path) -> None:
    with answering(*INFO, b"") as app, recorded(app, tmp_path / "r") as url:
        answer = Client(url).post("anything")
    assert answer.status_code == 502
    assert "start it" in answer.json()["message"]


def test_half_an_answer_does_not_look_whole(tmp_path: Path) -> None:
    half = said(b"x" * 1000)[:-400]
    broken = (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)
    with answering(*INFO, half) as app, recorded(app, tmp_path / "r") as url, pytest.raises(broken):
        Client(url).post("anything")
    assert len(lines(tmp_path / "r")) == 10


def test_a_caller_that_leaves_does_not_lose_its_results(tmp_path: Path) -> None:
    arrived = threading.Event()
    with answering(*INFO, said(b"x" * 300_000), arrived=arrived) as app, recorded(app, tmp_path / "r") as url:
        with socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), GENEROUS) as connection:
            connection.sendall(b"POST /pop HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
            assert arrived.wait(GENEROUS)
        arrived.clear()
    assert lines(tmp_path / "r")[-1]["response"]["size"] == 300_000


def test_a_page_in_a_browser_cannot_use_the_app(app: Server, tmp_path: Path) -> None:
    with recorded(app.session_url, tmp_path / "r") as url:
        answer = Client(url).http.post(f"{url}/get_session_info", headers={"Origin": "http://x"}, timeout=GENEROUS)
    assert (answer.status_code, len(lines(tmp_path / "r"))) == (403, 10)


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_other_methods_are_passed_on(app: Server, tmp_path: Path, method: str) -> None:
    with recorded(app.session_url, tmp_path / "r") as url:
        through, direct = (
            Client(one).http.request(method, f"{one}/is_ready", timeout=GENEROUS) for one in (url, app.session_url)
        )
    assert (through.status_code, through.content) == (direct.status_code, direct.content)
    assert lines(tmp_path / "r")[-1]["method"] == method


def test_a_token_that_an_answer_had_first_is_cut_at_the_end(tmp_path: Path) -> None:
    answers = [said(TOKEN.encode()), said(b"{}", "Content-Type: application/json\r\n")]
    with answering(*INFO, *answers) as app, recorded(app, tmp_path / "r") as url:
        assert Client(url).http.get(f"{url}/first", timeout=GENEROUS).text == TOKEN
        assert TOKEN in (tmp_path / "r" / "exchanges.jsonl").read_text()
        Client(url).post("second")
    assert [one["response"] for one in lines(tmp_path / "r")[-2:]] == [{"text": "***"}, {"json": {}}]


@pytest.mark.parametrize("path", ["../platform", "a/../../b", "%2e%2e/platform"])
def test_a_path_does_not_leave_the_app(app: Server, tmp_path: Path, path: str) -> None:
    with recorded(app.session_url, tmp_path / "r") as url:
        port = int(url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), GENEROUS) as connection:
            connection.sendall(f"GET /{path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
            answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 404")
    assert len(lines(tmp_path / "r")) == 10


def test_an_app_that_does_not_answer_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(CannotServe, match="start the serving app"), recorded(f"http://127.0.0.1:{port}", tmp_path):
        pass


def test_what_is_no_app_is_told(tmp_path: Path) -> None:
    pages = [said(b"<html>", "Content-Type: text/html\r\n")] * 10
    with answering(*pages) as app, pytest.raises(CannotServe, match="no serving app"), recorded(app, tmp_path / "r"):
        pass


@pytest.mark.parametrize(
    ("url", "options", "why"),
    [("ftp://x", {}, "url is 'ftp://x'"), ("http://127.0.0.1:9", {"host": "0.0.0.0"}, "not loopback")],
)
def test_what_cannot_be_recorded_is_told(tmp_path: Path, url: str, options: dict[str, Any], why: str) -> None:
    with pytest.raises(CannotServe, match=why), recorded(url, tmp_path, **options):
        pass


def test_a_port_that_is_taken_is_told(app: Server, tmp_path: Path) -> None:
    with pytest.raises(CannotServe, match="use --port 0"), recorded(app.session_url, tmp_path, port=app.port):
        pass


def test_a_line_is_json_of_one_line(app: Server, tmp_path: Path) -> None:
    with recorded(app.session_url, tmp_path / "r") as url:
        Client(url).post("inference_image_id", image_id="two\nlines \u2028")
    raw = (tmp_path / "r" / "exchanges.jsonl").read_bytes()
    assert raw.isascii()
    assert raw.endswith(b"\n")
    assert all(json.loads(one) for one in raw.splitlines())


@pytest.mark.parametrize(("headers", "body"), [({"x-api-key": TOKEN}, {}), ({}, {"context": {"apiToken": TOKEN}})])
def test_a_token_is_cut_wherever_else_it_stands(
    app: Server, tmp_path: Path, headers: dict[str, str], body: dict[str, Any]
) -> None:
    with recorded(app.session_url, tmp_path / "r") as url:
        said = {**body, "state": {"note": f"it is {TOKEN}"}}
        Client(url).http.post(f"{url}/inference_image_id", json=said, headers=headers, timeout=GENEROUS)
        assert TOKEN not in (tmp_path / "r" / "exchanges.jsonl").read_text()
    assert lines(tmp_path / "r")[-1]["request"]["json"]["state"] == {"note": "it is ***"}


def test_half_an_answer_in_chunks_does_not_look_whole(tmp_path: Path) -> None:
    half = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n2\r\nab\r\n"
    broken = (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)
    with answering(*INFO, half) as app, recorded(app, tmp_path / "r") as url, pytest.raises(broken):
        Client(url).post("anything")


def test_a_start_that_failed_does_not_spoil_its_folder(app: Server, tmp_path: Path) -> None:
    pages = [said(b"<html>", "Content-Type: text/html\r\n")] * 10
    with answering(*pages) as page, pytest.raises(CannotServe, match="no serving app"), recorded(page, tmp_path / "r"):
        pass
    with recorded(app.session_url, tmp_path / "r"):
        pass
    assert len(lines(tmp_path / "r")) == 10


def test_it_can_be_left_before_the_app_has_answered(tmp_path: Path) -> None:
    leave, ready = threading.Event(), list[str]()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        recording = threading.Thread(target=record, args=(url, tmp_path / "r", leave, ready.append), daemon=True)
        recording.start()
        asked, _ = silent.accept()
        with asked:
            leave.set()
            # Well before the app would be given up, which is a CannotServe.
            recording.join(8)
            assert not recording.is_alive()
    assert ready == []


def test_an_app_that_takes_too_long_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(CannotServe, match="too slow"), recorded(url, tmp_path / "r", patience=0.05):
            pass
