"""The job's life in the truth and in the fake is one, though neither reads the other's table."""

import pytest

from modeldouble_contract.truth import Release, load
from modeldouble_server import jobs, wire

LIFE = load().lifecycle
OLD, NEW = Release.parse("6.69.57"), Release.parse("6.74.51")
ENDED = ["finished", "cancelled", "error", "cleared"]


def test_states_and_transitions_are_those_of_the_fake() -> None:
    table = {
        state.value: {event.name.lower(): to.value for event, to in row.items()} for state, row in jobs.TABLE.items()
    }
    assert {name: dict(state.next) for name, state in LIFE.states.items()} == table


def test_events_and_times_are_those_of_the_fake() -> None:
    assert set(LIFE.events) == {event.name.lower() for event in jobs.Event}
    assert (LIFE.kept_after_clear, LIFE.kept_untouched) == (jobs.KEPT_AFTER_CLEAR, jobs.KEPT_UNTOUCHED)
    assert LIFE.start == jobs.State.PREPARING.value


def test_stages_are_those_of_the_fake_and_of_the_schema() -> None:
    stages = {name: state.answers["stage"] for name, state in LIFE.states.items() if "stage" in state.answers}
    assert stages == {state.value: text for state, text in wire.STAGES.items()}
    assert set(stages.values()) <= set(load().schema("stage")["enum"])


def test_every_state_says_the_same_things() -> None:
    keys = {name: list(state.answers) for name, state in LIFE.states.items() if name != "gone"}
    assert len({tuple(one) for one in keys.values()}) == 1
    assert set(LIFE.states["gone"].answers) == {"poll", "stop", "clear"}


def test_what_a_release_answers_otherwise_is_something_that_is_answered() -> None:
    for state in LIFE.states.values():
        assert all(set(other.answers) <= set(state.answers) for other in state.otherwise)
        assert all(other.since is None or other.until is None or other.since < other.until for other in state.otherwise)


def test_a_job_that_ended_failed_only_in_one_state() -> None:
    assert [name for name, state in LIFE.states.items() if state.answers.get("exception")] == ["error"]
    assert [name for name in ENDED if LIFE.states[name].answers["has_result"] is not True] == []


@pytest.mark.parametrize(("state", "key", "sane", "old", "new"), [
    ("preparing", "is_inferring", True, True, False), ("finished", "is_inferring", "until handed out", False, False),
    ("cleared", "poll", 200, 500, 200), ("gone", "poll", 404, 500, 500), ("gone", "clear", 200, 500, 200),
    ("error", "exception", "type, message, traceback", "no exception", "type, message, traceback"),
    ("running", "stage", "Running inference...", "no stage", "Running inference..."),
])  # fmt: skip
def test_releases_answer_otherwise(state: str, key: str, sane: object, old: object, new: object) -> None:
    told = LIFE.states[state]
    assert (told.answers[key], told.answers_in(OLD)[key], told.answers_in(NEW)[key]) == (sane, old, new)


def test_the_exception_came_as_a_text_and_is_an_object() -> None:
    told = [LIFE.states["error"].answers_in(Release.parse(one))["exception"] for one in
            ("6.73.72", "6.73.73", "6.73.357", "6.73.358")]  # fmt: skip
    assert told == ["no exception", "a text or none", "a text or none", "type, message, traceback"]
