"""A thousand rows: the page shows them all, keeps no more, and does not stop for any of them."""

import re

from playwright.sync_api import Page, expect

from modeldouble_server.server import Server

from .asking import ask_often
from .visiting import Visits

ROWS, MORE = 1000, 300
_LONG = """() => {
  const page = document.documentElement;
  new PerformanceObserver(list => {
    page.dataset.long = Math.max(page.dataset.long ?? 0, ...list.getEntries().map(one => one.duration));
  }).observe({type: "longtask"});
}"""
_SLOW = """() => {
  setTimeout(() => { const end = performance.now() + 300; while (performance.now() < end); });
}"""
_PLAIN = """([rows, cells]) => {
  const begun = performance.now();
  for (let at = 0; at < rows; at++) {
    const row = document.body.appendChild(document.createElement("div"));
    for (let cell = 0; cell < cells; cell++) row.appendChild(document.createElement("span")).textContent = "a cell";
  }
  document.body.getBoundingClientRect();
  return performance.now() - begun;
}"""
LONG = re.compile(r"^([3-9]\d\d|\d{4,})(\.|$)")
TIMES, SHORT = 5, 100
"""A task may take so many times what as many plain elements take an empty page, and so many milliseconds."""


def plain(page: Page) -> float:
    """Milliseconds in which an empty page is given as many rows, of as many elements, as the journal shows, at once."""
    elements = page.locator("#journal-rows *").count()
    page.goto("about:blank")
    return max(float(page.evaluate(_PLAIN, [ROWS, elements // ROWS - 1])) for _ in range(3))


def test_a_thousand_rows_without_jank(server: Server, visits: Visits) -> None:
    model = server.add_model()
    page = visits.of(model)
    page.evaluate(_LONG)
    ask_often(model, ROWS)
    expect(page.locator(f'#journal-rows tr[data-number="{ROWS}"]')).to_be_attached()
    expect(page.locator("#journal-rows tr")).to_have_count(ROWS)
    ask_often(model, MORE)
    expect(page.locator(f'#journal-rows tr[data-number="{ROWS + MORE}"]')).to_be_attached()
    assert page.locator("#journal-rows tr").count() == ROWS
    page.locator("#journal-text").fill("nothing has this")
    expect(page.locator("#journal-rows tr")).to_have_count(0)
    page.locator("#journal-text").fill("")
    expect(page.locator("#journal-rows tr")).to_have_count(ROWS)
    longest = float(page.locator("html").get_attribute("data-long") or 0)
    assert longest <= SHORT + TIMES * plain(page)


def test_rows_that_were_there_before_are_shown_too(server: Server, visits: Visits) -> None:
    model = server.add_model()
    ask_often(model, ROWS + MORE)
    page = visits.of(model)
    expect(page.locator("#journal-rows tr")).to_have_count(ROWS)
    numbers = page.locator("#journal-rows tr").evaluate_all("rows => rows.map(row => Number(row.dataset.number))")
    assert numbers == list(range(ROWS + MORE, MORE, -1))


def test_a_task_that_is_too_long_is_noticed(server: Server, visits: Visits) -> None:
    page = visits.of(server.add_model())
    page.evaluate(_LONG)
    page.evaluate(_SLOW)
    expect(page.locator("html")).to_have_attribute("data-long", LONG)
