"""The slider asks the server again, and the last question is the one that is answered."""

from playwright.sync_api import Page, Request, Route, expect

from modeldouble_server.server import Server

from .drawn import answered, boxes, look_at, objects, wait_for
from .visiting import Visits


def slide(page: Page, value: float) -> None:
    """Move the threshold, as a hand does."""
    page.locator("#threshold").fill(f"{value:g}")


def drawn_boxes(page: Page) -> list[tuple[str, list[int]]]:
    """Class and box of what is drawn, sorted."""
    return sorted((one.name, one.box) for one in objects(page))


def test_a_higher_threshold_leaves_what_the_serving_app_leaves(server: Server, visits: Visits) -> None:
    model = server.add_model("detection", seed=82)
    page = visits.of(model)
    counts = []
    look_at(page)
    for threshold in (0.05, 0.6, 0.9):
        expected = boxes(answered(model, conf_thres=threshold))
        slide(page, threshold)
        expect(page.locator("#threshold-value")).to_have_text(f"{threshold:.2f}")
        wait_for(page, len(expected))
        assert drawn_boxes(page) == expected
        counts.append(len(expected))
    assert counts[0] > counts[1] > counts[2]


def test_the_slider_begins_where_the_models_own_settings_are(server: Server, visits: Visits) -> None:
    model = server.add_model("detection", settings={"conf_thres": 0.4})
    expect(visits.of(model).locator("#threshold")).to_have_value("0.4")


def is_early(request: Request) -> bool:
    """It asks with the first of two thresholds."""
    return "0.05" in (request.post_data or "")


def test_a_late_answer_does_not_win(server: Server, visits: Visits) -> None:
    model = server.add_model("detection", seed=82)
    page, held = visits.of(model), list[Route]()
    look_at(page)
    expected = boxes(answered(model, conf_thres=0.6))
    late = boxes(answered(model, conf_thres=0.05))
    page.route("**/looks", lambda route: held.append(route) if is_early(route.request) else route.continue_())
    with page.expect_request(is_early):
        slide(page, 0.05)
    slide(page, 0.6)
    wait_for(page, len(expected))
    held[0].fulfill(response=held[0].fetch())
    # Whether the page gave the first question up or not: what is asked after its answer was let go is there later.
    page.evaluate("fetch('/__page/page.css', {cache: 'no-store'}).then(one => one.text())")
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert drawn_boxes(page) == expected != late
