"""What the page shows of a server that came back as another one, that is full, or whose report is written anew."""

import re
from pathlib import Path

from PIL import Image
from playwright.sync_api import Route, expect

import modeldouble_server
from modeldouble_contract.report import as_json
from modeldouble_server.server import Server

from ..made_up import full as full_report
from .drawn import look_at
from .visiting import Visits

_GONE = ("ERR_CONNECTION_REFUSED", "ERR_INCOMPLETE_CHUNKED_ENCODING", "ERR_CONNECTION_RESET", "ERR_EMPTY_RESPONSE")
_TOKEN = "a" * 32
_WHEN = ("2026-11-22T18:00:00+00:00", "2026-11-22T19:00:00+00:00")


def test_another_model_under_the_same_address_is_shown(visits: Visits) -> None:
    visits.allow(*_GONE)
    with modeldouble_server.serve(session_token=_TOKEN) as server:
        page, port = visits.open(server.server_address), server.port
        expect(page.locator("#threshold")).to_have_value("0.25")
    expect(page.locator("#state")).to_have_text("lost")
    with modeldouble_server.serve(session_token=_TOKEN, port=port, scenario="example:pose"):
        expect(page.locator("#state")).to_have_text("live")
        # Poses have no such setting, which only a model that is chosen anew tells the look.
        expect(page.locator("#threshold")).to_be_disabled()
        expect(page.locator("#card")).to_contain_text("RTMPose")


def test_a_model_that_sees_otherwise_since_the_server_is_back_is_asked_anew(visits: Visits, tmp_path: Path) -> None:
    visits.allow(*_GONE)
    # None of those that the default model knows, whatever its seed.
    Image.new("RGB", (640, 480), "teal").save(tmp_path / "a.png")
    with modeldouble_server.serve(session_token=_TOKEN, seed=1) as server:
        page, port = visits.open(server.server_address), server.port
        look_at(page, tmp_path / "a.png")
        drawn = page.locator("#drawing g.object").first
        before = str(drawn.get_attribute("data-box"))
    expect(page.locator("#state")).to_have_text("lost")
    with modeldouble_server.serve(session_token=_TOKEN, port=port, seed=2):
        expect(page.locator("#state")).to_have_text("live")
        expect(drawn).not_to_have_attribute("data-box", before)


def test_a_server_that_has_no_stream_left_says_so(server: Server, visits: Visits) -> None:
    visits.allow("429")
    page = visits.context(server.server_address).new_page()

    def refuse(route: Route) -> None:
        route.fulfill(status=429, json={"detail": "as many pages as may be are open"})

    page.route("**/live?*", refuse)
    page.goto(server.server_address)
    expect(page.locator("#said[role=alert]")).to_contain_text("told live: as many pages as may be are open")
    page.unroute("**/live?*", refuse)
    expect(page.locator("#state")).to_have_text("live")
    expect(page.locator("#said")).to_be_hidden()


def test_a_report_that_is_written_anew_is_read_while_it_is_looked_at(tmp_path: Path, visits: Visits) -> None:
    file = tmp_path / "report.json"
    file.write_text(as_json.render(full_report(), version="1.2.3", when=_WHEN[0]), encoding="utf-8")
    with modeldouble_server.serve(contract_report=file) as server:
        page = visits.context(server.server_address).new_page()
        page.clock.install()
        page.goto(server.server_address)
        expect(page.locator("#contract-report [data-key]")).to_have_attribute(
            "data-key", re.compile(re.escape(_WHEN[0]))
        )
        file.write_text(as_json.render(full_report(), version="1.2.3", when=_WHEN[1]), encoding="utf-8")
        page.clock.fast_forward(11_000)
        expect(page.locator("#contract-report [data-key]")).to_have_attribute(
            "data-key", re.compile(re.escape(_WHEN[1]))
        )
