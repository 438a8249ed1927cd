"""The demo's page, without a server."""

from pathlib import Path

from modeldouble_server.demo.gallery import Exhibit, page
from modeldouble_server.demo.next import try_next
from modeldouble_server.demo.tour import caption


def found(name: str, box: tuple[int, int, int, int], confidence: float | None = 0.5) -> dict[str, object]:
    tags = [] if confidence is None else [{"name": "confidence", "value": confidence}]
    points = {"exterior": [[box[0], box[1]], [box[2], box[3]]], "interior": []}
    return {"classTitle": name, "tags": tags, "points": points, "geometryType": "rectangle"}


def test_a_caption_has_the_confidence_if_there_is_one() -> None:
    assert caption(found("car", (0, 0, 1, 1), 0.869)) == "car 0.87"
    assert caption(found("car", (0, 0, 1, 1), None)) == "car"


def test_the_page_escapes_what_strangers_named() -> None:
    text = page("<title>", "a & b", [Exhibit('x".jpg', "<script>alert(1)</script>", ["<b>car</b> 0.9"])])
    assert "<script>" not in text
    assert "<b>car" not in text
    assert "x&quot;.jpg" in text
    assert "a &amp; b" in text


def test_a_picture_without_objects_says_so() -> None:
    assert "<li>nothing</li>" in page("t", "a", [Exhibit("x.jpg", "asked", [])])


def test_the_end_tells_where_the_page_is_and_what_to_type() -> None:
    told = try_next(Path("out/index.html"), Path("out/image-1.jpg"), "http://127.0.0.1:5")
    assert told.startswith("\nThe pictures are on one page: out/index.html\n")
    assert "  modeldouble serve\n" in told
    assert "  curl -F files=@out/image-1.jpg http://127.0.0.1:5/inference_image\n" in told


def test_a_path_that_a_shell_would_split_is_quoted() -> None:
    told = try_next(Path("my out/index.html"), Path("my out/image-1.jpg"), "http://127.0.0.1:5")
    assert "curl -F 'files=@my out/image-1.jpg' " in told
