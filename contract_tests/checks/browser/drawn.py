"""What the page has drawn, read back out of the browser."""

import io
from pathlib import Path
from typing import Any, NamedTuple

from PIL import Image
from playwright.sync_api import Page, expect

import modeldouble_server
from modeldouble_server.served import ServedModel

DEMO = Path(modeldouble_server.__file__).parent / "data" / "demo"
CAT = DEMO / "cat.jpg"
"""451 x 300 pixels."""
Json = dict[str, Any]
_GROUPS = """groups => groups.map(group => {
  const rect = group.querySelector("rect"), at = rect.getBoundingClientRect();
  return {
    name: group.dataset.class, sure: group.dataset.confidence ?? null, track: group.dataset.track ?? null,
    box: group.dataset.box.split(",").map(Number),
    rect: ["x", "y", "width", "height"].map(side => rect[side].baseVal.value),
    screen: [at.left, at.top, at.right, at.bottom],
    color: getComputedStyle(group).getPropertyValue("--colour").trim(),
  };
})"""
_MASKS = """async groups => Promise.all(groups.map(async group => {
  const shown = group.querySelector("image");
  const [left, top, width, height] = ["x", "y", "width", "height"].map(side => shown[side].baseVal.value);
  const picture = new Image();
  picture.src = shown.href.baseVal;
  await picture.decode();
  const canvas = Object.assign(document.createElement("canvas"), {width, height});
  const context = canvas.getContext("2d");
  context.imageSmoothingEnabled = false;
  context.drawImage(picture, 0, 0, width, height);
  const {data} = context.getImageData(0, 0, width, height);
  const bits = Array.from({length: width * height}, (_, at) => data[4 * at + 3] > 0 ? 1 : 0);
  return {name: group.dataset.class, left, top, width, height, bits};
}))"""
_PLACE = """svg => {
  const at = svg.querySelector("image").getBoundingClientRect();
  return {left: at.left, top: at.top, scale: at.width / svg.viewBox.baseVal.width};
}"""


class Drawn(NamedTuple):
    """One object: `rect` is x, y, width, height of its SVG, `screen` left, top, right, bottom of that on the screen."""

    name: str
    sure: str | None
    track: str | None
    box: list[int]
    rect: list[float]
    screen: list[float]
    color: str


class Place(NamedTuple):
    """Where the picture is on the screen, and pixels of the screen in one of its pixels."""

    left: float
    top: float
    scale: float


def look_at(page: Page, picture: Path = CAT, count: int | None = None) -> None:
    """Give the page a picture, and wait until so many objects, or any, are drawn on it."""
    page.locator("#look-file").set_input_files(picture)
    wait_for(page, count)


def wait_for(page: Page, count: int | None = None) -> None:
    """Wait until the page says that so many objects, or any number, were found, and has drawn them."""
    if count is None:
        expect(page.locator("#look-said")).to_contain_text("object")
    else:
        expect(page.locator("#look-said")).to_contain_text(f"{count} object{'' if count == 1 else 's'}")
        expect(page.locator("#drawing g.object")).to_have_count(count)


def objects(page: Page) -> list[Drawn]:
    """All objects, as they are drawn."""
    return [Drawn(**one) for one in page.locator("#drawing g.object").evaluate_all(_GROUPS)]


def masks(page: Page) -> list[Json]:
    """The masks' name, left, top, width, height in the picture, and their bits row by row."""
    found: list[Json] = page.locator("#drawing g.object:has(image)").evaluate_all(_MASKS)
    return found


def place(page: Page) -> Place:
    """Where the picture is."""
    return Place(**page.locator("#drawing").evaluate(_PLACE))


def screen(page: Page) -> Image.Image:
    """What is to be seen, a pixel for each of the screen's."""
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def answered(model: ServedModel, picture: Path = CAT, **settings: Any) -> list[Json]:
    """What the serving app answers for the same bytes: the objects of `inference_image`."""
    session = model.session()
    session.set_inference_settings(settings)
    found: list[Json] = session.inference_image_path(picture)["annotation"]["objects"]
    return found


def boxes(found: list[Json]) -> list[tuple[str, list[int]]]:
    """Class, and left, top, right, bottom of rectangles as the wire has them."""
    corners = [(one["classTitle"], *one["points"]["exterior"]) for one in found]
    return sorted((name, [*first, *last]) for name, first, last in corners)
