"""A model that was made on one server is served by another that shares its store, until one of them takes it away."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

from modeldouble_server.clock import Clock
from modeldouble_server.default_world import API_TOKEN, SESSION_TOKEN
from modeldouble_server.fake import Fake, jobs_prefix, seed_fake
from modeldouble_server.forgetting import served_prefix
from modeldouble_server.ledger import Lost, ledger_prefix
from modeldouble_server.limits import Limits
from modeldouble_server.refusal import Refused
from modeldouble_server.store import Store
from modeldouble_server.store.sqlite import SqliteStore
from modeldouble_server.tenancy import Tenant

WANTED = {"name": "Mine", "classes": ["cat"], "pace": 2.0, "seed": 7, "latency": {"fixed": 0.5}}


@pytest.fixture
async def store() -> AsyncIterator[SqliteStore]:
    store = SqliteStore()
    yield store
    await store.close()


async def never(seconds: float) -> None:
    raise AssertionError(seconds)


async def served(store: Store, limits: Limits | None = None, now: float = 5.0) -> Fake:
    return await seed_fake(store, sleep=never, clock=Clock(lambda: now), limits=limits or Limits(), shared=True)


@pytest.fixture
async def one(store: SqliteStore) -> Fake:
    return await served(store)


@pytest.fixture
async def other(store: SqliteStore) -> Fake:
    return await served(store)


async def test_another_server_finds_it_by_its_session_token(one: Fake, other: Fake) -> None:
    tenant = await one.tenancy.make(WANTED)
    found = await other.tenancy.model(tenant.session_token)
    assert found is not None
    assert (found.name, found.meta.names, found.spec.pace) == ("Mine", ("cat",), 2.0)
    assert (found.info_body, found.meta_body) == (tenant.model.info_body, tenant.model.meta_body)
    assert (found.number, found.is_tenant) == (tenant.model.number, True)


async def test_another_server_finds_its_world_by_its_api_token(one: Fake, other: Fake) -> None:
    tenant = await one.tenancy.make(WANTED)
    world = await other.tenancy.world(tenant.api_token)
    assert world is not None
    image_id = await other.add_image(world, await picture(other), "mine.jpg")
    assert await tenant.model.world.get("image", image_id) is not None
    assert await one.worlds[API_TOKEN].get("image", image_id) is None
    assert await tenant.model.world.blobs.size() == await world.blobs.size() > 0


async def picture(fake: Fake) -> bytes:
    image = (await fake.worlds[API_TOKEN].all("image"))[0]
    from modeldouble_server.world import sha256_of

    content = await fake.blobs.read(sha256_of(image))
    assert content is not None
    return content


async def test_jobs_of_it_are_known_to_both(one: Fake, other: Fake) -> None:
    tenant = await one.tenancy.make(WANTED)
    job = await tenant.model.board.start(3, 1.0, 0.0, {})
    found = await other.tenancy.model(tenant.session_token)
    assert found is not None
    assert await found.board.look(job) == await tenant.model.board.look(job)


async def test_a_change_of_it_is_known_to_both(one: Fake, other: Fake) -> None:
    tenant = await one.tenancy.make(WANTED)
    await other.tenancy.know(tenant.model.number)
    await tenant.model.ledger.make({"kind": "advance", "seconds": 60.0})
    found = await other.tenancy.model(tenant.session_token)
    assert found is not None
    assert found.clock.now() == tenant.model.clock.now() == 65.0


async def test_one_that_was_taken_away_opens_nothing_any_more(one: Fake, other: Fake, store: SqliteStore) -> None:
    tenant = await one.tenancy.make(WANTED)
    await other.tenancy.model(tenant.session_token)
    await other.tenancy.remove(other.console.tenants[tenant.session_token])
    for fake in (one, other):
        assert await fake.tenancy.model(tenant.session_token) is None
        assert await fake.tenancy.world(tenant.api_token) is None
        assert (list(fake.models), list(fake.worlds)) == ([SESSION_TOKEN], [API_TOKEN])
    assert await store.scan(tenant.prefix) == await store.scan("tenants:") == []


async def test_whoever_takes_it_away_second_is_told(one: Fake, other: Fake) -> None:
    tenant = await one.tenancy.make(WANTED)
    await other.tenancy.model(tenant.session_token)
    await other.tenancy.remove(other.console.tenants[tenant.session_token])
    with pytest.raises(Refused, match="was taken away meanwhile") as refused:
        await one.tenancy.remove(tenant)
    assert refused.value.status == 404


async def test_all_of_them_are_those_of_all_servers(one: Fake, other: Fake) -> None:
    made = [await fake.tenancy.make(WANTED) for fake in (one, other, one)]
    assert [tenant.model.number for tenant in made] == [1_000_001, 1_000_002, 1_000_003]
    await one.tenancy.remove(made[0])
    for fake in (one, other):
        await fake.tenancy.all()
        assert sorted(model.number for model in fake.models.values()) == [1, 1_000_002, 1_000_003]


async def test_a_number_that_nobody_has_changes_nothing(one: Fake) -> None:
    await one.tenancy.know(99)
    await one.tenancy.know(1)
    assert list(one.models) == [SESSION_TOKEN]


@pytest.mark.parametrize("token", ["", "unknown", "\ud800"])
async def test_tokens_that_open_nothing(one: Fake, token: str) -> None:
    assert (await one.tenancy.model(token), await one.tenancy.world(token)) == (None, None)


async def test_the_operators_own_is_found_as_ever(one: Fake) -> None:
    assert await one.tenancy.model(SESSION_TOKEN) is one.root_model
    assert await one.tenancy.world(API_TOKEN) is one.worlds[API_TOKEN]


async def test_they_are_bounded_over_all_servers(store: SqliteStore) -> None:
    one, other = await served(store, Limits(models=2)), await served(store, Limits(models=2))
    await one.tenancy.make(WANTED)
    await other.tenancy.make(WANTED)
    with pytest.raises(ValueError, match="the servers have 2 models, which is the limit"):
        await one.tenancy.make(WANTED)


@pytest.mark.parametrize("wrong", [{"preset": "nothing"}, {"classes": "cat"}, {"pace": -1}])
async def test_what_cannot_be_leaves_nothing(one: Fake, store: SqliteStore, wrong: dict[str, Any]) -> None:
    with pytest.raises((ValueError, TypeError)):
        await one.tenancy.make(wrong)
    assert (await store.scan("tenants:"), await store.scan("ledger:"), len(one.models)) == ([], [], 1)


async def test_a_ledger_of_the_operators_that_is_lost_is_told(one: Fake, store: SqliteStore) -> None:
    assert one.root_model is not None
    await one.root_model.ledger.make({"kind": "freeze"})
    await store.drop(f"{served_prefix(one.born)}{ledger_prefix(SESSION_TOKEN)}")
    with pytest.raises(Lost, match="has lost what it held"):
        await one.tenancy.model(SESSION_TOKEN)


async def test_what_is_changed_of_the_operators_own_is_changed_everywhere(one: Fake, other: Fake) -> None:
    assert one.root_model is not None
    await one.root_model.ledger.make({"kind": "freeze"})
    found = await other.tenancy.model(SESSION_TOKEN)
    assert found is other.root_model
    assert found is not None
    assert found.deployment.frozen


class Killed(SqliteStore):
    """A server on it ends when it begins to take away what a tenant had."""

    killed = True

    async def drop(self, prefix: str) -> None:
        if self.killed:
            raise asyncio.CancelledError
        await super().drop(prefix)


@pytest.fixture
async def interrupted() -> AsyncIterator[Killed]:
    store = Killed()
    yield store
    await store.close()


async def begun(fake: Fake) -> Tenant:
    """A tenant that has a picture, a job and a change, and is half taken away."""
    tenant = await fake.tenancy.make(WANTED)
    await fake.add_image(tenant.model.world, await picture(fake), "mine.jpg")
    await tenant.model.board.start(3, 1.0, 0.0, {})
    await tenant.model.ledger.note({"kind": "advance", "seconds": 60.0})
    with pytest.raises(asyncio.CancelledError):
        await fake.tenancy.remove(tenant)
    return tenant


@pytest.mark.parametrize("how", ["finish", "all", "make"])
async def test_what_a_killed_server_began_to_take_away_another_does(how: str, interrupted: Killed) -> None:
    tenant = await begun(await served(interrupted))
    jobs = jobs_prefix(tenant.session_token)
    assert [len(await interrupted.scan(one)) for one in ("tenants:gone:", jobs)] == [1, 1]
    assert await interrupted.count(f"{tenant.prefix}content:bytes") > 0
    interrupted.killed = False
    tenancy = (await served(interrupted, now=15.0)).tenancy
    await (tenancy.make(WANTED) if how == "make" else getattr(tenancy, how)())
    left = ("tenants:gone:", jobs, tenant.prefix, f"{ledger_prefix(tenant.session_token)}change:")
    assert [await interrupted.scan(one) for one in left] == [[]] * 4
    assert await interrupted.count(f"{tenant.prefix}content:bytes") == 0


async def test_who_has_just_begun_a_removal_is_left_to_end_it(interrupted: Killed) -> None:
    tenant = await begun(await served(interrupted))
    interrupted.killed = False
    await (await served(interrupted, now=14.5)).tenancy.make(WANTED)
    assert await interrupted.count(f"{tenant.prefix}content:bytes") > 0
    assert [key for key, _ in await interrupted.scan("tenants:gone:")] == [f"tenants:gone:{tenant.model.number}"]


async def test_it_counts_no_more_and_opens_nothing_when_its_removal_has_begun(interrupted: Killed) -> None:
    tenant = await begun(await served(interrupted))
    other = await served(interrupted)
    assert await other.tenancy.model(tenant.session_token) is None
    assert await other.tenancy.world(tenant.api_token) is None
    assert await interrupted.count("tenants:live") == 0
    sha256 = hashlib.sha256(await picture(other)).hexdigest()
    assert await interrupted.get(f"{tenant.prefix}content:of:{sha256}") is not None
    assert await other.tenancy.content(tenant.model.number, sha256) is None


async def test_a_removal_leaves_nothing_to_be_finished(one: Fake, store: SqliteStore) -> None:
    await one.tenancy.remove(await one.tenancy.make(WANTED))
    assert await store.scan("tenants:") == []


async def test_an_upload_that_ends_after_its_tenant_is_refused(one: Fake, other: Fake, store: SqliteStore) -> None:
    tenant, content = await one.tenancy.make(WANTED), await picture(one)
    slow = await other.tenancy.world(tenant.api_token)
    assert slow is not None
    await one.tenancy.remove(tenant)
    with pytest.raises(Refused, match="the model was taken away meanwhile"):
        await slow.blobs.add(hashlib.sha256(content).hexdigest(), content)
    assert (await slow.blobs.size(), await store.scan(tenant.prefix)) == (0, [])


async def test_a_content_is_read_and_its_tenant_not_opened(one: Fake, other: Fake) -> None:
    tenant, content = await one.tenancy.make(WANTED), await picture(one)
    await one.add_image(tenant.model.world, content, "mine.jpg")
    sha256, number = hashlib.sha256(content).hexdigest(), tenant.model.number
    assert await other.tenancy.content(number, sha256) == content
    assert await other.tenancy.content(number, "ab" * 32) is None
    assert await other.tenancy.content(number + 1, sha256) is None
    assert list(other.models) == [SESSION_TOKEN]
    await one.tenancy.remove(tenant)
    assert await other.tenancy.content(number, sha256) is None
