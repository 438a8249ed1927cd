"""A program that is missing is an error that names the remedy, never a check that is skipped."""

from pathlib import Path

import pytest

from .programs import Missing, axe, chromium


def test_a_machine_without_a_browser_is_told_how_to_get_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("MODELDOUBLE_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Missing, match="apt-get install chromium"):
        chromium()


def test_a_browser_of_ones_own_is_taken_or_told_of(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    own = tmp_path / "browser"
    own.touch(0o755)
    monkeypatch.setenv("MODELDOUBLE_CHROMIUM", str(own))
    assert chromium() == str(own)
    monkeypatch.setenv("MODELDOUBLE_CHROMIUM", str(tmp_path / "none"))
    with pytest.raises(Missing, match=f"{tmp_path}/none is no program"):
        chromium()


def test_a_machine_without_npm_is_told_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Missing, match="apt-get install npm"):
        axe(tmp_path / "axe")


def test_an_npm_that_fails_is_told_of(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho no such version >&2\nexit 1\n", encoding="utf-8")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    with pytest.raises(Missing, match="no such version"):
        axe(tmp_path / "axe")
