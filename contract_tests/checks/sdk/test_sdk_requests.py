"""Our client's requests beside the official client's, key by key, as a proxy in front of the fake saw them."""

import json
from collections.abc import Callable, Iterator
from email.message import Message
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, NamedTuple

import pytest
import requests
from supervisely.nn.inference import SessionJSON

import modeldouble
import modeldouble_server

OURS_ONLY = {"direction"}
"""Servers since April 2024 read `direction` and not the `framesDirection` that the official client sends."""
THEIRS_ONLY: dict[str, Any] = {
    "upload": False,
    "tracker": None,
    "batch_size": None,
    "output_project_id": None,
    "cache_project_on_model": False,
}
"""Keys that the official client sends with these values and ours leaves out; servers do the same without them."""
Work = Callable[[Any], Any]


class Seen(NamedTuple):
    """One request that went through the proxy."""

    route: str
    kind: str
    body: bytes


@pytest.fixture(scope="module")
def proxy(fake: modeldouble_server.Server) -> Iterator[tuple[str, list[Seen]]]:
    seen: list[Seen] = []

    class Proxy(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = _read(self)
            kind = self.headers.get("Content-Type", "")
            seen.append(Seen(self.path.rpartition("/")[2], kind, body))
            answer = requests.post(fake.session_url + self.path, data=body, headers={"Content-Type": kind}, timeout=60)
            self.send_response(answer.status_code)
            self.send_header("Content-Type", answer.headers["Content-Type"])
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, *arguments: Any) -> None:
            """Keep the tests' output clean."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", seen
        server.shutdown()


@pytest.fixture
def exchanges(proxy: tuple[str, list[Seen]], api: Any) -> Callable[[Work], tuple[list[Seen], list[Seen]]]:
    """Requests of the official client and of ours for the same call."""
    url, seen = proxy

    def both(work: Work) -> tuple[list[Seen], list[Seen]]:
        found = []
        our_api = modeldouble.Api(api.server_address, api.token)
        for session in (SessionJSON(api, session_url=url), modeldouble.Session(our_api, session_url=url)):
            session.update_inference_settings(conf_thres=0.45)
            seen.clear()
            work(session)
            found.append(list(seen))
        return found[0], found[1]

    return both


JSON_CALLS: dict[str, Work] = {
    "inference_image_id": lambda session: session.inference_image_id(171250),
    "inference_batch_ids": lambda session: session.inference_image_ids([17551748, 171250]),
    "inference_image_url": lambda session: session.inference_image_url("http://example.com/picture.jpg"),
    "inference_batch_ids_async": lambda session: list(session.inference_image_ids_async([17551748, 171250])),
    "inference_project_id_async": lambda session: list(session.inference_project_id_async(17001, [53001])),
    "inference_video_id": lambda session: session.inference_video_id(18635803, 2, 3, "backward"),
    "inference_video_id_async": lambda session: list(session.inference_video_id_async(18635803, 2, 3, "forward")),
}


@pytest.mark.parametrize("route", JSON_CALLS)
def test_a_json_request_says_the_same(exchanges: Callable[[Work], tuple[list[Seen], list[Seen]]], route: str) -> None:
    theirs, ours = (next(one for one in some if one.route == route) for some in exchanges(JSON_CALLS[route]))
    their_state, our_state = (json.loads(one.body).get("state", {}) for one in (theirs, ours))
    assert set(our_state) - set(their_state) <= OURS_ONLY
    only_theirs = {key: their_state[key] for key in set(their_state) - set(our_state)}
    assert only_theirs.items() <= THEIRS_ONLY.items()
    assert {key: our_state[key] for key in set(our_state) & set(their_state)} == {
        key: their_state[key] for key in set(our_state) & set(their_state)
    }


@pytest.mark.parametrize("route", ["get_inference_progress", "pop_inference_results", "clear_inference_request"])
def test_a_poll_names_the_job_in_the_same_place(
    exchanges: Callable[[Work], tuple[list[Seen], list[Seen]]], route: str
) -> None:
    theirs, ours = exchanges(JSON_CALLS["inference_video_id_async"])
    for some in (theirs, ours):
        one = next(one for one in some if one.route == route)
        assert len(json.loads(one.body)["state"]["inference_request_uuid"]) == 32


@pytest.mark.parametrize(
    ("route", "call"), [("inference_image", "inference_image_path"), ("inference_batch", "inference_image_paths")]
)
def test_a_form_says_the_same(
    exchanges: Callable[[Work], tuple[list[Seen], list[Seen]]], route: str, call: str, photographs: list[str]
) -> None:
    paths: Any = photographs[0] if route == "inference_image" else photographs
    theirs, ours = exchanges(lambda session: getattr(session, call)(paths))
    assert [one.route for one in theirs] == [one.route for one in ours] == [route]
    assert _parts(ours[0]) == _parts(theirs[0])


def _parts(one: Seen) -> list[tuple[str, str, Any]]:
    """Name, file name and content of every part, in order of name and file name; JSON is compared as JSON."""
    form = BytesParser().parsebytes(b"Content-Type: " + one.kind.encode() + b"\r\n\r\n" + one.body)
    assert form.is_multipart()
    return sorted((_part(part) for part in form.get_payload() if isinstance(part, Message)), key=lambda part: part[:2])


def _part(part: Message) -> tuple[str, str, Any]:
    content = part.get_payload(decode=True)
    name = str(part.get_param("name", header="content-disposition"))
    file = part.get_filename()
    assert isinstance(content, bytes)
    return name, file or "", content if file else json.loads(content)


def _read(handler: BaseHTTPRequestHandler) -> bytes:
    length = handler.headers.get("Content-Length")
    if length is not None:
        return handler.rfile.read(int(length))
    body = b""
    while size := int(handler.rfile.readline(), 16):
        body += handler.rfile.read(size)
        handler.rfile.readline()
    handler.rfile.readline()
    return body
