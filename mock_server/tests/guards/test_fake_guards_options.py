"""Limits as a person writes them, and the table of them in the docs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from modeldouble_server import Limits
from modeldouble_server.guards.options import read_limits, written
from modeldouble_server.guards.reference import BEGIN, END, meanings, page, table
from modeldouble_server.refusal import CannotServe

SECURITY = Path(__file__).parents[3] / "docs" / "security.md"


def test_nothing_told_means_the_defaults() -> None:
    assert read_limits([]) == Limits()


@pytest.mark.parametrize(
    ("told", "value"),
    [("body_bytes=64MiB", 64 * 1024**2), ("body_bytes=5kib", 5120), ("held_bytes=2GiB", 2 * 1024**3),
     ("journal_entries=0", 0), ("files=3", 3), ("files=" + "0" * 50 + "3" + "_" * 50, 3),
     ("body_bytes=999999999999999999", 10**18 - 1),
     ("pixels=80_000_000", 80_000_000), ("idle_seconds=1.5", 1.5), ("head_seconds=3", 3.0)],
)  # fmt: skip
def test_a_limit_is_read_as_it_is_written(told: str, value: Any) -> None:
    assert read_limits([told]) == Limits()._replace(**{told.partition("=")[0]: value})


def test_the_last_of_several_counts() -> None:
    assert read_limits(["files=3", "ids=4", "files=5"]) == Limits(files=5, ids=4)


@pytest.mark.parametrize(
    ("told", "error"),
    [("body_byte=1", "did you mean body_bytes"), ("xyz=1", "there are body_bytes, "), ("files", "not NAME=VALUE"),
     ("=3", "is unknown"), ("files=", "positive number"), ("files=0", "files=1000"), ("files=-1", "positive"),
     ("files=1.5", "positive"), ("files=2KiB", "a positive number"), ("body_bytes=2 MiB", "KiB, MiB or GiB"),
     ("body_bytes=2TB", "body_bytes=256MiB"), ("idle_seconds=0", "write seconds"),
     ("idle_seconds=inf", "write seconds"),
     ("idle_seconds=1MiB", "idle_seconds=75"), ("files=٣", "positive"),
     ("files=" + "9" * 5000, "is too large; write 999999999999999999 or less"),
     ("body_bytes=1_000_000_000GiB", "is too large; write 999999999999999999 or less"),
     ("idle_seconds=1" + "0" * 400, "is too large; write 999999999 seconds or less")],
)  # fmt: skip
def test_a_limit_that_is_none_is_told_in_one_line(told: str, error: str) -> None:
    with pytest.raises(CannotServe) as raised:
        read_limits([told])
    text = str(raised.value)
    assert error in text
    assert "\n" not in text


@pytest.mark.parametrize("name", Limits._fields)
def test_every_default_is_read_as_it_is_shown(name: str) -> None:
    value = Limits._field_defaults[name]
    told = written(value) if name.endswith("bytes") or isinstance(value, float) else str(value)
    assert read_limits([f"{name}={told}"]) == Limits()


def test_every_limit_is_in_the_table_with_what_it_bounds() -> None:
    told = meanings()
    assert list(told) == list(Limits._fields)
    assert all(len(one) > 10 for one in told.values())
    assert "| `body_bytes` | 256MiB | Bytes of a request body, multipart framing included. |\n" in table()
    assert "| `head_seconds` | 10 | " in table()


def test_the_page_has_the_table_of_now() -> None:
    text = SECURITY.read_text(encoding="utf-8")
    assert page(text) == text
    assert page(f"a{BEGIN}x{END}b") == f"a{BEGIN}\n{table()}\n{END}b"


@pytest.mark.parametrize("text", ["", BEGIN, END])
def test_a_page_without_marks_is_not_written(text: str) -> None:
    with pytest.raises(ValueError, match="lacks the marks"):
        page(text)


def test_the_command_line_tells_a_bad_limit_in_one_line() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "modeldouble_server.cli", "serve", "--port", "0", "--limit", "bodybytes=1"],
        capture_output=True, text=True, timeout=30, env={**os.environ}, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "Error: --limit 'bodybytes' is unknown; did you mean body_bytes?\n"
