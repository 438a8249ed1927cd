"""What one look at a job shows, in every dialect since February 2023. Pure.

The dialects disagree about when a job has begun, when it is over, how many frames it has and how it failed.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from modeldouble.errors import BadAnswer
from modeldouble.values import Progress

Json = dict[str, Any]


class Failure(NamedTuple):
    """Why a job failed, in the server's words."""

    type: str
    reason: str
    traceback: str


class JobState(NamedTuple):
    """What one look at a job shows. `results` are those taken by a pop, `pending` how many wait on the server."""

    progress: Progress
    started: bool
    ended: bool
    stopped: bool
    failure: Failure | None
    pending: int
    results: list[Json]
    fields: Json


def job_state(route: str, answer: Json) -> JobState:
    """Read an answer of get_inference_progress or pop_inference_results."""
    stage, inferring = str(answer.get("stage") or ""), bool(answer.get("is_inferring"))
    pending = answer.get("pending_results")
    results = pending if isinstance(pending, list) else []
    finished = answer.get("finished")
    # Servers before 2025 have no `finished`; there `is_inferring` holds from the start to the very end.
    ended = bool(finished) if finished is not None else not inferring
    stopped = bool(answer.get("cancel_inference") or answer.get("stopped"))
    failure = _failure(answer, stage)
    if failure is None and finished is None and ended and not stopped and answer.get("result") is None:
        # Nor do they have `exception`: a job that is over without having been stopped, and has no result, failed.
        failure = Failure("", "the server does not say why; its log does", "")
    waiting = len(results) if isinstance(pending, list) else pending if isinstance(pending, int) else 0
    progress = _progress(route, answer, stage, ended, route == "pop_inference_results")
    known = progress.total is not None or waiting > 0 or any(answer.get(key) for key in ("result", "final_result"))
    started = ended or failure is not None or (known and inferring) or waiting > 0
    return JobState(progress, started, ended or failure is not None, stopped, failure, waiting, results, answer)


def _progress(route: str, answer: Json, stage: str, ended: bool, popped: bool) -> Progress:
    """Find the true total: 1 also stands for "not known yet", and answers fall back to 0 of 1 after the end."""
    best = Progress(0, None, stage)
    for key in ("progress", "preparing_progress"):
        seen = answer.get(key)
        if key == "progress" and not isinstance(seen, dict):
            raise BadAnswer(route, key, seen, "an object with current and total")
        # While data is prepared the second one may count bytes.
        if not isinstance(seen, dict) or seen.get("is_size") or (key != "progress" and "stage" not in answer):
            continue
        current, total = seen.get("current"), seen.get("total")
        if not isinstance(current, int) or not isinstance(total, int):
            raise BadAnswer(route, key, seen, "whole numbers in current and total")
        sure = total > 1 or (total == 1 and current == 1) or (total == 0 and popped and ended)
        if sure and (best.total is None or total > best.total):
            best = Progress(current, total, stage)
    return best


def _failure(answer: Json, stage: str) -> Failure | None:
    exception = answer.get("exception")
    if isinstance(exception, dict):
        return Failure(*(str(exception.get(key) or "") for key in ("type", "message", "traceback")))
    # From 2023 to 2025 it is a plain text.
    if exception:
        return Failure("", str(exception), "")
    return Failure("", "the server does not say why", "") if stage == "Error" else None


def log_fields(answer: Json) -> Json:
    """Return what the log says when a job has started, in the form of the releases that introduced the line."""
    seen, result, pending = answer.get("progress", {}), answer.get("result"), answer.get("pending_results")
    return {
        "progress": {"current": seen.get("current"), "total": seen.get("total")},
        "is_inferring": answer.get("is_inferring"),
        "cancel_inference": answer.get("cancel_inference", False),
        "result": result if isinstance(result, dict) else None,
        "pending_results": pending if isinstance(pending, list) else [],
    }


def frame_index(result: Json) -> int | None:
    """Return the number of the frame a result belongs to; servers before 2025 do not tell."""
    index = result.get("frame_index")
    return index if isinstance(index, int) else None
