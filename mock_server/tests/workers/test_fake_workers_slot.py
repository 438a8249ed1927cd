"""A slot by itself: children made of nothing, a clock that a test moves."""

from __future__ import annotations

from modeldouble_server import CannotServe
from modeldouble_server.workers.backoff import Backoff

from .conftest import FakeSlot


def test_the_first_death_costs_no_time_and_later_ones_twice_as_much_each_up_to_a_bound() -> None:
    backoff = Backoff()
    assert [backoff.pause(1.0) for _ in range(10)] == [0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0]
    assert max(backoff.pause(1.0) for _ in range(2000)) == 30.0


def test_who_has_served_for_a_minute_begins_anew() -> None:
    backoff = Backoff()
    assert [backoff.pause(lived) for lived in (1.0, 59.9, 60.0, 1.0)] == [0.0, 0.5, 0.0, 0.5]


def test_a_child_serves_when_it_says_so() -> None:
    one = FakeSlot()
    one.slot.begin()
    assert (one.step(), one.slot.is_settled, one.slot.is_moving) == ([], False, True)
    one.children[0].serve()
    assert (one.step(), one.slot.is_settled, one.slot.is_moving) == ([], True, False)
    assert one.slot.variables == {"SERVER_ADDRESS": "of 0"}


def test_callers_wait_for_one_that_comes_and_for_none_that_was_refused() -> None:
    one = FakeSlot().serving()
    one.children[0].ended = -9
    one.step()
    assert one.shut == []
    one.step()
    one.children[1].refuse("other scenario")
    one.step()
    assert one.shut == [2]


def test_one_that_dies_is_followed_at_once_and_the_next_after_a_pause() -> None:
    one = FakeSlot().serving()
    one.children[0].ended = -9
    assert one.step() == ["worker 7 (process 0) was ended by signal 9; another starts now"]
    assert one.step() == []
    one.children[1].serve()
    one.step()
    one.children[1].ended = 3
    assert one.step(5.0) == ["worker 7 (process 1) ended with status 3; another starts in 0.5 s"]
    one.step(0.4)
    assert len(one.children) == 2
    one.step(0.1)
    assert len(one.children) == 3


def test_one_that_is_refused_is_tried_again_with_what_it_said() -> None:
    one = FakeSlot()
    one.slot.begin()
    one.children[0].refuse("no Redis")
    assert one.step() == ["worker 7 does not start: no Redis; it is tried again now"]
    assert (one.slot.refusals, one.slot.refused, one.shut) == (1, "no Redis", [1])
    one.step()
    one.children[1].refuse("no Redis")
    assert one.step() == ["worker 7 does not start: no Redis; it is tried again in 0.5 s"]


def test_one_that_dies_before_it_serves_is_told_by_its_status() -> None:
    one = FakeSlot()
    one.slot.begin()
    one.children[0].ended = 1
    one.step()
    assert one.slot.refused == "worker 7 ended with status 1 when it started"


def test_a_process_that_cannot_be_started_is_tried_again() -> None:
    one = FakeSlot()
    one.raises = CannotServe("no more processes")
    one.slot.begin()
    assert one.step() != []
    one.raises = None
    one.step(0.5)
    assert (len(one.children), one.slot.refusals) == (1, 2)


def test_one_that_never_serves_is_killed() -> None:
    one = FakeSlot()
    one.slot.begin()
    one.step(100.0)
    assert one.children[0].asked == []
    one.step(0.1)
    assert one.children[0].asked == ["kill"]


def test_the_old_one_is_asked_to_end_when_the_new_one_serves() -> None:
    one = FakeSlot().serving()
    old = one.children[0]
    one.slot.begin()
    one.step()
    assert (old.asked, one.slot.is_settled) == ([], False)
    one.children[1].serve()
    one.step()
    assert (old.asked, one.slot.is_settled) == (["leave"], False)
    old.ended = 0
    assert (one.step(), one.slot.is_settled) == ([], True)


def test_the_old_one_stays_if_the_new_one_is_refused() -> None:
    one = FakeSlot().serving()
    one.slot.begin()
    one.children[1].refuse("bad scenario")
    assert one.step() == []
    assert (one.children[0].asked, one.slot.is_settled, one.slot.refusals, one.shut) == ([], True, 1, [])
    one.step(1000.0)
    assert len(one.children) == 2


def test_the_new_one_takes_the_place_of_one_that_died_meanwhile() -> None:
    one = FakeSlot().serving()
    one.slot.begin()
    one.children[0].ended = -9
    assert one.step() == ["worker 7 (process 0) was ended by signal 9; another starts already"]
    one.children[1].serve()
    assert (one.step(1000.0), one.slot.is_settled, len(one.children)) == ([], True, 2)


def test_one_that_does_not_end_in_time_is_killed_once() -> None:
    one = FakeSlot().serving()
    one.slot.end()
    assert (one.step(50.0), one.children[0].asked) == ([], ["end"])
    assert one.step(0.1) == ["worker 7 (process 0) did not end in time and was killed"]
    assert one.step(0.1) == []
    one.children[0].ended = -9
    assert (one.step(), one.slot.is_empty) == ([], True)


def test_the_end_asks_each_child_once_and_starts_no_other() -> None:
    one = FakeSlot().serving()
    one.slot.begin()
    one.children[1].serve()
    one.step()
    one.slot.begin()
    one.slot.end()
    assert [child.asked for child in one.children] == [["leave"], ["end"], ["end"]]
    for child in one.children:
        child.ended = 0
    one.step(1000.0)
    assert (one.slot.is_empty, len(one.children)) == (True, 3)


def test_an_end_forgets_a_child_that_was_due() -> None:
    one = FakeSlot().serving()
    one.children[0].ended = 1
    one.step()
    one.slot.end()
    one.step(1000.0)
    assert len(one.children) == 1


def test_all_are_killed_whatever_they_do() -> None:
    one = FakeSlot().serving()
    one.slot.begin()
    one.children[1].serve()
    one.step()
    one.slot.begin()
    one.slot.kill()
    assert [child.asked[-1] for child in one.children] == ["kill"] * 3
