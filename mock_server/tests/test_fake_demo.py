"""The demo's page, without a server."""

from pathlib import Path

import pytest

from modeldouble_server.demo.folder import prepare, writing
from modeldouble_server.demo.gallery import Exhibit, page
from modeldouble_server.demo.next import try_next
from modeldouble_server.demo.tour import caption
from modeldouble_server.refusal import CannotServe


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


@pytest.mark.parametrize("name", ["index.html", "frame-1.jpg", "notes.txt"])
def test_a_folder_with_files_of_somebody_else_is_refused_and_left_as_it_is(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("<title>mine</title>", encoding="utf-8")
    with pytest.raises(CannotServe, match="has files that are not the demo's, name a new or an empty folder"):
        prepare(tmp_path)
    assert [(one.name, one.read_text(encoding="utf-8")) for one in tmp_path.iterdir()] == [
        (name, "<title>mine</title>")
    ]


@pytest.mark.parametrize("name", [".", "new", "new/deep"])
def test_a_new_or_an_empty_folder_is_the_demos_from_then_on(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    prepare(folder)
    (folder / "frame-1.jpg").write_bytes(b"of a tour that was broken off")
    prepare(folder)
    assert "has not ended yet, or was broken off" in (folder / "index.html").read_text(encoding="utf-8")


def test_the_page_of_an_earlier_tour_stays_until_the_next_has_ended(tmp_path: Path) -> None:
    text = page("modeldouble demo", "about", [Exhibit("frame-1.jpg", "asked", ["car"])])
    (tmp_path / "index.html").write_text(text, encoding="utf-8")
    prepare(tmp_path)
    assert (tmp_path / "index.html").read_text(encoding="utf-8") == text


def test_what_cannot_be_written_is_told_with_the_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CannotServe, match="file/deep cannot be used, name a folder that you may write"):
        prepare(tmp_path / "file" / "deep")
    with pytest.raises(CannotServe, match="cannot be used"), writing(tmp_path):
        (tmp_path / "no" / "such.jpg").write_bytes(b"")
