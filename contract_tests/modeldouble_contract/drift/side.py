"""One of the two that are compared: how it is asked, and the jobs that were started on it."""

import contextlib
from collections.abc import Mapping
from typing import Any

from ..brought import Brought, bring
from ..exchange import Exchange
from ..finding import Finding
from ..fixtures import POSE
from ..job import UUID
from ..plan import Plan
from ..probe import least_release, routes_of
from ..target import Target
from ..truth import Release, Truth

_PAUSE = 0.05
_OUTLINE = {"points": {"exterior": [[0, 0], [99, 99]], "interior": []}}


class Unasked(Exception):
    """A question that could not be put to this side; the text says why."""


class Side:
    """`routes` are the routes of the truth that it has, `release` is the oldest that has them all."""

    def __init__(self, plan: Plan, truth: Truth) -> None:
        self.plan, self.truth = plan, truth
        self.target = Target(
            plan.target,
            api_token=plan.api_token,
            patience=plan.patience,
            deadline=plan.deadline,
            secrets=plan.secrets(),
        )
        self.routes = routes_of(truth, self.target)
        self.release: Release = least_release(truth, self.routes) if self.routes else truth.first
        self.brought: Brought = bring(plan)
        self._jobs: dict[str, str] = {}
        self._stuck: dict[str, str] = {}
        self._outlined: bool | None = None

    def settings(self, other: Mapping[str, Any]) -> dict[str, Any]:
        """The author's settings and `other`; a model for poses wants an outlined object, see `fixtures.settings`."""
        if self._outlined is None:
            info = read(self.target.post("get_session_info"))
            self._outlined = isinstance(info, dict) and info.get("task type") == POSE
        return {**self.brought.settings, **({"rectangle": _OUTLINE} if self._outlined else {}), **other}

    def start(self, job: str, at: Exchange) -> Exchange:
        """Remember under the name `job` what a start answered."""
        found = read(at)
        if isinstance(found, dict) and isinstance(found.get(UUID), str):
            self._jobs[job] = found[UUID]
        return at

    def about(self, route: str, job: str) -> Exchange:
        """Ask a route about a job."""
        return self.target.post(route, {UUID: self._uuid(job)})

    def ended(self, route: str, job: str) -> Exchange:
        """Ask a route about a job once it has ended; its results are popped and thrown away."""
        self._until(job, lambda poll: _ended(poll) and not poll["pending_results"])
        return self.about(route, job)

    def first_results(self, job: str) -> Exchange:
        """The pop that gave the first results of a job."""
        return self._until(job, lambda poll: bool(poll["pending_results"]))

    def leave(self) -> None:
        """Clear whatever was started and is not cleared yet."""
        for job in list(self._jobs):
            with contextlib.suppress(Finding):
                self.about("clear_inference_request", job)

    def _uuid(self, job: str) -> str:
        if job not in self._jobs:
            raise Unasked("the job did not start")
        return self._jobs[job]

    def _until(self, job: str, enough: Any) -> Exchange:
        # A job that has shown no end is not waited for again at each question about it.
        if job in self._stuck:
            raise Unasked(self._stuck[job])
        end = self.target.clock() + min(self.target.patience, self.target.left)
        while self.target.clock() < end:
            at = self.about("pop_inference_results", job)
            poll = read(at)
            if at.status != 200 or not isinstance(poll, dict) or "pending_results" not in poll:
                raise Unasked(f"pop_inference_results answered {at.status} without results")
            if enough(poll):
                return at
            if _ended(poll) and not poll["pending_results"]:
                raise Unasked("the job ended without results")
            self.target.sleep(_PAUSE)
        self._stuck[job] = f"the job showed no end within {self.target.patience:g} s"
        raise Unasked(self._stuck[job])


def _ended(poll: Mapping[str, Any]) -> bool:
    return poll.get("finished", poll.get("is_inferring") is False) is True


def read(at: Exchange) -> Any:
    """The JSON of an answer, None where there is none."""
    try:
        return at.json()
    except ValueError:
        return None
