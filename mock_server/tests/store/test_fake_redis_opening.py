"""Which Redis will do as a store, and what is said of one that will not; no password is ever shown."""

import logging
import subprocess
import sys
import time
from typing import Any

import pytest

from modeldouble_server.refusal import CannotServe
from modeldouble_server.store import StoreDown
from modeldouble_server.store.redis.address import Address
from modeldouble_server.store.redis.link import Link
from modeldouble_server.store.redis.opening import check, objects, wrong_time

from .conftest import Opened, Started

SECRET = "correct-horse/battery"
QUOTED = "correct-horse%2Fbattery"


async def test_a_password_opens_and_is_never_shown(own_redis: Started, opened: Opened) -> None:
    redis = own_redis("--requirepass", SECRET)
    store = await opened(f"redis://:{QUOTED}@127.0.0.1:{redis.port}/0")
    await store.put("a", b"1")
    redis.kill()
    with pytest.raises(StoreDown) as told:
        await store.put("a", b"2")
    assert (store.secrets, str(store)) == ((SECRET,), f"Redis at {redis.url}")
    shown = f"{store!r} {store._link.address!r} {told.value} {told.value!r} {told.value.__cause__!r}"
    assert "battery" not in shown
    assert f"Redis at {redis.url} " in shown


@pytest.mark.parametrize("user", ["", ":wrong-one@", "nobody:wrong-one@"])
async def test_a_wrong_password_and_none_are_named_with_the_remedy(
    user: str, own_redis: Started, opened: Opened
) -> None:
    redis = own_redis("--requirepass", SECRET)
    with pytest.raises(CannotServe, match="does not take the password, or wants one; write it into the URL") as told:
        await opened(f"redis://{user}127.0.0.1:{redis.port}")
    assert "wrong-one" not in str(told.value)


@pytest.mark.parametrize("policy", ["allkeys-lru", "volatile-ttl"])
async def test_a_redis_that_drops_live_jobs_is_refused(policy: str, own_redis: Started, opened: Opened) -> None:
    redis = own_redis("--maxmemory-policy", policy)
    with pytest.raises(CannotServe, match=f"{policy}, .* CONFIG SET maxmemory-policy noeviction"):
        await opened(redis.url)
    redis.say("CONFIG", "SET", "maxmemory-policy", "noeviction")
    await opened(redis.url)


async def test_a_policy_that_may_not_be_seen_is_told_in_the_log(
    own_redis: Started, opened: Opened, caplog: pytest.LogCaptureFixture
) -> None:
    redis = own_redis()
    redis.say("ACL", "SETUSER", "ann", "on", ">pass-word", "~modeldouble:*", "+@all", "-info")
    with caplog.at_level(logging.WARNING):
        store = await opened(f"redis://ann:pass-word@127.0.0.1:{redis.port}")
    assert f"Redis at {redis.url} does not tell its maxmemory-policy; make sure that it is noeviction" in caplog.text
    assert await store.advance("a", 9, 4) == (0, 4)


@pytest.mark.parametrize(("save", "kept", "said"), [("60 1", "no", True), ("60 1", "yes", False), ("", "no", False)])
async def test_a_redis_that_may_come_back_as_it_was_is_told_in_the_log(
    save: str, kept: str, said: bool, own_redis: Started, opened: Opened, caplog: pytest.LogCaptureFixture
) -> None:
    redis = own_redis("--save", save, "--appendonly", kept)
    with caplog.at_level(logging.WARNING):
        await opened(redis.url)
    assert ("keeps snapshots alone" in caplog.text) is said


async def test_a_user_that_may_not_write_is_told_what_to_grant(own_redis: Started, opened: Opened) -> None:
    redis = own_redis()
    redis.say("ACL", "SETUSER", "ann", "on", ">pass-word", "~modeldouble:*", "+@all", "-set")
    store = await opened(f"redis://ann:pass-word@127.0.0.1:{redis.port}")
    with pytest.raises(StoreDown, match="does not permit what was asked; grant the user @all"):
        await store.put("a", b"1")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--replicaof", "127.0.0.1", "1"), "is a replica, which takes no writes; name its primary"),
        (("--cluster-enabled", "yes"), "is part of a cluster, which is not supported"),
        (("--databases", "1"), "has no database of that number"),
    ],
)
async def test_a_replica_a_cluster_and_an_absent_database_are_refused(
    options: tuple[str, ...], told: str, own_redis: Started, opened: Opened
) -> None:
    redis = own_redis(*options)
    with pytest.raises(CannotServe, match=told):
        await opened(redis.url.replace("/0", "/1") if "--databases" in options else redis.url)


@pytest.mark.parametrize(
    ("info", "told"),
    [
        ({"redis_version": "5.0.14"}, "is version 5.0.14; it must be 6 or newer"),
        ({"redis_version": "6.0.0", "maxmemory_policy": "noeviction", "role": "master", "cluster_enabled": 0}, None),
        ({"redis_version": "10.2", "role": "slave"}, "is a replica, which takes no writes; name its primary"),
        ({}, None),
    ],
)
def test_what_speaks_against_a_redis_is_seen_in_what_it_tells_of_itself(info: dict[str, Any], told: str | None) -> None:
    assert objects(info) == told


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("redis://:secret@store", "redis://store:6379/0"),
        ("redis://ann:secret@127.0.0.1:7000/3?prefix=team", "redis://127.0.0.1:7000/3"),
        ("rediss://:secret@[::1]:7000?ssl_ca_certs=/ca.pem", "rediss://[::1]:7000/0"),
        ("unix://:secret@/run/redis.sock?db=2", "unix:///run/redis.sock?db=2"),
    ],
)
def test_an_address_is_shown_without_its_password(url: str, shown: str) -> None:
    address = Address(url)
    assert (str(address), repr(address)) == (shown, f"<Address {shown}>")
    assert (address.secrets, address.connection()["password"]) == (("secret",), "secret")


def test_an_encrypted_connection_is_verified() -> None:
    told = Address("rediss://store?ssl_ca_certs=/ca.pem").connection()
    assert (told["ssl_cert_reqs"], told["ssl_check_hostname"], told["ssl_ca_certs"]) == ("required", True, "/ca.pem")


@pytest.mark.parametrize(
    "url",
    [
        "", "store:6379", "http://:secret@store", "redis://", "redis:///3", "unix://", "redis://:secret@store:port",
        "redis://store:0", "redis://store/secrets", "redis://store/-1", "redis://store?password=secret",
        "redis://store?prefix=", "redis://store?prefix=a:b", "redis://store?prefix=a*", "redis://store?ssl_ca_certs=a",
        "redis://:secret@[store",
    ],
)  # fmt: skip
def test_a_url_that_makes_no_sense_is_refused_without_showing_a_password(url: str) -> None:
    with pytest.raises(CannotServe) as told:
        Address(url)
    assert "secret" not in str(told.value).replace("secrets", "")
    assert told.value.__cause__ is None


def test_without_its_client_it_is_said_what_to_install() -> None:
    code = """import asyncio, sys
sys.modules["redis"] = None
from modeldouble_server.store.redis import RedisStore
asyncio.run(RedisStore.open("redis://127.0.0.1:1"))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert "CannotServe: state in Redis needs its client: pip install 'modeldouble[redis]'" in done.stderr


@pytest.mark.parametrize(("told", "said"), [(106.5, "5.5 s ahead of"), (95.0, "5.0 s behind"), (102.1, "1.1 s ahead")])
def test_a_redis_of_another_time_is_refused_as_jobs_go_by_the_clock(told: float, said: str) -> None:
    objection = wrong_time({"server_time_usec": int(told * 1e6)}, 100.0, 101.0)
    assert objection is not None
    assert said in objection
    assert "NTP" in objection


@pytest.mark.parametrize("told", [99.1, 100.0, 100.5, 101.9])
def test_as_long_as_an_answer_takes_nobody_knows_its_time_better(told: float) -> None:
    assert wrong_time({"server_time_usec": int(told * 1e6)}, 100.0, 101.0) is None
    assert wrong_time({}, 100.0, 101.0) is None


async def test_the_time_of_a_real_redis_is_looked_at(own_redis: Started) -> None:
    link = Link(Address(own_redis().url), 2.0, 5.0, 1)
    try:
        await check(link)
        with pytest.raises(CannotServe, match=r"has a clock that is (99|100)\.. s ahead of this machine's"):
            await check(link, lambda: time.time() - 100.0)
    finally:
        await link.close()
