"""Servers of one store serve the same, or do not begin."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from modeldouble_server import CannotServe, Server
from modeldouble_server.agreement import Terms, agreed, check_format, sealed
from modeldouble_server.clock import Clock
from modeldouble_server.limits import Limits
from modeldouble_server.recording.exchange import LINES
from modeldouble_server.store import StoreDown
from modeldouble_server.store.sqlite import SqliteStore

from ..recording.conftest import line as exchange_of
from ..recording.conftest import written
from .redis_server import RedisServer

TERMS: Terms = {"seed": 1, "session token": sealed("hidden")}
OTHERS: Terms = {**TERMS, "seed": 2}


@pytest.fixture
def clock() -> Clock:
    return Clock(lambda: 0.0)


@pytest.fixture
async def passing(clock: Clock) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(clock=clock.now)
    yield store
    await store.close()


class Steps:
    """A sleep that lasts until the test lets time pass."""

    def __init__(self, clock: Clock) -> None:
        self._clock, self._steps, self.asked = clock, asyncio.Queue[float](), list[float]()

    async def __call__(self, seconds: float) -> None:
        self.asked.append(seconds)
        self._clock.advance(await self._steps.get())

    async def go(self, seconds: float) -> None:
        self._steps.put_nowait(seconds)
        for _ in range(20):
            await asyncio.sleep(0)


@pytest.fixture
def steps(clock: Clock) -> Steps:
    return Steps(clock)


def refused(one: Server) -> str:
    try:
        one.start()
    except CannotServe as error:
        return str(error)
    one.stop()
    raise AssertionError("it serves")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"seed": 7}, "one that runs has seed 0, this one 7; "),
        ({"dialect": "2024"}, "one that runs has dialect 'superset', this one '6.73.100'; "),
        ({"session_token": "secret-of-two"}, "one that runs has another session token than this one; "),
        ({"api_token": "secret-of-two"}, "one that runs has another API token than this one; "),
    ],
)
def test_a_server_that_serves_something_else_does_not_begin(
    redis: RedisServer, options: dict[str, object], told: str
) -> None:
    with Server(redis=redis.url):
        said = refused(Server(redis=redis.url, **options))  # type: ignore[arg-type]
    assert told in said
    assert "give all of them the same, or another ?prefix=, or end all that run" in said
    assert "secret-of-two" not in said


def test_limits_that_differ_are_told_by_name(redis: RedisServer) -> None:
    with Server(redis=redis.url, limits=Limits(live_jobs=7)):
        said = refused(Server(redis=redis.url, limits=Limits(live_jobs=8)))
        assert "one that runs has limit live_jobs 7, this one 8; give all of them the same" in said
        said = refused(Server(redis=redis.url, limits=Limits(live_jobs=7, idle_seconds=0.5)))
        assert "one that runs has limit idle_seconds 75.0, this one 0.5; " in said
        with Server(redis=redis.url, limits=Limits(live_jobs=7)):
            pass


def test_what_was_changed_stays_when_limits_become_others(redis: RedisServer) -> None:
    with Server(redis=redis.url) as one:
        born = one.fake.born
    with Server(redis=redis.url, limits=Limits(live_jobs=8)) as other:
        assert other.fake.born == born


def test_a_recording_is_told_from_another_wherever_it_lies(redis: RedisServer, tmp_path: Path) -> None:
    kept = exchange_of("get_session_info", {}, {"app_name": "A"})
    one, same = written(tmp_path / "one", kept), written(tmp_path / "elsewhere", kept)
    other = written(tmp_path / "other", kept, exchange_of("is_alive", {}, {"status": "alive"}, 1))
    with Server(redis=redis.url, replay=one) as first, Server(redis=redis.url, replay=same):
        assert "has replay '" in refused(Server(redis=redis.url, replay=other))
        assert ", this one none; " in refused(Server(redis=redis.url))
        said = refused(Server(redis=redis.url, replay=one, on_miss="synthetic"))
        assert "one that runs has on-miss 'fail', this one 'synthetic'; " in said
        assert first.fake.born


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://127.0.0.1:9/secret-of-two/", "has another proxy-url than this one; "),
        (None, "has proxy-url ***, this one none; "),
    ],
)
def test_where_a_recording_goes_on_is_compared_and_not_told(
    redis: RedisServer, tmp_path: Path, url: str | None, told: str
) -> None:  # fmt: skip
    folder = written(tmp_path / "one", exchange_of("is_alive", {}, {"status": "alive"}))
    with Server(redis=redis.url, replay=folder, on_miss="proxy", proxy_url="http://127.0.0.1:9/secret-of-one/"):
        said = refused(Server(redis=redis.url, replay=folder, on_miss="proxy", proxy_url=url))
        assert (told in said, "secret-of" in said) == (True, False)
        # It grows, and other servers may begin later.
        with (folder / LINES).open("a") as lines:
            lines.write(f"{json.dumps(exchange_of('is_ready', {}, {}, 1))}\n")
        again = Server(
            redis=redis.url, replay=folder, on_miss="proxy", proxy_url="http://127.0.0.1:9/secret-of-one/"
        )  # fmt: skip
        with again:
            pass


def test_a_mode_is_told_where_the_release_is_the_same(redis: RedisServer) -> None:
    with Server(redis=redis.url, dialect="2026"):
        said = refused(Server(redis=redis.url, dialect="2026", mode="production"))
    assert "one that runs has mode 'development', this one 'production'" in said


def test_scenarios_differ_by_what_they_say_and_not_by_where_they_lie(redis: RedisServer, tmp_path: Path) -> None:
    files = [tmp_path / name / "s.yaml" for name in ("one", "same", "other")]
    for file, name in zip(files, ("A", "A", "B"), strict=True):
        file.parent.mkdir()
        file.write_text(f"models: [{{name: {name}}}]")
    with Server(redis=redis.url, scenario=files[0]), Server(redis=redis.url, scenario=files[1]):
        assert "one that runs has scenario '" in refused(Server(redis=redis.url, scenario=files[2]))
        assert ", this one none; " in refused(Server(redis=redis.url))


def test_who_ended_in_order_binds_nobody(redis: RedisServer) -> None:
    with Server(redis=redis.url):
        pass
    with Server(redis=redis.url, seed=7) as other:
        assert other.fake.console.seed == 7


def test_servers_under_other_prefixes_serve_what_they_want(redis: RedisServer) -> None:
    with Server(redis=redis.url), Server(redis=f"{redis.url}?prefix=other", seed=7) as other:
        assert other.fake.console.seed == 7


def test_a_server_that_was_refused_leaves_nothing_behind(redis: RedisServer) -> None:
    with Server(redis=redis.url) as one:
        refused(Server(redis=redis.url, seed=7))
        one.stop()
    with Server(redis=redis.url, seed=7):
        pass


def test_a_store_of_a_later_release_is_not_served_from(redis: RedisServer) -> None:
    with Server(redis=redis.url):
        pass
    names = redis.say("KEYS", "*v:format").split(b"\r\n")
    redis.say("SET", names[2].decode(), "3")
    said = refused(Server(redis=redis.url))
    assert said.startswith("the store is of format 3, newer than 2, which this release knows; upgrade modeldouble")


async def test_the_format_of_a_store_stays(passing: SqliteStore, clock: Clock) -> None:
    await check_format(passing)
    clock.advance(1e9)
    await check_format(passing)
    assert await passing.get("format") == b"2"
    await passing.put("format", b"mine")
    with pytest.raises(CannotServe, match="format is b'mine', which is none; give another"):
        await check_format(passing)


async def test_a_store_of_an_earlier_release_is_not_served_from(passing: SqliteStore) -> None:
    await passing.put("format", b"1")
    with pytest.raises(CannotServe, match=r"of format 1, of an earlier release, .*; give another \?prefix=, or empty"):
        await check_format(passing)


class Unwilling(SqliteStore):
    """A store that may be full, or away: then it swaps what is there, and puts nothing."""

    takes_nothing_new = False

    async def put(self, key: str, value: bytes, ttl: float | None = None) -> None:
        if self.takes_nothing_new:
            raise StoreDown("Store", "takes nothing new", "wait")
        await super().put(key, value, ttl)


async def test_a_server_that_was_killed_is_forgotten_in_a_minute(passing: SqliteStore, clock: Clock) -> None:
    killed = agreed(passing, TERMS, asyncio.sleep)
    await killed.__aenter__()
    clock.advance(59.0)
    with pytest.raises(CannotServe, match="seed 1, this one 2"):
        await agreed(passing, OTHERS, asyncio.sleep).__aenter__()
    clock.advance(1.0)
    async with agreed(passing, OTHERS, asyncio.sleep):
        pass
    await killed.__aexit__(None, None, None)


async def test_a_server_that_runs_is_known_for_ever(passing: SqliteStore, steps: Steps) -> None:
    async with agreed(passing, TERMS, steps):
        for _ in range(10):
            await steps.go(20.0)
        with pytest.raises(CannotServe):
            await agreed(passing, OTHERS, steps).__aenter__()
    assert set(steps.asked) == {20.0}


async def test_a_server_that_runs_is_known_while_the_store_is_full(clock: Clock, steps: Steps) -> None:
    store = Unwilling(clock=clock.now)
    async with agreed(store, TERMS, steps):
        store.takes_nothing_new = True
        for _ in range(10):
            await steps.go(20.0)
        assert len(await store.scan("servers:")) == 1
    await store.close()


async def test_servers_that_came_apart_say_so_once(
    passing: SqliteStore, steps: Steps, caplog: pytest.LogCaptureFixture
) -> None:
    async with agreed(passing, TERMS, steps):
        await steps.go(20.0)
        assert caplog.text == ""
        await passing.put("servers:another", b'{"seed": 2}')
        await steps.go(20.0)
        await steps.go(20.0)
    assert [one.levelno for one in caplog.records] == [logging.WARNING]
    assert "one that runs has seed 2, this one 1" in caplog.text


async def test_a_store_that_is_away_is_told_again_when_it_is_back(clock: Clock, steps: Steps) -> None:
    store = Unwilling(clock=clock.now)
    async with agreed(store, TERMS, steps):
        store.takes_nothing_new = True
        await steps.go(61.0)
        assert await store.scan("servers:") == []
        store.takes_nothing_new = False
        await steps.go(20.0)
        assert len(await store.scan("servers:")) == 1
    assert await store.scan("servers:") == []
    await store.close()


async def test_no_secret_lies_in_the_terms(passing: SqliteStore) -> None:
    async with agreed(passing, TERMS, asyncio.sleep):
        [(_, raw)] = await passing.scan("servers:")
    assert b"hidden" not in raw
    assert sealed("hidden") != sealed("hidden2")
