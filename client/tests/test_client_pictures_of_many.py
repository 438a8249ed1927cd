"""A picture among many: a small file is read when its turn comes, and what is no picture is refused as elsewhere."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from modeldouble import BadImage
from modeldouble.multipart import CHUNK
from modeldouble.pictures import from_anything, from_path, one_of_many

JPEG = b"\xff\xd8\xff"


@pytest.mark.parametrize("size", [3, CHUNK])
def test_a_small_file_is_read_at_once(tmp_path: Path, size: int) -> None:
    file = tmp_path / "a.jpg"
    file.write_bytes(JPEG.ljust(size, b"\0"))
    assert one_of_many(file) == ("a.jpg", JPEG.ljust(size, b"\0"), size)
    assert one_of_many(str(file)) == one_of_many(file)


def test_a_larger_file_is_read_when_it_is_sent(tmp_path: Path) -> None:
    file = tmp_path / "a.jpg"
    file.write_bytes(bytes(CHUNK + 1))
    assert one_of_many(file) == ("a.jpg", file, CHUNK + 1)


@pytest.mark.parametrize("name", ["", "none.jpg", "empty.jpg", "a\0b.jpg", "full.jpg/x.jpg"])
def test_a_file_that_is_no_picture_is_refused_in_the_same_words(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "full.jpg").write_bytes(JPEG)
    with pytest.raises(BadImage) as told:
        from_path(tmp_path / name)
    with pytest.raises(BadImage) as again:
        one_of_many(tmp_path / name)
    assert str(again.value) == str(told.value)


def test_bytes_are_a_picture_and_no_name_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("GIF8").write_bytes(JPEG)
    assert one_of_many(b"GIF8") == from_anything(b"GIF8") == ("image.gif", b"GIF8", 4)


def test_a_name_in_bytes_is_refused(tmp_path: Path) -> None:
    class Named(os.PathLike[bytes]):
        def __fspath__(self) -> bytes:
            return os.fsencode(tmp_path / "a.jpg")

    (tmp_path / "a.jpg").write_bytes(JPEG)
    with pytest.raises(TypeError):
        one_of_many(Named())
