"""The page while its server goes away and comes back, and at the width of a telephone."""

from playwright.sync_api import expect

from modeldouble_server.served import ServedModel
from modeldouble_server.server import Server

from .asking import ask
from .filled import see_all
from .visiting import Visits, number

_GONE = ("ERR_CONNECTION_REFUSED", "ERR_INCOMPLETE_CHUNKED_ENCODING", "ERR_CONNECTION_RESET", "ERR_EMPTY_RESPONSE")


def test_a_server_that_ends_and_comes_back_is_lost_and_live(server: Server, visits: Visits) -> None:
    visits.allow(*_GONE)
    page = visits.open(server.server_address)
    classes = page.locator("#classes [data-class]").count()
    server.stop()
    expect(page.locator("#state")).to_have_text("lost")
    server.start()
    expect(page.locator("#state")).to_have_text("live")
    assert page.locator("#classes [data-class]").count() == classes > 0


def test_what_was_asked_before_the_end_is_not_shown_after_it(server: Server, visits: Visits) -> None:
    visits.allow(*_GONE, "404")
    page = visits.open(server.server_address)
    with server.add_model() as model:
        own = visits.open(server.server_address, number(model))
        ask(model)
        expect(own.locator("#journal-rows tr")).to_have_count(1)
        server.stop()
        expect(own.locator("#state")).to_have_text("lost")
        server.start()
    # The model is gone with the server's world, and the page shows one that is there.
    expect(own.locator("#state")).to_have_text("live")
    expect(own.locator("#journal-rows tr")).to_have_count(0)
    expect(page.locator("#state")).to_have_text("live")


def test_a_telephone_is_not_scrolled_sideways(full: ServedModel, visits: Visits) -> None:
    page = visits.of(full, viewport={"width": 375, "height": 700}, has_touch=True, is_mobile=True)
    see_all(page)
    assert page.evaluate("[document.documentElement.scrollWidth, visualViewport.scale]") == [375, 1]
    page.mouse.wheel(500, 0)
    assert page.evaluate("scrollX") == 0


def test_each_section_is_reached_by_its_anchor(server: Server, visits: Visits) -> None:
    page = visits.open(server.server_address)
    for name in ("model", "look", "journal", "jobs", "faults", "misses", "deviations", "contract"):
        page.locator(f'nav a[href="#{name}"]').click()
        expect(page.locator(f"section#{name}[aria-labelledby] h2")).to_be_in_viewport()
