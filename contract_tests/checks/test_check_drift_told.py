"""The comparison on a terminal and in files: side by side, within 100 columns, and nothing of a target's acts."""

import json
from xml.etree import ElementTree

import pytest

from modeldouble_contract.drift import BEHAVIOUR, SHAPE, STATUS, Drift, Row
from modeldouble_contract.drift.told import SCHEMA, reports, terminal

EVIL = "<script>alert(1)</script> | `x` [y](z)"
WRONG = Row(
    STATUS, "an unknown uuid", "404", "404 {detail}", "500 text/plain", "A", ("an unknown uuid (stop)",), ("known",)
)
RED = Row(
    SHAPE, "get_x.list[]", "allows both", "could not check: " + "word " * 60, EVIL, "?", ("x (get_x)", "y (get_x)")
)
SAME = Row(BEHAVIOUR, "a job ends", "an end", "violation: none", "violation: none", "neither")
DRIFT = Drift(
    "http://a", "http://b", "6.74.51", (WRONG, RED, SAME), {SHAPE: 3, STATUS: 4, BEHAVIOUR: 5}, ("ids: none",)
)


def told(option: str) -> str:
    return reports(DRIFT, version="1.0", when="2026-01-01T00:00:00+00:00")[option]()


def test_a_terminal_of_100_columns_shows_every_row() -> None:
    lines = terminal(DRIFT).splitlines()
    assert max(map(len, lines)) <= 100
    assert "    404                           404 {detail}                  500 text/plain               A" in lines
    assert "  an unknown uuid [listed: known]: stop" in lines
    assert [line.endswith("  RED") for line in lines].count(True) == 1
    assert "Both do the same, and the truth says otherwise" in lines
    assert "  - ids: none" in lines


def test_the_verdict_comes_last_and_counts() -> None:
    text = " ".join(terminal(DRIFT).split())
    assert text.endswith(
        "DRIFT: 1 row of shape, 1 row of status and error, 1 of them red: COULD NOT CHECK one side (compared: 3 of"
        " shape, 4 of status and error, 5 of behaviour; 1 could be checked on neither; in 1 thing both deviate from"
        " the truth)."
    )


def test_equal_and_true_is_one_line_of_counts() -> None:
    text = terminal(DRIFT._replace(rows=(), left=()))
    assert text.splitlines()[3:] == [
        "", "NO DRIFT: A and B do the same (compared: 3 of shape, 4 of status and error, 5 of behaviour).",
    ]  # fmt: skip


def test_colours_are_for_a_terminal_only() -> None:
    assert "\x1b[1;31m" in terminal(DRIFT, colour=True)
    assert "\x1b" not in terminal(DRIFT)


def test_the_json_holds_every_row_whole() -> None:
    found = json.loads(told("--json"))
    assert (found["schema"], found["status"], found["a"], found["compared"]["shape"]) == (SCHEMA, 1, "http://a", 3)
    assert [(row["what"], row["red"], row["same"]) for row in found["rows"]] == [
        ("an unknown uuid", False, False), ("get_x.list[]", True, False), ("a job ends", False, True),
    ]  # fmt: skip
    assert found["rows"][0]["known"] == ["known"]


@pytest.mark.parametrize("option", ["--html", "--markdown"])
def test_what_a_target_says_does_not_act(option: str) -> None:
    text = told(option)
    assert "an unknown uuid" in text
    assert "<script" not in text.replace("\\<script", "")
    assert "](z)" not in text.replace("\\]\\(z", "") or option == "--html"


def test_the_page_needs_nothing_from_elsewhere_and_marks_what_is_red() -> None:
    text = told("--html")
    assert text.count('<tr class="red">') == 1
    assert "default-src 'none'" in text
    assert "src=" not in text


def test_markdown_keeps_its_columns() -> None:
    [row] = [line for line in told("--markdown").splitlines() if "get\\_x" in line]
    assert row.replace("\\|", "").count("|") == 7


def test_junit_has_a_case_per_level_and_an_error_for_what_is_red() -> None:
    suite = ElementTree.fromstring(told("--junit"))[0]
    faults = {case.attrib["name"]: [fault.tag for fault in case] for case in suite}
    assert faults == {SHAPE: ["error"], STATUS: ["failure"], BEHAVIOUR: []}
    assert (suite.attrib["tests"], suite.attrib["failures"], suite.attrib["errors"]) == ("3", "1", "1")
