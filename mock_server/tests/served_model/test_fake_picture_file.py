"""Drawn pictures: what they show, in which format, and where they lie."""

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from modeldouble_server.picture_file import Folder, drawn


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.jpg", "JPEG"), ("a.JPEG", "JPEG"), ("a.png", "PNG"), ("a.webp", "WEBP"), ("a.bmp", "BMP"), ("a.gif", "GIF"),
     ("a.tif", "TIFF")],
)  # fmt: skip
def test_a_picture_has_the_size_and_the_format_of_its_name(name: str, kind: str) -> None:
    picture = Image.open(io.BytesIO(drawn(name, (64, 48))))
    picture.load()
    assert (picture.format, picture.size) == (kind, (64, 48))


def test_a_picture_is_a_function_of_name_and_size() -> None:
    assert drawn("a.jpg", (64, 48)) == drawn("a.jpg", (64, 48))
    others = {drawn(name, size) for name in ("a.jpg", "b.jpg") for size in ((64, 48), (48, 64))}
    assert len(others) == 4


def test_a_picture_shows_something() -> None:
    assert len(Image.open(io.BytesIO(drawn("a.png", (64, 48)))).convert("RGB").getcolors() or []) > 3


@pytest.mark.parametrize(
    ("name", "size", "text"),
    [
        ("a.txt", (1, 1), "name is 'a.txt'; end it with one of .jpg"),
        ("a.png", (0, 1), "size is"),
        ("a.png", (1,), "give"),
        ("a.png", (1, 1.5), "give"),
        ("a.png", (1, 10_001), "10,000"),
    ],
)
def test_what_is_no_picture_is_refused(name: str, size: Any, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        drawn(name, size)


@pytest.mark.parametrize("name", ["", "..", "a/b.png", "/etc/b.png", "a\\b.png"])
def test_a_name_leads_out_of_no_folder(name: str) -> None:
    with pytest.raises(ValueError, match="give a file name without folders"):
        Folder().put(name, b"")


def test_a_folder_goes_with_its_owner_or_before() -> None:
    folders = [Folder(), Folder()]
    paths = [one.put("a.png", b"1") for one in folders]
    assert [one.read_bytes() for one in paths] == [b"1", b"1"]
    folders.pop(0).remove()
    folders.clear()
    assert [one.parent.exists() for one in paths] == [False, False]


def test_a_folder_that_was_removed_is_made_again() -> None:
    folder = Folder()
    folder.remove()
    first = folder.put("a.png", b"1")
    folder.remove()
    second = folder.put("a.png", b"2")
    assert (first.exists(), second.read_bytes()) == (False, b"2")
    assert isinstance(second, Path)
