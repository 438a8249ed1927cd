"""A new user's machine: a Python, a wheel of this repository to install, a home and a folder that are empty."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPO = Path(__file__).parents[3]
_KEPT = ("LANG", "TMPDIR", "SSL_CERT_FILE", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Register the option of this folder."""
    python = getattr(sys, "_base_executable", sys.executable)
    parser.addoption("--interpreter", default=python, help="the Python that the reader has")


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel of the repository as it is."""
    folder = tmp_path_factory.mktemp("wheels")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(REPO)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="session")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the repository without what git ignores."""
    folder = tmp_path_factory.mktemp("clone")
    command = ["git", "-C", str(REPO), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        if (REPO / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(REPO / name, folder / name)
    return folder


@pytest.fixture
def reader(tmp_path: Path) -> Path:
    """The reader's own folder, empty."""
    folder = tmp_path / "reader"
    folder.mkdir()
    return folder


@pytest.fixture
def environment(tmp_path: Path, wheels: Path, pytestconfig: pytest.Config) -> dict[str, str]:
    """The reader's environment: nothing of ours but where pip finds packages, and `python`."""
    home, programs = tmp_path / "home", tmp_path / "programs"
    home.mkdir()
    programs.mkdir()
    for name in ("python", "python3"):
        # No link: an interpreter looks for its library beside the path that it was called by.
        (programs / name).write_text(f'#!/bin/sh\nexec "{pytestconfig.getoption("interpreter")}" "$@"\n')
        (programs / name).chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if name.upper() in _KEPT or name.startswith("PIP_")}
    found = f"{os.environ.get('PIP_FIND_LINKS', '')} {wheels.as_uri()}".strip()
    own = {"PATH": f"{programs}:/usr/local/bin:/usr/bin:/bin", "HOME": str(home), "PIP_FIND_LINKS": found}
    # On a terminal lines come as they are printed; a pipe would have them in another order.
    # Bytecode is made of what is imported, which is a small part of what is installed.
    own |= {"PYTHONUNBUFFERED": "1", "PIP_NO_COMPILE": "1"}
    return {"LANG": "C.UTF-8", **kept, **_pip_of_this_user(), **own}


def _pip_of_this_user() -> dict[str, str]:
    """The cache and the settings that pip would not find from another home."""
    command = [sys.executable, "-m", "pip", "cache", "dir"]
    cache = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    settings = Path.home() / ".config" / "pip" / "pip.conf"
    return {
        **({"PIP_CACHE_DIR": cache} if cache else {}),
        **({"PIP_CONFIG_FILE": str(settings)} if settings.is_file() and "PIP_CONFIG_FILE" not in os.environ else {}),
    }
