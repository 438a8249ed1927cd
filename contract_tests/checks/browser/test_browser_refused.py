"""Pictures that cannot be read, are turned, or are dropped beside their place; and lists that are cut."""

import io
import json
from pathlib import Path

from PIL import Image
from playwright.sync_api import expect

from modeldouble_server.server import Server

from .drawn import CAT, look_at
from .visiting import Visits, number

_ORIENTATION, _TURNED = 0x112, 6
_MOST = 200
_DROPPED = """(place, isFile) => {
  const dataTransfer = new DataTransfer();
  if (isFile) dataTransfer.items.add(new File(["x"], "cat.jpg", {type: "image/jpeg"}));
  else dataTransfer.items.add("some text", "text/plain");
  return ["dragover", "drop"].map(name => {
    const event = new DragEvent(name, {dataTransfer, bubbles: true, cancelable: true});
    place.dispatchEvent(event);
    return event.defaultPrevented;
  });
}"""


def turned(kind: str) -> bytes:
    """An upright picture that is kept lying on its side."""
    content, exif = io.BytesIO(), Image.Exif()
    exif[_ORIENTATION] = _TURNED
    Image.open(CAT).transpose(Image.Transpose.ROTATE_90).save(content, kind, exif=exif)
    return content.getvalue()


def test_a_picture_that_no_browser_turns_is_not_drawn_awry(server: Server, visits: Visits, tmp_path: Path) -> None:
    page = visits.of(server.add_model("detection"))
    for kind, text in (("webp", "cannot show this picture, so its ground is drawn"), ("jpeg", "object")):
        (tmp_path / f"a.{kind}").write_bytes(turned(kind))
        look_at(page, tmp_path / f"a.{kind}")
        expect(page.locator("#look-said")).to_contain_text(text)
        assert page.locator("#drawing").get_attribute("viewBox") == "0 0 451 300"
        expect(page.locator("#drawing image.picture")).to_have_count(1 if kind == "jpeg" else 0)


def test_a_file_that_cannot_be_read_is_refused_in_words(server: Server, visits: Visits, tmp_path: Path) -> None:
    file = tmp_path / "cat.jpg"
    file.write_bytes(CAT.read_bytes())
    page = visits.of(server.add_model())
    look_at(page, file)
    file.unlink()
    # A picture of the reader's own is looked at with another model too.
    page.locator("#models").select_option("1")
    expect(page.locator("#look-said")).to_have_text(
        "refused: the file cannot be read; give a picture file, not a folder"
    )


def test_a_file_that_is_dropped_beside_its_place_leaves_the_page(server: Server, visits: Visits) -> None:
    page = visits.open(server.server_address)
    assert page.locator("#journal").evaluate(_DROPPED, True) == [True, True]
    assert page.locator("#journal").evaluate(_DROPPED, False) == [False, False]
    expect(page.locator("#look-said")).to_be_empty()


def test_images_that_are_not_told_of_are_missed(server: Server, visits: Visits) -> None:
    model = server.add_model()
    none = visits.of(model).locator("#look-image option").first
    expect(none).to_have_text("none")
    images = [{"id": at, "name": f"{at}.png", "width": 8, "height": 8} for at in range(1, _MOST + 1)]
    page = visits.context(server.server_address).new_page()
    page.route("**/media", lambda route: route.fulfill(body=json.dumps({"images": images, "videos": []})))
    page.goto(f"{server.server_address}/?model={number(model)}")
    expect(page.locator("#look-image option").first).to_have_text("none of the first 200")
    expect(page.locator("#look-video option").first).to_have_text("none")
