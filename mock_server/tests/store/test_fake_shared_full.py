"""A Redis that is full hands out what it has, lets go of what is not needed any more, and takes nothing new."""

import itertools

import pytest
import requests

from modeldouble_server import Server
from modeldouble_server.board import Board
from modeldouble_server.clock import Clock
from modeldouble_server.default_world import SESSION_TOKEN
from modeldouble_server.fake import seed_fake
from modeldouble_server.forgetting import forget_changes
from modeldouble_server.limits import Limits
from modeldouble_server.store import Claim, Renewal, StoreDown, Writes
from modeldouble_server.store.redis import RedisStore

from .conftest import Opened, Started
from .redis_server import RedisServer


async def never(seconds: float) -> None:
    raise AssertionError(seconds)


def fill(redis: RedisServer) -> None:
    assert redis.say("CONFIG", "SET", "maxmemory", "1") == b"+OK\r\n"


def board(store: RedisStore) -> Board:
    seconds = itertools.count(1_700_000_000.0)
    return Board(store, "job:", lambda: next(seconds), 10)


async def test_jobs_that_are_there_are_popped_to_their_end(own_redis: Started, opened: Opened) -> None:
    redis = own_redis()
    store = await opened(redis.url)
    jobs = board(store)
    frames: list[int] = []
    job = await jobs.start(25, 0.02, 0.0, {})
    fill(redis)
    for _ in range(4):
        popped = await jobs.pop(job, 10)
        frames += range(popped.start, popped.end)
    assert frames == list(range(25))
    assert (await jobs.look(job)).over


async def test_no_new_one_is_begun(own_redis: Started, opened: Opened) -> None:
    redis = own_redis()
    jobs = board(await opened(redis.url))
    fill(redis)
    with pytest.raises(StoreDown, match="is full: its maxmemory is used up"):
        await jobs.start(25, 0.02, 0.0, {})


async def test_what_is_taken_renews_its_record_too(own_redis: Started, opened: Opened) -> None:
    redis = own_redis()
    store = await opened(redis.url)
    await store.put("a", b"1")
    fill(redis)
    assert await store.take("n", 5, 3, 9.0, Renewal("a", b"1", b"2", 9.0)) == (0, 3, True)
    assert await store.read("a", "n") == (b"2", 3)


async def test_calls_of_orders_are_counted(own_redis: Started, opened: Opened) -> None:
    redis = own_redis()
    store = await opened(redis.url)
    fill(redis)
    found = [await store.claim([Claim("a", times=1), Claim("b")], "", "", "", 0) for _ in range(2)]
    assert [list(one.counts) for one in found] == [[(1, 1), (1, 0)], [(1, 1), (2, 1)]]


async def test_a_reset_forgets_what_was_before_it(own_redis: Started, opened: Opened) -> None:
    redis = own_redis()
    store = await opened(redis.url)
    await store.apply(Writes(put={f"change:{number}": b"{}" for number in range(9)}))
    fill(redis)
    await forget_changes(store, "", 8)
    assert [key for key, _ in await store.scan("")] == ["change:0", "change:8"]


async def test_what_only_takes_away_is_done(own_redis: Started, opened: Opened) -> None:
    redis = own_redis()
    store = await opened(redis.url)
    await store.apply(Writes({"a": b"1"}, add={"n": 2}))
    fill(redis)
    assert await store.apply(Writes(delete=["a"], add={"n": -1}, same={"a": b"1"}))
    assert await store.read("a", "n") == (None, 1)


@pytest.mark.parametrize(
    "writes",
    [
        Writes(delete=["a"], add={"n": 1}), Writes(delete=["a"], add={"n": -1, "m": 1}), Writes({"b": b""}, ["a"]),
        Writes(delete=["a"], least={"n": 1}), Writes(add={"n": -1}),
    ],
)  # fmt: skip
async def test_what_adds_anything_is_not_done_by_halves(writes: Writes, own_redis: Started, opened: Opened) -> None:
    redis = own_redis()
    store = await opened(redis.url)
    await store.put("a", b"1")
    fill(redis)
    with pytest.raises(StoreDown, match="is full"):
        await store.apply(writes)
    assert (await store.scan(""), await store.count("n"), await store.count("m")) == ([("a", b"1")], 0, 0)


async def test_a_tenant_can_be_taken_away(own_redis: Started, opened: Opened) -> None:
    redis = own_redis()
    store = await opened(redis.url)
    clock = Clock(lambda: 5.0)
    fake = await seed_fake(store, sleep=never, clock=clock, limits=Limits(), shared=True)
    tenant = await fake.tenancy.make({"name": "Mine"})
    assert await tenant.model.world.all("task")
    fill(redis)
    await fake.tenancy.remove(tenant)
    assert await fake.tenancy.model(tenant.session_token) is None
    assert (await store.scan(tenant.prefix), await store.scan("ledger:")) == ([], [])


def test_over_the_wire_a_job_is_popped_and_another_is_refused(own_redis: Started) -> None:
    redis = own_redis()
    with Server(redis=redis.url) as server:

        def ask(route: str, **state: object) -> requests.Response:
            return requests.post(f"{server.session_url}/{route}", json={"state": state}, timeout=20)

        job = ask("inference_video_id_async", videoId=18635803, framesCount=9).json()["inference_request_uuid"]
        fill(redis)
        frames: list[int] = []
        for _ in range(2000):
            answer = ask("pop_inference_results", inference_request_uuid=job)
            assert answer.status_code == 200, answer.text
            frames += [one["frame_index"] for one in answer.json()["pending_results"]]
            if len(frames) >= 9:
                break
        assert frames == list(range(9))
        refused = ask("inference_video_id_async", videoId=18635803)
        assert (refused.status_code, "is full: its maxmemory is used up" in refused.text) == (503, True)
        assert ask("is_ready").status_code == 200


def test_over_the_wire_a_model_is_reset_and_a_tenant_taken_away(own_redis: Started) -> None:
    redis = own_redis()
    with Server(redis=redis.url) as server:
        models = f"{server.server_address}/__admin/models"
        tenant = requests.post(models, json={}, timeout=20).json()
        assert requests.post(f"{models}/1/stubs", json={"when": {}, "predict": []}, timeout=20).status_code == 201
        fill(redis)
        for _ in range(2):
            # What they were asked has not been written yet, and will not be.
            assert requests.post(f"{server.session_url}/get_session_info", json={}, timeout=20).ok
            answer = requests.post(f"{models}/1/reset", timeout=20)
            assert answer.ok, answer.text
        assert requests.get(f"{models}/1/stubs", timeout=20).json()["stubs"] == []
        assert requests.post(f"{tenant['session_url']}/get_session_info", json={}, timeout=20).ok
        assert requests.delete(f"{models}/{tenant['id']}", timeout=20).ok
        assert redis.say("KEYS", f"*tenant*{tenant['id']}*") == b"*0\r\n"


async def test_resets_take_no_more_room_of_one_that_is_full(own_redis: Started, opened: Opened) -> None:
    redis = own_redis()
    store = await opened(redis.url)
    fake = await seed_fake(store, sleep=never, clock=Clock(lambda: 5.0), limits=Limits(), shared=True)
    await fake.models[SESSION_TOKEN].ledger.catch_up()
    fill(redis)
    for _ in range(5):
        await fake.models[SESSION_TOKEN].reset()
    assert len(await store.scan("served:")) == 3


async def test_jobs_are_stopped_and_cleared_which_makes_room(own_redis: Started, opened: Opened) -> None:
    redis = own_redis()
    jobs = board(await opened(redis.url))
    stopped, cleared = await jobs.start(25, 100.0, 0.0, {}), await jobs.start(25, 100.0, 0.0, {})
    fill(redis)
    await jobs.stop(stopped)
    await jobs.clear(cleared)
    assert (await jobs.look(stopped)).over
    assert (await jobs.look(cleared)).job.cleared is not None


async def test_a_value_that_grows_is_not_written(own_redis: Started, opened: Opened) -> None:
    redis = own_redis()
    store = await opened(redis.url)
    await store.put("a", b"1")
    fill(redis)
    with pytest.raises(StoreDown, match="is full"):
        await store.swap("a", b"1", bytes(1000))
    assert await store.get("a") == b"1"
