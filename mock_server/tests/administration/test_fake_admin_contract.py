"""The report of a contract run that a server was told to show."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from modeldouble_server.administration.contract import _MOST

if TYPE_CHECKING:
    from .conftest import Start

REPORT = {"schema": "modeldouble-contract/1", "when": "2026-01-02T03:04:05+00:00", "verdict": "holds", "findings": []}


def shown(start: Start, path: Path) -> Any:
    """What is told of a file."""
    return start(contract_report=str(path)).ask("GET", "contract")["report"]


def test_the_command_line_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text(json.dumps(REPORT), "utf-8")
    ask = "import os, urllib.request as r; print(r.urlopen(os.environ['SERVER_ADDRESS'] + '/__admin/contract').read())"
    command = ["run", "--contract-report", str(path), "--", sys.executable, "-c", ask]
    run = [sys.executable, "-m", "modeldouble_server.cli", *command]
    done = subprocess.run(run, capture_output=True, text=True, timeout=60, check=True)
    assert '"verdict":"holds"' in done.stdout


def test_without_a_file_there_is_none(start: Start) -> None:
    assert start().ask("GET", "contract") == {"report": None}


def test_a_report_is_told_as_it_was_written(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text(json.dumps({**REPORT, "file": "a stranger's"}), "utf-8")
    assert shown(start, path) == {**REPORT, "file": str(path)}


def test_a_report_that_says_no_time_has_that_of_its_file(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text(json.dumps({"schema": REPORT["schema"]}), "utf-8")
    os.utime(path, (1_700_000_000, 1_700_000_000))
    assert shown(start, path)["when"] == "2023-11-14T22:13:20+00:00"


def test_it_is_read_anew_when_it_changed(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    caller = start(contract_report=str(path))
    assert "cannot be read" in caller.ask("GET", "contract")["report"]["error"]
    for verdict in ("holds", "violated"):
        path.write_text(json.dumps({**REPORT, "verdict": verdict}), "utf-8")
        assert caller.ask("GET", "contract")["report"]["verdict"] == verdict


@pytest.mark.parametrize(("content", "text"), [
    (b"", "is not JSON"), (b"{", "is not JSON"), (b"\xff\xfe", "is not JSON"), (b"[" * 100_000, "is not JSON"),
    (b"[]", "no report"), (b"{}", "no report"), (b'{"schema": 7}', "no report"), (b" " * (_MOST + 1), "more than"),
])  # fmt: skip
def test_a_file_that_is_none_is_told_in_words(start: Start, tmp_path: Path, content: bytes, text: str) -> None:
    path = tmp_path / "report.json"
    path.write_bytes(content)
    told = shown(start, path)
    assert text in told["error"]
    assert "--contract-report" in told["error"]
    assert (told["verdict"], told["summary"], told["file"]) == ("could not be read", told["error"], str(path))


def test_a_folder_is_no_file(start: Start, tmp_path: Path) -> None:
    assert "cannot be read" in shown(start, tmp_path)["error"]


def test_tokens_of_the_server_are_cut_out_of_it(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text(json.dumps({**REPORT, "target": "http://h/net/a-session-token", "hint": "an-admin-token-of-ours"}))
    caller = start(contract_report=str(path), admin_token="an-admin-token-of-ours")
    caller.http.headers["Authorization"] = "Bearer an-admin-token-of-ours"
    told = caller.ask("GET", "contract")["report"]
    assert (told["target"], told["hint"], told["verdict"]) == ("http://h/net/***", "***", "holds")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_a_number_that_json_lacks_is_told_in_words(start: Start, tmp_path: Path, number: str) -> None:
    path = tmp_path / "report.json"
    path.write_text(json.dumps(REPORT).replace("[]", number))
    assert f"{number} is no number" in shown(start, path)["error"]
