"""The report for machines. docs/contract.md says what each key holds."""

import json
from typing import Any

from .summary import Report, Shown

SCHEMA = "modeldouble-contract/1"
_VERDICTS = {0: "holds", 1: "violated", 2: "could not check"}


def render(report: Report, *, version: str, when: str) -> str:
    """One JSON object; `when` is the time at which the run ended, as ISO 8601."""
    verdict = "suite failed" if report.broken and not report.violations else _VERDICTS[report.status]
    found: dict[str, Any] = {
        "schema": SCHEMA, "modeldouble": version, "when": when, "verdict": verdict, "status": report.status,
        "summary": report.verdict, "hint": report.hint, "target": report.target, "release": report.release,
        "info": dict(report.info),
        "strict": report.strict, "seconds": round(report.seconds, 3),
        "inferences": {"announced": report.announced, "asked": report.asked}, "counts": report.counts(),
        "findings": [_finding(one) for one in (*report.violations, *report.warnings)],
        "deviations": [one._asdict() for one in report.forgiven],
        "not_checked": [one._asdict() for one in report.unchecked],
        "defects": [{"title": title, "text": text} for title, text in report.broken],
        "checks": [{**line._asdict(), "seconds": round(line.seconds, 3)} for line in report.lines],
    }  # fmt: skip
    return json.dumps(found, indent=1) + "\n"


def _finding(one: Shown) -> dict[str, Any]:
    return one._asdict()
