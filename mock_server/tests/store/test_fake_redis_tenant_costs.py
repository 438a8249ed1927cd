"""What a tenant costs, in Redis and in a server that has opened it, and that nothing stays when it is taken away."""

import asyncio
import gc
import io
import socket
import tracemalloc
from collections.abc import Awaitable, Callable

import pytest
import requests
from PIL import Image

from modeldouble_server import Server
from modeldouble_server.clock import Clock
from modeldouble_server.default_world import TASK_ID
from modeldouble_server.fake import Fake, seed_fake
from modeldouble_server.limits import Limits
from modeldouble_server.store import Store
from modeldouble_server.store.redis import RedisStore
from modeldouble_server.store.sqlite import SqliteStore
from modeldouble_server.stored_contents import StoredContents
from modeldouble_server.tenancy import Tenant

from .redis_server import RedisServer

Use = Callable[[Fake, Tenant], Awaitable[None]]
WANTED = {"name": "Mine", "classes": ["cat"]}
URL = "http://pictures.example/street.jpg"
_PATIENCE = 20.0


async def served(store: Store) -> Fake:
    return await seed_fake(
        store, sleep=asyncio.sleep, clock=Clock(lambda: 1_700_000_000.0), limits=Limits(),
        contents=StoredContents(store), shared=True,
    )  # fmt: skip


@pytest.fixture
async def fake(store: RedisStore) -> Fake:
    return await served(store)


def png(number: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), (number % 256, number // 256 % 256, 0)).save(out, "PNG")
    return out.getvalue()


async def nothing(fake: Fake, tenant: Tenant) -> None:
    """It was made, and nobody asked it anything."""


async def platform_call(fake: Fake, tenant: Tenant) -> None:
    assert await tenant.model.world.get("task", TASK_ID) is not None


async def ten_stubs(fake: Fake, tenant: Tenant) -> None:
    for at in range(10):
        box = {"class": "cat", "box": [at, 20, 110, 220], "confidence": 0.9}
        entry = {"when": {"image": f"street-{at}.jpg"}, "predict": [box]}
        await tenant.model.ledger.note({"kind": "stub", "entry": entry})


async def picture(fake: Fake, tenant: Tenant) -> None:
    """With what is furnished for it, and its some hundred bytes."""
    await fake.add_image(tenant.model.world, png(tenant.model.number), "street.png")


def held(redis: RedisServer) -> int:
    return int(redis.say("INFO", "memory").decode().partition("used_memory:")[2].split()[0])


@pytest.mark.parametrize(
    ("use", "least", "most"),
    [(nothing, 1_000, 2_500), (platform_call, 10_000, 25_000), (ten_stubs, 4_000, 8_000), (picture, 12_000, 28_000)],
)
async def test_so_many_bytes_of_redis_at_the_most(
    use: Use, least: int, most: int, fake: Fake, redis: RedisServer
) -> None:
    seen = []
    for how_many in (50, 200):
        for _ in range(how_many):
            await use(fake, await fake.tenancy.make(WANTED))
        seen.append(held(redis))
    assert least < (seen[1] - seen[0]) / 200 <= most


@pytest.mark.parametrize(("document", "most"), [(WANTED, 30_000), ({"preset": "detection"}, 75_000)])
async def test_so_many_bytes_of_a_server_that_has_opened_it_at_the_most(
    document: dict[str, object], most: int, fake: Fake, store: RedisStore
) -> None:
    other = await served(store)
    tokens = [(await fake.tenancy.make(document)).session_token for _ in range(120)]
    for token in tokens[:20]:
        assert await other.tenancy.model(token) is not None
    gc.collect()
    tracemalloc.start()
    try:
        for token in tokens[20:]:
            await other.tenancy.model(token)
        gc.collect()
        assert 1_000 < tracemalloc.get_traced_memory()[0] / 100 <= most
    finally:
        tracemalloc.stop()


def names(redis: RedisServer) -> list[bytes]:
    """Of all keys, and all that the index has, but for the hand, which comes and goes."""
    script = "local all = redis.call('ZRANGE', 'modeldouble:index', 0, -1)"
    script += " for _, name in ipairs(redis.call('KEYS', '*')) do all[#all + 1] = name end"
    script += " return table.concat(all, ' ')"
    with socket.create_connection(("127.0.0.1", redis.port), _PATIENCE) as asking, asking.makefile("rb") as told:
        asking.sendall(f'EVAL "{script}" 0\r\n'.encode())
        found = told.read(int(told.readline()[1:])).split(b" ")
    return sorted(one for one in found if one != b"modeldouble:hand")


async def everything(fake: Fake, tenant: Tenant) -> None:
    """A life: stubs, a picture, jobs, and what its servers know together."""
    for use in (ten_stubs, picture):
        await use(fake, tenant)
    board, shared = tenant.model.board, f"{tenant.prefix}shared:"
    await board.pop(await board.start(5, 0.02, 0.0, {}), 1)
    await board.clear(await board.start(5, 0.02, 0.0, {}))
    await fake.store.advance(f"{shared}turns:asked", 9, 1)
    await fake.store.put(f"{shared}anything", b"1")


async def test_nothing_stays_of_those_that_were_taken_away(fake: Fake, redis: RedisServer) -> None:
    # What is counted of all tenants stays.
    await fake.tenancy.remove(await fake.tenancy.make(WANTED))
    before = names(redis)
    tenants = [await fake.tenancy.make(WANTED) for _ in range(3)]
    for tenant in tenants:
        await everything(fake, tenant)
    assert len(names(redis)) > len(before) + 3 * 2 * 20
    await asyncio.gather(*map(fake.tenancy.remove, tenants))
    assert names(redis) == before


async def test_nothing_stays_of_one_that_is_asked_while_it_is_taken_away(
    fake: Fake, store: RedisStore, redis: RedisServer
) -> None:
    other = await served(store)
    await fake.tenancy.remove(await fake.tenancy.make(WANTED))
    before = names(redis)
    tenant = await fake.tenancy.make(WANTED)
    await everything(fake, tenant)
    removing = asyncio.ensure_future(fake.tenancy.remove(tenant))
    while not removing.done():
        for one in (fake, other):
            await one.tenancy.model(tenant.session_token)
    await removing
    for one in (fake, other):
        assert await one.tenancy.model(tenant.session_token) is None
    assert (names(redis), list(fake.console.tenants), list(other.console.tenants)) == (before, [], [])


async def test_one_that_is_half_taken_away_is_not_opened_any_more(fake: Fake, store: RedisStore) -> None:
    other, tenant = await served(store), await fake.tenancy.make(WANTED)
    removing = asyncio.ensure_future(fake.tenancy.remove(tenant))
    while await store.count("tenants:live"):
        await asyncio.sleep(0)
    # As if it were killed now.
    removing.cancel()
    await asyncio.gather(removing, return_exceptions=True)
    assert await other.tenancy.model(tenant.session_token) is None
    assert await other.tenancy.world(tenant.api_token) is None


async def test_a_server_does_not_hold_those_that_others_have_taken_away(fake: Fake, store: RedisStore) -> None:
    other = await served(store)
    for _ in range(3):
        tenants = [await fake.tenancy.make(WANTED) for _ in range(50)]
        for tenant in tenants:
            await other.tenancy.model(tenant.session_token)
        await asyncio.gather(*map(fake.tenancy.remove, tenants))
    assert len(fake.console.tenants) == 0
    assert len(other.console.tenants) <= 100


class Overtaken(SqliteStore):
    """Something is done between what it finds and its answer."""

    meanwhile: Callable[[], Awaitable[None]] | None = None

    async def scan(self, prefix: str, most: int | None = None) -> list[tuple[str, bytes]]:
        found = await super().scan(prefix, most)
        if self.meanwhile is not None and prefix == "tenants:number:":
            await self.meanwhile()
        return found


async def test_one_that_is_made_while_all_are_listed_is_not_forgotten() -> None:
    store = Overtaken()
    fake, made = await served(store), list[Tenant]()

    async def make() -> None:
        made.append(await fake.tenancy.make(WANTED))

    store.meanwhile = make
    await fake.tenancy.all()
    assert [fake.models.get(one.session_token) for one in made] == [made[0].model]
    await store.close()


def test_nothing_stays_of_one_that_two_servers_have_served(redis: RedisServer) -> None:
    with Server(redis=redis.url) as one, Server(redis=redis.url) as other:

        def ask(server: Server, verb: str, path: str, **more: object) -> requests.Response:
            answer = requests.request(verb, f"{server.server_address}/{path}", json=more, timeout=_PATIENCE)
            assert answer.ok, answer.text
            return answer

        seen = []
        for _ in range(2):
            told = ask(one, "POST", "__admin/models", **WANTED).json()
            admin, model = f"__admin/models/{told['id']}", f"net/{told['session_url'].rpartition('/')[2]}"
            box = {"class": "cat", "box": [1, 2, 3, 4]}
            ask(one, "POST", f"{admin}/stubs", when={}, predict=[box], then=[{"predict": []}])
            ask(one, "POST", f"{admin}/faults", status=503, times=1, route="get_session_info")
            for server in (one, other, one):
                ask(server, "POST", f"{model}/inference_image_url", state={"image_url": URL})
            ask(other, "DELETE", admin)
            seen.append(names(redis))
        assert seen[0] == seen[1]
