"""A fault by probability goes wrong in the same calls however many servers there are."""

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
from modeldouble_server.faults.meeting import meet
from modeldouble_server.ledger import Ledger
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
    await change(models, "order", order=document, begun=5.0)


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


async def test_one_by_probability_costs_one_operation_and_no_change(store: Interrupted, three: list[Model]) -> None:
    await order(three, **SEEDED)
    store.asked.clear()
    await met(three, 2)
    assert store.asked == ["advance s:turns:0:order:0:1"] * 2


async def test_beside_one_of_times_it_is_counted_as_by_one_server(store: Interrupted, three: list[Model]) -> None:
    times = {"fault": "reset", "calls": [2, 5, 9]}
    single = alone(store, SEEDED)
    await order(three, **SEEDED)
    assert await met(three, 5) == await met([single], 5)
    await order(three, **times)
    single.faults.add(read_order(times))
    assert await met(three, 60) == await met([single], 60)


async def test_one_of_times_and_probability_is_counted_as_by_one_server(store: Interrupted, three: list[Model]) -> None:
    both = {**SEEDED, "times": 4}
    await order(three, **both)
    found = await met(three, 60)
    assert found == await met([alone(store, both)], 60)
    assert found.count("html") == 4
    assert not [one for one in store.asked if "order:" in one]


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


async def test_one_that_is_ordered_while_a_call_is_counted_begins_with_the_next_call(
    store: Interrupted, three: list[Model]
) -> None:
    await order(three, fault="html", probability=0.0001, seed=5)
    first = three[0].faults.drawn(ROUTE)[0]

    async def ordered() -> None:
        for model in three:
            model.faults.add(read_order({"fault": "reset", "probability": 1}))

    store.meanwhile[f"s:turns:0:order:{first}"] = ordered
    assert await met(three, 3) == ["", "reset", "reset"]
    assert (three[1].faults.listed()[1]["seen"], three[2].faults.listed()[1]["seen"]) == (1, 2)


async def test_nothing_is_asked_of_the_store_where_nothing_is_shared(store: Interrupted) -> None:
    await met([alone(store, SEEDED, {"fault": "html", "times": 2})], 9)
    assert store.asked == []


def test_orders_that_a_scenario_gives_again_go_by_the_names_of_before(store: Interrupted) -> None:
    faults = served(store).faults
    for _ in range(2):
        faults.begin([read_order(SEEDED)])
        assert faults.drawn(ROUTE) == ["0:1"]
    faults.renew()
    assert faults.drawn(ROUTE) == ["1:1"]
