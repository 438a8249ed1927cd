"""The page on paper, in the colours of a system that forces its own, and with the spacing that a reader sets."""

import pytest
from playwright.sync_api import expect

from modeldouble_server.served import ServedModel
from modeldouble_server.server import Server

from .filled import see_all
from .test_browser_jobs import PACE, begin, listed
from .visiting import Visits

_SCHEME = "getComputedStyle(document.documentElement).colorScheme"
_COLOURS = """button => {
  const shown = getComputedStyle(button), probe = document.body.appendChild(document.createElement("i"));
  probe.style.color = "GrayText";
  const gray = getComputedStyle(probe).color;
  probe.remove();
  return [shown.color === gray, shown.borderTopColor === gray];
}"""
_SPACED = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
    p { margin-bottom: 2em !important }`);
  document.adoptedStyleSheets = [sheet];
}"""
_CUT = """all => all.filter(one => one.checkVisibility() && one.scrollWidth > one.clientWidth + 1)
  .map(one => `${one.className || one.id || one.tagName}: ${one.textContent}`)"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_paper_is_light(server: Server, visits: Visits, theme: str) -> None:
    page = visits.open(server.server_address)
    while page.locator("#theme").inner_text().rpartition(" ")[2] != theme:
        page.locator("#theme").click()
    assert page.evaluate(_SCHEME) == theme
    page.emulate_media(media="print")
    assert page.evaluate(_SCHEME) == "light"


def test_a_button_that_does_nothing_is_grey_in_forced_colours(server: Server, visits: Visits) -> None:
    model = server.add_model(pace=PACE)
    page, job = visits.of(model, forced_colors="active"), begin(model)
    button = listed(page, job).locator("button.stop")
    expect(button).to_have_attribute("aria-disabled", "false")
    assert button.evaluate(_COLOURS) == [False, False]
    button.click()
    expect(button).to_have_attribute("aria-disabled", "true")
    assert button.evaluate(_COLOURS) == [True, True]


@pytest.mark.parametrize("width", [320, 1280])
def test_a_readers_spacing_cuts_no_text(full: ServedModel, visits: Visits, width: int) -> None:
    page = visits.of(full, viewport={"width": width, "height": 640})
    see_all(page)
    page.evaluate(_SPACED)
    assert page.locator(".journal :is(th, .time, .method, .took), #look-drop").evaluate_all(_CUT) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
