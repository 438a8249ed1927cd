"""What a request takes of a model that servers share, and what it costs the store: its number, and its stubs."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import StreamReader, web
from aiohttp.base_protocol import BaseProtocol
from aiohttp.test_utils import make_mocked_request

from modeldouble_server.clock import Clock
from modeldouble_server.fake import Fake, seed_fake
from modeldouble_server.limits import Limits
from modeldouble_server.model import Model
from modeldouble_server.refusal import Refused
from modeldouble_server.scene import Query
from modeldouble_server.serving.call import Call

from .turns_servers import BOX, Interrupted, query_of


@pytest.fixture
async def store() -> AsyncIterator[Interrupted]:
    store = Interrupted()
    yield store
    await store.close()


async def never(seconds: float) -> None:
    raise AssertionError(seconds)


async def served(store: Interrupted, *, shared: bool = True) -> Fake:
    fake = await seed_fake(store, sleep=never, clock=Clock(lambda: 5.0), limits=Limits(), shared=shared)
    store.asked.clear()
    return fake


def model_of(fake: Fake) -> Model:
    assert fake.root_model is not None
    return fake.root_model


def call_of(fake: Fake) -> Call:
    return Call(fake, model_of(fake), make_mocked_request("POST", "/"), "inference_batch", b"")


async def taken(fake: Fake, *queries: Query) -> tuple[int, list[list[tuple[int, int]]]]:
    """The number of the call, and of each query the stubs and which of their uses it is."""
    call = call_of(fake)
    found = await call.take(queries)
    assert call.queries == found
    return call.number, [[(turn.stub, turn.use) for turn in one.turns] for one in found]


async def test_the_numbers_of_a_batch_follow_each_other_and_are_one_operation(store: Interrupted) -> None:
    one, other = await served(store), await served(store)
    assert (await taken(one, query_of()))[0] == 1
    store.asked.clear()
    assert (await taken(other, *[query_of()] * 5))[0] == 2
    assert len(store.asked) == 1
    assert (await taken(one, query_of()))[0] == 7
    assert [call.number for call in model_of(one).received.calls()] == [1, 7]
    assert [call.number for call in model_of(other).received.calls()] == [2, 3, 4, 5, 6]


async def test_a_batch_takes_turns_in_its_order_and_goes_on_where_another_server_ended(store: Interrupted) -> None:
    one, other = await served(store), await served(store)
    for fake in (one, other):
        stub = model_of(fake).stubs.when(image="a.jpg").predict("cat", box=BOX).once()
        stub.then.predict("dog", box=BOX)
        model_of(fake).stubs.when(call=4).predict("fourth", box=BOX)
    assert await taken(one, *[query_of("a.jpg")] * 2) == (1, [[(1, 0)], [(1, 1)]])
    assert await taken(other, query_of("a.jpg"), query_of("b.jpg")) == (3, [[(1, 2)], [(2, 0)]])


async def test_where_nothing_is_asked_for_nothing_is_counted(store: Interrupted) -> None:
    fake = await served(store)
    assert await taken(fake) == (0, [])
    assert store.asked == []


async def test_a_batch_that_is_refused_leaves_its_numbers_unused(store: Interrupted) -> None:
    one, other = await served(store), await served(store)
    for fake in (one, other):
        model_of(fake).stubs.when(image="a.jpg").predict("cat", box=BOX)
    with pytest.raises(Refused, match="no stub answers call 2"):
        await taken(one, query_of("a.jpg"), query_of("b.jpg"), query_of("a.jpg"))
    assert await taken(other, query_of("a.jpg")) == (4, [[(1, 1)]])
    assert [call.number for call in model_of(one).received.calls()] == [1, 2]


async def test_where_nothing_is_shared_the_store_is_not_asked(store: Interrupted) -> None:
    fake = await served(store, shared=False)
    model_of(fake).stubs.when().predict("cat", box=BOX).times(4)
    assert await taken(fake, *[query_of()] * 3) == (1, [[(1, 0)], [(1, 1)], [(1, 2)]])
    assert await taken(fake, query_of()) == (4, [[(1, 3)]])
    assert store.asked == []


async def test_a_reset_of_one_server_is_one_of_all(store: Interrupted) -> None:
    one, other = await served(store), await served(store)
    await taken(other, query_of())
    await model_of(one).reset()
    await model_of(other).ledger.catch_up()
    assert ((await taken(other, query_of()))[0], (await taken(one, query_of()))[0]) == (1, 2)


async def test_a_server_that_does_not_know_of_a_reset_yet_counts_nothing_of_what_comes_after(
    store: Interrupted,
) -> None:
    one, other = await served(store), await served(store)
    store.meanwhile["0"] = lambda: taken(other, query_of())
    await model_of(one).reset()
    assert store.meanwhile == {}
    await model_of(other).ledger.catch_up()
    assert (await taken(other, query_of()))[0] == 1


async def test_what_a_tenant_counted_goes_with_it(store: Interrupted) -> None:
    one, other = await served(store), await served(store)
    tenant = await one.tenancy.make({"name": "Mine"})
    found = await other.tenancy.model(tenant.session_token)
    assert found is not None
    assert found.shared is not None
    assert tenant.model.shared is not None
    assert [await found.shared.turns.numbered(2), await tenant.model.shared.turns.numbered(1)] == [1, 3]
    await one.tenancy.remove(tenant)
    assert await found.shared.turns.numbered(1) == 1


async def test_the_body_of_a_request_that_is_begun_anew_is_there_again(store: Interrupted) -> None:
    fake = await served(store)
    for pieces in ([b'{"state":', b" {}}"], [b'{"state": {}}'], []):
        first = Call(fake, model_of(fake), requested(*pieces), "r")
        told = await first.raw()
        second = first.again(model_of(fake))
        assert [told, await second.raw(), await second.raw()] == [b"".join(pieces)] * 3


def requested(*pieces: bytes) -> web.Request:
    protocol: Any = BaseProtocol(asyncio.get_running_loop())
    body = StreamReader(protocol, 2**16)
    for piece in pieces:
        body.feed_data(piece)
    body.feed_eof()
    return make_mocked_request("POST", "/", {"Content-Type": "application/json"}, payload=body)


async def test_a_stub_that_is_removed_while_a_batch_is_counted_answers_none_of_it(store: Interrupted) -> None:
    fake = await served(store)
    stubs = model_of(fake).stubs
    stubs.when(image="a.jpg", route="inference_*").predict("cat", box=BOX)
    stubs.when(image="b.jpg").predict("dog", box=BOX)
    stubs.when().predict("other", box=BOX)
    stubs.when(call=3).predict("third", box=BOX)

    async def removed() -> None:
        stubs.remove(1)

    second = next(key for key in (await keys(fake, store)) if key.endswith("stub:2"))
    store.meanwhile[second] = removed
    found = await taken(fake, query_of("c.jpg"), query_of("a.jpg"), query_of("b.jpg"))
    assert found == (2, [[(3, 0)], [(4, 0)], [(2, 1)]])


async def keys(fake: Fake, store: Interrupted) -> list[str]:
    """The counters of the stub of b.jpg, which is asked once."""
    await taken(fake, query_of("b.jpg"))
    return [one.partition(" ")[2] for one in store.asked]
