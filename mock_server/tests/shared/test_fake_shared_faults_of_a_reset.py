"""Faults of servers that share a store begin anew with a reset, once for all, and never before it."""

from collections.abc import AsyncIterator, Sequence

import pytest

from modeldouble_server.faults import read_order
from modeldouble_server.ledger import ANEW
from modeldouble_server.model import Model
from modeldouble_server.store import Claim, Claimed

from .test_fake_shared_turns_of_faults import SEEDED, alone, change, met, order, served
from .turns_servers import Interrupted


@pytest.fixture
async def store() -> AsyncIterator[Interrupted]:
    store = Interrupted()
    yield store
    await store.close()


@pytest.fixture
def three(store: Interrupted) -> list[Model]:
    return [served(store) for _ in range(3)]


async def test_one_that_was_counted_before_a_reset_counts_anew_after_it(store: Interrupted, three: list[Model]) -> None:
    for model in three:
        model.faults.begin([read_order({"fault": "html", "times": 2})], 5.0)
    assert await met(three, 4) == ["html", "html", "", ""]
    await three[0].reset()
    assert await met(three[1:], 4) == ["", "", "", ""]
    await change(three, "thaw")
    assert await met(three, 4) == ["html", "html", "", ""]


async def test_an_order_that_is_over_does_not_begin_again_while_a_reset_is_under_way(
    store: Interrupted, three: list[Model]
) -> None:
    await order(three, fault="html", times=2)
    assert await met(three[:1], 2) == ["html", "html"]
    found: list[str] = []

    async def asked() -> None:
        found.extend(await met(three[1:], 4))

    store.meanwhile.update({"turns": asked, "0": asked})
    await three[0].reset()
    assert found == [""] * 4
    assert await store.counts(["s:turns:0:order:0:1#calls", "s:turns:0:order:0:1#taken"]) == [0, 0]


async def test_counters_that_a_server_left_that_was_killed_in_its_reset_go_with_the_next(store: Interrupted) -> None:
    killed, later = served(store), served(store)
    await killed.reset()
    life = killed.shared.turns.life if killed.shared else ""
    await order([killed], fault="html", times=2)
    assert await met([killed], 1) == ["html"]
    await killed.ledger.make({"kind": ANEW, "life": "ab" * 8, "begun": 5.0, "ends": life})
    assert await store.count(f"s:turns:{life}:order:0:1#calls") == 1
    await later.ledger.catch_up()
    await later.reset()
    assert await store.count(f"s:turns:{life}:order:0:1#calls") == 0


class Endless(Interrupted):
    """Ends who asks for ever."""

    async def claim(self, claims: Sequence[Claim], key: str, counter: str, beside: str, stands: int) -> Claimed:
        assert len(self.asked) < 1_000, "it asks for ever"
        return await super().claim(claims, key, counter, beside, stands)


async def test_counters_that_are_gone_are_counted_from_the_beginning() -> None:
    store = Endless()
    three = [served(store) for _ in range(3)]
    await order(three, **SEEDED)
    first = await met(three, 200)
    await store.drop("s:turns:")
    assert await met(three, 200) == first == await met([alone(store, SEEDED)], 200)
    await store.close()


async def test_a_server_that_comes_after_a_reset_counts_with_those_that_saw_what_was_before(
    store: Interrupted, three: list[Model]
) -> None:
    await order(three, fault="html", times=9)
    await change(three, "take orders back")
    await three[0].reset()
    await order(three, fault="html", times=2)
    later = served(store)
    await later.ledger.catch_up()
    assert await met([three[0], later, three[1]], 3) == ["html", "html", ""]
