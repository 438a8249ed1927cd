"""Who watches a server learns that its store is away, lets it live meanwhile, and sees when it is well again."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
import requests

from modeldouble_server import Server
from modeldouble_server.clock import Clock
from modeldouble_server.default_world import SESSION_TOKEN
from modeldouble_server.fake import Fake, seed_fake
from modeldouble_server.limits import Limits
from modeldouble_server.readiness import Readiness, catch_up_all_the_same, model_all_the_same
from modeldouble_server.store import StoreDown
from modeldouble_server.store.sqlite import SqliteStore

from .conftest import Started

ALIVE = (("GET", "livez"), ("GET", "is_alive"), ("POST", "is_running"))
READY = (("GET", "readyz"), ("GET", "is_ready"), ("POST", "is_ready"))
_PATIENCE = 20.0


class Fickle(SqliteStore):
    """A store that can go away, or be silent, and counts how often it was asked for a counter."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.away = 0, False
        self.speaks = asyncio.Event()
        self.speaks.set()

    def __str__(self) -> str:
        return "Redis at redis://there"

    async def count(self, key: str) -> int:
        self.asked += 1
        await self.speaks.wait()
        if self.away:
            raise StoreDown("Redis at redis://there", "cannot be reached", "start it")
        return await super().count(key)


@pytest.fixture
async def store() -> AsyncIterator[Fickle]:
    store = Fickle()
    yield store
    # What still waits for an answer has it now.
    store.speaks.set()
    await asyncio.sleep(0)
    await store.close()


async def served(store: Fickle, *, shared: bool = True) -> Fake:
    clock = Clock(lambda: 5.0)
    return await seed_fake(store, sleep=asyncio.sleep, clock=clock, limits=Limits(), shared=shared)


async def test_it_is_asked_at_most_each_second(store: Fickle) -> None:
    clock = Clock(lambda: 0.0)
    readiness = Readiness(store, clock.now)
    told = []
    for passed in (0.0, 0.0, 0.75, 0.25, 0.5, 0.5):
        clock.advance(passed)
        told.append((await readiness.trouble(), store.asked))
    assert told == [(None, 1), (None, 1), (None, 1), (None, 2), (None, 2), (None, 3)]


async def test_while_it_is_away_that_is_told_and_within_a_second_of_its_return_no_more(store: Fickle) -> None:
    clock = Clock(lambda: 0.0)
    readiness = Readiness(store, clock.now)
    store.away = True
    for _ in range(2):
        assert await readiness.trouble() == "Redis at redis://there cannot be reached; start it"
    store.away = False
    assert await readiness.trouble() is not None
    clock.advance(1.0)
    assert (await readiness.trouble(), store.asked) == (None, 2)


async def test_many_who_want_to_know_at_once_ask_once(store: Fickle) -> None:
    readiness = Readiness(store, lambda: 0.0)
    store.speaks.clear()
    asking = [asyncio.ensure_future(readiness.trouble()) for _ in range(50)]
    await asyncio.sleep(0)
    store.speaks.set()
    assert (await asyncio.gather(*asking), store.asked) == ([None] * 50, 1)


async def test_one_that_is_silent_is_told_as_that_and_nobody_waits_for_it(store: Fickle) -> None:
    readiness = Readiness(store, lambda: 0.0, patience=0.01)
    store.speaks.clear()
    told = await readiness.trouble()
    assert told == "Redis at redis://there has been silent for 0.01 s; see what keeps it busy"


async def test_a_second_is_counted_from_the_answer(store: Fickle) -> None:
    clock = Clock(lambda: 0.0)
    readiness = Readiness(store, clock.now)
    store.speaks.clear()
    first = asyncio.ensure_future(readiness.trouble())
    await asyncio.sleep(0)
    clock.advance(5.0)
    store.speaks.set()
    assert (await first, await readiness.trouble(), store.asked) == (None, None, 1)


async def test_who_watches_is_not_kept_waiting_for_a_silent_store(store: Fickle) -> None:
    fake = await served(store)
    store.speaks.clear()
    assert fake.root_model is not None
    assert await model_all_the_same(fake, SESSION_TOKEN, 0.01) is fake.root_model
    await catch_up_all_the_same(fake.root_model, 0.01)
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(fake.tenancy.model(SESSION_TOKEN), 0.01)


async def test_what_is_unknown_here_is_not_said_to_live_while_the_store_is_away(store: Fickle) -> None:
    fake = await served(store)
    tenant = await fake.tenancy.make({"name": "Mine"})
    assert fake.forget_tenant(tenant)
    store.away = True
    with pytest.raises(StoreDown):
        await model_all_the_same(fake, tenant.session_token)


async def test_one_that_was_taken_away_does_not_live(store: Fickle) -> None:
    one, other = await served(store), await served(store)
    tenant = await one.tenancy.make({"name": "Mine"})
    assert await model_all_the_same(other, tenant.session_token) is not None
    await one.tenancy.remove(tenant)
    assert await model_all_the_same(other, tenant.session_token) is None


async def test_who_shares_nothing_is_ready_at_no_cost(store: Fickle) -> None:
    fake = await served(store, shared=False)
    asked = store.asked
    assert await fake.tenancy.trouble() is None
    assert fake.root_model is not None
    assert await model_all_the_same(fake, SESSION_TOKEN) is fake.root_model
    await catch_up_all_the_same(fake.root_model)
    assert store.asked == asked


def ask(server: Server, verb: str, route: str, at_root: bool = False) -> requests.Response:
    base = server.server_address if at_root else server.session_url
    return requests.request(verb, f"{base}/{route}", json={} if verb == "POST" else None, timeout=_PATIENCE)


def test_without_its_redis_a_server_lives_and_is_not_ready_until_it_is_back(own_redis: Started) -> None:
    redis = own_redis("--appendonly", "yes", "--appendfsync", "always")
    with Server(redis=redis.url) as server:
        redis.kill()
        # As long as it has just looked, it answers what needs no store.
        time.sleep(0.06)
        for at_root in (False, True):
            alive = [ask(server, *one, at_root) for one in ALIVE]
            assert [one.json() for one in alive] == [{"running": True, "mode": "development"}] * 3
            for one in READY:
                answer = ask(server, *one, at_root)
                text = answer.json()["message"]
                assert answer.json() == {"detail": text, "message": text, "success": False}
                begin = f"Service not ready: Redis at redis://127.0.0.1:{redis.port}/0 "
                assert (answer.status_code, text.startswith(begin)) == (503, True), text
            assert ask(server, "POST", "get_session_info", at_root).status_code == 503
        redis.start()
        end = time.monotonic() + _PATIENCE
        while ask(server, "GET", "is_ready").status_code != 200 and time.monotonic() < end:
            time.sleep(0.05)
        assert [ask(server, *one).json() for one in READY] == [{"status": "ready"}] * 3


def test_a_fault_that_another_server_was_told_is_met_by_who_watches(own_redis: Started) -> None:
    redis = own_redis()
    with Server(redis=redis.url) as one, Server(redis=redis.url) as other:
        for route in ("livez", "is_ready"):
            order = {"status": 500, "route": route}
            told = requests.post(f"{one.server_address}/__admin/models/1/faults", json=order, timeout=_PATIENCE)
            assert told.ok, told.text
            assert [ask(other, "GET", route, at_root).status_code for at_root in (False, True)] == [500, 500]
