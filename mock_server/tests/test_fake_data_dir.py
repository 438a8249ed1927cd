"""A folder in which a server's state outlives it."""

import json
import os
import sqlite3
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from modeldouble_server.data_dir import CONTENTS, LOCK, MARK, STATE, state
from modeldouble_server.refusal import CannotServe


async def test_a_folder_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    async with state(tmp_path / "data") as found:
        await found.store.put("a", b"1")
    assert json.loads((tmp_path / "data" / MARK).read_text()) == {"format": 1}
    if sys.platform != "win32":
        assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


async def test_what_was_put_is_there_again_and_what_passes_is_not(tmp_path: Path) -> None:
    for expected in (None, b"1"):
        async with state(tmp_path / "data") as found:
            assert (await found.store.get("a"), await found.passing.get("a")) == (expected, None)
            await found.store.put("a", b"1")
            await found.passing.put("a", b"1")


async def test_without_a_folder_everything_is_in_memory() -> None:
    async with state(None) as found:
        assert (found.contents, found.store is found.passing) == (None, True)


async def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    async with state(tmp_path):
        assert (tmp_path / STATE).exists()


async def test_a_folder_whose_first_server_was_killed_at_once_is_taken(tmp_path: Path) -> None:
    for name in (LOCK, f"{MARK}.part"):
        (tmp_path / name).write_bytes(b"")
    async with state(tmp_path):
        assert not (tmp_path / f"{MARK}.part").exists()


async def test_a_folder_with_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(CannotServe, match=r"has 'thesis.txt' in it.*name a new or an empty folder"):
        async with state(tmp_path):
            pass
    assert [one.name for one in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"format": 2}', "format 2, newer than 1.*upgrade modeldouble"),
        ("{", f"{MARK} cannot be read"),
        ("[]", "cannot be read"),
        ('{"format": "1"}', "cannot be read"),
    ],
)
async def test_a_format_that_is_not_known_is_left_alone(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / MARK).write_text(text)
    with pytest.raises(CannotServe, match=told):
        async with state(tmp_path):
            pass
    assert (tmp_path / MARK).read_text() == text


async def test_a_folder_is_of_one_server_at_a_time(tmp_path: Path) -> None:
    async with state(tmp_path):
        with pytest.raises(CannotServe, match="in use by another server; stop it, or name another folder"):
            async with state(tmp_path):
                pass
    async with state(tmp_path):
        pass


def _file(path: Path) -> None:
    path.write_text("")


def _under_a_file(path: Path) -> None:
    path.parent.write_text("")


@pytest.mark.parametrize("obstacle", [_file, _under_a_file, lambda path: None])
async def test_what_cannot_be_a_folder_is_told(tmp_path: Path, obstacle: Callable[[Path], None]) -> None:
    path = tmp_path / "x" / "data" if obstacle is not _file else tmp_path / "data"
    obstacle(path)
    with pytest.raises(CannotServe, match=r"cannot be used .* name a folder that you may write"):
        async with state(path):
            pass


async def test_a_state_that_is_no_database_is_told(tmp_path: Path) -> None:
    async with state(tmp_path):
        pass
    (tmp_path / STATE).write_bytes(b"no database" * 1000)
    with pytest.raises(CannotServe, match=r"cannot be read .* name another folder"):
        async with state(tmp_path):
            pass


async def test_what_was_being_written_is_swept_and_the_rest_is_known(tmp_path: Path) -> None:
    async with state(tmp_path) as found:
        assert found.contents is not None
        await found.contents.write("ab" * 32, b"content")
    half = tmp_path / CONTENTS / "ab" / f"{'ab' * 31}cd.part"
    half.write_bytes(b"con")
    async with state(tmp_path) as found:
        assert found.contents is not None
        known = await found.contents.size(), await found.contents.known("ab" * 32)
        assert (half.exists(), *known) == (False, 7, True)


async def test_the_database_is_whole(tmp_path: Path) -> None:
    async with state(tmp_path) as found:
        await found.store.put("a", os.urandom(100_000))
    database = sqlite3.connect(tmp_path / STATE)
    assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    database.close()
