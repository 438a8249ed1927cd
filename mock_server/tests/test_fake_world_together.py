"""What one request makes of a world is there as a whole, or not at all."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from modeldouble_server.blobs import Blobs
from modeldouble_server.refusal import Refused
from modeldouble_server.store import Writes
from modeldouble_server.store.sqlite import SqliteStore
from modeldouble_server.world import Edit, Entity, World

Image = Any


class Counted(SqliteStore):
    """Counts transactions, and lets something happen before the first one."""

    def __init__(self, before: Any = None) -> None:
        super().__init__()
        self.applied = 0
        self.before = before

    async def apply(self, writes: Writes) -> bool:
        self.applied += 1
        if self.before is not None and self.applied == 1:
            await self.before(self)
        return await super().apply(writes)


@pytest.fixture
async def store() -> AsyncIterator[Counted]:
    store = Counted()
    yield store
    await store.close()


@pytest.fixture
def world(store: Counted) -> World:
    return World(store, "w:", Blobs())


def images(*names: str, first: int = 1) -> list[tuple[Image, Entity]]:
    return [("image", {"id": first + at, "datasetId": 1, "name": name}) for at, name in enumerate(names)]


async def test_fifty_pictures_are_one_write(store: Counted, world: World) -> None:
    assert await world.create(images(*map(str, range(50)))) == []
    assert (store.applied, await world.count("image", 1), len(await world.within("image", 1))) == (1, 50, 50)
    assert list(await world.new_ids("image")) == [51]


async def test_where_one_name_is_taken_nothing_is_added(world: World) -> None:
    await world.create(images("a"))
    assert await world.create(images("b", "a", "c", first=10)) == [("a", 1)]
    assert (await world.count("image", 1), await world.get("image", 10)) == (1, None)
    assert await world.create(images("b", "c", first=10)) == []


async def test_two_of_one_request_cannot_have_one_name(world: World) -> None:
    assert await world.create(images("a", "b", "a")) == [("a", 1)]
    assert await world.count("image", 1) == 0


async def test_an_id_that_is_taken_is_refused(world: World) -> None:
    await world.create(images("a"))
    with pytest.raises(Refused, match="image id 1 is taken"):
        await world.create(images("b"))


async def test_several_changes_are_one_write_and_see_each_other(store: Counted, world: World) -> None:
    def more(now: Entity | None) -> Entity:
        return {"id": 7, "n": (now or {"n": 0})["n"] + 1}

    both = [Edit("annotation", 7, more), Edit.whole("image", {"id": 7}), Edit("annotation", 7, more)]
    assert await world.change(both) == [{"id": 7, "n": 2}, {"id": 7}]
    assert (store.applied, await world.get("annotation", 7)) == (1, {"id": 7, "n": 2})


async def test_a_change_is_made_again_where_another_came_first(store: Counted, world: World) -> None:
    await world.add("image", {"id": 7, "n": 1})
    store.applied = 0

    async def other(_: Counted) -> None:
        await world.update("image", 7, lambda one: {**one, "n": 10})

    store.before = other
    await world.change([Edit("image", 7, lambda one: {"id": 7, "n": (one or {})["n"] + 1})])
    assert (store.applied, await world.get("image", 7)) == (2, {"id": 7, "n": 11})


async def test_two_that_add_one_id_at_once_are_counted_once(store: Counted, world: World) -> None:
    async def other(_: Counted) -> None:
        await world.add("image", {"id": 7, "datasetId": 1})

    store.before = other
    await world.add("image", {"id": 7, "datasetId": 1})
    assert (await world.count("image", 1), len(await world.within("image", 1))) == (1, 1)


async def test_what_gets_another_name_frees_the_old_one(world: World) -> None:
    await world.add("image", {"id": 1, "datasetId": 1, "name": "old"})
    await world.add("image", {"id": 1, "datasetId": 1, "name": "new"})
    assert await world.create(images("old", first=2)) == []
    assert await world.create(images("new", first=3)) == [("new", 1)]


async def test_an_exception_in_a_change_writes_nothing(world: World) -> None:
    def fail(_: Entity | None) -> Entity:
        raise Refused(400, "no")

    with pytest.raises(Refused):
        await world.change([Edit.whole("image", {"id": 1}), Edit("image", 2, fail)])
    assert await world.get("image", 1) is None


async def test_files_of_a_world_in_memory_are_not_noted(store: Counted, world: World, tmp_path: Path) -> None:
    await world.put([], {"aa": tmp_path / "a"})
    assert (await world.blobs.has("aa"), await store.scan("w:file:")) == (True, [])


class Moved(SqliteStore):
    """Something is done between a read of many and its answer."""

    meanwhile: Any = None

    async def many(self, keys: Sequence[str]) -> list[bytes | None]:
        found = await super().many(keys)
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            await meanwhile
        return found


async def test_one_that_is_moved_while_many_are_read_is_found() -> None:
    store = Moved()
    world = World(store, "w:", Blobs())
    await world.create(images("a", "b"))
    store.meanwhile = world.add("image", {"id": 1, "datasetId": 2, "name": "a"})
    found = await world.many("image", [2, 1, 9])
    assert [one and one["datasetId"] for one in found] == [1, 2, None]
    await store.close()


async def test_a_name_that_is_anothers_stays_the_others(world: World) -> None:
    await world.create(images("a"))
    await world.put(images("a", first=2))
    await world.put(images("b", first=2))
    assert [await world.named("image", {"datasetId": 1, "name": one}) for one in "ab"] == [1, 2]
