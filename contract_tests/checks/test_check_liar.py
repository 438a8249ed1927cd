"""The proxy between suite and target: true to the byte without a lie, and each kind of lie acts and is counted."""

import http.client
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import requests

from .mutants.catalogue import CATALOGUE, ON_REAL, doubled_names
from .mutants.liar import Liar
from .mutants.lie import Changed, Forwarded, Instead, Lie, Nth, Teller, Told
from .mutants.table import Row, names, render
from .mutants.traffic import Answer, Asked, told

REPO = Path(__file__).parents[2]
STATE = {"state": {"settings": {"conf_thres": 0.5}, "videoId": 7}, "context": {}}
HEADERS = {"X-Odd": "one", "Content-Type": "application/x-odd"}


class Heard(NamedTuple):
    """A request as the target got it."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Target(ThreadingHTTPServer):
    """Answers every request with its own body and an odd status. A path with `drop` gets no answer."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.heard: list[Heard] = []
        self.says: bytes | None = None
        self.url = f"http://127.0.0.1:{self.server_port}/net/token"


class Handler(BaseHTTPRequestHandler):
    def handle_all(self) -> None:
        target = self.server
        assert isinstance(target, Target)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        target.heard.append(Heard(self.command, self.path, dict(self.headers.items()), body))
        if "drop" in self.path:
            return
        said = body if target.says is None else target.says
        # 307 is followed by whoever follows redirects; a bare answer has no header of its own.
        self.send_response_only(307 if "away" in self.path else 200 if target.says else 218)
        for name, value in {} if "bare" in self.path else HEADERS.items():
            self.send_header(name, value)
        if "away" in self.path:
            self.send_header("Location", "/net/token/elsewhere")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    do_GET = do_POST = do_PUT = handle_all  # noqa: N815  the names that http.server looks for

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def target() -> Iterator[Target]:
    with Target() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def liar(target: Target) -> Iterator[Liar]:
    with Liar(target.url) as liar:
        yield liar


def lie(teller: Teller, *routes: str, method: str = "POST") -> Lie:
    return Lie("a lie", "for a test", routes, lambda: teller, method=method)


def answered(target: Target, liar: Liar, value: Any, route: str = "get_session_info") -> requests.Response:
    target.says = json.dumps(value).encode()
    return requests.post(f"{liar.url}/{route}", json=STATE, timeout=10)


@pytest.mark.parametrize("size", [0, 1, 1_000_000])
def test_bodies_pass_as_they_are_both_ways(target: Target, liar: Liar, size: int) -> None:
    body = bytes(range(256)) * (size // 256) + b"\0" * (size % 256)
    answer = requests.post(f"{liar.url}/any/path", data=body, timeout=10)
    assert (answer.status_code, answer.content) == (218, body)
    assert target.heard[0].body == body


@pytest.mark.parametrize("path", ["/a?b=%2F&c", "//doubled", "/trailing/", "/%C3%A9%20x", "/"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
def test_method_and_path_pass_as_they_are(target: Target, liar: Liar, method: str, path: str) -> None:
    host, _, prefix = liar.url.removeprefix("http://").partition("/")
    wire = http.client.HTTPConnection(host, timeout=10)
    wire.request(method, f"/{prefix}{path}")
    assert wire.getresponse().read() == b""
    wire.close()
    assert target.heard[0][:2] == (method, f"/net/token{path}")


def test_headers_pass_as_they_are_and_none_is_added(target: Target, liar: Liar) -> None:
    answer = requests.post(f"{liar.url}/x", data=b"{", headers={"X-Mine": "a, b", "x-api-key": "k"}, timeout=10)
    heard = target.heard[0].headers
    assert (heard["X-Mine"], heard["x-api-key"], heard["Content-Length"]) == ("a, b", "k", "1")
    assert "Content-Type" not in heard
    assert {name: answer.headers[name] for name in answer.headers if name != "Content-Length"} == HEADERS


def test_an_answer_without_a_content_type_stays_without(liar: Liar) -> None:
    answer = requests.post(f"{liar.url}/bare", data=b"x", timeout=10)
    assert dict(answer.headers) == {"Content-Length": "1"}


def test_a_redirect_is_not_followed(target: Target, liar: Liar) -> None:
    assert requests.post(f"{liar.url}/away", timeout=10, allow_redirects=False).status_code == 307
    assert len(target.heard) == 1


def test_a_chunked_body_arrives_whole(target: Target, liar: Liar) -> None:
    pieces = [b"one", b"two" * 50_000, b"three"]
    assert requests.post(f"{liar.url}/x", data=iter(pieces), timeout=10).content == b"".join(pieces)


def test_a_form_arrives_as_it_was_sent(target: Target, liar: Liar) -> None:
    files = [("files", ("a.bin", b"\r\n--\0\xff\r\n")), ("files", ("ä.png", b""))]
    sent = requests.Request("POST", f"{liar.url}/x", files=files, data={"settings": "{}"}).prepare()
    with requests.Session() as http:
        assert http.send(sent, timeout=10).content == sent.body
    assert target.heard[0].headers["Content-Type"] == sent.headers["Content-Type"]


def test_a_target_that_leaves_without_an_answer_is_passed_on_as_that(liar: Liar) -> None:
    with pytest.raises(requests.ConnectionError):
        requests.post(f"{liar.url}/drop", timeout=10)


def test_a_lie_is_told_on_its_routes_and_method_only(target: Target, liar: Liar) -> None:
    liar.tell(lie(Told(lambda answer: answer._replace(status=500)), "pop"))
    statuses = [requests.request(verb, f"{liar.url}/{route}", timeout=10).status_code
                for verb, route in (("POST", "pop"), ("GET", "pop"), ("POST", "progress"))]  # fmt: skip
    assert statuses == [500, 218, 218]
    assert liar.fired == 1


def test_a_changed_answer_is_another_one_and_what_is_left_alone_does_not_count(target: Target, liar: Liar) -> None:
    liar.tell(lie(Changed(lambda value: {**value, "total": 1})))
    assert answered(target, liar, {"total": 2}).json() == {"total": 1}
    assert answered(target, liar, {"total": 1}).json() == {"total": 1}
    assert liar.fired == 1


def test_true_and_one_are_not_the_same(target: Target, liar: Liar) -> None:
    liar.tell(lie(Changed(lambda value: {"done": 1})))
    assert answered(target, liar, {"done": True}).text == '{"done":1}'
    assert liar.fired == 1


def test_another_state_is_forwarded_from_json_and_from_a_form(target: Target, liar: Liar) -> None:
    liar.tell(lie(Forwarded(lambda state: {**state, "settings": {}})))
    requests.post(f"{liar.url}/x", json=STATE, timeout=10)
    assert json.loads(target.heard[0].body) == {"state": {"settings": {}, "videoId": 7}, "context": {}}
    parts: Any = {"settings": (None, json.dumps(STATE["state"])), "files": ("a", b"\0\r\n")}
    requests.post(f"{liar.url}/x", files=parts, timeout=10)
    kind, body = target.heard[1].headers["Content-Type"], target.heard[1].body
    form = Asked("POST", "/x", (("Content-Type", kind),), body)
    assert form.state == {"settings": {}, "videoId": 7}
    assert form.form is not None
    assert [part.content for part in form.form.files] == [b"\0\r\n"]


def test_an_answer_of_its_own_is_never_forwarded(target: Target, liar: Liar) -> None:
    liar.tell(lie(Instead(told({"success": True}))))
    assert answered(target, liar, {}).json() == {"success": True}
    assert (target.heard, liar.fired) == ([], 1)


def test_every_second_answer_of_a_route_is_told_from_the_start_of_each_run(target: Target, liar: Liar) -> None:
    often = Lie("often", "", (), lambda: Nth(Told(lambda answer: answer._replace(status=503))))
    for _ in range(2):
        liar.tell(often)
        routes = ["a", "a", "b", "a", "b"]
        assert [answered(target, liar, {}, route).status_code for route in routes] == [200, 503, 200, 200, 503]


def test_an_answer_is_cut_off(target: Target, liar: Liar) -> None:
    liar.tell(lie(Told(lambda answer: answer._replace(cut=3))))
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        answered(target, liar, {"long": "enough"})


def test_a_delay_passes_the_patience_of_the_caller(target: Target, liar: Liar) -> None:
    liar.tell(lie(Told(lambda answer: answer._replace(delay=30.0))))
    with pytest.raises(requests.ReadTimeout):
        requests.post(f"{liar.url}/x", timeout=0.05)


def test_a_teller_that_fails_tells_the_truth_and_is_named(target: Target, liar: Liar) -> None:
    liar.tell(lie(Changed(lambda value: value["nothing"])))
    assert answered(target, liar, {"total": 2}).json() == {"total": 2}
    assert isinstance(liar.broken, KeyError)
    assert liar.fired == 0


def test_no_lie_is_told_any_more_after_the_truth_was_asked_for(target: Target, liar: Liar) -> None:
    liar.tell(lie(Instead(Answer(500, (), b""))))
    liar.tell(None)
    assert requests.post(f"{liar.url}/x", timeout=10).status_code == 218


def test_the_catalogue_is_large_and_its_names_are_its_own() -> None:
    assert len(CATALOGUE) >= 90
    assert doubled_names() == []
    assert set(ON_REAL) <= {lie.name for lie in CATALOGUE}
    assert len(set(ON_REAL)) >= 25


def test_the_page_names_every_mutant_of_the_catalogue_and_no_other() -> None:
    page = (REPO / "docs" / "mutants.md").read_text(encoding="utf-8")
    assert names(page) == [lie.name for lie in CATALOGUE], "make it anew: tox -e mutants -- --table docs/mutants.md"


def test_the_page_tells_a_survivor_from_what_was_killed() -> None:
    rows = [Row("a", "x | y", "check_job.py::test_it_ends[1|2]", "job.ends"), Row("b", "z", "", "")]
    page = render(rows, "2026-01-01", "tox")
    assert "| a | x \\| y | job: it ends [1\\|2] | job.ends |" in page
    assert "2 mutants, 1 survived" in page
    assert names(page) == ["a", "b"]
