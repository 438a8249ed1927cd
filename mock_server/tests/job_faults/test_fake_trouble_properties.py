"""A job that goes wrong: what holds for every trouble at every moment."""

from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from modeldouble_server import jobs
from modeldouble_server.jobs import Failure, Job, State, Trouble

NOW = 1_700_000_000.0
FAILURE = Failure("ValueError", "no luck", "Traceback: no luck")
NEVER_ENDS = 1e9
MOMENTS = st.floats(0, 8000)
INDEX = st.none() | st.integers(0, 60)
ENDED = (State.FINISHED, State.CANCELLED, State.ERROR, State.CLEARED, State.GONE)


@st.composite
def any_trouble(draw: st.DrawFn) -> Trouble:
    kind = draw(st.sampled_from(["stalls", "lost", "ends", "never", "mixed"]))
    if kind == "never":
        return Trouble(never=True)
    if kind == "mixed":
        return Trouble(False, draw(INDEX), draw(INDEX), draw(INDEX))
    given: dict[str, Any] = {kind: draw(st.integers(0, 60))}
    return Trouble(**given)


@st.composite
def any_job(draw: st.DrawFn) -> Job:
    pace, preparation = draw(st.floats(0.001, 20) | st.just(0.0)), draw(st.floats(0, 100) | st.just(0.0))
    batch = draw(st.none() | st.integers(1, 20))
    total = draw(st.integers(0, 50))
    made = Job("a" * 32, total, NOW, preparation, pace, {}, NOW, batch=batch, trouble=draw(any_trouble()))
    if draw(st.booleans()):
        made = jobs.fail(made, NOW, draw(st.integers(0, 60)), FAILURE)
    for change in (jobs.stop, jobs.clear):
        made = change(made, NOW + draw(MOMENTS)) if draw(st.integers(0, 3)) == 0 else made
    return made


def bound(one: Job) -> int:
    """What the trouble's own words say there can be."""
    trouble = one.trouble or Trouble()
    limits = [at for at in (trouble.stalls, trouble.lost, trouble.ends) if at is not None]
    return 0 if trouble.never else min([one.total, *limits])


@settings(deadline=None)
@given(any_job(), MOMENTS, MOMENTS)
def test_results_only_grow_and_never_pass_what_the_trouble_leaves(any_one: Job, one: float, other: float) -> None:
    earlier, later = sorted((NOW + one, NOW + other))
    assert 0 <= jobs.inferred(any_one, earlier) <= jobs.inferred(any_one, later) <= bound(any_one)


@settings(deadline=None)
@given(any_job())
def test_a_job_that_nobody_stops_comes_to_exactly_what_its_trouble_leaves(any_one: Job) -> None:
    assume(any_one.stopped is None and any_one.cleared is None and any_one.failed is None)
    assert jobs.inferred(any_one, NOW + NEVER_ENDS) == bound(any_one)


@settings(deadline=None)
@given(any_job(), MOMENTS)
def test_trouble_takes_results_away_and_changes_none_that_comes(any_one: Job, moment: float) -> None:
    assume(any_one.stopped is None and any_one.failed is None)
    healthy = jobs.inferred(any_one._replace(trouble=None), NOW + moment)
    assert jobs.inferred(any_one, NOW + moment) == min(healthy, bound(any_one))


@settings(deadline=None)
@given(any_job(), MOMENTS, MOMENTS)
def test_what_ended_stays_ended_and_what_is_lost_stays_lost(any_one: Job, one: float, other: float) -> None:
    earlier, later = sorted((NOW + one, NOW + other))
    before, after = jobs.state(any_one, earlier), jobs.state(any_one, later)
    if before in ENDED:
        assert after in (before, State.CLEARED, State.GONE)
    for taken in (0, bound(any_one)):
        assert jobs.lost(any_one, later, taken) or not jobs.lost(any_one, earlier, taken)


@settings(deadline=None)
@given(any_job(), MOMENTS)
def test_a_job_says_finished_where_everything_came_or_its_trouble_ends_it_and_nowhere_else(
    any_one: Job, moment: float
) -> None:
    if jobs.state(any_one, NOW + moment) is State.FINISHED:
        assert jobs.inferred(any_one, NOW + moment) == bound(any_one)
        assert bound(any_one) in (any_one.total, any_one.trouble and any_one.trouble.ends)


@settings(deadline=None)
@given(any_job())
def test_no_job_is_kept_for_ever(any_one: Job) -> None:
    assert jobs.expires(any_one) < NOW + NEVER_ENDS
    assert jobs.state(any_one, NOW + NEVER_ENDS) is State.GONE


@settings(deadline=None)
@given(any_job(), st.lists(st.tuples(st.floats(0, 30), st.integers(1, 20)), max_size=30))
def test_pops_take_every_result_once_and_in_order(any_one: Job, pops: Any) -> None:
    taken, now = 0, NOW
    for waited, most in pops:
        now += waited
        if jobs.lost(any_one, now, taken):
            assert any_one.trouble is not None
            assert taken == any_one.trouble.lost
            break
        end = max(taken, min(jobs.inferred(any_one, now), taken + most))
        assert end <= bound(any_one)
        taken = end
