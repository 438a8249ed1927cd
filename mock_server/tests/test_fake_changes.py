"""What is changed of a model of one server is changed of the same model of another that shares its store."""

from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import pytest

from modeldouble_server.blobs import Blobs
from modeldouble_server.board import Board
from modeldouble_server.changes import carry_out
from modeldouble_server.clock import Clock
from modeldouble_server.default_world import default_spec
from modeldouble_server.deployment import Freezing
from modeldouble_server.ledger import Change, Ledger
from modeldouble_server.model import Model
from modeldouble_server.refusal import Refused
from modeldouble_server.scene import Query, Subject
from modeldouble_server.store import Store
from modeldouble_server.store.sqlite import SqliteStore
from modeldouble_server.world import World

ORDER = {"fault": "status", "status": 503, "route": "inference_image", "times": 1}
STUB = {"when": {"image_id": 5}, "predict": [{"class": "dog", "box": [1, 2, 3, 4]}]}


@pytest.fixture
async def store() -> AsyncIterator[SqliteStore]:
    store = SqliteStore()
    yield store
    await store.close()


def served(store: Store) -> Model:
    clock = Clock(lambda: 5.0)
    model = Model(default_spec(), World(store, "w:", Blobs()), clock, lambda clock: Board(store, "j:", clock.now, 9))
    model.ledger = Ledger(partial(carry_out, model), store, "m:")
    return model


@pytest.fixture
def one(store: SqliteStore) -> Model:
    return served(store)


@pytest.fixture
def other(store: SqliteStore) -> Model:
    return served(store)


async def make(one: Model, other: Model, kind: str, **change: Any) -> Any:
    told = await one.ledger.make({"kind": kind, **change})
    await other.ledger.catch_up()
    return told


async def test_what_is_deployed_is_deployed_everywhere(one: Model, other: Model) -> None:
    params = {"model_source": "Custom models", "model_files": {"checkpoint": "/a/b.pt"}, "model_info": {}}
    await make(one, other, "deploy", params=params, name=None)
    assert one.deployment.told() == other.deployment.told()
    assert other.deployment.told()["checkpoint_name"] == "b.pt"


async def test_a_frozen_model_is_frozen_everywhere_and_thawed_everywhere(one: Model, other: Model) -> None:
    assert await make(one, other, "freeze") is Freezing.DONE
    assert await make(other, one, "freeze") is Freezing.ALREADY
    await make(other, one, "thaw")
    assert (one.deployment.frozen, other.deployment.frozen) == (False, False)


async def test_an_order_that_is_over_makes_room_everywhere_as_its_change_says(one: Model, other: Model) -> None:
    assert await make(one, other, "order", order=ORDER, begun=5.0) == 1
    # One of them has met it, which the other does not know, nor the change.
    assert one.faults.take("inference_image") is not None
    assert await make(one, other, "order", order=ORDER, begun=5.0) == 2
    assert numbers(one) == numbers(other) == [1, 2]
    assert await make(other, one, "order", order=ORDER, begun=5.0, over={"0:1": 1}) == 3
    assert numbers(one) == numbers(other) == [2, 3]
    assert one.faults.fired == other.faults.fired == {"status": 1}


def numbers(model: Model) -> list[int]:
    return [order["number"] for order in model.faults.listed()]


async def test_an_order_that_is_taken_back_was_met_as_often_as_its_change_says(one: Model, other: Model) -> None:
    await make(one, other, "order", order={**ORDER, "times": 9}, begun=5.0)
    assert await make(one, other, "take order back", number=1, fired=4) is True
    assert one.faults.fired == other.faults.fired == {"status": 4}


async def test_orders_are_taken_back_everywhere(one: Model, other: Model) -> None:
    for _ in range(3):
        await make(one, other, "order", order=ORDER, begun=5.0)
    assert await make(other, one, "take order back", number=2) is True
    assert [order["number"] for order in one.faults.listed()] == [1, 3]
    assert await make(one, other, "take orders back") == 2
    assert other.faults.listed() == []


async def test_a_stub_answers_everywhere(one: Model, other: Model) -> None:
    before = len(other.stubs.listed())
    stub = await make(one, other, "stub", entry=STUB)
    assert [stub.number, before + 1] == [other.stubs.listed()[-1].number, len(other.stubs.listed())]
    assert await make(other, one, "remove stub", number=stub.number) is True
    assert len(one.stubs.listed()) == before
    await make(one, other, "stub", entry=STUB)
    assert await make(other, one, "remove stubs") == before + 1
    assert one.stubs.listed() == []


async def test_a_stub_that_is_wrong_is_refused_and_added_nowhere(one: Model, other: Model) -> None:
    with pytest.raises(Refused, match="predict"):
        await one.ledger.make({"kind": "stub", "entry": {"when": {}, "predict": [{"class": "dog", "box": "no"}]}})
    await other.ledger.catch_up()
    assert (one.stubs.listed(), other.stubs.listed()) == ([], [])


async def test_time_passes_everywhere(one: Model, other: Model) -> None:
    await make(one, other, "advance", seconds=60.5)
    await make(other, one, "advance", seconds=1.0)
    assert (one.clock.now(), other.clock.now()) == (66.5, 66.5)
    with pytest.raises(Refused, match="over 1e"):
        await make(one, other, "advance", seconds=1e11)


def latency(model: Model) -> str | None:
    return None if model.spec.latency is None else model.spec.latency.label


async def test_pictures_take_as_long_everywhere(one: Model, other: Model) -> None:
    await make(one, other, "latency", document=0.25, seed=0)
    assert latency(other)
    assert latency(one) == latency(other)
    await make(other, one, "latency", document=None)
    assert [latency(one), latency(other)] == [None, None]


async def test_a_reset_takes_everything_back_everywhere_and_the_jobs_once(one: Model, other: Model) -> None:
    await make(one, other, "order", order=ORDER, begun=5.0)
    await make(one, other, "advance", seconds=60.0)
    early = await one.board.start(1, 1.0, 0.0, {})
    await one.reset()
    late = await one.board.start(1, 1.0, 0.0, {})
    await other.ledger.catch_up()
    assert (other.faults.listed(), other.clock.offset) == ([], 0.0)
    assert await other.board.look(late)
    with pytest.raises(Refused):
        await other.board.look(early)


async def test_a_server_that_comes_later_predicts_as_the_others(one: Model, store: SqliteStore) -> None:
    await one.ledger.make({"kind": "stub", "entry": {**STUB, "when": {}}})
    later = served(store)
    await later.ledger.catch_up()
    query = Query(Subject("aa" * 32, 9, 9))
    taken = [model.predict(query._replace(turns=model.stubs.take(query, 1))) for model in (one, later)]
    assert taken[0] == taken[1]
    assert [thing.class_name for thing in taken[1].objects] == ["dog"]


def thawing(model: Model) -> tuple[bool, bool]:
    return model.deployment.thawed, model.deployment.frozen


async def test_an_inference_that_thaws_has_to_be_told(one: Model, other: Model) -> None:
    await make(one, other, "freeze")
    other.deployment.thaw()
    assert (thawing(other), thawing(one)) == ((True, False), (False, True))
    await make(other, one, "thaw")
    assert (thawing(other), thawing(one)) == ((False, False), (False, False))
    other.deployment.thaw()
    assert thawing(other) == (False, False)


async def test_a_change_of_a_later_release_is_told_each_time_and_nothing_behind_it_is_carried_out(
    one: Model, other: Model, store: SqliteStore
) -> None:
    await one.ledger.make({"kind": "freeze"})
    await Ledger(later, store, "m:").make({"kind": "bend"})
    await Ledger(later, store, "m:").make({"kind": "thaw"})
    for asked in (other.ledger.catch_up(), other.ledger.catch_up(), other.ledger.make({"kind": "thaw"})):
        with pytest.raises(Refused, match=r"of the kind 'bend', which this release .* restart this server") as refused:
            await asked
        assert refused.value.status == 503
    assert other.deployment.frozen
    assert await store.count("m:changes") == 3


async def later(change: Change) -> None:
    """A later release, which knows all kinds of changes."""


@pytest.mark.parametrize("change", [{}, {"kind": None}, {"kind": ["freeze"]}])
async def test_a_change_without_a_kind_is_none_that_is_known(one: Model, store: SqliteStore, change: Change) -> None:
    await Ledger(later, store, "m:").make(change)
    with pytest.raises(Refused, match="which this release does not know"):
        await one.ledger.catch_up()
