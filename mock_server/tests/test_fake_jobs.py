"""The job's life: every cell of its table, and what it does at chosen moments."""

import math
from typing import Any

import pytest

from modeldouble_server import jobs
from modeldouble_server.jobs import TABLE, Clearing, Event, Failure, Job, State

NOW = 1_700_000_000.0
FAILURE = Failure("ValueError", "no luck", "Traceback: no luck")
ENDED = (State.FINISHED, State.CANCELLED, State.ERROR, State.CLEARED, State.GONE)
CELLS: dict[tuple[State, Event], State] = {
    (State.PREPARING, Event.PREPARED): State.RUNNING,
    (State.PREPARING, Event.STOP): State.CANCELLED,
    (State.PREPARING, Event.FAIL): State.ERROR,
    (State.PREPARING, Event.LAST_RESULT): State.PREPARING,
    (State.RUNNING, Event.PREPARED): State.RUNNING,
    (State.RUNNING, Event.LAST_RESULT): State.FINISHED,
    (State.RUNNING, Event.STOP): State.CANCELLED,
    (State.RUNNING, Event.FAIL): State.ERROR,
    **{
        (state, event): state
        for state in ENDED
        for event in (Event.PREPARED, Event.LAST_RESULT, Event.STOP, Event.FAIL)
    },
    **{(state, Event.CLEAR): State.CLEARED for state in State if state is not State.GONE},
    **{(state, Event.EXPIRE): State.GONE for state in State},
    (State.GONE, Event.CLEAR): State.GONE,
}


def job(total: int = 10, pace: float = 1.0, preparation: float = 0.0, **more: Any) -> Job:
    return Job("a" * 32, total, NOW, preparation, pace, {}, NOW)._replace(**more)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("event", Event)
def test_every_cell_of_the_table(state: State, event: Event) -> None:
    assert TABLE[state].get(event, state) is CELLS[state, event]


def _reaching(state: State, event: Event) -> tuple[Job, float]:
    """A job that is in `state` until NOW + 5, when `event` happens to it; and the moment after."""
    at = NOW + 5
    before: dict[State, dict[str, Any]] = {
        State.PREPARING: {"preparation": 100.0},
        State.RUNNING: {"total": 100},
        State.FINISHED: {"total": 2},
        State.CANCELLED: {"total": 100, "stopped": NOW + 1},
        State.ERROR: {"total": 100, "failed": NOW + 1, "failure": FAILURE},
        State.CLEARED: {"total": 100, "cleared": NOW + 1},
    }
    happening: dict[Event, dict[str, Any]] = {
        Event.STOP: {"stopped": at},
        Event.FAIL: {"failed": at, "failure": FAILURE},
        Event.CLEAR: {"cleared": at},
    }
    return job(**(happening[event] | before[state])), at


@pytest.mark.parametrize("state", [state for state in State if state is not State.GONE])
@pytest.mark.parametrize("event", [Event.STOP, Event.FAIL, Event.CLEAR])
def test_a_dated_event_takes_a_job_through_the_table(state: State, event: Event) -> None:
    reached, at = _reaching(state, event)
    assert jobs.state(reached, at - 0.5) is state
    assert jobs.state(reached, at) is TABLE[state].get(event, state)


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (0.0, State.PREPARING),
        (1.9, State.PREPARING),
        (2.0, State.RUNNING),
        (11.9, State.RUNNING),
        (12.0, State.FINISHED),
    ],
)
def test_an_undisturbed_job_prepares_runs_and_finishes(after: float, expected: State) -> None:
    assert jobs.state(job(preparation=2.0), NOW + after) is expected


@pytest.mark.parametrize("date", ["stopped", "cleared", "failed"])
def test_nothing_happens_before_its_date(date: str) -> None:
    dates: dict[str, Any] = {date: NOW + 5}
    assert jobs.state(job(**dates), NOW + 4.9) is State.RUNNING


def test_events_of_one_moment_take_effect_in_a_fixed_order() -> None:
    end = NOW + 10
    assert jobs.state(job(failed=end, stopped=end), end) is State.ERROR
    assert jobs.state(job(stopped=end), end) is State.CANCELLED
    assert jobs.state(job(stopped=end, cleared=end), end) is State.CLEARED
    assert jobs.state(job(failed=NOW), NOW) is State.ERROR


@pytest.mark.parametrize(
    ("after", "count"), [(-5.0, 0), (0.0, 0), (0.99, 0), (1.0, 1), (3.5, 3), (9.99, 9), (10.0, 10)]
)
def test_results_come_one_pace_apart(after: float, count: int) -> None:
    assert jobs.inferred(job(), NOW + after) == count


def test_nothing_is_inferred_while_preparing() -> None:
    assert jobs.inferred(job(preparation=5.0), NOW + 5.5) == 0
    assert jobs.inferred(job(preparation=5.0), NOW + 6.0) == 1


def test_no_frame_is_late_by_the_error_of_a_float() -> None:
    fifty_a_second = job(total=1000, pace=0.02)
    assert [jobs.inferred(fifty_a_second, NOW + at * 0.02) for at in range(1001)] == list(range(1001))


def test_a_clock_far_in_the_future_finds_every_result() -> None:
    assert jobs.inferred(job(), 1e300) == 10
    assert jobs.state(job(), 1e300) is State.GONE
    assert jobs.inferred(job(), math.inf) == 10


def test_a_million_frames_are_counted_at_once() -> None:
    long = job(total=1_000_000, pace=0.02)
    assert jobs.inferred(long, NOW + 10_000) == 500_000
    assert jobs.state(long, NOW + 19_999) is State.RUNNING
    assert jobs.inferred(long, NOW + 20_000) == 1_000_000


def test_at_pace_zero_everything_is_there_once_prepared() -> None:
    assert jobs.inferred(job(pace=0.0), NOW) == 10
    assert jobs.inferred(job(pace=0.0, preparation=2.0), NOW + 1.9) == 0
    assert jobs.inferred(job(pace=0.0, preparation=2.0), NOW + 2.0) == 10


def test_pace_zero_survives_dates_whose_sum_was_rounded_up() -> None:
    rounded = job(pace=0.0, started=93.96662607139396, preparation=366.2071309974102)
    just_before = 460.17375706880415
    assert just_before < rounded.started + rounded.preparation
    assert jobs.inferred(rounded, just_before) == 0


def test_an_empty_job_is_finished_at_once() -> None:
    empty = job(total=0, pace=0.0)
    assert jobs.state(empty, NOW) is State.FINISHED
    assert jobs.over(empty, NOW, 0)


def test_a_stop_freezes_what_is_inferred() -> None:
    stopped = jobs.stop(job(), NOW + 3.5)
    assert jobs.inferred(stopped, NOW + 2) == 2
    assert jobs.inferred(stopped, NOW + 1000) == 3


def test_a_second_stop_changes_nothing() -> None:
    stopped = jobs.stop(job(), NOW + 3.5)
    assert jobs.stop(stopped, NOW + 5) == stopped


def test_a_stop_while_preparing_leaves_nothing() -> None:
    stopped = jobs.stop(job(preparation=5.0), NOW + 2)
    assert jobs.state(stopped, NOW + 100) is State.CANCELLED
    assert jobs.inferred(stopped, NOW + 100) == 0


def test_a_stop_after_the_end_leaves_the_job_finished() -> None:
    stopped = jobs.stop(job(), NOW + 50)
    assert jobs.state(stopped, NOW + 51) is State.FINISHED
    assert jobs.inferred(stopped, NOW + 51) == 10


def test_clearing_twice_is_clearing_once() -> None:
    cleared = jobs.clear(job(), NOW + 3)
    assert jobs.clear(cleared, NOW + 9) == cleared


def test_a_clear_freezes_what_is_inferred() -> None:
    assert jobs.inferred(jobs.clear(job(), NOW + 3), NOW + 9) == 3


def test_a_failure_is_dated_when_the_failing_result_was_begun() -> None:
    failed = jobs.fail(job(preparation=2.0), NOW + 12, 4, FAILURE)
    assert (failed.failed, failed.failure) == (NOW + 6, FAILURE)
    assert jobs.state(failed, NOW + 12) is State.ERROR
    assert jobs.inferred(failed, NOW + 12) == 4


def test_of_two_failures_the_earlier_result_stands() -> None:
    other = Failure("OSError", "later", "")
    assert jobs.fail(jobs.fail(job(), NOW + 9, 2, FAILURE), NOW + 9, 7, other).failure == FAILURE
    assert jobs.fail(jobs.fail(job(), NOW + 9, 7, other), NOW + 9, 2, FAILURE).failure == FAILURE


@pytest.mark.parametrize("pace", [0.0, 1.0])
def test_a_job_that_failed_before_its_first_result_has_none(pace: float) -> None:
    failed = jobs.fail(job(pace=pace, preparation=2.0), NOW + 50, 0, FAILURE)
    assert jobs.inferred(failed, NOW + 50) == 0
    assert jobs.over(failed, NOW + 50, 0)


def test_a_touch_never_goes_back() -> None:
    assert jobs.touch(jobs.touch(job(), NOW + 9), NOW + 3).touched == NOW + 9


@pytest.mark.parametrize("end", [{}, {"stopped": NOW + 3.0}])
def test_a_finished_or_stopped_job_is_over_when_all_is_handed_out(end: dict[str, Any]) -> None:
    ended = job(**end)
    count = jobs.inferred(ended, NOW + 20)
    assert not jobs.over(ended, NOW + 20, count - 1)
    assert jobs.over(ended, NOW + 20, count)


def test_a_preparing_or_running_job_is_not_over_whatever_was_handed_out() -> None:
    assert not jobs.over(job(preparation=5.0), NOW + 1, 0)
    assert not jobs.over(job(), NOW + 1, 1)


@pytest.mark.parametrize("end", [{"failed": NOW + 3.0}, {"cleared": NOW + 3.0}, {"touched": NOW - 9999, "total": 0}])
def test_a_failed_cleared_or_gone_job_is_over_whatever_waits(end: dict[str, Any]) -> None:
    assert jobs.over(job(**end), NOW + 9999, 0)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (job(), NOW + 10 + 3600),
        (job(total=1_000_000), NOW + 1_000_000 + 3600),
        (job(touched=NOW + 50), NOW + 50 + 3600),
        (job(touched=NOW + 5), NOW + 10 + 3600),
        (jobs.stop(job(total=1_000_000), NOW + 7), NOW + 7 + 3600),
        (jobs.stop(job(), NOW + 70), NOW + 70 + 3600),
        (job(failed=NOW), NOW + 3600),
        (jobs.clear(job(), NOW + 7), NOW + 7 + 60),
        (jobs.clear(jobs.stop(job(), NOW + 3), NOW + 7), NOW + 7 + 60),
        (jobs.touch(jobs.clear(job(), NOW + 7), NOW + 8), NOW + 7 + 60),
    ],
)
def test_a_job_expires_an_hour_after_its_last_use_and_a_minute_after_a_clear(changed: Job, expected: float) -> None:
    assert jobs.expires(changed) == expected
    assert jobs.state(changed, expected - 0.001) is not State.GONE
    assert jobs.state(changed, expected) is State.GONE


def test_results_of_a_batch_come_together_and_the_last_batch_may_be_short() -> None:
    seen = [jobs.inferred(job(10, batch=4), NOW + at) for at in (0, 3.9, 4, 7.9, 8, 9.9, 10)]
    assert seen == [0, 0, 4, 4, 8, 8, 10]


@pytest.mark.parametrize(
    ("batch", "stopped", "halts", "left"),
    [(None, 2.5, 2.5, 2), (1, 2.5, 3, 3), (4, 2.5, 4, 4), (4, 4.0, 4, 4), (4, 9.5, 10, 10), (4, 0.0, 0, 0)],
)
def test_a_stop_is_noticed_between_two_batches(batch: int | None, stopped: float, halts: float, left: int) -> None:
    one = jobs.stop(job(10, batch=batch), NOW + stopped)
    assert jobs.state(one, NOW + halts - 0.01) is not State.CANCELLED
    assert jobs.state(one, NOW + halts) is State.CANCELLED
    assert jobs.inferred(one, NOW + 100) == left


def test_a_stop_during_preparation_is_noticed_when_it_ends() -> None:
    one = jobs.stop(job(10, preparation=5.0, batch=1), NOW + 1)
    assert [jobs.state(one, NOW + at) for at in (4.9, 5.0)] == [State.PREPARING, State.CANCELLED]
    assert jobs.inferred(one, NOW + 100) == 0


def test_a_stop_after_the_end_of_batches_changes_nothing() -> None:
    one = jobs.stop(job(10, batch=4), NOW + 20)
    assert (jobs.state(one, NOW + 21), jobs.inferred(one, NOW + 21)) == (State.FINISHED, 10)


def test_a_job_that_lingers_is_stopped_and_gone_a_minute_later() -> None:
    one = jobs.clear(job(10), NOW + 5, Clearing.LINGER)
    assert (jobs.state(one, NOW + 64.9), jobs.inferred(one, NOW + 64.9)) == (State.CANCELLED, 5)
    assert jobs.state(one, NOW + 65) is State.GONE
    assert jobs.clear(one, NOW + 30, Clearing.LINGER) == one


def test_a_job_that_is_deleted_is_gone_at_once() -> None:
    assert jobs.state(jobs.clear(job(10), NOW + 5, Clearing.DELETE), NOW + 5) is State.GONE


def test_a_job_that_is_known_to_fail_fails_when_the_batch_begins() -> None:
    one = jobs.fail(job(10, batch=4), NOW, 4, FAILURE)
    assert [jobs.state(one, NOW + at) for at in (3.9, 4.0)] == [State.RUNNING, State.ERROR]
    assert jobs.inferred(one, NOW + 100) == 4


def test_a_job_that_failed_by_its_beginning_has_nothing_also_where_results_take_no_time() -> None:
    assert jobs.inferred(job(pace=0.0, failed=NOW), NOW + 1) == 0
