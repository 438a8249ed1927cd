"""Deviations from real servers are told once each."""

import logging

import pytest

from modeldouble_server.deviations import Noticer
from modeldouble_server.dialect import TRAITS, read_dialect


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


def test_every_row_of_the_tables_says_what_both_sides_do_and_how_it_was_verified() -> None:
    assert all(one.ours and one.theirs and one.seen for one in TRAITS.values())


def test_a_dialect_tells_only_of_what_it_does_not_copy(caplog: pytest.LogCaptureFixture) -> None:
    noticer = Noticer("m", read_dialect("6.74.51"))
    noticer.note("equal-names", "x")
    noticer.note("url-not-fetched", "x")
    assert [text.rpartition("[")[2] for text in warnings(caplog)] == ["url-not-fetched]"]
