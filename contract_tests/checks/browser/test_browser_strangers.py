"""What strangers wrote stays text: names of classes and files, messages of errors."""

from playwright.sync_api import Page, expect

from modeldouble import ModelDoubleError
from modeldouble_server.server import Server

from .asking import ask
from .drawn import CAT, look_at
from .visiting import Visits

NASTY = "<img src=x onerror=alert(1)>"
MADE = "body :is(script, iframe, object, embed, b.nasty, img, [onerror], [onload], [onclick], [style*=nasty])"
"""What would be there if markup were read; the page has no script in its body and no `img` at all."""


def check_text(page: Page, place: str) -> None:
    """The text is there in words, and made no element."""
    expect(page.locator(place)).to_contain_text(NASTY)
    assert page.locator(MADE).count() == 0


def test_a_class_named_as_markup_stays_text(server: Server, visits: Visits) -> None:
    model = server.add_model("detection", classes=[NASTY, "</title><b class=nasty>"])
    model.when().predict(NASTY, box=(10, 20, 110, 220))
    page = visits.of(model)
    look_at(page, count=1)
    check_text(page, "#classes")
    check_text(page, "#objects")
    check_text(page, "#drawing")
    assert page.locator("#drawing g.object").get_attribute("data-class") == NASTY


def test_a_file_named_as_markup_stays_text(server: Server, visits: Visits) -> None:
    model = server.add_model()
    model.add_image(CAT, f"{NASTY}.jpg")
    page = visits.of(model)
    check_text(page, "#look-image")
    page.locator("#look-image").select_option(label=f"{NASTY}.jpg")
    expect(page.locator("#look-said")).to_contain_text("object")
    page.locator("#look-file").set_input_files(
        {"name": f"{NASTY}.jpg", "mimeType": "image/jpeg", "buffer": CAT.read_bytes()}
    )
    expect(page.locator("#drawing > image, #drawing image").first).to_be_visible()
    assert page.locator(MADE).count() == 0


def test_a_message_with_markup_stays_text(server: Server, visits: Visits) -> None:
    model = server.add_model(info={"app_name": NASTY})
    model.when().raises("RuntimeError", NASTY)
    page = visits.of(model)
    try:
        model.session().inference_image_path(CAT)
    except ModelDoubleError:
        check_text(page, "#journal-rows")
    check_text(page, "#card")
    check_text(page, "#models")
    page.locator("#look-file").set_input_files(CAT)
    check_text(page, "#look-said")


def test_a_route_with_markup_stays_text(server: Server, visits: Visits) -> None:
    model = server.add_model()
    page = visits.of(model)
    ask(model, "%3Cimg%20src=x%20onerror=alert(1)%3E")
    check_text(page, "#journal-rows")
    page.locator("#journal-rows button.more").first.click()
    assert page.locator(MADE).count() == 0
