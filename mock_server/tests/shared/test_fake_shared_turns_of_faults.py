"""A fault goes wrong in the same calls however many servers there are."""

import asyncio
import random
from collections.abc import AsyncIterator
from functools import partial
from itertools import count, cycle, islice
from typing import Any

import pytest

from modeldouble_server.blobs import Blobs
from modeldouble_server.board import Board
from modeldouble_server.changes import carry_out
from modeldouble_server.clock import Clock
from modeldouble_server.default_world import default_spec
from modeldouble_server.faults import read_order
from modeldouble_server.faults.meeting import forget, meet, recount
from modeldouble_server.ledger import Behind, Ledger
from modeldouble_server.model import Model
from modeldouble_server.shared import Shared
from modeldouble_server.store import Store
from modeldouble_server.world import World

from .turns_servers import Interrupted

ROUTE = "inference_image"
SEEDED = {"fault": "html", "probability": 0.3, "seed": 5}


@pytest.fixture
async def store() -> AsyncIterator[Interrupted]:
    store = Interrupted()
    yield store
    await store.close()


def served(store: Store, *, shared: bool = True) -> Model:
    clock = Clock(lambda: 5.0)
    model = Model(default_spec(), World(store, "w:", Blobs()), clock, lambda clock: Board(store, "j:", clock.now, 9))
    if shared:
        model.ledger = Ledger(partial(carry_out, model), store, "m:", clock=count().__next__, sleep=nothing)
        model.shared = Shared(store, "s:")
    return model


async def nothing(seconds: float) -> None:
    return


@pytest.fixture
def three(store: Interrupted) -> list[Model]:
    return [served(store) for _ in range(3)]


async def order(models: list[Model], **document: Any) -> None:
    over = document.pop("over", {})
    await change(models, "order", order=document, begun=5.0, over=over)


async def change(models: list[Model], kind: str, **more: Any) -> None:
    """Make it by the first of them; the others come to know it, as before they answer a request."""
    await models[0].ledger.make({"kind": kind, **more})
    for model in models:
        await model.ledger.catch_up()


async def met(models: list[Model], calls: int, route: str = ROUTE) -> list[str]:
    """What each of so many calls meets, by one server after the other."""
    found = [await meet(model, route) for model in islice(cycle(models), calls)]
    return ["" if one is None else one.name for one in found]


def alone(store: Store, *documents: dict[str, Any]) -> Model:
    model = served(store, shared=False)
    for one in documents:
        model.faults.add(read_order(one))
    return model


async def test_a_seed_gives_the_calls_that_it_gives_to_one_server(store: Interrupted, three: list[Model]) -> None:
    await order(three, **SEEDED)
    found = await met(three, 100)
    assert found == await met([alone(store, SEEDED)], 100)
    assert 10 < found.count("html") < 50


async def test_calls_are_told_their_number_of_all(three: list[Model]) -> None:
    await order(three, fault="html", probability=1)
    found = [await meet(model, ROUTE) for model in three]
    assert [one and one.call for one in found] == [1, 2, 3]
    assert [model.faults.listed()[0]["seen"] for model in three] == [1, 2, 3]


async def test_only_calls_that_it_is_about_are_counted(store: Interrupted, three: list[Model]) -> None:
    await order(three, **SEEDED, route="inference_*")
    store.asked.clear()
    assert await met(three, 5, "get_session_info") == [""] * 5
    assert store.asked == []
    about = {**SEEDED, "route": "inference_*"}
    assert await met(three, 50) == await met([alone(store, about)], 50)


@pytest.mark.parametrize("document", [SEEDED, {"times": 7}, {"calls": [2, 5]}, {"times": None}])
async def test_a_call_costs_one_operation_and_no_change(
    store: Interrupted, three: list[Model], document: dict[str, Any]
) -> None:
    for _ in range(3):
        await order(three, **document)
    store.asked.clear()
    await met(three, 4)
    assert store.asked == ["claim"] * 4
    assert await store.count("m:changes") == 3


async def test_a_call_of_orders_that_are_over_costs_nothing(store: Interrupted, three: list[Model]) -> None:
    await order(three, times=1)
    await met(three, 6)
    store.asked.clear()
    assert await met(three, 6) == [""] * 6
    assert store.asked == []


async def test_calls_at_the_same_moment_are_met_as_often_as_was_ordered(three: list[Model]) -> None:
    await order(three, fault="reset", times=3)
    await order(three, fault="html", calls=[5, 6])
    found = await asyncio.gather(*(meet(model, ROUTE) for model in three * 20))
    names = [one.name for one in found if one is not None]
    assert (names.count("reset"), names.count("html")) == (3, 2)


DOCUMENTS: list[dict[str, Any]] = [
    {"times": 2}, {"times": 5, "route": "inference_*"}, {"calls": [1, 4, 9]}, {"calls": [3, 5, 6], "times": 2},
    {"probability": 0.4, "seed": 1}, {"probability": 0.5, "times": 3}, {"times": None, "route": "pop_*"},
    {"times": 3, "route": "pop_*"}, {"probability": 0.3, "seed": 2, "route": "inference_*"},
]  # fmt: skip


@pytest.mark.parametrize("seed", range(25))
async def test_whatever_is_ordered_three_servers_are_as_one(store: Interrupted, three: list[Model], seed: int) -> None:
    chance = random.Random(seed)
    single = alone(store)
    for _ in range(60):
        if chance.random() < 0.15:
            document = chance.choice(DOCUMENTS)
            await recount(three[0])
            await order(three, **document, over=three[0].faults.over())
            single.faults.add(read_order(document))
        route = chance.choice([ROUTE, "pop_inference_results"])
        assert await meet(chance.choice(three), route) == single.faults.take(route)
    await recount(three[2])
    assert three[2].faults.listed() == single.faults.listed()
    assert three[2].faults.fired == single.faults.fired


async def test_beside_one_of_times_it_is_counted_as_by_one_server(store: Interrupted, three: list[Model]) -> None:
    times = {"fault": "reset", "calls": [2, 5, 9]}
    single = alone(store, SEEDED)
    await order(three, **SEEDED)
    assert await met(three, 5) == await met([single], 5)
    await order(three, **times)
    single.faults.add(read_order(times))
    assert await met(three, 60) == await met([single], 60)


async def test_where_others_counted_more_than_was_drawn_it_is_drawn_anew(
    store: Interrupted, three: list[Model]
) -> None:
    await order(three, **SEEDED)
    await order(three, fault="reset", times=150)
    single = alone(store, SEEDED, {"fault": "reset", "times": 150})
    assert await met(three, 3) == await met([single], 3)
    assert await met(three[:1], 300) == await met([single], 300)
    store.asked.clear()
    assert await met(three[1:], 2) == await met([single], 2)
    assert store.asked == ["claim", "claim"] * 2


async def test_one_of_times_and_probability_is_counted_as_by_one_server(store: Interrupted, three: list[Model]) -> None:
    both = {**SEEDED, "times": 4}
    await order(three, **both)
    found = await met(three, 60)
    assert found == await met([alone(store, both)], 60)
    assert found.count("html") == 4
    assert await store.count("m:changes") == 1


async def test_one_that_was_taken_back_leaves_no_count_to_the_next(store: Interrupted, three: list[Model]) -> None:
    await order(three, **SEEDED)
    await met(three, 7)
    await change(three, "take orders back")
    await order(three, **SEEDED)
    assert await met(three, 50) == await met([alone(store, SEEDED)], 50)


async def test_a_reset_counts_from_the_beginning(store: Interrupted) -> None:
    models = [served(store) for _ in range(3)]
    for model in models:
        model.faults.begin([read_order(SEEDED)])
    first = await met(models, 40)
    await models[0].reset()
    await change(models, "thaw")
    assert await met(models, 40) == first == await met([alone(store, SEEDED)], 40)


async def test_a_call_that_comes_with_a_change_is_counted_for_what_is_ordered_by_then(
    store: Interrupted, three: list[Model]
) -> None:
    await order(three, fault="html", times=9)

    async def ordered() -> None:
        await three[1].ledger.note({"kind": "take order back", "number": 1})
        await three[1].ledger.note({"kind": "order", "order": {"fault": "reset", "times": 1}, "begun": 5.0})

    store.meanwhile["claim"] = ordered
    assert await met(three, 3) == ["reset", "", ""]
    assert await store.count("s:turns:0:order:0:1#calls") == 0


async def test_a_poll_is_begun_anew_where_something_was_changed(store: Interrupted, three: list[Model]) -> None:
    await order(three, fault="html", times=9)
    await three[1].ledger.note({"kind": "freeze"})
    job = three[0].board.ahead("ab" * 16)
    with pytest.raises(Behind):
        await meet(three[0], ROUTE, job, lazily=True)
    assert (job.found, await store.count("s:turns:0:order:0:1#calls")) == (None, 0)


async def test_the_job_of_a_poll_is_read_at_that_moment(store: Interrupted, three: list[Model]) -> None:
    await order(three, fault="html", times=1)
    job = three[0].board.ahead(await three[0].board.start(3, 1.0, 0.0, {}))
    assert await meet(three[0], ROUTE, job) is not None
    assert job.found == (await store.get(job.key), 0)
    assert (await three[0].board.look(job.key[2:], job)).job.total == 3


async def test_every_server_tells_of_the_calls_of_all(store: Interrupted, three: list[Model]) -> None:
    await order(three, fault="html", times=4)
    await met(three[:2], 3)
    await recount(three[2])
    [told] = three[2].faults.listed()
    assert (told["seen"], told["fired"], three[2].faults.fired) == (3, 3, {"html": 3})
    store.asked.clear()
    await recount(alone(store, SEEDED))
    assert store.asked == []


async def test_orders_that_are_gone_leave_no_counters(store: Interrupted, three: list[Model]) -> None:
    await order(three, fault="html", times=4)
    await met(three, 3)
    await change(three, "take orders back")
    await forget(three[0], ["0:1"])
    assert await store.counts(["s:turns:0:order:0:1#calls", "s:turns:0:order:0:1#taken"]) == [0, 0]


async def test_nothing_is_asked_of_the_store_where_nothing_is_shared(store: Interrupted) -> None:
    await met([alone(store, SEEDED, {"fault": "html", "times": 2})], 9)
    assert store.asked == []
