"""Reports are written whole or not at all, and what cannot be written is told before anything runs."""

import os
from pathlib import Path

import pytest

from modeldouble_contract.preflight import CannotCheck
from modeldouble_contract.report.drafts import drafts


def test_a_report_takes_its_place_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    with drafts({"--json": path}) as files:
        files["--json"].write_text("whole")
        assert not path.exists()
    assert path.read_text() == "whole"
    assert os.listdir(tmp_path) == ["report.json"]


def test_a_report_of_before_stays_if_the_run_breaks_off(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text("before")
    with pytest.raises(KeyboardInterrupt):
        _interrupted(path)
    assert path.read_text() == "before"
    assert os.listdir(tmp_path) == ["report.json"]


def _interrupted(path: Path) -> None:
    with drafts({"--json": path}) as files:
        files["--json"].write_text("half")
        raise KeyboardInterrupt


@pytest.mark.parametrize("name", ["", "missing/report.json", "file/report.json", "nul\0l"])
def test_what_cannot_be_written_is_told_at_the_start(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CannotCheck, match=r"--html .* cannot be written \("), drafts({"--html": tmp_path / name}):
        raise AssertionError("it ran")
    assert os.listdir(tmp_path) == ["file"]


def test_two_reports_in_one_file_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "report"
    both = {"--junit": tmp_path / "." / "report", "--json": path}
    with pytest.raises(CannotCheck, match="report is the file of another report; name one for each"), drafts(both):
        raise AssertionError("it ran")
    assert os.listdir(tmp_path) == []


def test_a_report_keeps_the_mode_of_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "report"
    path.touch(0o640)
    with drafts({"--json": path}) as files:
        files["--json"].write_text("new")
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_link_stays_one(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "report")
    with drafts({"--json": link}) as files:
        files["--json"].write_text("new")
    assert link.is_symlink()
    assert (tmp_path / "report").read_text() == "new"


@pytest.mark.skipif(os.name == "nt", reason="there are no such files")
def test_what_is_no_file_is_written_into() -> None:
    with drafts({"--json": Path(os.devnull)}) as files:
        assert files["--json"] == Path(os.devnull)
    assert not Path(os.devnull).is_file()
