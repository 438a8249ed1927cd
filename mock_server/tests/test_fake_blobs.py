"""Large bytes, by sha256."""

from pathlib import Path

from modeldouble_server.blobs import Blobs


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
