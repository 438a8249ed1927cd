"""What the first paint waits for, and how much the page is in all."""

from importlib.resources import files
from urllib.parse import urlsplit

import requests
from playwright.sync_api import expect

import modeldouble_server.page
from modeldouble_server.server import Server

from .drawn import look_at
from .programs import PATIENCE
from .visiting import Visits, number

MOST_BYTES = 150_000
FIRST = {"/", "/__page/page.css", "/__page/page.js"}
_PAINTED = """most => new Promise(done => {
  setTimeout(() => done(["no paint"]), most);
  new PerformanceObserver(() => done(performance.getEntriesByType("resource")
    .filter(one => one.renderBlockingStatus === "blocking").map(one => one.name)))
    .observe({type: "paint", buffered: true});
})"""


def path(url: str) -> str:
    """Without host and query."""
    return urlsplit(url).path


def test_the_first_paint_needs_three_requests(server: Server, visits: Visits) -> None:
    page, held = visits.context(server.server_address).new_page(), list[str]()
    # All others are never answered.
    page.route(
        "**/*", lambda route: route.continue_() if path(route.request.url) in FIRST else held.append(route.request.url)
    )
    page.goto(server.server_address, wait_until="commit")
    blocking = page.evaluate(_PAINTED, PATIENCE)
    assert {path(one) for one in blocking} <= FIRST
    for shown in ("h1", "#look h2", "#journal h2", "nav a[href='#faults']"):
        expect(page.locator(shown)).to_be_in_viewport()
    expect(page.locator("#theme")).to_contain_text("auto")
    assert not [one for one in held if "/__admin/" in one]


def test_all_of_the_page_is_small(server: Server, visits: Visits) -> None:
    model, sizes = server.add_model(), dict[str, int]()
    context = visits.context(server.server_address)
    context.on("response", lambda one: sizes.update({one.url: len(one.body())}) if "/__page/" in one.url else None)
    page = visits.open(server.server_address, number(model), within=context)
    look_at(page)
    asked = {one.rpartition("/")[2] for one in visits.requests if "/__page/" in one}
    parts = {one.name: len(one.read_bytes()) for one in files(modeldouble_server.page).iterdir() if one.is_file()}
    wire = {name: size for name, size in parts.items() if not name.endswith(".py")}
    assert sum(wire.values()) < MOST_BYTES
    assert asked <= set(wire)
    assert {name for name in wire if name.endswith(".js")} <= asked


def test_the_policy_forbids_what_the_page_does_not_need(server: Server) -> None:
    answer = requests.get(server.server_address, headers={"Accept": "text/html"}, timeout=20)
    parts = [one.strip().partition(" ") for one in answer.headers["Content-Security-Policy"].split(";")]
    policy = {name: value for name, _, value in parts}
    assert (policy["default-src"], policy["script-src"], policy["connect-src"]) == ("'none'", "'self'", "'self'")
    assert policy["require-trusted-types-for"] == "'script'"
    assert not [one for one in policy.values() if "unsafe" in one or "*" in one]
    assert answer.headers["Vary"] == "Accept"


def test_markup_out_of_text_is_stopped_by_the_browser(server: Server, visits: Visits) -> None:
    visits.allow("TrustedHTML", "policy: require-trusted-types-for")
    page = visits.open(server.server_address)
    page.evaluate(
        "() => { try { document.body.innerHTML = '<b>x</b>'; } catch { document.body.dataset.stopped = '1'; } }"
    )
    expect(page.locator("body")).to_have_attribute("data-stopped", "1")
