"""What the store costs Redis: one operation each, and so many bytes for a job."""

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from modeldouble_server.board import Board
from modeldouble_server.store import Claim, Renewal, Writes
from modeldouble_server.store.redis import RedisStore

from .redis_server import RedisServer
from .watched import Watched, watching

Operation = Callable[[RedisStore], Awaitable[object]]
OPERATIONS: dict[str, Operation] = {
    "get": lambda store: store.get("a"),
    "read": lambda store: store.read("a", "n"),
    "read_beside": lambda store: store.read_beside("a", "n", "m"),
    "claim": lambda store: store.claim([Claim("o"), Claim("p", 2, 9, 1, "01")], "a", "n", "m", 0),
    "many": lambda store: store.many(["a", "b", "c"]),
    "many of them": lambda store: store.many([str(at) for at in range(40)]),
    "counts": lambda store: store.counts(["n", "m"]),
    "put": lambda store: store.put("a", b"1", 9.0),
    "create": lambda store: store.create("b", b"1", 9.0),
    "swap": lambda store: store.swap("a", b"1", b"2"),
    "advance": lambda store: store.advance("n", 9, 3, 9.0),
    "take": lambda store: store.take("n", 9, 3, 9.0, Renewal("a", b"1", b"2", 9.0)),
    "apply": lambda store: store.apply(Writes({"b": b"1", "c": b"1"}, ["a"], {"n": 1}, {"m": 2}, ["b"], {"a": b"1"})),
    "count": lambda store: store.count("n"),
    "delete": lambda store: store.delete("a"),
    "expire": lambda store: store.expire("a", 9.0),
    "drop": lambda store: store.drop("a"),
    "scan": lambda store: store.scan("a", 9),
    "append": lambda store: store.append("l", [b"1", b"2"], 9, 9, 9.0),
    "tail": lambda store: store.tail("l", 9, 7),
    "lengths": lambda store: store.lengths(["l", "m", "n"]),
}


@pytest.fixture
async def watched(redis: RedisServer, store: RedisStore) -> AsyncIterator[Watched]:
    async with watching(redis) as watched:
        yield watched


@pytest.mark.parametrize("name", OPERATIONS)
async def test_every_operation_is_one_of_redis(name: str, store: RedisStore, watched: Watched) -> None:
    # Redis keeps a script from its first run on.
    await OPERATIONS[name](store)
    await store.drop("")
    await store.put("a", b"1")
    await watched.asked()
    await OPERATIONS[name](store)
    asked = await watched.asked()
    assert len(asked) == 1
    assert asked[0] in ("EVALSHA", "GET", "MGET", "XREVRANGE")


def test_all_operations_of_a_store_are_counted() -> None:
    public = {name for name, one in vars(RedisStore).items() if callable(one) and not name.startswith("_")}
    assert public - {"close"} == {name.partition(" ")[0] for name in OPERATIONS}


async def test_a_look_is_one_operation_and_a_pop_are_two(store: RedisStore, watched: Watched) -> None:
    seconds = itertools.count(1_700_000_000.0)
    board = Board(store, "job:", lambda: next(seconds), 10)
    job = await board.start(500, 0.02, 0.0, {})
    await board.pop(job, 1)
    await watched.asked()
    await board.look(job)
    assert await watched.asked() == ["MGET"]
    assert (await board.pop(job, 10)).end == 11
    assert await watched.asked() == ["MGET", "EVALSHA"]


async def test_a_job_of_which_results_were_popped_takes_at_most_1500_bytes(
    store: RedisStore, redis: RedisServer
) -> None:
    seconds = itertools.count(1_700_000_000.0)
    board = Board(store, f"job:{'0' * 32}:", lambda: next(seconds), 10_000)
    work = {"video": "a" * 64, "settings": {"conf_thres": 0.25}, "first": 0, "frames": 500, "step": 1}
    used = []
    for how_many in (100, 1_000):
        for _ in range(how_many):
            popped = await board.pop(await board.start(500, 0.02, 0.0, work), 10)
            assert popped.end == 10
        used.append(int(redis.say("INFO", "memory").decode().partition("used_memory:")[2].split()[0]))
    assert 500 < (used[1] - used[0]) / 1_000 <= 1_500
