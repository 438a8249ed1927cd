"""The checks notice a page that is broken: each mutant makes its check fail."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Error, expect

from modeldouble_server.served import ServedModel
from modeldouble_server.server import Server

from . import test_browser_keyboard
from .mutants import MUTANTS
from .programs import PATIENCE
from .visiting import Visits

_BRIEF = 5000
"""Milliseconds to wait for what will not come."""


@pytest.fixture
def broken(browser: Browser) -> Iterator[Visits]:
    """Visits that may go wrong."""
    expect.set_options(timeout=_BRIEF)
    made = Visits(browser)
    yield made
    made.close()
    expect.set_options(timeout=PATIENCE)


@pytest.mark.parametrize("name", MUTANTS)
def test_a_broken_page_is_noticed(server: Server, broken: Visits, name: str) -> None:
    file, changes, check, also = MUTANTS[name]
    broken.change(file, changes)
    try:
        check(server, broken, *also)
    except (AssertionError, Error):
        assert broken.changed == [file]
        return
    assert broken.wrong() != []
    assert broken.changed == [file]


def test_a_focus_that_is_not_seen_is_noticed(full: ServedModel, broken: Visits) -> None:
    broken.change("page.css", {":focus-visible { outline: 2px solid": ":focus-visible { outline: 0 solid"})
    with pytest.raises(AssertionError, match="'outlined': False"):
        test_browser_keyboard.test_tab_reaches_everything_and_shows_where_it_is(full, broken)


def test_a_request_to_another_host_is_noticed(server: Server, broken: Visits) -> None:
    page = broken.open(server.server_address)
    page.evaluate("fetch('http://another.invalid/').catch(() => 0)")
    assert any("another" in one for one in broken.wrong())


@pytest.mark.parametrize(
    "script", ["console.error('no')", "setTimeout(() => { throw new Error('no'); })", "alert('no')"]
)
def test_what_goes_wrong_in_a_page_is_noticed(server: Server, broken: Visits, script: str) -> None:
    page = broken.open(server.server_address)
    page.evaluate(f"() => {{ {script} }}")
    page.evaluate("new Promise(done => setTimeout(done))")
    assert any("no" in one for one in broken.wrong())
