"""How a job ended badly, in words and data. Pure."""

from __future__ import annotations

from modeldouble.errors import JobFailed, JobForgotten, ResultsLost
from modeldouble.jobstate import Failure
from modeldouble.ledger import Balance, Ledger


def job_failed(uuid: str, ledger: Ledger, failure: Failure) -> JobFailed:
    """The server says that the job ended by an exception."""
    kind, reason, trace = failure
    text = f"job {uuid} failed on the server: {kind + ': ' if kind else ''}{reason}"
    full = f"{text}\n{trace}" if trace else text
    return JobFailed(full, uuid, ledger.received, type=kind, reason=reason, traceback=trace)


def job_forgotten(uuid: str, ledger: Ledger, announced: int | None) -> JobForgotten:
    """The server does not know the job."""
    text = f"the server no longer knows job {uuid}: it was restarted, or somebody cleared the job"
    return JobForgotten(text, uuid, ledger.received, missing=_balance(ledger, announced).missing)


def results_lost(uuid: str, ledger: Ledger, announced: int | None, why: str) -> ResultsLost:
    """What came is not what was announced."""
    _, missing, unexpected = _balance(ledger, announced)
    came = f"job {uuid}: {ledger.received} of {announced} frames came, {why}"
    text = f"{came}. {_listed('Missing', missing)}{_listed('Not asked for', unexpected)}Infer them again"
    data = {"missing": missing, "unexpected": unexpected, "announced": announced}
    return ResultsLost(text, uuid, ledger.received, **data)


def _balance(ledger: Ledger, announced: int | None) -> Balance:
    return Balance(0, None, []) if announced is None else ledger.balance(announced)


def _listed(title: str, frames: list[int] | None) -> str:
    if not frames:
        return ""
    return f"{title}: {', '.join(map(str, frames[:20]))}{', ...' if len(frames) > 20 else ''}. "
