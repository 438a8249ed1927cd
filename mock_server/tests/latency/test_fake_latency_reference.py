"""The page's table is the reader's own, and the page says what can be said."""

from __future__ import annotations

from pathlib import Path

from modeldouble_server.latency.reading import FIELDS
from modeldouble_server.latency.reference import MARK, reference, written

PAGE = (Path(__file__).parents[3] / "docs" / "latency.md").read_text(encoding="utf-8")


def test_the_page_is_current() -> None:
    assert written(PAGE) == PAGE
    assert PAGE.count(MARK) == 1


def test_every_field_has_a_row_that_says_what_it_is() -> None:
    rows = reference().splitlines()[2:]
    assert [row.split("|")[1].strip(" `") for row in rows] == list(FIELDS)
    assert all(row.count("|") == 5 and len(row.split("|")[3]) > 10 for row in rows)
