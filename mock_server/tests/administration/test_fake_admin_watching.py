"""What has changed since the last look, without a socket and with a clock of our own."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from modeldouble_server import Clock, Limits
from modeldouble_server.administration.live import EVERY, event, tell
from modeldouble_server.administration.watching import MOST_AT_ONCE, MOST_BEHIND, Follower, Watched
from modeldouble_server.default_world import SESSION_TOKEN
from modeldouble_server.fake import Fake, seed_fake
from modeldouble_server.journal import Journal
from modeldouble_server.model import Model
from modeldouble_server.redaction import Secrets
from modeldouble_server.scene import Origin, Query, Subject
from modeldouble_server.store.sqlite import SqliteStore
from modeldouble_server.stubs import Unmatched

QUIET = ["model", "entries", "platform", "jobs", "faults", "misses"]


class Hand:
    """A clock whose hand is moved, by sleeping too."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest.fixture
async def fake() -> AsyncIterator[Fake]:
    store = SqliteStore()
    yield await seed_fake(store, sleep=Hand().sleep, clock=Clock(lambda: 5.0), limits=Limits())
    await store.close()


@pytest.fixture
def model(fake: Fake) -> Model:
    return fake.models[SESSION_TOKEN]


def journal(most: int = 10_000) -> Journal:
    """An empty one."""
    return Journal(lambda: 1.0, Secrets, most)


def note(entries: Journal, count: int) -> None:
    """Let requests come."""
    for at in range(count):
        entries.add("POST", f"route{at}", 200, 0.1)


def numbers(news: list[dict[str, Any]]) -> list[int]:
    """The entries of some events."""
    return [one["number"] for part in news for one in part["entries"]]


async def names(watched: Watched) -> list[str]:
    """The events that there are to tell."""
    return [name for name, _ in await watched.news()]


async def test_where_nothing_changes_nothing_is_told(fake: Fake, model: Model, hand: Hand) -> None:
    watched = Watched(fake, model, 0, hand)
    assert await names(watched) == QUIET
    for _ in range(10):
        hand.now += EVERY
        assert await names(watched) == []


async def test_jobs_are_looked_at_less_often(fake: Fake, model: Model, hand: Hand) -> None:
    watched = Watched(fake, model, 0, hand)
    await watched.news()
    await model.board.start(4, 1.0, 0.0, {})
    hand.now += 0.3
    assert await names(watched) == []
    hand.now += 0.3
    assert await names(watched) == ["jobs"]


async def test_jobs_that_take_long_to_look_at_are_looked_at_seldom(fake: Fake, model: Model, hand: Hand) -> None:
    class Slow:
        async def survey(self, newest: int, most: int) -> tuple[list[Any], dict[str, int]]:
            hand.now += 1.0
            return [], {"running": int(hand.now)}

    model.board = Slow()  # type: ignore[assignment]
    watched = Watched(fake, model, 0, hand)
    assert "jobs" in await names(watched)
    hand.now += 8.5
    assert await names(watched) == []
    hand.now += 1.0
    assert await names(watched) == ["jobs"]


async def test_a_stub_that_is_unused_is_counted_once_a_second(fake: Fake, model: Model, hand: Hand) -> None:
    watched = Watched(fake, model, 0, hand)
    await watched.news()
    model.stubs.when(image="a.jpg").predict()
    # The count of stubs is told at once.
    assert [told["unused"] for name, told in await watched.news()] == [0]
    hand.now += 1.1
    assert [told["unused"] for name, told in await watched.news()] == [1]


async def test_entries_come_in_order_and_in_parts() -> None:
    note(entries := journal(), 450)
    follower = Follower(entries, None, 0)
    news = await follower.news()
    assert [len(one["entries"]) for one in news] == [200, 200, 50]
    assert numbers(news) == list(range(1, 451))
    assert {one["count"] for one in news} == {450}
    note(entries, 2)
    assert numbers(await follower.news()) == [451, 452]
    assert await follower.news() == []


async def test_who_is_far_behind_sees_the_newest() -> None:
    note(entries := journal(), MOST_BEHIND + 500)
    assert numbers(await Follower(entries, None, 3).news()) == list(range(501, MOST_BEHIND + 501))
    assert MOST_BEHIND % MOST_AT_ONCE == 0


async def test_entries_that_are_not_kept_any_more_are_passed_over() -> None:
    note(entries := journal(5), 9)
    assert numbers(await Follower(entries, None, 0).news()) == [5, 6, 7, 8, 9]


async def test_a_journal_that_keeps_nothing_is_counted() -> None:
    note(entries := journal(0), 3)
    [news] = await Follower(entries, None, 0).news()
    assert news == {"entries": [], "count": 3, "cleared": False}


@pytest.mark.parametrize("again", [0, 2, 9])
async def test_a_journal_that_was_cleared_is_begun_anew(again: int) -> None:
    note(entries := journal(), 5)
    follower = Follower(entries, None, 0)
    await follower.news()
    entries.clear()
    note(entries, again)
    [news] = await follower.news()
    assert (numbers([news]), news["count"], news["cleared"]) == (list(range(1, again + 1)), again, True)
    assert await follower.news() == []


async def test_who_knows_more_than_there_is_begins_anew() -> None:
    note(entries := journal(), 2)
    [news] = await Follower(entries, None, 40).news()
    assert (numbers([news]), news["cleared"]) == ([1, 2], True)


async def test_only_the_first_part_is_after_the_clearing() -> None:
    note(entries := journal(), 250)
    assert [one["cleared"] for one in await Follower(entries, None, None).news()] == [True, False]


async def test_the_newest_entries_are_told_without_a_look_at_others() -> None:
    note(entries := journal(), 9)
    assert [one.number for one in entries.after(7, 5)] == [8, 9]
    assert [one.number for one in entries.after(0, 2)] == [8, 9]
    assert entries.after(9, 5) == entries.after(12, 5) == []


async def told_for(fake: Fake, hand: Hand, seconds: float, since: int = 0) -> list[bytes]:
    """What is written in so many seconds."""
    written: list[bytes] = []

    async def write(told: bytes) -> None:
        written.append(told)

    end = hand.now + seconds
    await tell(fake, SESSION_TOKEN, since, write, lambda: hand.now >= end, hand.sleep, hand)
    return written


async def test_a_silence_is_broken_each_fifteen_seconds(fake: Fake, hand: Hand) -> None:
    written = await told_for(fake, hand, 46)
    assert written[len(QUIET) :] == [b": \n\n"] * 3
    assert set(hand.slept) == {EVERY}


async def test_a_model_that_is_gone_is_the_last_that_is_told(fake: Fake, hand: Hand, model: Model) -> None:
    class Removing(Hand):
        async def sleep(self, seconds: float) -> None:
            fake.models.pop(SESSION_TOKEN)
            await super().sleep(seconds)

    written = await told_for(fake, Removing(), 5)
    assert written[-1] == b"event: gone\ndata: {}\n\n"
    assert len(written) == len(QUIET) + 1


@pytest.mark.parametrize("name", ["a\nb", "a\r\ndata: x", "\ud800", "\u2028", "</script>"])
async def test_no_name_ends_an_event(name: str) -> None:
    written = event("entries", {"name": name})
    assert (written.count(b"\n"), written[-2:]) == (3, b"\n\n")
    assert b"\r" not in written
    assert json.loads(written.split(b"\n")[1].removeprefix(b"data: ")) == {"name": name}


async def test_as_many_misses_after_a_reset_are_others(fake: Fake, model: Model, hand: Hand) -> None:
    watched = Watched(fake, model, 0, hand)
    for name in ("a.jpg", "b.jpg"):
        model.stubs.when(image=name).predict()
        with pytest.raises(Unmatched):
            model.stubs.take(Query(Subject("0" * 64, 8, 8), origin=Origin("inference_image", f"not {name}")), 1)
        [told] = [told for event, told in await watched.news() if event == "misses"]
        assert f"not {name}" in told["misses"][0]["text"]
        await model.reset()


async def test_of_many_misses_the_newest_are_told(fake: Fake, model: Model, hand: Hand) -> None:
    watched = Watched(fake, model, 0, hand)
    model.stubs.when(image="a.jpg").predict()
    for at in range(130):
        with pytest.raises(Unmatched):
            model.stubs.take(Query(Subject("0" * 64, 8, 8), origin=Origin("inference_image", f"no{at}.jpg")), 1)
    [told] = [told for event, told in await watched.news() if event == "misses"]
    assert (len(told["misses"]), told["count"]) == (100, 130)
    sent = [one["text"] for one in (told["misses"][0], told["misses"][-1])]
    assert ["'no30.jpg' sent" in sent[0], "'no129.jpg' sent" in sent[1]] == [True, True]


async def test_stubs_that_take_long_to_look_through_are_looked_through_seldom(
    fake: Fake, model: Model, hand: Hand
) -> None:
    class Many:
        looks = 0
        misses: tuple[()] = ()

        def listed(self) -> list[Any]:
            return []

        def unused(self) -> list[str]:
            hand.now += 1.0
            self.looks += 1
            return []

    model.stubs = many = Many()  # type: ignore[assignment]
    watched = Watched(fake, model, 0, hand)
    for _ in range(5):
        await watched.news()
        hand.now += 1.5
    assert many.looks == 1
    hand.now += 3
    await watched.news()
    assert many.looks == 2


async def test_a_model_that_went_before_its_stream_began_is_gone(fake: Fake, hand: Hand) -> None:
    fake.models.pop(SESSION_TOKEN)
    assert await told_for(fake, hand, 5) == [b"event: gone\ndata: {}\n\n"]
