"""A world that is furnished when something is first looked for or added: whatever that is, it finds all of it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from modeldouble_server.blobs import Blobs
from modeldouble_server.store.sqlite import SqliteStore
from modeldouble_server.world import World

TEAM = {"id": 40, "name": "first"}
Ask = Callable[[World], Awaitable[Any]]


@pytest.fixture
async def furnished() -> AsyncIterator[tuple[World, list[int]]]:
    """A world that gets a team, and a list that grows each time it does."""
    store, times = SqliteStore(), []

    async def furnish(world: World) -> None:
        times.append(1)
        await asyncio.sleep(0)
        await world.add("team", TEAM)

    yield World(store, "w:", Blobs(), furnish), times
    await store.close()


async def test_nothing_is_there_before_it_is_looked_for(furnished: tuple[World, list[int]]) -> None:
    assert furnished[1] == []


@pytest.mark.parametrize(
    ("ask", "found"),
    [
        (lambda world: world.get("team", 40), TEAM),
        (lambda world: world.all("team"), [TEAM]),
        (lambda world: world.count("team", 0), 1),
        (lambda world: world.new_ids("team", 2), range(41, 43)),
        (lambda world: world.named("team", TEAM), 40),
        (lambda world: world.create([("team", {"id": 9, "name": "first"})]), [("first", 40)]),
        (lambda world: world.update("team", 40, lambda one: {**one, "more": 1}), {**TEAM, "more": 1}),
    ],
)
async def test_the_first_question_finds_it(furnished: tuple[World, list[int]], ask: Ask, found: Any) -> None:
    assert await ask(furnished[0]) == found
    assert furnished[1] == [1]


async def test_a_list_finds_it_first(furnished: tuple[World, list[int]]) -> None:
    assert list(await furnished[0].within("team", 0)) == [TEAM]


async def test_what_is_added_first_comes_after_it(furnished: tuple[World, list[int]]) -> None:
    await furnished[0].add("team", {"id": 40, "name": "replaced"})
    assert await furnished[0].get("team", 40) == {"id": 40, "name": "replaced"}


async def test_it_is_furnished_once_however_many_ask_at_once(furnished: tuple[World, list[int]]) -> None:
    found = await asyncio.gather(*[furnished[0].get("team", 40) for _ in range(5)])
    assert (found, furnished[1]) == ([TEAM] * 5, [1])
