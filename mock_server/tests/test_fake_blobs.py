"""Large bytes, by sha256."""

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from modeldouble_server.blobs import Blobs, Contents, HeldContents
from modeldouble_server.contents import FolderContents
from modeldouble_server.refusal import Refused
from modeldouble_server.store.sqlite import SqliteStore
from modeldouble_server.stored_contents import StoredContents

SHA = "ab" * 32


@pytest.fixture(params=["held", "folder", "stored"])
async def contents(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Contents]:
    store = SqliteStore()
    kinds: dict[str, Contents] = {
        "held": HeldContents(),
        "folder": FolderContents(tmp_path / "kept"),
        "stored": StoredContents(store),
    }
    yield kinds[request.param]
    await store.close()


async def test_a_file_is_found_by_its_hash(tmp_path: Path, contents: Contents) -> None:
    blobs, path = Blobs(100, contents), tmp_path / "mine"
    path.write_bytes(b"file")
    blobs.add_file("aa", path)
    assert (await blobs.find("aa"), await blobs.read("aa"), await blobs.size()) == (path, b"file", 0)


async def test_a_content_is_read_as_it_was_sent(contents: Contents) -> None:
    blobs = Blobs(100, contents)
    await blobs.add(SHA, b"content")
    assert (await blobs.read(SHA), await blobs.has(SHA), await blobs.size()) == (b"content", True, 7)


async def test_an_empty_content_is_known(contents: Contents) -> None:
    blobs = Blobs(100, contents)
    await blobs.add(SHA, b"")
    assert (await blobs.read(SHA), await blobs.has(SHA), await blobs.size()) == (b"", True, 0)


async def test_what_was_not_added_is_none(contents: Contents) -> None:
    blobs = Blobs(100, contents)
    assert (await blobs.find(SHA), await blobs.read(SHA), await blobs.has(SHA)) == (None, None, False)


async def test_a_content_is_kept_once(contents: Contents) -> None:
    blobs = Blobs(100, contents)
    for _ in range(2):
        await blobs.add(SHA, b"content")
    assert await blobs.size() == 7


async def test_those_that_are_here_are_told_of_many(tmp_path: Path, contents: Contents) -> None:
    blobs = Blobs(100, contents)
    await blobs.add(SHA, b"content")
    blobs.add_file("ff", tmp_path / "mine")
    assert await blobs.those(["cd" * 32, SHA, SHA, "ff"]) == {SHA, "ff"}


async def test_more_than_the_limit_is_413_and_not_kept(contents: Contents) -> None:
    blobs = Blobs(10, contents)
    await blobs.add(SHA, b"1234567890")
    with pytest.raises(Refused, match="content of 1 bytes: the fake holds 10 of at most 10 bytes") as refused:
        await blobs.add("bb" * 32, b"1")
    assert (refused.value.status, await blobs.size(), await blobs.has("bb" * 32)) == (413, 10, False)


async def test_two_in_memory_share_nothing() -> None:
    await Blobs().add(SHA, b"content")
    assert await Blobs().read(SHA) is None


async def test_a_content_that_is_a_file_is_not_held_too(tmp_path: Path) -> None:
    blobs = Blobs()
    blobs.add_file(SHA, tmp_path / "a")
    await blobs.add(SHA, b"content")
    assert await blobs.size() == 0


async def test_a_file_that_is_gone_is_none(tmp_path: Path) -> None:
    blobs = Blobs()
    blobs.add_file("gone", tmp_path / "gone")
    assert (await blobs.read("gone"), await blobs.find("gone")) == (None, None)


def kept(folder: Path, most: int = 100) -> Blobs:
    return Blobs(most, FolderContents(folder))


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


async def test_what_is_in_a_folder_is_a_file_that_the_next_one_finds(tmp_path: Path) -> None:
    await kept(tmp_path).add(SHA, b"content")
    later = kept(tmp_path)
    assert (await later.size(), await later.find(SHA)) == (7, tmp_path / SHA[:2] / SHA)


async def test_bytes_of_an_earlier_one_count(tmp_path: Path) -> None:
    await kept(tmp_path).add(SHA, b"content")
    with pytest.raises(Refused, match="7 of at most 10 bytes") as refused:
        await kept(tmp_path, 10).add("bb" * 32, b"1234")
    assert (refused.value.status, len(list(tmp_path.glob("*/*")))) == (413, 1)


async def test_what_is_in_a_store_is_there_for_another_server() -> None:
    store = SqliteStore()
    await Blobs(100, StoredContents(store)).add(SHA, b"content")
    other = Blobs(10, StoredContents(store))
    with pytest.raises(Refused, match="7 of at most 10 bytes"):
        await other.add("bb" * 32, b"1234")
    assert await other.read(SHA) == b"content"
    await store.close()


async def test_what_two_servers_write_at_once_counts_once() -> None:
    store = SqliteStore()
    for one in (StoredContents(store), StoredContents(store)):
        await one.write(SHA, b"content")
    assert await StoredContents(store).size() == 7
    await store.close()


async def test_what_is_sent_lasts_although_a_file_has_it_which_may_go(tmp_path: Path) -> None:
    blobs = kept(tmp_path / "kept")
    blobs.add_file(SHA, tmp_path / "mine")
    await blobs.add(SHA, b"content")
    assert await blobs.read(SHA) == b"content"


async def test_what_is_used_of_a_file_is_kept_if_it_is_still_what_it_was(tmp_path: Path) -> None:
    blobs, content = kept(tmp_path / "kept"), b"content"
    (tmp_path / "mine").write_bytes(content)
    for one in (sha(content), SHA):
        blobs.add_file(one, tmp_path / "mine")
        await blobs.keep(one)
    assert [one.name for one in (tmp_path / "kept").glob("*/*")] == [sha(content)]


async def test_what_the_disk_does_not_take_is_413_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / SHA[:2]).write_bytes(b"no folder")
    blobs = kept(tmp_path)
    with pytest.raises(Refused, match="make room on the disk") as refused:
        await blobs.add(SHA, b"content")
    assert (refused.value.status, await blobs.has(SHA), await blobs.size()) == (413, False, 0)
