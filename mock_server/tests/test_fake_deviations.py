"""Deviations from real servers are told once each."""

import logging
import re
from pathlib import Path

import pytest

import modeldouble_server
from modeldouble_server.deviations import DEVIATIONS, Deviation, Noticer


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    found = [record for record in caplog.records if record.name == "modeldouble_server"]
    assert all(record.levelno == logging.WARNING for record in found)
    return [record.getMessage() for record in found]


def test_a_deviation_is_told_with_what_both_sides_do_and_in_which_releases(caplog: pytest.LogCaptureFixture) -> None:
    Noticer("YOLOv5").note("equal-names", "two files of a batch have the same name")
    assert warnings(caplog) == [
        "YOLOv5: two files of a batch have the same name; the fake answered each file, real servers"
        " (6.73.358 and later) answer the last file of that name twice [equal-names]"
    ]


def test_each_kind_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    noticer = Noticer("m")
    for kind in ("backward", "equal-names", "backward", "equal-names", "backward"):
        noticer.note(kind, "x")
    assert len(warnings(caplog)) == 2
    assert noticer.told == {"backward", "equal-names"}


def test_each_model_is_told_for_itself(caplog: pytest.LogCaptureFixture) -> None:
    for name in ("one", "other"):
        Noticer(name).note("backward", "x")
    assert [text.split(":")[0] for text in warnings(caplog)] == ["one", "other"]
    assert Noticer("third").told == frozenset()


def test_a_percent_sign_of_the_callers_formats_nothing(caplog: pytest.LogCaptureFixture) -> None:
    Noticer("100%s").note("backward", "50%d")
    assert warnings(caplog)[0].startswith("100%s: 50%d; ")


def test_a_kind_that_is_not_in_the_table_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        Noticer("m").note("no-such-kind", "x")


def test_every_deviation_says_all_three_things() -> None:
    assert all(isinstance(one, Deviation) and all(one) for one in DEVIATIONS.values())


def test_every_kind_that_the_code_notes_is_in_the_table() -> None:
    package = Path(modeldouble_server.__file__).parent
    noted = {
        kind
        for path in package.rglob("*.py")
        for kind in re.findall(r'\.note\(\s*"([a-z-]+)"', path.read_text(encoding="utf-8"))
    }
    assert len(noted) > 5
    assert noted <= set(DEVIATIONS)
