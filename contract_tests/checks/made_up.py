"""Outcomes of runs that never took place, for the reports."""

from typing import Any

from modeldouble_contract.exchange import Exchange, Sent
from modeldouble_contract.finding import Finding
from modeldouble_contract.outcome import HOLDS, NOT_CHECKED, VIOLATION, WARNING, Deviated, Outcome, Result
from modeldouble_contract.plan import Plan
from modeldouble_contract.report import Report, summary

PLAN = Plan("http://host/net/very-secret-session", "very-secret-token")
NASTY = "<script>alert(1)</script> **bold** `code` | \x1b[31mred\u202e\ud800 very-secret-token"
"""What a target may say: markup, what acts on a terminal, what no encoding has, and a secret that it was sent."""


def exchange(body: str = "{}", status: int = 200) -> Exchange:
    """A request with a body, and its answer."""
    sent = Sent("POST", "http://host/net/$SESSION_TOKEN/is_ready", '{"state": {}}', "application/json")
    return Exchange("is_ready", sent, status, "application/json", body.encode("utf-8", "surrogatepass"), 0.1)


def finding(code: str = "made.up", **also: Any) -> Finding:
    """A finding with everything that one can have."""
    given = {"expected": "status 400", "got": "something else", "place": "openapi.yaml#/made/up", "at": exchange()}
    return Finding(code, **{**given, **also})


def result(name: str, outcome: str, found: Finding | None = None, reason: str = "") -> Result:
    """One check."""
    level = "should" if outcome == WARNING else "must"
    return Result(f"check_made_up.py::test_{name}", name.replace("_", " "), level, outcome, 0.25, found, reason)


def outcome(*results: Result, deviations: tuple[Deviated, ...] = (), planned: int = 0, release: str = "") -> Outcome:
    """A run, which holds otherwise."""
    every = (result("all_is_well", HOLDS), *results)
    return Outcome(
        "http://host/net/$SESSION_TOKEN", release or "6.73.458 or later", {"app_name": "An app"}, every, deviations,
        90, 80, 1.5, planned or len(every),
    )  # fmt: skip


def report(*results: Result, strict: bool = False, **also: Any) -> Report:
    """The view of such a run."""
    return summary(outcome(*results, **also), strict=strict, hide=PLAN.hide)


def full() -> Report:
    """One with everything that a report can show, whose target says nasty things."""
    shared = finding(got=NASTY, at=exchange(NASTY, 500))
    return report(
        result("sizes_are_right", VIOLATION, shared), result("names_are_right", VIOLATION, shared),
        result("it_is_quick", WARNING, finding("made.slow", got="12 s")),
        result("masks_are_right", NOT_CHECKED, reason="no object was seen on 3 pictures; bring one with --image"),
        result("frames_are_right", NOT_CHECKED, reason="it has no videos; nothing to do for a model without"),
        deviations=(Deviated("json.malformed", "Malformed JSON is 500.", exchange()),),
    )  # fmt: skip
