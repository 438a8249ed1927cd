"""Classes that come with predictions join the meta of every server, in one order, and each is told once."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import requests

from modeldouble_server import Server
from modeldouble_server.clock import Clock
from modeldouble_server.default_world import SESSION_TOKEN
from modeldouble_server.fake import seed_fake
from modeldouble_server.limits import Limits
from modeldouble_server.model import Model, ModelSpec
from modeldouble_server.scene import Answer, Detection, Graph, Origin, Query, Subject, Tag
from modeldouble_server.store import StoreDown, Writes
from modeldouble_server.store.sqlite import SqliteStore

from ..store.redis_server import RedisServer

_PATIENCE = 20.0


class Away(SqliteStore):
    away = False
    applied = 0

    async def apply(self, writes: Writes) -> bool:
        if self.away:
            raise StoreDown("Store", "is away", "wait")
        self.applied += 1
        return await super().apply(writes)


class Seen:
    """Sees one object of a class that it is told."""

    def __init__(self) -> None:
        self.answer = Answer()

    def predict(self, query: Query) -> Answer:
        return self.answer


def sees(*names: str) -> Answer:
    return Answer(tuple(Detection(name, (1, 2, 3, 4), 0.5) for name in names))


QUERY = Query(Subject("ab" * 32, 64, 48), origin=Origin("r", "a.jpg"))


@pytest.fixture
async def store() -> AsyncIterator[Away]:
    store = Away()
    yield store
    await store.close()


async def served(store: Away, *, shared: bool = True) -> Model:
    fake = await seed_fake(store, sleep=asyncio.sleep, clock=Clock(lambda: 5.0), limits=Limits(), shared=shared)
    model = fake.models[SESSION_TOKEN]
    model.spec = model.spec._replace(predictor=Seen())
    await model.ledger.catch_up()
    return model


async def predict(model: Model, answer: Answer) -> None:
    model.spec.predictor.answer = answer  # type: ignore[attr-defined]
    model.predict(QUERY)


async def all_alike(*models: Model) -> list[str]:
    for one in models:
        await one.ledger.catch_up(at_once=True)
    [told] = {one.meta_body for one in models}
    assert [one.meta for one in models] == [models[0].meta] * len(models)
    assert told
    return list(models[0].meta.names[-3:])


async def test_classes_join_in_one_order_whoever_saw_them_first(store: Away) -> None:
    one, other = await served(store), await served(store)
    await predict(one, sees("yak"))
    await predict(other, sees("zebu"))
    await other.spread_joining()
    await one.spread_joining()
    late = await served(store)
    assert (await all_alike(one, other, late))[1:] == ["zebu", "yak"]


async def test_shape_keypoints_and_tags_come_along(store: Away) -> None:
    one, other = await served(store), await served(store)
    graph = Graph((("nose", (1, 2)), ("tail", (3, 4))))
    objects = (Detection("yak", (1, 2, 3, 4), 0.5, geometry=graph, tags=(Tag("name", "Y"),)),)
    await predict(one, Answer(objects, tags=(Tag("night", None),)))
    await one.spread_joining()
    await all_alike(one, other)
    yak = other.meta.classes[-1]
    assert (yak.shape, yak.skeleton and [node.name for node in yak.skeleton.nodes]) == ("graph", ["nose", "tail"])
    assert [(tag.name, tag.value_type) for tag in other.meta.tags[-2:]] == [("night", "none"), ("name", "any_string")]


async def test_each_is_told_once_and_what_is_known_never(store: Away) -> None:
    one, other = await served(store), await served(store)
    await predict(one, sees("yak"))
    await asyncio.gather(*(one.spread_joining() for _ in range(5)))
    await other.ledger.catch_up(at_once=True)
    before = store.applied
    for model in (one, other):
        for _ in range(5):
            await predict(model, sees("yak", "person"))
        await model.spread_joining()
    assert (one.joining, other.joining, store.applied) == ([], [], before)


async def test_what_could_not_be_told_is_told_later(store: Away) -> None:
    one, other = await served(store), await served(store)
    await predict(one, sees("yak"))
    store.away = True
    with pytest.raises(StoreDown):
        await one.spread_joining()
    store.away = False
    await predict(one, sees("yak"))
    assert len(one.joining) == 1
    await one.spread_joining()
    assert (await all_alike(one, other))[-1] == "yak"


async def test_a_reset_forgets_them_on_all(store: Away) -> None:
    one, other = await served(store), await served(store)
    first = one.meta
    await predict(one, sees("yak"))
    await one.spread_joining()
    await predict(one, sees("zebu"))
    await other.reset()
    await all_alike(one, other)
    assert (one.meta, one.joining) == (first, [])
    await predict(one, sees("zebu"))
    assert len(one.joining) == 1


async def test_where_nothing_is_shared_they_join_at_once(store: Away) -> None:
    model = await served(store, shared=False)
    await predict(model, sees("yak"))
    assert (model.meta.names[-1], model.joining) == ("yak", [])


def spec_of(model: Model) -> ModelSpec:
    predictor = Seen()
    predictor.answer = sees("yak")
    return model.spec._replace(predictor=predictor)


@pytest.fixture
def two(redis: RedisServer) -> Iterator[tuple[Server, Server]]:
    with Server(redis=redis.url) as one, Server(redis=redis.url) as other:
        for server in (one, other):
            model = server.fake.models[SESSION_TOKEN]
            model.spec = spec_of(model)
        yield one, other


def post(server: Server, route: str, **state: Any) -> Any:
    answer = requests.post(f"{server.session_url}/{route}", json={"state": state}, timeout=_PATIENCE)
    assert answer.ok, answer.text
    return answer.json()


def test_over_the_wire_the_next_one_who_asks_another_server_is_told(two: tuple[Server, Server]) -> None:
    one, other = two
    assert "yak" not in str(post(other, "get_output_classes_and_tags"))
    post(one, "inference_image_id", image_id=171250)
    told = [post(server, "get_output_classes_and_tags") for server in two]
    assert told[0] == told[1]
    assert "yak" in str(told[1])
