"""A platform world: entities as records, and how they look to a predictor."""

import hashlib
from collections.abc import AsyncIterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modeldouble_server.blobs import Blobs
from modeldouble_server.scene import Subject
from modeldouble_server.store.sqlite import SqliteStore
from modeldouble_server.world import World, hash_of, image_subject, sha256_of, video_subject

SHA = hashlib.sha256(b"x").hexdigest()


@pytest.fixture
async def store() -> AsyncIterator[SqliteStore]:
    store = SqliteStore()
    yield store
    await store.close()


@pytest.fixture
def world(store: SqliteStore) -> World:
    return World(store, "world:0:", Blobs())


async def test_an_entity_is_read_as_it_was_added(world: World) -> None:
    entity = {"id": 5, "name": "ü \ud800", "meta": {"a": [1, None, 2.5]}}
    await world.add("image", entity)
    assert await world.get("image", 5) == entity


async def test_an_entity_that_is_not_there_is_none(world: World) -> None:
    await world.add("image", {"id": 5})
    assert await world.get("image", 6) is None
    assert await world.get("video", 5) is None
    assert await world.get("image", -(10**40)) is None


async def test_adding_again_replaces(world: World) -> None:
    await world.add("image", {"id": 5, "name": "old"})
    await world.add("image", {"id": 5, "name": "new"})
    assert await world.all("image") == [{"id": 5, "name": "new"}]


async def test_all_of_a_kind_come_in_the_order_of_their_ids(world: World) -> None:
    for entity_id in (10, 9, 100, 2):
        await world.add("image", {"id": entity_id})
    await world.add("video", {"id": 1})
    assert [one["id"] for one in await world.all("image")] == [2, 9, 10, 100]
    assert await world.all("project") == []


async def test_worlds_of_two_prefixes_share_nothing(store: SqliteStore, world: World) -> None:
    other = World(store, "world:1:", Blobs())
    await world.add("image", {"id": 5})
    world.urls["http://a/b.jpg"] = 5
    assert (await other.get("image", 5), await other.all("image"), other.urls) == (None, [], {})


async def test_changing_what_was_read_changes_nothing(world: World) -> None:
    await world.add("image", {"id": 5, "tags": []})
    [read] = await world.all("image")
    read["tags"].append("mine")
    assert await world.get("image", 5) == {"id": 5, "tags": []}


def test_the_platforms_hash_is_base64_of_the_digest() -> None:
    assert hash_of("00" * 32) == "A" * 43 + "="
    assert len(hash_of(SHA)) == 44


@settings(deadline=None)
@given(st.binary(min_size=32, max_size=32))
def test_the_hash_leads_back_to_the_digest(digest: bytes) -> None:
    assert sha256_of({"hash": hash_of(digest.hex())}) == digest.hex()


def test_an_image_is_its_content_and_size_to_a_predictor() -> None:
    image = {"id": 5, "name": "a.jpg", "hash": hash_of(SHA), "width": 64, "height": 48}
    assert image_subject(image) == Subject(SHA, 64, 48, None)


def test_a_frame_is_its_videos_content_and_its_index_to_a_predictor() -> None:
    video = {"id": 5, "hash": hash_of(SHA), "fileMeta": {"width": 64, "height": 48}}
    assert video_subject(video, 7) == Subject(SHA, 64, 48, 7)


async def test_what_lies_in_one_parent_comes_in_the_order_of_ids(world: World) -> None:
    for entity_id, dataset in ((10, 1), (9, 1), (3, 2), (100, 1)):
        await world.add("image", {"id": entity_id, "datasetId": dataset})
    shelf = await world.within("image", 1)
    assert [one["id"] for one in shelf] == [9, 10, 100]
    assert (len(shelf), shelf[-1]["id"], [one["id"] for one in shelf[1:]]) == (3, 100, [10, 100])
    assert list(await world.within("image", 11)) == []


async def test_a_parent_whose_id_begins_alike_is_another(world: World) -> None:
    await world.add("image", {"id": 5, "datasetId": 10})
    assert (len(await world.within("image", 1)), await world.count("image", 1)) == (0, 0)


async def test_things_are_counted_once_however_often_they_are_put(world: World) -> None:
    for name in ("a", "b"):
        await world.add("image", {"id": 5, "datasetId": 1, "name": name})
    await world.add("image", {"id": 6, "datasetId": 1})
    assert await world.count("image", 1) == 2


async def test_what_moves_to_another_parent_is_in_that_only(world: World) -> None:
    await world.add("image", {"id": 5, "datasetId": 1})
    await world.add("image", {"id": 5, "datasetId": 2})
    assert [len(await world.within("image", one)) for one in (1, 2)] == [0, 1]
    assert [await world.count("image", one) for one in (1, 2)] == [0, 1]
    assert await world.get("image", 5) == {"id": 5, "datasetId": 2}


async def test_new_ids_are_beyond_those_that_are_there_and_given_once(world: World) -> None:
    await world.add("image", {"id": 50})
    await world.add("image", {"id": 7})
    assert [*await world.new_ids("image"), *await world.new_ids("image", 2)] == [51, 52, 53]
    assert list(await world.new_ids("video")) == [1]


async def test_a_name_is_taken_once_in_its_parent(world: World) -> None:
    first, second = ({"id": one, "datasetId": 1, "name": "a"} for one in (1, 2))
    assert [await world.create([("image", one)]) for one in (first, second)] == [[], [("a", 1)]]
    assert await world.create([("image", {"id": 3, "datasetId": 2, "name": "a"})]) == []
    assert await world.get("image", 2) is None


async def test_a_name_in_a_dataset_is_apart_from_that_beside_it(world: World) -> None:
    outer = {"id": 1, "projectId": 1, "name": "a", "parentId": None}
    assert await world.create([("dataset", outer), ("dataset", {**outer, "id": 2, "parentId": 1})]) == []


async def test_what_is_added_has_its_name(world: World) -> None:
    await world.add("image", {"id": 1, "datasetId": 1, "name": "a"})
    assert await world.create([("image", {"id": 2, "datasetId": 1, "name": "a"})]) == [("a", 1)]


async def test_what_is_added_under_a_name_of_another_leaves_it_the_name(world: World) -> None:
    for one in (1, 2):
        await world.add("image", {"id": one, "datasetId": 1, "name": "a"})
    assert await world.named("image", {"datasetId": 1, "name": "a"}) == 1
    assert [one["id"] for one in await world.within("image", 1)] == [1, 2]


async def test_an_entity_is_changed_where_it_is(world: World) -> None:
    await world.add("image", {"id": 1, "n": 1})
    assert await world.update("image", 1, lambda one: {**one, "n": 2}) == {"id": 1, "n": 2}
    assert await world.get("image", 1) == {"id": 1, "n": 2}
    assert await world.update("image", 9, lambda one: one) is None


async def test_a_change_is_made_again_when_another_came_between(store: SqliteStore, world: World) -> None:
    await world.add("image", {"id": 1, "n": 1})
    seen: list[int] = []

    def change(one: dict[str, int]) -> dict[str, int]:
        seen.append(one["n"])
        if len(seen) == 1:
            [(key, _)] = [
                (key, raw) for key, raw in store._db.execute("SELECT key, value FROM entry WHERE key LIKE '%image/%'")
            ]
            store._db.execute("UPDATE entry SET value = ? WHERE key = ?", (b'{"id": 1, "n": 5}', key))
        return {**one, "n": one["n"] + 1}

    assert await world.update("image", 1, change) == {"id": 1, "n": 6}
    assert seen == [1, 5]
