"""A journal that several servers write: what another one does to it, seen by who follows it here."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from modeldouble_server.administration.watching import Follower
from modeldouble_server.shared import SharedLog
from modeldouble_server.shared.rows import entry_row
from modeldouble_server.store.sqlite import SqliteStore

from .test_fake_admin_watching import journal, numbers


@pytest.fixture
async def log() -> AsyncIterator[SharedLog]:
    store = SqliteStore()
    yield SharedLog(store, "log", 1000, 10**6)
    await store.close()


async def write(log: SharedLog, *routes: str) -> None:
    """Let another server write of requests."""
    entries = journal()
    entries.spread = lambda one: log.add(entry_row(one, "another"))
    for route in routes:
        entries.add("POST", route, 200, 0.1)
    await log.flush()


@pytest.mark.parametrize("again", ["c", "cd", "cdefg"])
async def test_a_journal_that_another_server_cleared_and_filled_again_is_begun_anew(log: SharedLog, again: str) -> None:
    await write(log, "a", "b")
    follower = Follower(journal(), log, 0)
    assert numbers(await follower.news()) == [1, 2]
    assert await follower.news() == []
    await log.clear()
    await write(log, *again)
    [news] = await follower.news()
    assert ([one["route"] for one in news["entries"]], news["cleared"]) == (list(again), True)
    assert await follower.news() == []


async def test_rows_that_are_not_kept_any_more_are_no_clearing(log: SharedLog) -> None:
    follower = Follower(journal(), SharedLog(log._store, "log", 3, 10**6), 0)
    await write(log, "a")
    await follower.news()
    await write(follower._log or log, *"bcdefg")
    [news] = await follower.news()
    assert (numbers([news]), news["cleared"]) == ([5, 6, 7], False)


async def test_who_comes_back_is_told_of_a_clearing_after_that(log: SharedLog) -> None:
    await write(log, "a", "b")
    follower = Follower(journal(), log, 2)
    assert numbers(await follower.news()) == []
    await log.clear()
    await write(log, "c", "d", "e")
    [news] = await follower.news()
    assert (numbers([news]), news["cleared"]) == ([1, 2, 3], True)
