"""The description of the machine: enough to compare, and nothing that names it or its owner."""

import getpass
import platform
import subprocess
from pathlib import Path

import pytest

from modeldouble_contract.bench.machine import anonymous, commit, described, placed, versions


def test_the_description_says_what_counts() -> None:
    assert list(described()) == ["Processor", "Cores", "Memory", "System", "Python"]
    assert platform.python_version() in described()["Python"]
    assert described()["Cores"][0].isdigit()


def test_nobody_is_named_and_no_path() -> None:
    told = " ".join(described().values())
    words = told.replace(",", " ").split()
    assert platform.node() not in words
    assert str(Path.home()) not in told
    assert getpass.getuser() not in words or getpass.getuser() in platform.platform()


@pytest.mark.parametrize(
    ("cores", "server", "load"), [([0, 1], 1, 0), ([2, 3, 6, 7], 7, 2), ([4], None, None), ([], None, None)]
)
def test_servers_and_load_have_cores_of_their_own(cores: list[int], server: int | None, load: int | None) -> None:
    assert placed(cores) == (server, load)


def test_releases_of_those_who_take_part_are_told() -> None:
    assert {"modeldouble", "aiohttp", "requests"} <= set(versions())


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("npm ended with 1: EACCES /home/somebody/.cache/peers/mockoon", "npm ended with 1: EACCES mockoon"),
        ("['/opt/venv/bin/python', '/srv/bench/bind.py']", "['python', 'bind.py']"),
        (r"C:\Users\somebody\peers\x.exe failed", "x.exe failed"),
        ("install Node.js, https://nodejs.org/en/download; @mockoon/cli, GET /is_ready, 1/2", None),
    ],
)
def test_what_programs_say_is_told_without_folders(text: str, left: str | None) -> None:
    assert anonymous(text) == (text if left is None else left)


def test_what_programs_say_is_bounded() -> None:
    told = anonymous("first " + 5000 * "x" + " last")
    assert len(told) < 700
    assert told.startswith("first x")
    assert told.endswith("x last")


def git(folder: Path, *words: str) -> None:
    name = ("-c", "user.name=a", "-c", "user.email=a@localhost", "-c", "commit.gpgsign=false")
    subprocess.run(["git", "-C", str(folder), *name, *words], check=True, capture_output=True, timeout=30)


def test_the_commit_is_that_of_the_clone_and_changes_are_told(tmp_path: Path) -> None:
    assert commit(tmp_path) == ""
    git(tmp_path, "init")
    (tmp_path / "file").write_text("one", encoding="utf-8")
    assert commit(tmp_path) == ""
    git(tmp_path, "add", "file")
    git(tmp_path, "commit", "-m", "one")
    head = commit(tmp_path)
    assert len(head) >= 7
    (tmp_path / "file").write_text("two", encoding="utf-8")
    assert commit(tmp_path) == f"{head}, with changes"


def test_a_folder_that_a_clone_does_not_hold_has_no_commit(tmp_path: Path) -> None:
    git(tmp_path, "init")
    (tmp_path / "file").write_text("one", encoding="utf-8")
    git(tmp_path, "add", "file")
    git(tmp_path, "commit", "-m", "one")
    installed = tmp_path / "venv"
    installed.mkdir()
    assert commit(installed) == ""
