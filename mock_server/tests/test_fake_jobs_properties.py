"""The job's life: what holds for every job at every moment."""

from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from modeldouble_server import jobs
from modeldouble_server.jobs import Failure, Job, State

NOW = 1_700_000_000.0
FAILURE = Failure("ValueError", "no luck", "Traceback: no luck")
ENDED = (State.FINISHED, State.CANCELLED, State.ERROR, State.CLEARED, State.GONE)


def job(total: int = 10, pace: float = 1.0, preparation: float = 0.0, **more: Any) -> Job:
    return Job("a" * 32, total, NOW, preparation, pace, {}, NOW)._replace(**more)


DURATIONS = st.floats(0, 100) | st.just(0.0)
MOMENTS = st.floats(-10, 20_000)


@st.composite
def any_job(draw: st.DrawFn) -> Job:
    made = job(draw(st.integers(0, 300)), draw(st.floats(0.001, 20) | st.just(0.0)), draw(DURATIONS))
    dates: dict[str, Any] = {
        name: NOW + draw(MOMENTS) for name in ("stopped", "cleared", "failed") if draw(st.booleans())
    }
    failure = FAILURE if "failed" in dates else None
    return made._replace(**dates, failure=failure, touched=NOW + draw(st.floats(0, 5000)))


@settings(deadline=None)
@given(any_job(), MOMENTS, MOMENTS)
def test_what_is_inferred_only_grows_and_never_passes_the_total(any_one: Job, one: float, other: float) -> None:
    earlier, later = sorted((NOW + one, NOW + other))
    assert 0 <= jobs.inferred(any_one, earlier) <= jobs.inferred(any_one, later) <= any_one.total


@settings(deadline=None)
@given(any_job(), MOMENTS, MOMENTS)
def test_no_stop_or_clear_brings_results_that_would_not_have_come(any_one: Job, at: float, moment: float) -> None:
    for ended in (jobs.stop(any_one, NOW + at), jobs.clear(any_one, NOW + at)):
        assert jobs.inferred(ended, NOW + moment) <= jobs.inferred(any_one, NOW + moment)


@settings(deadline=None)
@given(any_job(), MOMENTS, MOMENTS)
def test_nothing_is_inferred_after_a_stop(any_one: Job, at: float, moment: float) -> None:
    assume(any_one.stopped is None)
    stopped = jobs.stop(any_one, NOW + at)
    assert jobs.inferred(stopped, NOW + max(at, moment)) == jobs.inferred(any_one, NOW + at)


@settings(deadline=None)
@given(any_job(), st.integers(0, 299), MOMENTS)
def test_nothing_is_inferred_from_the_failing_result_on(any_one: Job, at: int, moment: float) -> None:
    assume(at < any_one.total)
    failed = jobs.fail(any_one, NOW + 20_000, at, FAILURE)
    assert jobs.inferred(failed, NOW + moment) <= at


@settings(deadline=None)
@given(any_job(), MOMENTS, MOMENTS)
def test_what_ended_stays_ended(any_one: Job, one: float, other: float) -> None:
    earlier, later = sorted((NOW + one, NOW + other))
    before, after = jobs.state(any_one, earlier), jobs.state(any_one, later)
    if before in ENDED:
        assert after in (before, State.CLEARED, State.GONE)
    if before is State.GONE:
        assert after is State.GONE


@settings(deadline=None)
@given(any_job(), MOMENTS)
def test_a_finished_job_has_inferred_everything(any_one: Job, moment: float) -> None:
    if jobs.state(any_one, NOW + moment) is State.FINISHED:
        assert jobs.inferred(any_one, NOW + moment) == any_one.total
    if jobs.state(any_one, NOW + moment) is State.PREPARING:
        assert jobs.inferred(any_one, NOW + moment) == 0


@settings(deadline=None)
@given(any_job(), MOMENTS, st.integers(0, 300))
def test_what_a_poll_looks_up_first_is_what_the_table_says(any_one: Job, moment: float, handed_out: int) -> None:
    now = NOW + moment
    reached, made = jobs.state(any_one, now), jobs.inferred(any_one, now)
    assert (jobs.course(any_one).expires <= now) == (reached is State.GONE)
    assert jobs.is_over(reached, made, handed_out) == jobs.over(any_one, now, handed_out)
    assert jobs.over(any_one, now, 300) == (reached in ENDED)
