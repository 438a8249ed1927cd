"""A picture is looked at: the right number of boxes at the right pixels, in the SVG and on the screen."""

import pytest
from playwright.sync_api import Page, expect

from modeldouble_server.server import Server

from .drawn import CAT, DEMO, answered, boxes, look_at, objects, place, screen, wait_for
from .visiting import Visits, number

SEED = 117
_DROPPED = """async url => {
  const transfer = new DataTransfer(), bytes = await (await fetch(url)).blob();
  transfer.items.add(new File([bytes], "cat.jpg", {type: "image/jpeg"}));
  return transfer;
}"""
_NEAR, _ALIKE = 2, 60
"""Pixels around a point of the screen, and how far two colours may be apart, summed over red, green and blue."""


def check_boxes(page: Page, expected: list[tuple[str, list[int]]]) -> None:
    """The boxes are those expected, in the attributes, in the SVG and on the screen."""
    drawn, at = objects(page), place(page)
    assert sorted((one.name, one.box) for one in drawn) == expected
    for one in drawn:
        left, top, right, bottom = one.box
        assert one.rect == [left, top, right - left + 1, bottom - top + 1]
        first = [at.left + left * at.scale, at.top + top * at.scale]
        last = [at.left + (right + 1) * at.scale, at.top + (bottom + 1) * at.scale]
        assert one.screen == pytest.approx([*first, *last], abs=0.75)


def has_colour(page: Page, x: float, y: float, color: str) -> bool:
    """A pixel near a point of the screen is of a colour."""
    wanted = [int(color[at : at + 2], 16) for at in (1, 3, 5)]
    around = range(-_NEAR, _NEAR + 1)
    seen = screen(page)
    pixels = [seen.getpixel((round(x) + right, round(y) + down)) for right in around for down in around]
    return any(
        sum(abs(mine - theirs) for mine, theirs in zip(one, wanted, strict=True)) < _ALIKE
        for one in pixels
        if isinstance(one, tuple)
    )


@pytest.mark.parametrize("name", ["cat.jpg", "astronaut.jpg", "espresso.jpg"])
def test_boxes_of_an_upload_are_those_of_the_serving_app(server: Server, visits: Visits, name: str) -> None:
    model = server.add_model("detection", seed=SEED)
    page = visits.of(model)
    expected = boxes(answered(model, DEMO / name))
    assert expected
    look_at(page, DEMO / name, len(expected))
    check_boxes(page, expected)


def test_the_edge_of_a_box_is_on_the_screen_where_it_belongs(server: Server, visits: Visits) -> None:
    model = server.add_model("detection", classes=["cat"])
    model.when().predict("cat", box=(100, 120, 300, 240), confidence=0.9)
    page = visits.of(model)
    look_at(page, count=1)
    at, [one] = place(page), objects(page)
    middle, low = at.left + 200 * at.scale, at.top + 180 * at.scale
    for x, y in ((100, 180), (301, 180), (200, 241)):
        assert has_colour(page, at.left + x * at.scale, at.top + y * at.scale, one.color)
    assert not has_colour(page, middle, low, one.color)
    assert not has_colour(page, at.left + 80 * at.scale, low, one.color)


def test_one_of_the_worlds_images_is_chosen(server: Server, visits: Visits) -> None:
    model = server.add_model("detection", seed=SEED)
    image = model.add_image(CAT, "cat.jpg")
    page = visits.of(model)
    page.locator("#look-image").select_option(label="cat.jpg")
    expected = boxes(answered(model))
    wait_for(page, len(expected))
    check_boxes(page, expected)
    assert page.locator("#look-image").input_value() == str(image)


def test_a_picture_is_dropped(server: Server, visits: Visits) -> None:
    model = server.add_model("detection", seed=SEED)
    image, page = model.add_image(CAT, "cat.jpg"), visits.of(model)
    dropped = page.evaluate_handle(_DROPPED, f"/__admin/models/{number(model)}/images/{image}")
    page.dispatch_event("#look-drop", "drop", {"dataTransfer": dropped})
    expected = boxes(answered(model))
    wait_for(page, len(expected))
    check_boxes(page, expected)


def test_what_is_no_picture_is_refused_in_words(server: Server, visits: Visits) -> None:
    visits.allow("400")
    page = visits.of(server.add_model("detection"))
    page.locator("#look-file").set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"})
    expect(page.locator("#look-said")).to_contain_text("picture")
    expect(page.locator("#drawing g.object")).to_have_count(0)


def test_looking_leaves_no_trace(server: Server, visits: Visits) -> None:
    model = server.add_model("detection")
    model.when().predict("person", box=(10, 20, 110, 220)).once().then.predict("person", box=(0, 0, 9, 9))
    model.fail(503, times=1, route="inference_image")
    page = visits.of(model)
    look_at(page, count=1)
    look_at(page, DEMO / "espresso.jpg", count=1)
    assert [one.box for one in objects(page)] == [[10, 20, 110, 220]]
    assert (model.journal(), model.received(), model.misses) == ([], [], [])
    assert len(model.unused) == 1
    [order] = model.faults.listed()
    assert (order["seen"], order["fired"]) == (0, 0)
    expect(page.locator("#journal-rows tr")).to_have_count(0)
