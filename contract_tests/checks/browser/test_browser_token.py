"""Who may use the page: whoever has the admin token where there is one, and no page of another origin."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests
from playwright.sync_api import Page, expect

import modeldouble_server
from modeldouble_server.server import Server

from .asking import ask
from .visiting import Visits

TOKEN, API, SESSION = "the-admin-secret", "the-api-secret", "the-session-secret"
_DENIED = "401"


class Elsewhere(BaseHTTPRequestHandler):
    """A page of somebody else."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>elsewhere</title>")

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""


@pytest.fixture
def guarded() -> Iterator[Server]:
    with modeldouble_server.serve(admin_token=TOKEN, api_token=API, session_token=SESSION) as server:
        yield server


@pytest.fixture
def elsewhere() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def entered(page: Page, token: str) -> None:
    """Type a token and send it."""
    page.locator("#token").fill(token)
    page.locator("#token").press("Enter")


def test_the_right_token_opens_and_a_wrong_one_is_told(guarded: Server, visits: Visits) -> None:
    visits.allow(_DENIED)
    page = visits.context(guarded.server_address).new_page()
    page.goto(guarded.server_address)
    expect(page.locator("#token-form")).to_be_visible()
    for wrong in ("wrong", API):
        entered(page, wrong)
        expect(page.locator("#said[role=alert]")).to_contain_text("did not take the token")
        expect(page.locator("#token-form")).to_be_visible()
        expect(page.locator("#models option[value='1']")).to_have_count(0)
    entered(page, TOKEN)
    expect(page.locator("#token-form")).to_be_hidden()
    # What had the focus is hidden with the form.
    expect(page.locator("#main")).to_be_focused()
    expect(page.locator("#state")).to_have_text("live")


def test_no_secret_is_in_an_address_or_on_the_page(guarded: Server, visits: Visits) -> None:
    visits.allow(_DENIED)
    page = visits.context(guarded.server_address).new_page()
    page.goto(guarded.server_address)
    expect(page.locator("#token-form")).to_be_visible()
    before = page.content()
    assert not [one for one in (TOKEN, API, SESSION) if one in before]
    entered(page, TOKEN)
    expect(page.locator("#state")).to_have_text("live")
    requests.get(f"{guarded.server_address}/net/{SESSION}/get_session_info", timeout=20)
    expect(page.locator("#journal-rows tr")).to_have_count(1)
    shown = page.content() + page.locator("#token").input_value() + page.url + "".join(visits.requests)
    assert not [one for one in (TOKEN, API) if one in shown]
    assert SESSION not in page.locator("#journal-rows").inner_html()


def test_the_token_is_of_this_tab_alone(guarded: Server, visits: Visits) -> None:
    visits.allow(_DENIED)
    page = visits.context(guarded.server_address).new_page()
    page.goto(guarded.server_address)
    entered(page, TOKEN)
    expect(page.locator("#state")).to_have_text("live")
    page.reload()
    expect(page.locator("#state")).to_have_text("live")
    other = page.context.new_page()
    other.goto(guarded.server_address)
    expect(other.locator("#token-form")).to_be_visible()
    assert page.evaluate("Object.values(localStorage).join()").find(TOKEN) == -1


@pytest.mark.parametrize("body", ["text/plain", None])
def test_a_page_of_another_origin_changes_nothing(
    server: Server, elsewhere: str, visits: Visits, body: str | None
) -> None:
    visits.allow("403", f"another host: {server.server_address}")
    model = server.add_model()
    ask(model)
    page = visits.context(elsewhere).new_page()
    page.goto(elsewhere)
    target = f"{server.server_address}/__admin/models/2/reset"
    order = {"method": "POST", "mode": "no-cors", **({"headers": {"Content-Type": body}, "body": "{}"} if body else {})}
    with page.expect_response(target) as answered:
        page.evaluate("([url, order]) => fetch(url, order).then(() => 0)", [target, order])
    assert answered.value.status == 403
    assert len(model.journal()) == 1


def test_a_page_of_another_origin_neither_reads_nor_frames(server: Server, elsewhere: str, visits: Visits) -> None:
    visits.allow("403", "CORS", "Failed to load", "frame", server.server_address)
    page = visits.context(elsewhere).new_page()
    page.goto(elsewhere)
    read = "url => fetch(url).then(one => one.text(), () => 'nothing')"
    assert page.evaluate(read, f"{server.server_address}/__admin/models") == "nothing"
    page.evaluate(
        "url => { document.body.append(Object.assign(document.createElement('iframe'), {src: url})); }",
        server.server_address,
    )
    with pytest.raises(AssertionError):
        expect(page.frame_locator("iframe").locator("#models")).to_be_attached(timeout=1000)
