"""Large bytes, by sha256."""

from pathlib import Path

import pytest

from modeldouble_server.blobs import Blobs
from modeldouble_server.refusal import Refused


def test_a_file_is_found_by_its_hash_and_not_read(tmp_path: Path) -> None:
    blobs = Blobs()
    blobs.add_file("aa", tmp_path / "not written yet")
    assert blobs.path("aa") == tmp_path / "not written yet"
    assert blobs.content("aa") is None


def test_content_is_held_in_memory() -> None:
    blobs = Blobs()
    blobs.add("aa", b"content")
    assert (blobs.content("aa"), blobs.path("aa")) == (b"content", None)


def test_what_was_not_added_is_none() -> None:
    assert (Blobs().content("aa"), Blobs().path("aa")) == (None, None)


def test_two_of_them_share_nothing() -> None:
    Blobs().add("aa", b"content")
    assert Blobs().content("aa") is None


def test_content_is_held_once() -> None:
    blobs = Blobs()
    blobs.add("aa", b"content")
    blobs.add("aa", b"content")
    assert (blobs.held_bytes, "aa" in blobs, "bb" in blobs) == (7, True, False)


def test_content_that_is_a_file_is_not_held_too(tmp_path: Path) -> None:
    blobs = Blobs()
    blobs.add_file("aa", tmp_path / "a")
    blobs.add("aa", b"content")
    assert (blobs.held_bytes, blobs.content("aa")) == (0, None)


def test_more_than_the_limit_is_413_and_not_held() -> None:
    blobs = Blobs(most_bytes=10)
    blobs.add("aa", b"1234567890")
    with pytest.raises(Refused, match="at most 10 bytes") as refused:
        blobs.add("bb", b"1")
    assert (refused.value.status, blobs.held_bytes, "bb" in blobs) == (413, 10, False)


def test_bytes_are_read_wherever_they_are(tmp_path: Path) -> None:
    blobs = Blobs()
    (tmp_path / "a").write_bytes(b"file")
    blobs.add_file("aa", tmp_path / "a")
    blobs.add_file("gone", tmp_path / "gone")
    blobs.add("bb", b"held")
    assert [blobs.read(one) for one in ("aa", "bb", "gone", "cc")] == [b"file", b"held", None, None]
