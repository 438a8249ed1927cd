"""What is no picture is refused with the reason, before anything is sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from modeldouble import BadImage
from modeldouble.pictures import from_path


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "this is a directory; give the files in it"),
        ("none.jpg", "there is no such file"),
        ("empty.jpg", "the file is empty"),
        ("a\0b.jpg", "the file cannot be read"),
        ("full.jpg/x.jpg", "the file cannot be read"),
    ],
)
def test_the_reason_is_said(tmp_path: Path, name: str, reason: str) -> None:
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "full.jpg").write_bytes(b"\xff\xd8\xff")
    with pytest.raises(BadImage, match=reason):
        from_path(tmp_path / name)


def test_a_file_is_its_name_path_and_size(tmp_path: Path) -> None:
    (tmp_path / "full.jpg").write_bytes(b"\xff\xd8\xff")
    assert from_path(str(tmp_path / "full.jpg")) == ("full.jpg", tmp_path / "full.jpg", 3)
