"""Environments for the programs that ours are compared with, each made when it is first asked for."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from .workload import Missing


class Pin(NamedTuple):
    """A peer: where it comes from, and which release."""

    package: str
    release: str
    size: str
    command: str = ""
    """The program that it brings; empty: it is imported."""


PINS: Mapping[str, Pin] = {
    "supervisely": Pin("supervisely", "6.74.51", "840 MB, some minutes"),
    "pytest-httpserver": Pin("pytest-httpserver", "1.2.0", "25 MB"),
    "mockoon": Pin("@mockoon/cli", "9.9.0", "150 MB", "mockoon-cli"),
    "locust": Pin("locust", "2.47.0", "60 MB"),
}
_ASK = "import importlib.metadata, sys; print(importlib.metadata.version(sys.argv[1]))"
_PATIENCE = 1800.0
_WINDOWS = os.name == "nt"

Run = Callable[[Sequence[str | Path]], str]
"""Runs a program to its end; what it printed, or `Missing` with why it failed."""


def cache_folder(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path:
    """Where environments are kept if nobody says otherwise: the user's cache."""
    home = Path.home()
    usual = {"win32": home / "AppData" / "Local", "darwin": home / "Library" / "Caches"}.get(platform, home / ".cache")
    told = environment.get("LOCALAPPDATA" if platform == "win32" else "XDG_CACHE_HOME")
    return Path(told or usual) / "modeldouble" / "peers"


def ran(line: Sequence[str | Path]) -> str:
    """Run a program to its end; `Missing` says with which words it failed."""
    try:
        done = subprocess.run(  # noqa: S603 - pinned packages and our own interpreter
            [str(one) for one in line], capture_output=True, text=True, timeout=_PATIENCE, check=False,
            stdin=subprocess.DEVNULL, encoding="utf-8", errors="replace",
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Missing(f"{Path(line[0]).name} could not be run: {type(error).__name__}") from error
    if done.returncode:
        last = [one.strip() for one in (done.stderr or done.stdout).splitlines() if one.strip()]
        raise Missing(f"{Path(line[0]).name} ended with {done.returncode}: {' '.join(last[-2:])[-300:]}")
    return done.stdout


class Environments:
    """A folder with an environment for each peer: `NAME/` is a virtual environment, or a prefix of npm.

    One that is there already, under that name and with the pinned release, is used as it is.
    """

    def __init__(
        self, folder: Path, without: Collection[str] = (), tell: Callable[[str], object] = lambda _: None,
        run: Run = ran, find: Callable[[str], str | None] = shutil.which,
    ) -> None:  # fmt: skip
        self._folder, self._without, self._tell, self._run, self._find = folder, without, tell, run, find
        self._known: dict[str, Path | Missing] = {}
        self.used: dict[str, str] = {}
        """Package -> release, of those that were handed out."""

    def python(self, name: str) -> Path:
        """The interpreter in which a peer from PyPI is installed; raises `Missing`."""
        return self._once(name, self._python)

    def program(self, name: str) -> Path:
        """The program of a peer from npm; raises `Missing`."""
        return self._once(name, self._program)

    def _once(self, name: str, make: Callable[[str, Pin], Path]) -> Path:
        # What failed fails again, after minutes: it is tried once in a run.
        if name not in self._known:
            try:
                self._known[name] = make(name, self._wanted(name))
            except Missing as reason:
                self._known[name] = reason
        known = self._known[name]
        if isinstance(known, Missing):
            raise Missing(*known.args)
        self.used[PINS[name].package] = PINS[name].release
        return known

    def _python(self, name: str, pin: Pin) -> Path:
        python = self._folder / name / ("Scripts/python.exe" if _WINDOWS else "bin/python")
        if not self._is_there(python, pin):
            line = f"{pin.package}=={pin.release}"
            self._tell(f"installing {line} ({pin.size})")
            self._make(
                name, f"pip install {line} in a virtual environment, {name}/ of the folder that --peers names",
                [sys.executable, "-m", "venv", "--clear", self._folder / name],
                [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", line],
            )  # fmt: skip
        return python

    def _program(self, name: str, pin: Pin) -> Path:
        prefix, line = self._folder / name, f"{pin.package}@{pin.release}"
        program = prefix / "node_modules" / ".bin" / (f"{pin.command}.cmd" if _WINDOWS else pin.command)
        if not self._is_there(program, pin):
            npm = self._find("npm")
            if npm is None:
                raise Missing(f"{name} needs npm, which was not found: install Node.js 20, https://nodejs.org")
            self._tell(f"installing {line} ({pin.size})")
            self._make(
                name, f"npm install --prefix FOLDER/{name} {line}, FOLDER being what --peers names",
                [npm, "install", "--prefix", prefix, "--no-audit", "--no-fund", "--loglevel", "error", line],
            )  # fmt: skip
        return program

    def _wanted(self, name: str) -> Pin:
        if name in self._without:
            raise Missing(f"left out by --without {name}")
        if name not in PINS:
            raise Missing(f"no peer is called {name!r}; there are {', '.join(PINS)}")
        return PINS[name]

    def _is_there(self, program: Path, pin: Pin) -> bool:
        if not program.exists():
            return False
        try:
            found = self._run([program, "--version"] if pin.command else [program, "-c", _ASK, pin.package])
        except Missing:
            return False  # begun and not ended
        return pin.release in found.split() or f"{pin.package}/{pin.release}" in found.split()

    def _make(self, name: str, remedy: str, *lines: Sequence[str | Path]) -> None:
        try:
            (self._folder / name).mkdir(parents=True, exist_ok=True)
            for line in lines:
                self._run(line)
        except OSError as error:
            raise Missing(f"{name} has no place: {error.strerror}; name a folder with --peers") from error
        except Missing as reason:
            raise Missing(f"{name} could not be installed: {reason}. What would help: {remedy}") from reason
