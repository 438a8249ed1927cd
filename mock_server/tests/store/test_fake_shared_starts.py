"""Starts of servers that share a store: what each finds, and what becomes of one that nobody waits for."""

import asyncio
import threading
from concurrent.futures import Future
from pathlib import Path

from modeldouble_server.clock import Clock
from modeldouble_server.default_world import API_TOKEN, SESSION_TOKEN
from modeldouble_server.dialect import SUPERSET
from modeldouble_server.fake import Fake, Sleep
from modeldouble_server.limits import Limits
from modeldouble_server.replaying import Replaying
from modeldouble_server.running import Running, Setup
from modeldouble_server.scenario.play import Play
from modeldouble_server.store.redis import RedisStore
from modeldouble_server.world import World

from .redis_server import RedisServer

_PATIENCE = 20.0


def running(redis: RedisServer, play: Play | None = None) -> Running:
    limits = Limits()
    setup = Setup(
        "127.0.0.1", 0, False, API_TOKEN, SESSION_TOKEN, Clock(), asyncio.sleep, limits, SUPERSET, redis=redis.url
    )
    return Running(setup, play or Play(None, None, limits), Replaying(None, None, None))


def test_a_server_that_nobody_waits_for_any_more_never_listens(redis: RedisServer) -> None:
    ready: Future[None] = Future()
    one = running(redis)
    one.leave()
    thread = threading.Thread(target=one.run, args=(ready,), daemon=True)
    thread.start()
    thread.join(_PATIENCE)
    assert (thread.is_alive(), one.port, ready.done()) == (False, 0, False)


async def test_a_server_whose_start_is_given_up_while_it_waits_never_listens(
    redis: RedisServer, store: RedisStore
) -> None:
    await store.create("starting", b"another", _PATIENCE)
    ready: Future[None] = Future()
    one = running(redis)
    thread = threading.Thread(target=one.run, args=(ready,), daemon=True)
    thread.start()
    while one.loop is None:
        await asyncio.sleep(0.01)
    one.leave()
    await store.delete("starting")
    await asyncio.to_thread(thread.join, _PATIENCE)
    assert (thread.is_alive(), one.port, ready.done()) == (False, 0, False)
    assert await store.scan("servers:") == []


class Noting(Play):
    """Notes whose turn it is before anything is put into the store, and when the scenario is."""

    def __init__(self, file: Path, url: str) -> None:
        super().__init__(file, None, Limits())
        self.url, self.turns = url, list[bytes | None]()

    async def digest(self) -> str | None:
        store = await RedisStore.open(self.url)
        self.turns.append(await store.get("starting"))
        await store.close()
        return await super().digest()

    async def begin(self, fake: Fake, world: World, session_token: str, sleep: Sleep = asyncio.sleep) -> None:
        self.turns.append(await fake.store.get("starting"))
        await super().begin(fake, world, session_token, sleep)


async def test_no_other_server_begins_between_the_default_world_and_the_scenario(
    redis: RedisServer, tmp_path: Path
) -> None:
    file = tmp_path / "s.yaml"
    file.write_text("models: [{name: A}]")
    ready: Future[None] = Future()
    noting = Noting(file, redis.url)
    one = running(redis, noting)
    thread = threading.Thread(target=one.run, args=(ready,), daemon=True)
    thread.start()
    await asyncio.wrap_future(ready)
    one.leave()
    await asyncio.to_thread(thread.join, _PATIENCE)
    [first, second] = noting.turns
    assert first is not None
    assert first == second
