"""The journal is live: rows come as requests are made, are filtered, held, and asked again by curl."""

from pathlib import Path

import pytest
import requests
from playwright.sync_api import Locator, Page, expect

from modeldouble_server.server import Server

from .asking import ask, run
from .drawn import CAT
from .visiting import Visits

CLIPBOARD = ["clipboard-read", "clipboard-write"]


def rows(page: Page, chosen: str = "") -> Locator:
    """Rows of the journal, all or those of a selector."""
    return page.locator(f"#journal-rows tr{chosen}")


def test_rows_come_as_requests_are_made(server: Server, visits: Visits) -> None:
    model = server.add_model()
    page = visits.of(model)
    expect(rows(page)).to_have_count(0)
    ask(model)
    expect(rows(page, '[data-number="1"][data-route="get_session_info"][data-status="200"]')).to_have_count(1)
    ask(model, "no_such_route")
    expect(rows(page, '[data-number="2"][data-status="404"]')).to_be_visible()
    expect(page.locator("#journal-count")).to_contain_text("2")


def test_requests_to_the_platform_are_a_journal_of_their_own(server: Server, visits: Visits) -> None:
    model = server.add_model()
    page = visits.of(model)
    ask(model)
    expect(rows(page)).to_have_count(1)
    requests.get(f"{server.server_address}/public/api/v3/no.such", timeout=20)
    page.locator("#journal-source").select_option("platform")
    expect(rows(page, '[data-route*="no.such"]')).to_have_count(1)
    page.locator("#journal-source").select_option("model")
    expect(rows(page, '[data-route="get_session_info"]').first).to_be_visible()


@pytest.mark.parametrize(
    ("field", "text", "left"),
    [
        ("route", "get_session*", "get_session_info"),
        ("route", "classes", "get_output_classes_and_tags"),
        ("status", "404", "no_such_route"),
        ("status", "4xx", "no_such_route"),
        ("text", "cat.jpg", "inference_image"),
    ],
)
def test_filters_leave_what_they_name(server: Server, visits: Visits, field: str, text: str, left: str) -> None:
    model = server.add_model()
    page = visits.of(model)
    for route in ("get_session_info", "get_output_classes_and_tags", "no_such_route"):
        ask(model, route)
    model.session().inference_image_path(CAT)
    expect(rows(page, '[data-route="inference_image"]')).to_have_count(1)
    page.locator(f"#journal-{field}").fill(text)
    expect(rows(page, f':not([data-route="{left}"])')).to_have_count(0)
    assert rows(page).count() > 0
    page.locator(f"#journal-{field}").fill("")
    expect(rows(page, '[data-route="no_such_route"]')).to_be_visible()


def test_a_pause_holds_the_rows_and_loses_none(server: Server, visits: Visits) -> None:
    model = server.add_model()
    page = visits.of(model)
    ask(model)
    expect(rows(page)).to_have_count(1)
    button = page.locator("#journal-pause")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    for _ in range(3):
        ask(model)
    expect(page.locator("#journal-count")).to_contain_text("3 waiting")
    expect(rows(page)).to_have_count(1)
    button.click()
    expect(rows(page)).to_have_count(4)


def test_a_row_is_copied_as_curl_and_asks_the_same_again(server: Server, visits: Visits, tmp_path: Path) -> None:
    model = server.add_model(classes=["cat"])
    page = visits.of(model, permissions=CLIPBOARD)
    (tmp_path / "a cat's.jpg").write_bytes(CAT.read_bytes())
    session = model.session()
    session.set_inference_settings({"conf_thres": 0.11})
    before = session.inference_image_path(tmp_path / "a cat's.jpg")
    row = rows(page, '[data-route="inference_image"]')
    row.locator("button.curl").click()
    expect(page.locator("#journal")).to_contain_text("copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("curl ")
    assert before["annotation"]["size"] == {"height": 300, "width": 451}
    assert '"size"' in run(copied, tmp_path)
    expect(row).to_have_count(2)
    first, second = model.journal(route="inference_image")
    assert first.settings == second.settings != ""
    assert [one.sha256 for one in first.contents] == [one.sha256 for one in second.contents]


def test_details_of_a_row_are_opened(server: Server, visits: Visits) -> None:
    model = server.add_model()
    page = visits.of(model)
    model.session().inference_image_path(CAT)
    row = rows(page, '[data-route="inference_image"]')
    row.locator("button.more").click()
    [entry] = model.journal(route="inference_image")
    expect(row).to_contain_text(f"sha256 {entry.contents[0].sha256}")


def test_a_reset_empties_the_rows(server: Server, visits: Visits) -> None:
    model = server.add_model()
    page = visits.of(model)
    ask(model)
    ask(model)
    expect(rows(page)).to_have_count(2)
    model.reset()
    expect(rows(page)).to_have_count(0)
    ask(model, "no_such_route")
    expect(rows(page, '[data-number="1"][data-status="404"]')).to_have_count(1)


def test_a_row_whose_request_is_no_longer_kept_says_so(server: Server, visits: Visits) -> None:
    visits.change("journal.js", {"KEPT_MOST = 5000": "KEPT_MOST = 3"})
    model = server.add_model()
    page = visits.of(model)
    ask(model)
    more = page.locator('#journal-rows tr[data-number="1"] button.more')
    expect(more).to_be_visible()
    page.locator("#journal-pause").click()
    for _ in range(4):
        ask(model)
    expect(page.locator("#journal-count")).to_contain_text("waiting")
    more.click()
    expect(more).to_have_attribute("aria-expanded", "false")
    expect(page.locator("#journal-said")).to_have_text("Request 1 is no longer kept")
