"""The reports of one run, for a terminal, a CI job, a browser, a machine: whole, readable, and safe to show."""

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from html.parser import HTMLParser

import pytest

from modeldouble_contract.outcome import VIOLATION
from modeldouble_contract.report import Report, as_html, as_json, as_markdown, junit, terminal, unchecked

from .made_up import NASTY, finding, full, report, result

WHEN = "2026-11-22T18:00:00+00:00"
RENDERERS: dict[str, Callable[[Report], str]] = {
    "terminal": terminal.render,
    "markdown": as_markdown.render,
    "html": lambda found: as_html.render(found, when=WHEN),
    "json": lambda found: as_json.render(found, version="1.2.3", when=WHEN),
}
EVERYWHERE = (
    "sizes are right", "made.up", "status 400", "openapi.yaml#/made/up", "is_ready", "made.slow", "12 s",
    "Malformed JSON", "bring one with", "it has no videos", "VIOLATED: 1 finding in 2 checks",
)  # fmt: skip


class Seen(HTMLParser):
    """Tags, attributes and text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("render", RENDERERS.values(), ids=RENDERERS)
def test_every_report_shows_everything(render: Callable[[Report], str]) -> None:
    text = re.sub(r"\s+", " ", render(full()).replace("\\-", "-").replace("\\_", "_").replace("\\#", "#"))
    assert [one for one in EVERYWHERE if one not in text] == []


@pytest.mark.parametrize("render", RENDERERS.values(), ids=RENDERERS)
def test_no_report_carries_a_secret_or_what_acts_on_a_terminal(render: Callable[[Report], str]) -> None:
    text = render(full())
    assert "very-secret" not in text
    assert not set(text) & set("\x1b\u202e\ud800\x00\r")
    assert text.encode("utf-8")


@pytest.mark.parametrize("render", RENDERERS.values(), ids=RENDERERS)
def test_a_run_that_did_not_take_place_is_told_in_every_report(render: Callable[[Report], str]) -> None:
    assert "COULD NOT CHECK: nothing answers" in render(unchecked("http://host", "nothing answers", str))


@pytest.mark.parametrize("render", RENDERERS.values(), ids=RENDERERS)
def test_a_defect_of_the_suite_is_shown_with_its_trace(render: Callable[[Report], str]) -> None:
    assert "Traceback, most recent last" in render(
        unchecked("u", "KeyError", str, defect="Traceback, most recent last")
    )


def test_the_terminal_gets_plain_text_of_100_columns() -> None:
    text = terminal.render(report(result("a", VIOLATION, finding(got="a few words " * 60))))
    assert max(map(len, text.splitlines())) <= 100
    assert text.isascii()


def test_the_terminal_hears_the_verdict_last() -> None:
    assert terminal.render(full()).splitlines()[-1].startswith("VIOLATED: ")


def test_the_terminal_counts_by_area() -> None:
    lines = terminal.render(full()).splitlines()
    assert re.split(" {2,}", lines[1])[-4:] == ["holds", "violation", "warning", "not checked"]
    assert lines[2].split() == ["made", "up", "1", "2", "1", "2"]


def test_cases_of_a_check_are_told_by_what_sets_them_apart() -> None:
    shared = finding()
    cases = [result(f"it_is_refused (route{number})", VIOLATION, shared) for number in range(6)]
    assert "     also     route1; route2; route3; and 2 more" in terminal.render(report(*cases)).splitlines()


def test_colours_are_for_who_asks() -> None:
    assert "\x1b[1;31mVIOLATED" in terminal.render(full(), colour=True)
    assert "\x1b[1;32mHOLDS" in terminal.render(report(), colour=True)


def test_a_url_is_kept_whole() -> None:
    url = "http://host/" + "x" * 120
    assert url in terminal.render(report(result("a", VIOLATION, finding(got=f"a word and {url}"))))


def test_the_page_loads_nothing_runs_nothing_and_shows_markup_as_text() -> None:
    seen = Seen(as_html.render(full(), when=WHEN))
    assert {tag for tag, _ in seen.tags} & {"script", "img", "link", "iframe", "a", "form", "object"} == set()
    assert not [
        name for _, attributes in seen.tags for name in attributes if name in ("src", "href") or name[:2] == "on"
    ]
    assert "<script>alert(1)</script>" in seen.text
    assert "prefers-color-scheme: dark" in seen.text


def test_the_page_is_balanced() -> None:
    page = as_html.render(full(), when=WHEN)
    for tag in ("article", "dl", "dd", "ul", "li", "table", "tr", "td", "div", "details", "h2", "h3", "pre"):
        assert len(re.findall(f"<{tag}[ >]", page)) == page.count(f"</{tag}>"), tag


def test_in_markdown_what_a_target_said_is_inside_of_code() -> None:
    text = as_markdown.render(report(result("a", VIOLATION, finding(got="```\n# out\n<b>"))))
    fence = next(line for line in text.splitlines() if line.endswith("text"))
    assert fence == "````text"
    assert text.index(fence) < text.index("# out") < text.index("\n````\n")


def test_in_markdown_a_code_span_holds_back_ticks() -> None:
    found = report()._replace(info={"app_name": "a ` b"})
    assert "app\\_name ``a ` b``" in as_markdown.render(found)


def test_in_markdown_titles_and_reasons_do_not_act() -> None:
    found = report(result("sees_<b>_|_@you", VIOLATION, finding()))
    assert "sees \\<b\\> \\| \\@you" in as_markdown.render(found)


def test_json_says_what_came_of_each_check() -> None:
    found = json.loads(RENDERERS["json"](full()))
    assert found["schema"] == "modeldouble-contract/1"
    assert (found["verdict"], found["status"], found["modeldouble"], found["when"]) == ("violated", 1, "1.2.3", WHEN)
    assert found["counts"]["violation"] == 2
    assert found["checks"][1] == {
        "area": "made up", "check": "check_made_up.py::test_sizes_are_right", "title": "sizes are right",
        "level": "must", "outcome": "violation", "seconds": 0.25, "code": "made.up",
    }  # fmt: skip


def test_json_tells_violations_from_warnings() -> None:
    found = json.loads(RENDERERS["json"](full()))
    assert [(one["level"], one["code"]) for one in found["findings"]] == [
        ("violation", "made.up"),
        ("warning", "made.slow"),
    ]


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        (report(), "holds"),
        (unchecked("u", "r", str), "could not check"),
        (unchecked("u", "r", str, defect="d"), "suite failed"),
    ],
)
def test_json_has_one_word_for_the_verdict(found: Report, verdict: str) -> None:
    assert json.loads(RENDERERS["json"](found))["verdict"] == verdict


def test_junit_of_a_run_that_did_not_take_place_is_red() -> None:
    root = ET.fromstring(junit.render(unchecked("http://host?a&b", f"nothing <answers> {NASTY}", str)))
    (case,) = root.iter("testcase")
    error = case.find("error")
    assert case.get("classname") == "http://host?a&b"
    assert error is not None
    assert "nothing <answers>" in (error.get("message") or "")
