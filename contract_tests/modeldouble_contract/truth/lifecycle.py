"""The life of a job, as lifecycle.yaml tells it."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from .release import Release, maybe

Cell = str | int | bool | None


class Otherwise(NamedTuple):
    """Answers that releases from `since` to before `until` give instead."""

    since: Release | None
    until: Release | None
    answers: Mapping[str, Cell]


class JobState(NamedTuple):
    """A state: `next` maps events to the next state, `answers` what a poll shows to its value."""

    name: str
    text: str
    next: Mapping[str, str]
    answers: Mapping[str, Cell]
    otherwise: tuple[Otherwise, ...]

    def answers_in(self, release: Release) -> dict[str, Cell]:
        """What a real app of that release answers in this state."""
        told = dict(self.answers)
        for other in self.otherwise:
            if release.within(other.since, other.until):
                told.update(other.answers)
        return told


class Lifecycle(NamedTuple):
    """Events with what they mean, states, the state after a start; times in seconds."""

    events: Mapping[str, str]
    states: Mapping[str, JobState]
    start: str
    kept_after_clear: float
    kept_untouched: float


def read_lifecycle(raw: Mapping[str, Any]) -> Lifecycle:
    """The whole file."""
    states = {name: _state(name, one) for name, one in raw["states"].items()}
    return Lifecycle(raw["events"], states, raw["start"], raw["kept_after_clear"], raw["kept_untouched"])


def _state(name: str, raw: Mapping[str, Any]) -> JobState:
    other = tuple(Otherwise(maybe(one["since"]), maybe(one["until"]), one["answers"]) for one in raw["otherwise"])
    return JobState(name, raw["text"], raw["next"], raw["answers"], other)
