"""What pytest saw of a check becomes a result: holds, violation, warning, not checked, deviates or broken."""

from pathlib import Path
from typing import Any

import pytest

from modeldouble_contract.collect import Collector
from modeldouble_contract.judge import Judge
from modeldouble_contract.options import FACTS
from modeldouble_contract.outcome import BROKEN, DEVIATES, HOLDS, NOT_CHECKED, VIOLATION, WARNING, Outcome, Result
from modeldouble_contract.truth import Release

from .said import truth_with

HEAD = """
import pytest
from modeldouble_contract.finding import Finding, not_checked
from modeldouble_contract.level import must, should

def wrong():
    raise Finding("some.code", expected="a", got="b")

"""


def collected(text: str, folder: Path, *words: str, strict: bool = False, judge: Judge | None = None) -> Collector:
    """Run a file of checks with a collector."""
    # A name of its own, since pytest finds modules by name in a process that has read one before.
    (folder / f"check_{folder.name}.py").write_text(HEAD + text, encoding="utf-8")
    (folder / "own.ini").write_text("[pytest]\npython_files = check_*.py\n", encoding="utf-8")

    class Facts:
        def pytest_sessionstart(self, session: pytest.Session) -> None:
            session.config.stash[FACTS].judge = judge

        @pytest.fixture
        def judge(self) -> Judge | None:
            return judge

    collector = Collector(lambda checks, asks: None, lambda result: None, strict=strict)
    arguments = [
        str(folder),
        "-c",
        str(folder / "own.ini"),
        "--noconftest",
        "-p",
        "no:terminal",
        "-p",
        "no:cacheprovider",
    ]
    own = ["--import-mode=importlib", "-p", "no:asyncio", "-p", "modeldouble_contract.options"]
    pytest.main([*arguments, *own, *words], plugins=[Facts(), collector])
    return collector


@pytest.mark.parametrize(("level", "body", "outcome"), [
    ("must", "pass", HOLDS), ("should", "pass", HOLDS), ("must", "wrong()", VIOLATION), ("should", "wrong()", WARNING),
    ("must", "not_checked('a reason', 'a remedy')", NOT_CHECKED), ("must", "1 / 0", BROKEN),
    ("should", "1 / 0", BROKEN),
    ("must", "assert False", BROKEN),
])  # fmt: skip
def test_each_end_of_a_check_has_its_outcome(level: str, body: str, outcome: str, tmp_path: Path) -> None:
    [result] = collected(f"@{level}()\ndef test_a_thing_holds():\n    {body}\n", tmp_path).results
    assert (result.outcome, result.level, result.title) == (outcome, level, "a thing holds")
    assert result.check.endswith(".py::test_a_thing_holds")


def test_a_finding_and_a_reason_are_kept(tmp_path: Path) -> None:
    text = "@must()\ndef test_a(): wrong()\n@must()\ndef test_b(): not_checked('why', 'what to do')\n"
    first, second = collected(text, tmp_path).results
    assert first.finding is not None
    assert first.finding.code == "some.code"
    assert second.reason == "why; what to do"


def test_a_check_that_is_broken_says_how(tmp_path: Path) -> None:
    [result] = collected("@must()\ndef test_a(): 1 / 0\n", tmp_path).results
    assert result.reason.startswith("ZeroDivisionError: division by zero\n")


@pytest.mark.parametrize(
    ("when", "outcome"), [("wrong()", VIOLATION), ("1 / 0", BROKEN), ("not_checked('a', 'b')", NOT_CHECKED)]
)
def test_what_a_fixture_comes_to_is_that_of_its_check(when: str, outcome: str, tmp_path: Path) -> None:
    text = f"@pytest.fixture\ndef thing():\n    {when}\n@must()\ndef test_a(thing): pass\n"
    assert [one.outcome for one in collected(text, tmp_path).results] == [outcome]


def test_a_failure_after_a_check_is_not_lost(tmp_path: Path) -> None:
    text = "@pytest.fixture\ndef thing():\n    yield\n    1 / 0\n@must()\ndef test_a(thing): pass\n"
    assert [one.outcome for one in collected(text, tmp_path).results] == [HOLDS, BROKEN]


def test_a_case_stands_in_the_title(tmp_path: Path) -> None:
    text = "@must()\n@pytest.mark.parametrize('route', ['is_ready'])\ndef test_it_is_there(route): pass\n"
    assert collected(text, tmp_path).results[0].title == "it is there (is_ready)"


def test_what_is_ahead_is_announced(tmp_path: Path) -> None:
    found = collected("@must(asks=3)\ndef test_a(): pass\n@should(asks=4)\ndef test_b(): pass\n", tmp_path)
    assert (found.planned, found.announced) == (2, 7)


@pytest.mark.parametrize(("strict", "count"), [(False, 2), (True, 1)])
def test_a_warning_ends_a_run_at_the_first_finding_only_where_it_is_strict(
    strict: bool, count: int, tmp_path: Path
) -> None:
    text = "@should()\ndef test_a(): wrong()\n@must()\ndef test_b(): pass\n"
    assert len(collected(text, tmp_path, "-x", strict=strict).results) == count


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    found = collected("import no_such_module\n", tmp_path)
    assert "no_such_module" in found.unread
    assert found.results == []


def test_what_was_forgiven_is_noted_at_its_check(tmp_path: Path) -> None:
    truth = truth_with(one={"finding": "x", "got": {}})
    judge = Judge(truth, Release.parse("6.74.51"), forgive=True)
    text = """@must()
def test_a(judge):
    for _ in range(2):
        judge.require(False, "x", expected="a", got="b")
@must()
def test_b(judge): pass
"""
    found = collected(text, tmp_path, judge=judge).results
    assert [(one.outcome, one.forgiven) for one in found] == [(DEVIATES, ("one",)), (HOLDS, ())]


def status(*outcomes: str, strict: bool = False) -> int:
    results = tuple(Result("a", "a", "must", one) for one in outcomes)
    return Outcome("http://app", "6.74.51", {}, results, (), 0, 0, 0.0).status(strict)


@pytest.mark.parametrize(("outcomes", "expected"), [
    ((), 2), ((NOT_CHECKED,), 2), ((NOT_CHECKED, WARNING), 2), ((HOLDS,), 0), ((DEVIATES,), 0), ((HOLDS, WARNING), 0),
    ((HOLDS, NOT_CHECKED), 0), ((HOLDS, VIOLATION), 1), ((VIOLATION,), 1), ((BROKEN,), 1), ((HOLDS, BROKEN), 1),
])  # fmt: skip
def test_a_status_says_whether_all_holds(outcomes: tuple[str, ...], expected: int) -> None:
    assert status(*outcomes) == expected


def test_with_strict_a_warning_is_a_violation() -> None:
    assert status(HOLDS, WARNING, strict=True) == 1
    assert status(HOLDS, strict=True) == 0


def test_results_are_given_by_outcome() -> None:
    results: list[Any] = [Result("a", "a", "must", HOLDS), Result("b", "b", "must", WARNING)]
    assert Outcome("", "", {}, tuple(results), (), 0, 0, 0.0).of(WARNING) == [results[1]]
