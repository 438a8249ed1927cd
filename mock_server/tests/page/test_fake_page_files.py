"""The files of the page, out of the package and from nowhere else, with the headers that keep it harmless."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest
import requests

from modeldouble_server import Server

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
HERE = {one.name: one.read_bytes() for one in files("modeldouble_server.page").iterdir() if one.is_file()}
SHOWN = sorted(name for name in HERE if not name.endswith(".py"))


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with Server() as server:
        yield server.server_address


def send(address: str, path: str, method: str = "GET", **headers: str) -> requests.Response:
    """A request whose path goes out as it is written."""
    request = requests.Request(method, address, headers=headers).prepare()
    request.url = f"{address}{path}"
    with requests.Session() as http:
        http.trust_env = False
        return http.send(request, timeout=20, allow_redirects=False)


def test_a_browser_gets_the_page_and_a_client_the_small_one(address: str) -> None:
    page, small = send(address, "/", **BROWSER), send(address, "/")
    assert page.content == HERE["index.html"]
    assert "Serve YOLOv5" in small.text
    assert {one.headers["Content-Type"] for one in (page, small)} == {"text/html; charset=utf-8"}
    assert {one.headers["Vary"] for one in (page, small)} == {"Accept"}


@pytest.mark.parametrize("accept", ["*/*", "", "application/json", "image/*", "text/plain"])
def test_whoever_does_not_ask_for_html_gets_the_small_page(address: str, accept: str) -> None:
    assert "session_url" in send(address, "/", Accept=accept).text
    assert "script" not in send(address, "/", Accept=accept).text


@pytest.mark.parametrize("path", ["/", *(f"/__page/{name}" for name in SHOWN)])
def test_every_file_has_the_headers_of_the_page(address: str, path: str) -> None:
    headers = send(address, path, **BROWSER).headers
    assert headers["Content-Security-Policy"] == POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("name", SHOWN)
def test_every_file_comes_as_it_is_packed(address: str, name: str) -> None:
    kinds = {"css": "text/css", "html": "text/html", "js": "text/javascript", "svg": "image/svg+xml"}
    answer = send(address, f"/__page/{name}")
    assert (answer.status_code, answer.content) == (200, HERE[name])
    assert answer.headers["Content-Type"] == f"{kinds[name.rpartition('.')[2]]}; charset=utf-8"


@pytest.mark.parametrize("path", [
    "__init__.py", "", "x.js", "../server.py", "..%2fserver.py", "%2e%2e/page/page.js", "page.js/", "/etc/passwd",
    "PAGE.JS", "page.js%00", "__pycache__", "./page.js", "..", "page.js%0a", "\\page.js",
])  # fmt: skip
def test_nothing_else_comes(address: str, path: str) -> None:
    assert send(address, f"/__page/{path}").status_code == 404


def test_who_has_a_file_is_told_that_it_is_the_same(address: str) -> None:
    tag = send(address, "/__page/page.js").headers["ETag"]
    for known in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        answer = send(address, "/__page/page.js", **{"If-None-Match": known})
        assert (answer.status_code, answer.content, answer.headers["ETag"]) == (304, b"", tag)
    assert send(address, "/__page/page.js", **{"If-None-Match": '"x"'}).status_code == 200
    assert send(address, "/__page/page.css").headers["ETag"] != tag


@pytest.mark.parametrize("name", SHOWN)
def test_a_file_that_has_changed_has_another_tag(address: str, name: str) -> None:
    tag = send(address, f"/__page/{name}").headers["ETag"].strip('"')
    assert len(tag) >= 32
    assert hashlib.sha256(HERE[name]).hexdigest().startswith(tag)


def test_head_is_the_file_without_its_body(address: str) -> None:
    answer = send(address, "/__page/page.js", "HEAD")
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["Content-Length"]) == len(HERE["page.js"])


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_other_methods_are_refused(address: str, method: str) -> None:
    answer = send(address, "/__page/page.js", method)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")


def test_the_first_paint_needs_three_requests() -> None:
    text = HERE["index.html"].decode()
    assert set(re.findall(r'(?:src|href)="(/[^"]*)"', text)) <= {
        "/__page/page.css",
        "/__page/page.js",
        "/__page/icon.svg",
    }
    assert not re.search(r"https?://(?!www\.w3\.org)|<style| style=|javascript:|\son\w+=", text)


def test_all_of_it_is_small() -> None:
    assert sum(len(HERE[name]) for name in SHOWN) < 150_000


def test_the_page_is_no_request_to_the_model() -> None:
    with Server() as server:
        for path in ("/", "/__page/page.js", "/__page/none"):
            send(server.server_address, path, **BROWSER)
        assert requests.get(f"{server.server_address}/__admin/models/1/journal", timeout=20).json()["count"] == 0


def test_the_page_gives_no_token_away_to_whoever_reaches_it() -> None:
    tokens: dict[str, Any] = {
        "api_token": "a" * 128,
        "session_token": "s" * 32,
        "admin_token": "an-admin-token-of-ours",
    }
    with Server(host="0.0.0.0", **tokens) as server:
        for path in ("/", *(f"/__page/{name}" for name in SHOWN)):
            answer = send(f"http://127.0.0.1:{server.port}", path, **BROWSER)
            assert answer.status_code == 200
            assert not [one for one in tokens.values() if one in answer.text]
