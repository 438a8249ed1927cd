"""An asynchronous job on the target, driven with raw HTTP and judged at every step."""

import contextlib
import itertools
from collections.abc import Mapping
from typing import Any, NamedTuple

from .exchange import Exchange, File
from .finding import Finding
from .judge import Judge
from .target import Target

UUID = "inference_request_uuid"
_NUMBERS = itertools.count(1)
_LIFE = "lifecycle.yaml"
_COUNTING = ("get_inference_progress", "pop_inference_results")
LAST = 1.0
"""Seconds before the end of the run at which a job is given up."""
_PAUSES = (0.02, 0.05, 0.1, 0.2)
BATCH = 16
"""Frames that real apps take at once at most by default: between two batches nothing is new, and no stop is seen."""


class Video(NamedTuple):
    """A video to infer, by id or as a file. `frames` and `size` (width, height) are None where they are not known."""

    id: int | None = None
    file: File | None = None
    frames: int | None = None
    size: tuple[int, int] | None = None

    @property
    def route(self) -> str:
        """The route that starts a job over it."""
        return "inference_video_async" if self.id is None else "inference_video_id_async"

    def start(self, target: Target, state: Mapping[str, Any]) -> Exchange:
        """Ask for a job. `state` holds settings, startFrameIndex, framesCount and what else goes beside them."""
        whole = {"settings": {}, **state}
        if self.file is None:
            return target.post(self.route, {**whole, "videoId": self.id})
        # Real apps keep an upload under its name: two jobs at once over one name read each other's file.
        named = self.file._replace(name=f"{next(_NUMBERS)}-{self.file.name}")
        return target.form(self.route, [named], whole)


class Drained(NamedTuple):
    """What a job gave until it ended: predictions in the order of delivery, and each poll's progress."""

    results: list[dict[str, Any]]
    progress: list[dict[str, Any]]
    last: dict[str, Any]
    """The poll that showed the end."""


class Job:
    """One job of the suite's own."""

    def __init__(self, target: Target, judge: Judge, uuid: str) -> None:
        self._target, self._judge = target, judge
        self.uuid = uuid
        self.last: Exchange | None = None
        """What was asked last about the job, for findings."""
        self._over = False
        self._progress: Mapping[str, Any] = {"current": 0}

    def call(self, route: str) -> Exchange:
        """Ask a route about the job."""
        self.last = self._target.post(route, {UUID: self.uuid})
        return self.last

    def poll(self, route: str = "get_inference_progress") -> dict[str, Any]:
        """Ask, judge the shape, and give what was answered."""
        at = self.call(route)
        found = self._judge.shape(at)
        if not isinstance(found, dict):
            raise Finding(f"shape.{route}", expected="a JSON object", got=at.shown(), at=at)
        if route in _COUNTING:
            self._judge_progress(found["progress"])
        return found

    def _judge_progress(self, now: Mapping[str, Any]) -> None:
        """current is within the total and never goes back, whichever route tells it."""
        before, self._progress = self._progress, now
        facts = {"current": now["current"], "total": now["total"]}
        self._judge.require(
            now["current"] <= now["total"], "progress.within", expected="a current of at most the total", got=str(now),
            at=self.last, place=_LIFE, in_status=now.get("status"), **facts,
        )  # fmt: skip
        least = before["current"]
        forgiven = not self._judge.require(
            now["current"] >= least, "progress.grows", expected=f"a current of at least {least}", got=str(now),
            at=self.last, place=_LIFE, in_status=before.get("status"), **facts,
        )  # fmt: skip
        if forgiven and now["total"] == 1:
            # After a reset, what was reached before still counts.
            self._progress = before

    def pop(self) -> dict[str, Any]:
        """Take the next results."""
        return self.poll("pop_inference_results")

    def stop(self) -> Exchange:
        """Ask the target to infer no more."""
        return self.call("stop_inference")

    def clear(self) -> Exchange:
        """Ask the target to forget the job."""
        return self.call("clear_inference_request")

    def leave(self) -> None:
        """Stop and clear it without a judgement, which checks of their own make. Old servers infer on after a clear."""
        with contextlib.suppress(Finding):
            if not self._over:
                self.stop()
            self.clear()

    def drain(self, until: int | None = None, *, code: str = "job.ends") -> Drained:
        """Pop until the job has ended, or until `until` results came. A job that shows nothing new for as long as the
        suite is patient has not kept its word, which is a finding of that `code`."""
        results: list[dict[str, Any]] = []
        progress: list[dict[str, Any]] = []
        calm, end = 0, self._patience()
        while True:
            found = self.pop()
            results += found["pending_results"]
            if found["pending_results"] or not progress or found["progress"] != progress[-1]:
                calm, end = 0, self._patience()
            progress.append(found["progress"])
            enough = until is not None and len(results) >= until
            self._over = ended(found)
            self._judge_number(len(results), found["progress"])
            if enough or (self._over and not found["pending_results"]):
                return Drained(results, progress, found)
            if self._target.clock() > end or self._target.left < LAST:
                self._never_ends(found, code)
                return Drained(results, progress, found)
            if not found["pending_results"]:
                self._target.sleep(_PAUSES[min(calm, len(_PAUSES) - 1)])
                calm += 1

    def _judge_number(self, came: int, progress: Mapping[str, Any]) -> None:
        """A pop that is never empty would keep the suite for ever."""
        most = progress["total"] + BATCH
        self._judge.require(
            came <= most, "job.frames", expected=f"no more than the {progress['total']} results that were announced",
            got=str(came), at=self.last, place=_LIFE,
        )  # fmt: skip

    def _patience(self) -> float:
        return self._target.clock() + self._target.patience + BATCH * self._target.pace

    def _never_ends(self, last: Mapping[str, Any], code: str) -> None:
        told = {key: last[key] for key in ("stage", "progress", "is_inferring", "finished") if key in last}
        wanted = f"an end, or something new within {self._target.patience:g} s and the time of {BATCH} frames"
        if self._target.left < LAST:
            wanted = "an end before that of the run (--deadline)"
        self._judge.require(False, code, expected=wanted, got=str(told), at=self.last, place=_LIFE)


def ended(poll: Mapping[str, Any]) -> bool:
    """The job is over for good: as newer releases say it, else as those without `finished` do."""
    if "finished" in poll:
        return bool(poll["finished"])
    return poll["is_inferring"] is False


def started(target: Target, judge: Judge, at: Exchange) -> Job:
    """The job that a start answered."""
    found = judge.shape(at)
    if not isinstance(found, dict):
        raise Finding(f"shape.{at.route}", expected=f"an object with {UUID}", got=at.shown(), at=at)
    return Job(target, judge, found[UUID])
