"""The programs that the checks need and pip does not have: a Chromium, and axe-core out of npm's registry."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

_OPTIONS = ("--no-sandbox", "--disable-dev-shm-usage")
"""In a container the user is root, for whom there is no sandbox, and /dev/shm is small."""
_NAMES = ("chromium", "chromium-browser", "google-chrome")
PATIENCE = 20_000
"""Milliseconds until a condition holds; machines of CI are slow."""
_AXE = "4.14.1"
_NPM_TIMEOUT = 120


class Missing(RuntimeError):
    """A program that is not there; the text says how to get it."""


def chromium() -> str:
    """The path of the browser: MODELDOUBLE_CHROMIUM, or what the machine calls its own."""
    chosen = os.environ.get("MODELDOUBLE_CHROMIUM")
    found = next(filter(None, map(shutil.which, [chosen] if chosen else _NAMES)), None)
    if found is None:
        where = f"{chosen} is no program" if chosen else f"none of {', '.join(_NAMES)} is on PATH"
        raise Missing(f"{where}: apt-get install chromium, or set MODELDOUBLE_CHROMIUM to the path of one")
    return found


@contextmanager
def launched() -> Iterator[Browser]:
    """A browser, and patience with it."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=_OPTIONS)
        yield browser
        browser.close()


def axe(folder: Path) -> str:
    """The script of axe-core, which is put into `folder` if it is not there yet."""
    script = folder / f"axe-{_AXE}" / "node_modules" / "axe-core" / "axe.min.js"
    if not script.exists():
        npm = shutil.which("npm")
        if npm is None:
            raise Missing("npm is not on PATH: apt-get install npm")
        wanted = ["install", "--prefix", str(script.parents[2]), "--no-save", "--ignore-scripts", "--no-audit"]
        command = [npm, *wanted, "--no-fund", f"axe-core@{_AXE}"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=_NPM_TIMEOUT)
        if done.returncode != 0:
            raise Missing(f"npm did not install axe-core {_AXE}: {done.stderr.strip()[-500:]}")
    return script.read_text(encoding="utf-8")
