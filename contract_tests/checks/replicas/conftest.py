"""Figures are told while the checks run, and stand in a report that pytest writes."""

import sys
from collections.abc import Callable

import pytest

Tell = Callable[[str], None]


@pytest.fixture
def tell(record_property: Callable[[str, object], None], capsys: pytest.CaptureFixture[str]) -> Tell:
    def tell(text: str) -> None:
        record_property("told", text)
        with capsys.disabled():
            sys.stdout.write(f"\n{text}\n")

    return tell
