"""axe-core finds nothing serious, whatever the theme, the width and what is shown."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from modeldouble_server.served import ServedModel

from .drawn import CAT, look_at
from .filled import VIDEO, see_all
from .visiting import Visits

GRAVE = ("serious", "critical")
NARROW, WIDE = {"width": 375, "height": 800}, {"width": 1600, "height": 1000}
_RUN = "async () => (await axe.run(document, {resultTypes: ['violations']})).violations"


def grave(page: Page, script: str) -> list[str]:
    """What axe-core has to say that is serious or critical, with the places."""
    page.evaluate(script)
    found: list[dict[str, Any]] = page.evaluate(_RUN)
    return [
        f"{one['id']}: {one['help']}: {[node['target'] for node in one['nodes']]}: {one['nodes'][0]['failureSummary']}"
        for one in found
        if one["impact"] in GRAVE
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [NARROW, WIDE], ids=["375", "1600"])
def test_a_filled_page_is_accessible(
    full: ServedModel, visits: Visits, axe_script: str, scheme: str, viewport: dict[str, int]
) -> None:
    page = visits.of(full, color_scheme=scheme, viewport=viewport)
    see_all(page)
    look_at(page)
    page.locator("#journal-rows button.more").first.click()
    assert grave(page, axe_script) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    page.locator("#look-video").select_option(str(VIDEO))
    expect(page.locator("#drawing g.object[data-track]").first).to_be_attached()
    assert grave(page, axe_script) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_theme_button_wins_over_the_system(full: ServedModel, visits: Visits, axe_script: str, scheme: str) -> None:
    page = visits.of(full, color_scheme=scheme)
    ground = "getComputedStyle(document.body).backgroundColor"
    before, button = page.evaluate(ground), page.locator("#theme")
    while button.inner_text().rpartition(" ")[2] != {"light": "dark", "dark": "light"}[scheme]:
        button.click()
    assert page.evaluate(ground) != before
    assert grave(page, axe_script) == []


def test_a_page_that_is_not_accessible_is_noticed(full: ServedModel, visits: Visits, axe_script: str) -> None:
    page = visits.of(full)
    look_at(page, CAT)
    page.evaluate("document.querySelector('#threshold').labels.forEach(one => one.replaceWith(...one.childNodes))")
    assert any("label" in one for one in grave(page, axe_script))
