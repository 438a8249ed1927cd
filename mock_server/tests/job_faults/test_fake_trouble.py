"""A job that goes wrong: its state and its results at chosen moments. Ten results of a second, after two seconds."""

from typing import Any

import pytest

from modeldouble_server import jobs
from modeldouble_server.jobs import Clearing, Failure, Job, State, Trouble

NOW = 1_700_000_000.0
FAILURE = Failure("ValueError", "no luck", "Traceback: no luck")
P, R, F, C, E, G = State.PREPARING, State.RUNNING, State.FINISHED, State.CANCELLED, State.ERROR, State.GONE
NEVER, STALLS, LOST, ENDS = Trouble(never=True), Trouble(stalls=3), Trouble(lost=3), Trouble(ends=3)


def named(name: str, index: int) -> Trouble:
    given: dict[str, Any] = {name: index}
    return Trouble(**given)


def job(trouble: Trouble | None, total: int = 10, pace: float = 1.0, preparation: float = 2.0, **more: Any) -> Job:
    return Job("a" * 32, total, NOW, preparation, pace, {}, NOW, trouble=trouble)._replace(**more)


def at(one: Job, moment: float) -> tuple[State, int]:
    return jobs.state(one, NOW + moment), jobs.inferred(one, NOW + moment)


@pytest.mark.parametrize(
    ("trouble", "moment", "state", "inferred"),
    [
        (NEVER, 0, P, 0), (NEVER, 2, P, 0), (NEVER, 3599.9, P, 0), (NEVER, 3600, G, 0),
        (STALLS, 1.9, P, 0), (STALLS, 2, R, 0), (STALLS, 4.5, R, 2), (STALLS, 5, R, 3), (STALLS, 3604.9, R, 3),
        (STALLS, 3605, G, 3), (Trouble(stalls=0), 2, R, 0), (Trouble(stalls=0), 3601, R, 0),
        (LOST, 4.5, R, 2), (LOST, 5, R, 3), (LOST, 60, R, 3),
        (ENDS, 4.9, R, 2), (ENDS, 5, F, 3), (ENDS, 3604.9, F, 3), (ENDS, 3605, G, 3),
        (Trouble(ends=0), 1.9, P, 0), (Trouble(ends=0), 2, F, 0),
    ],
)  # fmt: skip
def test_a_troubled_job_as_time_passes(trouble: Trouble, moment: float, state: State, inferred: int) -> None:
    assert at(job(trouble), moment) == (state, inferred)


@pytest.mark.parametrize("name", ["stalls", "lost", "ends"])
@pytest.mark.parametrize("index", [10, 11, 2**31])
def test_a_result_that_the_job_does_not_have_brings_no_trouble(name: str, index: int) -> None:
    one = job(named(name, index))
    assert [at(one, moment) for moment in (1, 5, 11.9, 12)] == [(P, 0), (R, 3), (R, 9), (F, 10)]
    assert not jobs.lost(one, NOW + 12, 10)


@pytest.mark.parametrize(
    ("trouble", "moment", "expected"),
    [(STALLS, 1.9, (P, 0)), (STALLS, 2, (R, 3)), (LOST, 2, (R, 3)), (ENDS, 2, (F, 3)), (NEVER, 2, (P, 0))],
)
def test_results_that_take_no_time_stop_at_the_same_one(trouble: Trouble, moment: float, expected: Any) -> None:
    assert at(job(trouble, pace=0.0), moment) == expected


@pytest.mark.parametrize(
    ("index", "moments"), [(6, {5.9: 0, 6: 4, 9.9: 4, 10: 6, 99: 6}), (9, {10: 8, 11.9: 8, 12: 9}), (0, {12: 0})]
)
@pytest.mark.parametrize("name", ["stalls", "lost", "ends"])
def test_batches_come_together_and_the_troubled_one_in_part(name: str, index: int, moments: dict[float, int]) -> None:
    one = job(named(name, index), batch=4)
    assert {moment: jobs.inferred(one, NOW + moment) for moment in moments} == moments


@pytest.mark.parametrize("index", range(1, 100, 7))
def test_a_job_that_ends_early_has_its_last_result_at_that_moment_however_fast_it_is(index: int) -> None:
    one = job(Trouble(ends=index), total=1000, pace=0.0001)
    end = NOW + 2.0 + index * 0.0001
    assert (jobs.state(one, end), jobs.inferred(one, end)) == (F, index)


def test_a_job_of_batches_ends_early_with_its_batch() -> None:
    one = job(Trouble(ends=6), batch=4)
    assert [at(one, moment) for moment in (9.9, 10)] == [(R, 4), (F, 6)]


@pytest.mark.parametrize("batch", [None, 1, 4])
@pytest.mark.parametrize(("trouble", "left"), [(NEVER, 0), (STALLS, 3), (LOST, 3)])
def test_a_stop_of_what_stands_still_is_noticed_at_once(trouble: Trouble, left: int, batch: int | None) -> None:
    stopped = jobs.stop(job(trouble, batch=batch), NOW + 100.5)
    assert at(stopped, 100.5) == (C, left)
    assert jobs.over(stopped, NOW + 100.5, left)


@pytest.mark.parametrize("trouble", [STALLS, LOST, ENDS])
def test_a_stop_before_the_trouble_spares_the_job_it(trouble: Trouble) -> None:
    stopped = jobs.stop(job(trouble), NOW + 4)
    assert at(stopped, 100) == (C, 2)
    assert not jobs.lost(stopped, NOW + 100, 2)


@pytest.mark.parametrize("trouble", [NEVER, STALLS, LOST, ENDS])
def test_a_clear_clears_whatever_the_trouble(trouble: Trouble) -> None:
    for moment in (1.0, 4.0, 50.0):
        cleared = jobs.clear(job(trouble), NOW + moment)
        assert jobs.state(cleared, NOW + moment) is State.CLEARED
        assert jobs.state(cleared, NOW + moment + 60) is G
    kept = jobs.clear(job(trouble), NOW + 50, Clearing.LINGER)
    assert [jobs.state(kept, NOW + moment) for moment in (50, 110)] == [F if trouble is ENDS else C, G]


@pytest.mark.parametrize("trouble", [NEVER, STALLS])
def test_a_job_that_stands_still_expires_an_hour_after_its_last_touch(trouble: Trouble) -> None:
    touched = jobs.touch(job(trouble), NOW + 1000)
    assert jobs.expires(touched) == NOW + 4600
    assert [at(touched, moment)[0] is G for moment in (4599.9, 4600)] == [False, True]


@pytest.mark.parametrize(
    ("index", "moment", "taken", "lost"),
    [
        (3, 5.9, 3, False), (3, 6, 2, False), (3, 6, 3, True), (3, 2000, 2, False), (3, 2000, 3, True),
        (0, 0, 0, True), (1, 3.9, 1, False), (1, 4, 1, True), (9, 11.9, 9, False), (9, 12, 9, True),
    ],
)  # fmt: skip
def test_a_job_is_lost_when_a_result_would_be_there_and_those_before_it_were_taken(
    index: int, moment: float, taken: int, lost: bool
) -> None:
    assert jobs.lost(job(Trouble(lost=index)), NOW + moment, taken) is lost


def test_a_job_is_lost_at_its_batch_and_without_waiting_where_results_take_no_time() -> None:
    batched = job(Trouble(lost=6), batch=4)
    assert [jobs.lost(batched, NOW + moment, 6) for moment in (9.9, 10)] == [False, True]
    assert jobs.lost(job(LOST, pace=0.0), NOW + 2, 3)
    assert jobs.lost(job(Trouble(lost=0), total=0), NOW, 0)


def test_a_job_that_ended_before_is_not_lost() -> None:
    assert not jobs.lost(jobs.clear(job(LOST), NOW + 5), NOW + 6, 3)
    assert not jobs.lost(jobs.fail(job(LOST), NOW, 2, FAILURE), NOW + 6, 3)
    assert jobs.lost(jobs.clear(job(LOST), NOW + 6), NOW + 6, 3)


@pytest.mark.parametrize("batch", [None, 1])
def test_a_job_without_results_may_still_never_begin(batch: int | None) -> None:
    assert at(job(NEVER, total=0, preparation=0.0, batch=batch), 100) == (P, 0)
    for harmless in (STALLS, ENDS, Trouble(stalls=0), Trouble(ends=0)):
        assert at(job(harmless, total=0, preparation=0.0, batch=batch), 0) == (F, 0)


@pytest.mark.parametrize(
    ("trouble", "end"),
    [
        (Trouble(stalls=3, ends=5), (R, 3)), (Trouble(stalls=5, ends=3), (F, 3)), (Trouble(stalls=3, ends=3), (F, 3)),
        (Trouble(never=True, stalls=3, lost=2, ends=1), (P, 0)), (Trouble(lost=3, ends=3), (F, 3)),
    ],
)  # fmt: skip
def test_of_several_troubles_the_first_counts(trouble: Trouble, end: Any) -> None:
    assert at(job(trouble), 100) == end
    assert not jobs.lost(job(trouble), NOW + 100, end[1])


@pytest.mark.parametrize(
    ("trouble", "index", "end"),
    [(STALLS, 2, (E, 2)), (STALLS, 3, (R, 3)), (STALLS, 4, (R, 3)), (ENDS, 3, (F, 3)), (ENDS, 2, (E, 2)),
     (NEVER, 0, (P, 0)), (None, 10, (F, 10)), (None, 9, (E, 9))],
)  # fmt: skip
def test_a_job_does_not_fail_on_a_result_that_never_comes(trouble: Trouble | None, index: int, end: Any) -> None:
    assert at(jobs.fail(job(trouble), NOW, index, FAILURE), 100) == end


@pytest.mark.parametrize(
    ("pace", "batch", "index", "inferred"),
    [(1.0, None, 3, 3), (0.0, None, 3, 3), (0.0, None, 0, 0), (1.0, 4, 6, 4), (0.0, 4, 6, 4), (1.0, 16, 6, 0)],
)
def test_a_failing_job_has_the_whole_batches_before_its_failure(
    pace: float, batch: int | None, index: int, inferred: int
) -> None:
    failing = jobs.fail(job(None, pace=pace, batch=batch), NOW, index, FAILURE)
    assert at(failing, 1.9) == (P, 0)
    assert at(failing, 100) == (E, inferred)


def test_of_two_failures_at_the_same_moment_the_earlier_result_counts() -> None:
    twice = jobs.fail(jobs.fail(job(None, pace=0.0), NOW, 5, FAILURE), NOW, 2, FAILURE)
    assert at(twice, 3) == (E, 2)
    assert jobs.fail(twice, NOW, 5, FAILURE) == twice
