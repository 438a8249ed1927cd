"""Environments of peers: made once, used as they are where they are whole, and told of where they cannot be."""

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from modeldouble_contract.bench.peers import PINS, Environments, cache_folder, ran
from modeldouble_contract.bench.workload import Missing

PIN = PINS["pytest-httpserver"]


class Runner:
    """Runs nothing: notes each line, and makes the file that an installation would."""

    def __init__(self, made: Path | None = None, release: str = PIN.release, fails: str = "") -> None:
        self.lines: list[list[str]] = []
        self._made, self._release, self._fails = made, release, fails

    def __call__(self, line: Sequence[str | Path]) -> str:
        told = [str(one) for one in line]
        self.lines.append(told)
        if self._fails and self._fails in told:
            raise Missing(f"{self._fails} failed: no network")
        if self._made is not None:
            self._made.parent.mkdir(parents=True, exist_ok=True)
            self._made.touch()
        return f"{self._release}\n"


def python_of(folder: Path) -> Path:
    return folder / "pytest-httpserver" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def mockoon_of(folder: Path) -> Path:
    name = "mockoon-cli.cmd" if sys.platform == "win32" else "mockoon-cli"
    return folder / "mockoon" / "node_modules" / ".bin" / name


def test_an_environment_is_made_when_it_is_first_asked_for(tmp_path: Path) -> None:
    told: list[str] = []
    run = Runner(python_of(tmp_path))
    peers = Environments(tmp_path, tell=told.append, run=run)
    assert peers.python("pytest-httpserver") == python_of(tmp_path) == peers.python("pytest-httpserver")
    assert [line[1:3] for line in run.lines] == [["-m", "venv"], ["-m", "pip"]]
    assert run.lines[1][-1] == f"pytest-httpserver=={PIN.release}"
    assert told == [f"installing pytest-httpserver=={PIN.release} ({PIN.size})"]
    assert peers.used == {"pytest-httpserver": PIN.release}


def test_one_that_is_whole_is_used_as_it_is(tmp_path: Path) -> None:
    run = Runner(python_of(tmp_path))
    run([])
    Environments(tmp_path, run=run).python("pytest-httpserver")
    assert [line[1] for line in run.lines[1:]] == ["-c"]


def test_one_of_another_release_is_made_anew(tmp_path: Path) -> None:
    run = Runner(python_of(tmp_path), release="0.0.1")
    run([])
    Environments(tmp_path, run=run).python("pytest-httpserver")
    assert [line[1:3] for line in run.lines[2:]] == [["-m", "venv"], ["-m", "pip"]]


def test_a_failure_says_what_would_help_and_is_not_tried_again(tmp_path: Path) -> None:
    run = Runner(fails="pip")
    peers = Environments(tmp_path, run=run)
    for _ in range(2):
        with pytest.raises(Missing, match=r"no network\. What would help: pip install pytest-httpserver=="):
            peers.python("pytest-httpserver")
    assert len(run.lines) == 2
    assert peers.used == {}


def test_a_program_comes_from_npm(tmp_path: Path) -> None:
    run = Runner(mockoon_of(tmp_path))
    peers = Environments(tmp_path, run=run, find=lambda name: f"/somewhere/{name}")
    assert peers.program("mockoon") == mockoon_of(tmp_path)
    assert run.lines[0][:2] == ["/somewhere/npm", "install"]
    assert run.lines[0][-1] == f"@mockoon/cli@{PINS['mockoon'].release}"


def test_a_program_that_tells_its_release_with_its_name_is_known(tmp_path: Path) -> None:
    pin = PINS["mockoon"]
    run = Runner(mockoon_of(tmp_path), release=f"{pin.package}/{pin.release} linux-x64 node-v20.0.0")
    run([])
    Environments(tmp_path, run=run, find=lambda _: None).program("mockoon")
    assert run.lines[1:] == [[str(mockoon_of(tmp_path)), "--version"]]


def test_without_npm_it_is_told_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(Missing, match=r"npm, which was not found: install Node\.js"):
        Environments(tmp_path, run=Runner(), find=lambda _: None).program("mockoon")


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Missing, match="name a folder with --peers"):
        Environments(tmp_path / "file", run=Runner()).python("pytest-httpserver")


def test_a_peer_may_be_left_out_and_must_be_known(tmp_path: Path) -> None:
    peers = Environments(tmp_path, without=["supervisely"], run=Runner())
    with pytest.raises(Missing, match="left out by --without supervisely"):
        peers.python("supervisely")
    with pytest.raises(Missing, match="no peer is called 'wiremock'; there are supervisely"):
        peers.python("wiremock")


def test_a_program_that_fails_is_missing_with_its_last_words(tmp_path: Path) -> None:
    with pytest.raises(Missing, match="ended with 3: first last"):
        ran([sys.executable, "-c", "import sys; print('first\\n\\nlast', file=sys.stderr); sys.exit(3)"])
    with pytest.raises(Missing, match="could not be run: FileNotFoundError"):
        ran([tmp_path / "nothing"])
    assert ran([sys.executable, "-c", "print(7)"]) == "7\n"


@pytest.mark.parametrize(
    ("platform", "environment", "end"),
    [
        ("linux", {"XDG_CACHE_HOME": "/cache"}, "/cache/modeldouble/peers"),
        ("linux", {}, ".cache/modeldouble/peers"),
        ("darwin", {}, "Library/Caches/modeldouble/peers"),
        ("win32", {"LOCALAPPDATA": "/local"}, "/local/modeldouble/peers"),
    ],
)
def test_environments_are_kept_in_the_cache_of_the_user(platform: str, environment: dict[str, str], end: str) -> None:
    assert cache_folder(environment, platform).as_posix().endswith(end)
