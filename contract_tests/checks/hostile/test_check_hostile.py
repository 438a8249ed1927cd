"""Hostile callers, a little of each, beside a client that must not notice; `run.py` does them in full size."""

import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from .attacks import ATTACKS
from .bystander import Bystander, quantile
from .run import BEGIN, END, Served, served, table, written

PAGE = Path(__file__).parents[3] / "docs" / "security.md"
SHARE = 0.02
LIMITS = ("body_bytes=5MiB", "json_bytes=1MiB", "head_seconds=0.5", "body_silence_seconds=0.5")


@pytest.fixture(scope="module")
def small() -> Iterator[Served]:
    """A server with limits that a small attack goes past."""
    with served(*(word for one in LIMITS for word in ("--limit", one))) as server:
        yield server


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_answered_and_another_client_has_no_error(small: Served, name: str) -> None:
    attack, pattern = ATTACKS[name]
    with Bystander(small.address) as other:
        told = attack(small.address, SHARE)
        while len(other.seconds) < 4:
            time.sleep(0.01)
    assert re.fullmatch(pattern, told), told
    assert other.errors == []


def test_a_bystander_sees_what_is_wrong(small: Served) -> None:
    with Bystander((small.address[0], 1)) as other:
        while not other.errors:
            time.sleep(0.01)
    assert "get_session_info" in other.errors[0]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="figures of a process are those of /proc")
def test_files_are_closed_again_after_attacks(small: Served) -> None:
    before = small.files()
    ATTACKS["5,000 idle connections"][0](small.address, SHARE)
    while small.files() > before:
        time.sleep(0.01)
    assert small.rss() > 10


def test_the_page_has_figures_of_every_attack() -> None:
    text = PAGE.read_text(encoding="utf-8")
    _, _, figures = text.partition(BEGIN)
    figures, _, _ = figures.partition(END)
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in figures.splitlines() if line.startswith("| ")]
    found = {row[0]: row for row in rows}
    assert [name for name in ATTACKS if name not in found] == []
    assert [name for name, (_, pattern) in ATTACKS.items() if not re.fullmatch(pattern, found[name][1])] == []
    assert {row[4] for row in rows[2:]} == {"0"}


def test_figures_go_between_their_marks() -> None:
    figures = table([("a", "400", "1.0", "1 / 2", "0", "1 → 1", "5 → 5")])
    assert "\n| a | 400 | 1.0 |" in figures
    assert written(f"x{BEGIN}old{END}y", figures) == f"x{BEGIN}\n{figures}\n{END}y"
    with pytest.raises(ValueError, match="lacks the marks"):
        written("x", figures)


def test_a_quantile_is_in_milliseconds() -> None:
    assert (quantile([0.001, 0.002, 0.003], 0.5), quantile([0.004], 0.99), quantile([], 0.5)) == (2.0, 4.0, 0.0)
