"""All of the page without a mouse: the Tab key reaches everything, and what has the focus is seen to have it."""

from playwright.sync_api import FileChooser, Page, expect

from modeldouble_server.served import ServedModel
from modeldouble_server.server import Server

from .filled import VIDEO, see_all
from .test_browser_jobs import PACE, begin, listed
from .visiting import Visits

MOST = 400
_CAN_BE_REACHED = """() => [
  ...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")]
  .filter(one => one.tabIndex >= 0 && !one.disabled && one.checkVisibility({visibilityProperty: true}))
  .map((one, at) => { one.dataset.reach = at; return one.outerHTML.slice(0, 120); })"""
_FOCUS = """() => {
  const one = document.activeElement;
  if (one === document.body || !one) return null;
  const style = getComputedStyle(one), at = one.getBoundingClientRect();
  return {
    reach: one.dataset.reach ?? null, id: one.id, job: one.closest("[data-job]")?.dataset.job ?? null,
    outlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    within: at.bottom > 0 && at.top < innerHeight, html: one.outerHTML.slice(0, 120),
  };
}"""


def tab_to(page: Page, condition: str) -> None:
    """Press Tab until what has the focus is as a selector says."""
    for _ in range(MOST):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", condition):
            return
    raise AssertionError(f"{condition} is not reached by {MOST} times Tab")


def test_tab_reaches_everything_and_shows_where_it_is(full: ServedModel, visits: Visits) -> None:
    page = visits.of(full)
    see_all(page)
    page.locator("#journal-pause").click()
    page.evaluate("document.activeElement.blur()")
    wanted = page.evaluate(_CAN_BE_REACHED)
    assert len(wanted) > 40
    reached = dict[str, bool]()
    for _ in range(len(wanted) + 5):
        page.keyboard.press("Tab")
        focus = page.evaluate(_FOCUS)
        if focus is not None and focus["reach"] is not None:
            assert (focus["outlined"], focus["within"]) == (True, True), focus
            reached[focus["reach"]] = True
    assert [text for at, text in enumerate(wanted) if str(at) not in reached] == []


def test_a_job_is_stopped_by_the_keyboard(server: Server, visits: Visits) -> None:
    model = server.add_model(pace=PACE)
    page, job = visits.of(model), begin(model)
    expect(listed(page, job)).to_be_visible()
    tab_to(page, f'[data-job="{job.uuid}"] button.stop')
    page.keyboard.press("Enter")
    expect(listed(page, job)).to_have_attribute("data-state", "cancelled")
    assert page.evaluate("document.activeElement.matches('button.stop')")


def test_a_video_is_stepped_by_arrows(full: ServedModel, visits: Visits) -> None:
    page = visits.of(full)
    expect(page.locator("#scrubber")).to_be_hidden()
    page.locator("#look-video").select_option(str(VIDEO))
    expect(page.locator("#scrubber")).to_be_visible()
    tab_to(page, "#frame")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(page.locator("#frame")).to_have_value("3")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#frame-value")).to_contain_text("2")


def test_a_picture_is_chosen_by_the_keyboard(server: Server, visits: Visits) -> None:
    page, choosers = visits.of(server.add_model()), list[FileChooser]()
    # Chromium takes a moment until it tells of them, in which one that opens is lost.
    page.on("filechooser", lambda one: choosers.append(one))
    tab_to(page, "#look-drop, #look-drop *")
    page.wait_for_timeout(500)
    with page.expect_file_chooser():
        page.keyboard.press("Enter")
    assert len(choosers) == 1
