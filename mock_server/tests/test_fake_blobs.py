"""Large bytes, by sha256."""

import hashlib
from pathlib import Path

import pytest

from modeldouble_server.blobs import Blobs
from modeldouble_server.contents import Contents
from modeldouble_server.refusal import Refused

SHA = "ab" * 32


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


def kept(folder: Path, most: int = 100) -> Blobs:
    return Blobs(most, Contents(folder))


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_what_is_kept_is_a_file_that_the_next_one_finds(tmp_path: Path) -> None:
    kept(tmp_path).add(SHA, b"content")
    later = kept(tmp_path)
    assert (later.held_bytes, SHA in later, later.content(SHA), later.read(SHA)) == (7, True, None, b"content")
    assert later.path(SHA) == tmp_path / SHA[:2] / SHA


def test_bytes_of_an_earlier_one_count(tmp_path: Path) -> None:
    kept(tmp_path).add(SHA, b"content")
    with pytest.raises(Refused, match="7 of at most 10 bytes") as refused:
        kept(tmp_path, 10).add("bb" * 32, b"1234")
    assert (refused.value.status, len(list(tmp_path.glob("*/*")))) == (413, 1)


def test_what_is_kept_is_written_once(tmp_path: Path) -> None:
    blobs = kept(tmp_path)
    for _ in range(2):
        blobs.add(SHA, b"content")
    assert blobs.held_bytes == 7


def test_what_is_sent_is_kept_although_a_file_has_it_which_may_go(tmp_path: Path) -> None:
    blobs = kept(tmp_path / "kept")
    blobs.add_file(SHA, tmp_path / "mine")
    blobs.add(SHA, b"content")
    assert blobs.read(SHA) == b"content"


def test_what_is_used_of_a_file_is_kept_if_it_is_still_what_it_was(tmp_path: Path) -> None:
    blobs, content = kept(tmp_path / "kept"), b"content"
    (tmp_path / "mine").write_bytes(content)
    for one in (sha(content), SHA):
        blobs.add_file(one, tmp_path / "mine")
        blobs.keep(one)
    assert [one.name for one in (tmp_path / "kept").glob("*/*")] == [sha(content)]


def test_what_the_disk_does_not_take_is_413_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / SHA[:2]).write_bytes(b"no folder")
    blobs = Blobs(100, Contents(tmp_path))
    with pytest.raises(Refused, match="make room on the disk") as refused:
        blobs.add(SHA, b"content")
    assert (refused.value.status, SHA in blobs, blobs.held_bytes) == (413, False, 0)
