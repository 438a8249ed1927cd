"""No fault makes our client lose, double or make up anything without a word; docs/recovery.md says so, and is true."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import modeldouble_server
from modeldouble_server import Limits, Server
from modeldouble_server.faults import KINDS

from .recovery.runs import POP, Case, Message, cases, lost_answer, messages, run
from .recovery.table import case_told, lost_rows, shown
from .recovery.verdict import judged

PAGE = Path(__file__).parents[2] / "docs" / "recovery.md"
ALL = range(4)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with modeldouble_server.serve(limits=Limits(pop=POP)) as server:
        yield server


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.fault}-{case.action}")
def test_our_client_recovers_or_says_what_is_lacking(server: Server, case: Case) -> None:
    verdict = run(server, "ours", case)
    assert verdict.right, verdict.text
    row = f"| {case_told(case)} | {shown(verdict)} |"
    part = PAGE.read_text(encoding="utf-8").split("## On a ")[1 if case.action == "picture" else 2]
    assert row in part, f"{row} is not in {PAGE.name}; make it anew, as its first lines say"


def test_every_fault_is_met() -> None:
    assert {case.fault for case in cases()} == set(KINDS)


def test_each_lost_answer_is_recovered_from_or_named(server: Server) -> None:
    found = lost_rows(server, "ours")
    assert [message for message, _ in found] == messages(server)
    assert [text for _, (right, text) in found if not right] == []
    told = {text for _, (_, text) in found}
    assert told == {"recovered", "ResultsLost, names those missing", "StartUncertain, names those missing"}


def test_a_message_that_is_never_sent_is_not_called_lost(server: Server) -> None:
    with pytest.raises(RuntimeError, match="never sent"):
        lost_answer(server, "ours", Message(1, "get_session_info", 1000))


@pytest.mark.parametrize(
    ("ended", "begun", "text"),
    [
        (None, 1, "no end within 9 s"),
        ({"frames": [0, 1, 3]}, 1, "1 of 4 lost, and no error"),
        ({"frames": [0, 1, 1, 2, 3]}, 1, "1 of 4 twice"),
        ({"frames": [0, 1, 2, 3, 9]}, 1, "a wrong answer"),
        ({"frames": [0, 1, 2, 3]}, 2, "recovered; started 2 times"),
        ({"frames": [0], "error": "ResultsLost", "missing": [1, 2]}, 1, "ResultsLost, names the wrong ones"),
        ({"frames": [0, 1, 2, 3], "error": "OSError"}, 1, "all came, and then OSError"),
    ],
)
def test_what_should_not_be_is_told(ended: dict[str, object] | None, begun: int, text: str) -> None:
    assert judged(ended, ALL, begun, 9.0) == (False, text)


@pytest.mark.parametrize(
    ("ended", "text"),
    [
        ({"frames": [0, 1, 2, 3]}, "recovered"),
        ({"frames": [0, 2], "error": "ResultsLost", "missing": [1, 3]}, "ResultsLost, names those missing"),
        ({"frames": [0, 2], "error": "TimedOut"}, "TimedOut after 2"),
    ],
)
def test_what_is_honest_is_right(ended: dict[str, object], text: str) -> None:
    assert judged(ended, ALL, 1, 9.0) == (True, text)
