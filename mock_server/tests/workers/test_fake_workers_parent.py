"""The parent by itself: rolling restarts, signals, the end. With slots of children made of nothing."""

from __future__ import annotations

import signal
from collections.abc import Callable
from functools import partial

import pytest

from modeldouble_server import CannotServe
from modeldouble_server.workers.parent import RESTARTS, Parent, Wishes
from modeldouble_server.workers.rolling import Roll

from .conftest import FakeSlot, serving_slots


def renewed(slots: list[FakeSlot], at: int) -> None:
    """The newest child of a slot serves, and the one before has ended."""
    slots[at].children[-1].serve()
    slots[at].step()
    slots[at].children[-2].ended = 0
    slots[at].step()


def counts(slots: list[FakeSlot]) -> list[int]:
    """Children that were started, by slot."""
    return [len(one.children) for one in slots]


def test_a_slot_is_renewed_when_the_one_before_is_whole() -> None:
    slots = serving_slots(3)
    roll = Roll([one.slot for one in slots])
    assert (roll.step(), roll.step(), counts(slots)) == (None, None, [2, 1, 1])
    slots[0].children[1].serve()
    slots[0].step()
    assert (roll.step(), counts(slots)) == (None, [2, 1, 1])
    slots[0].children[0].ended = 0
    slots[0].step()
    assert (roll.step(), counts(slots)) == (None, [2, 2, 1])
    renewed(slots, 1)
    assert (roll.step(), counts(slots)) == (None, [2, 2, 2])
    renewed(slots, 2)
    assert roll.step() == "3 workers were restarted"


def test_a_refusal_stops_the_round() -> None:
    slots = serving_slots(2)
    roll = Roll([one.slot for one in slots])
    roll.step()
    slots[0].children[1].refuse("line 3 is wrong")
    slots[0].step()
    assert roll.step() == "restart stopped, and the workers of before go on: line 3 is wrong"
    assert (counts(slots), slots[1].children[0].asked) == ([2, 1], [])


def test_a_process_that_cannot_be_started_stops_the_round() -> None:
    slots = serving_slots(2)
    slots[0].raises = CannotServe("no more processes")
    told = Roll([one.slot for one in slots]).step()
    assert told is not None
    assert told.endswith("no more processes")


def test_a_slot_whose_new_worker_dies_at_once_holds_the_round() -> None:
    slots = serving_slots(2)
    roll = Roll([one.slot for one in slots])
    roll.step()
    renewed(slots, 0)
    slots[0].children[1].ended = -11
    slots[0].step()
    assert (roll.step(), counts(slots)) == (None, [2, 1])


def test_a_slot_in_which_a_worker_comes_anyhow_is_renewed_after_that() -> None:
    slots = serving_slots(1)
    slots[0].children[0].ended = -9
    slots[0].step()
    slots[0].step()
    roll = Roll([one.slot for one in slots])
    assert (roll.step(), counts(slots)) == (None, [2])
    slots[0].children[1].serve()
    slots[0].step()
    assert (roll.step(), counts(slots)) == (None, [3])


def test_signals_are_noted() -> None:
    wishes = Wishes()
    wishes(signal.SIGINT)
    assert (wishes.end, wishes.at_once, wishes.restart) == (signal.SIGINT, None, False)
    wishes(signal.SIGTERM)
    assert (wishes.end, wishes.at_once) == (signal.SIGINT, signal.SIGTERM)


def nothing() -> None:
    """Happens."""


class Story:
    """A parent, whose sleep is where things happen, one after the other."""

    def __init__(self, slots: list[FakeSlot], *happens: Callable[[], object]) -> None:
        self.wishes, self.said, self.slept = Wishes(), list[str](), 0
        self._happens = list(happens)
        self.parent = Parent([one.slot for one in slots], self.wishes, self.said.append, self._sleep)

    def _sleep(self, seconds: float) -> None:
        self.slept += 1
        if self._happens:
            self._happens.pop(0)()
        else:
            assert self.slept < 10_000, "it waits for ever"


def test_it_has_started_when_all_serve() -> None:
    slots = [FakeSlot(), FakeSlot()]
    story = Story(slots, lambda: slots[1].children[0].serve(), lambda: slots[0].children[0].serve())
    assert story.parent.start() == {"SERVER_ADDRESS": "of 0"}
    assert story.slept == 2


def test_a_refusal_at_the_start_is_raised_and_not_said() -> None:
    slots = [FakeSlot(), FakeSlot()]
    story = Story(slots, lambda: slots[1].children[0].refuse("the port is taken"))
    with pytest.raises(CannotServe, match=r"^the port is taken$"):
        story.parent.start()
    assert story.said == []


def test_a_signal_ends_the_start() -> None:
    story = Story([FakeSlot()], lambda: story.wishes(signal.SIGTERM))
    assert story.parent.start() is None


def test_what_happens_to_workers_is_said() -> None:
    slots = serving_slots(1)

    def die() -> None:
        slots[0].children[0].ended = -9

    story = Story(slots, die, nothing, lambda: story.wishes(signal.SIGTERM))
    story.parent.serve()
    assert story.said == ["worker 7 (process 0) was ended by signal 9; another starts now"]
    assert counts(slots) == [2]


@pytest.mark.skipif(not RESTARTS, reason="Windows has no SIGHUP")
def test_a_signal_renews_all_workers() -> None:
    slots = serving_slots(2)
    first, second = (partial(renewed, slots, at) for at in range(2))
    story = Story(
        slots, lambda: story.wishes(*RESTARTS), first, nothing, second, nothing, lambda: story.wishes(signal.SIGTERM)
    )
    story.parent.serve()
    assert counts(slots) == [2, 2]
    assert story.said == ["2 workers are restarted, one after the other", "2 workers were restarted"]


def ended(slots: list[FakeSlot]) -> None:
    """All children end."""
    for slot in slots:
        for child in slot.children:
            child.ended = 0


def test_the_end_waits_for_all() -> None:
    slots = serving_slots(2)
    story = Story(slots, nothing, lambda: ended(slots))
    assert (story.parent.end(10.0), story.slept) == (0, 3)
    assert [one.children[0].asked for one in slots] == [["end"], ["end"]]


def test_a_second_signal_kills_all_and_is_the_status() -> None:
    slots = serving_slots(2)
    story = Story(slots, lambda: story.wishes(signal.SIGINT), lambda: ended(slots))
    story.wishes(signal.SIGTERM)
    assert story.parent.end(10.0) == 130
    assert [one.children[0].asked for one in slots] == [["end", "kill"], ["end", "kill"]]


def test_the_end_does_not_wait_for_ever() -> None:
    story = Story(serving_slots(1))
    assert story.parent.end(10.0) == 0
    assert story.slept == 300
