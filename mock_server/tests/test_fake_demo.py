"""The demo's drawing and page, without a server."""

from PIL import Image

from modeldouble_server.demo.drawing import caption, drawn, ink
from modeldouble_server.demo.gallery import Exhibit, page


def found(name: str, box: tuple[int, int, int, int], confidence: float | None = 0.5) -> dict[str, object]:
    tags = [] if confidence is None else [{"name": "confidence", "value": confidence}]
    points = {"exterior": [[box[0], box[1]], [box[2], box[3]]], "interior": []}
    return {"classTitle": name, "tags": tags, "points": points, "geometryType": "rectangle"}


def test_a_box_is_drawn_in_the_colour_of_its_class() -> None:
    picture = Image.new("RGB", (400, 300), "#FFFFFF")
    result = drawn(picture, {"objects": [found("car", (100, 100, 300, 250))]}, {"car": "#FF0000"})
    assert result.getpixel((200, 250)) == (255, 0, 0)
    assert result.getpixel((200, 180)) == (255, 255, 255)
    assert picture.getpixel((200, 250)) == (255, 255, 255)


def test_a_label_stays_inside_the_smallest_and_the_narrowest_picture() -> None:
    for size in ((1, 1), (20, 20), (2000, 30), (30, 2000)):
        box = (0, 0, size[0] - 1, size[1] - 1)
        assert drawn(Image.new("RGB", size), {"objects": [found("traffic light", box)]}, {}).size == size


def test_a_label_above_the_picture_is_moved_into_the_box() -> None:
    picture = Image.new("RGB", (400, 300), "#FFFFFF")
    result = drawn(picture, {"objects": [found("car", (0, 0, 399, 299))]}, {"car": "#FF0000"})
    assert sum(result.getpixel((at, 8)) != (255, 255, 255) for at in range(10, 90)) > 20


def test_a_grey_picture_is_drawn_in_colour() -> None:
    result = drawn(Image.new("L", (100, 100)), {"objects": [found("car", (10, 30, 90, 90))]}, {"car": "#00FF00"})
    assert result.getpixel((50, 90)) == (0, 255, 0)


def test_a_shape_that_is_no_rectangle_is_left_alone() -> None:
    polygon = {**found("car", (10, 10, 90, 90)), "geometryType": "polygon"}
    result = drawn(Image.new("RGB", (100, 100)), {"objects": [polygon]}, {})
    assert result.getcolors() == [(10000, (0, 0, 0))]


def test_a_caption_has_the_confidence_if_there_is_one() -> None:
    assert caption(found("car", (0, 0, 1, 1), 0.869)) == "car 0.87"
    assert caption(found("car", (0, 0, 1, 1), None)) == "car"


def test_ink_can_be_read_on_its_colour() -> None:
    assert ink("#FFFF00") == "#000000"
    assert ink("#000080") == "#FFFFFF"


def test_the_page_escapes_what_strangers_named() -> None:
    text = page("<title>", "a & b", [Exhibit('x".jpg', "<script>alert(1)</script>", ["<b>car</b> 0.9"])])
    assert "<script>" not in text
    assert "<b>car" not in text
    assert "x&quot;.jpg" in text
    assert "a &amp; b" in text


def test_a_picture_without_objects_says_so() -> None:
    assert "<li>nothing</li>" in page("t", "a", [Exhibit("x.jpg", "asked", [])])
