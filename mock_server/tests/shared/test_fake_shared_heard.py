"""What a model is asked on one server comes into the logs of all, without secrets; where nothing is shared, nowhere."""

import json
import os
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest

from modeldouble_server.administration.watching import Watched
from modeldouble_server.clock import Clock
from modeldouble_server.default_world import SESSION_TOKEN
from modeldouble_server.fake import Fake, seed_fake
from modeldouble_server.journal import fitting
from modeldouble_server.limits import Limits
from modeldouble_server.model import Model
from modeldouble_server.scene import Origin, Query, Subject
from modeldouble_server.shared import Shared
from modeldouble_server.shared.rows import entry_of
from modeldouble_server.store import Store
from modeldouble_server.store.sqlite import SqliteStore
from modeldouble_server.stubs import Unmatched

QUERY = Query(
    Subject("ab" * 32, 640, 480),
    {"conf": 0.5},
    {"conf": 0.5, "api_token": "hidden"},
    Origin("inference_image", "a.jpg"),
)
VIDEO = Query(Subject("cd" * 32, 64, 48), origin=Origin("r", "v.mp4", video_id=7, frames=range(2, 11, 3)))


async def never(seconds: float) -> None:
    raise AssertionError(seconds)


@pytest.fixture
async def store() -> AsyncIterator[SqliteStore]:
    store = SqliteStore()
    yield store
    await store.close()


async def served(store: Store, *, shared: bool = True, limits: Limits | None = None) -> tuple[Fake, Model]:
    fake = await seed_fake(store, sleep=never, clock=Clock(lambda: 5.0), limits=limits or Limits(), shared=shared)
    return fake, fake.models[SESSION_TOKEN]


async def shared_by(model: Model) -> Shared:
    """What it shares, once all of it is written."""
    assert model.shared is not None
    await model.shared.flush()
    return model.shared


async def entries(model: Model, most: int = 9, **chosen: Any) -> list[dict[str, Any]]:
    return await (await shared_by(model)).journal.newest(entry_of(fitting(**chosen)), most)


async def test_a_request_to_one_is_in_the_journal_of_the_other_as_it_was_told_and_by_whom(store: SqliteStore) -> None:
    (_, one), (_, other) = await served(store), await served(store)
    one.journal.add("POST", "inference_image", 200, 0.25, queries=[QUERY], received=77, stubs=[3], job="j1")
    await shared_by(one)
    [told] = await entries(other)
    [own] = one.journal
    assert told.pop("server") == f"{socket.gethostname()[:40]}:{os.getpid()}"
    assert told == json.loads(json.dumps(own.told()))
    assert (told["number"], told["contents"][0]["name"], told["stubs"]) == (1, "a.jpg", [3])


async def test_requests_are_numbered_over_all_servers_and_chosen_as_those_of_a_journal_are(store: SqliteStore) -> None:
    (_, one), (_, other) = await served(store), await served(store)
    for at, model in enumerate((one, other, one, other)):
        model.journal.add("POST", f"get_{at}", 200 + at, 0.0, job=f"j{at}", fault="status(502)" if at == 2 else None)
        await shared_by(model)
    cases: list[tuple[dict[str, Any], list[int]]] = [
        ({}, [1, 2, 3, 4]), ({"route": "get_*"}, [1, 2, 3, 4]), ({"route": "get_1"}, [2]), ({"status": 203}, [4]),
        ({"job": "j0"}, [1]), ({"fault": True}, [3]), ({"fault": "status"}, [3]), ({"fault": False}, [1, 2, 4]),
        ({"since": 2}, [3, 4]), ({"status": 404}, []),
    ]  # fmt: skip
    for chosen, numbers in cases:
        assert [told["number"] for told in await entries(one, **chosen)] == numbers
    assert [told["number"] for told in await entries(other, 2, fault=False)] == [2, 4]


async def test_no_secret_comes_into_the_store(store: SqliteStore) -> None:
    fake, model = await served(store)
    named = QUERY._replace(origin=Origin("r", f"{SESSION_TOKEN}.jpg", url="http://h/?token=hidden-in-a-url"))
    model.journal.add("POST", f"/net/{SESSION_TOKEN}/r", 400, 0.0, queries=[named], error=f"no {SESSION_TOKEN}")
    model.received.add(named, 1)
    model.stubs.when(image="b.jpg").predict("cat", box=(1, 2, 3, 4))
    with pytest.raises(Unmatched):
        model.stubs.take(named, 1)
    fake.console.journal.add("POST", f"/net/{SESSION_TOKEN}/r", 404, 0.0, error="session_token=hidden-in-an-error")
    shared = await shared_by(model)
    assert fake.console.shared is not None
    await fake.console.shared.flush()
    logs = [shared.journal, shared.received, shared.misses, fake.console.shared]
    rows = [row for log in logs for _, row in await store.tail(log.key, 9)]
    assert len(rows) == 4
    assert [row for row in rows if SESSION_TOKEN.encode() in row or b"hidden" in row] == []


async def test_calls_keep_their_numbers_and_are_told_as_a_server_alone_tells_them(store: SqliteStore) -> None:
    (_, one), (_, other) = await served(store), await served(store)
    other.received.add(VIDEO, 2)
    await shared_by(other)
    one.received.add(QUERY, 1)
    shared = await shared_by(one)
    first, second = await shared.calls(9)
    assert (first["number"], first["name"], first["frames"], first["settings"]) == (
        1, "a.jpg", None, {"conf": 0.5, "api_token": "***"},
    )  # fmt: skip
    assert second == json.loads(json.dumps(other.received.calls()[0].told()))
    assert second["frames"] == [2, 11, 3]
    assert await shared.calls(9, since=1) == [second]


async def test_a_name_that_no_utf8_has_is_told_as_it_came(store: SqliteStore) -> None:
    _, model = await served(store)
    odd = QUERY._replace(origin=Origin("r", "\udcff\udcfe.jpg"))
    model.journal.add("POST", "r", 200, 0.0, queries=[odd])
    model.received.add(odd, 1)
    assert (await entries(model))[0]["contents"][0]["name"] == "\udcff\udcfe.jpg"
    assert (await (await shared_by(model)).calls(9))[0]["name"] == "\udcff\udcfe.jpg"


async def test_misses_are_heard_also_after_another_predictor_was_set(store: SqliteStore) -> None:
    (_, one), (_, other) = await served(store), await served(store)
    # Others are engaged, who have to be heard too.
    one.spec = one.spec._replace(meta=one.spec.meta._replace(classes=one.spec.meta.classes[:1]))
    one.stubs.when(image="b.jpg").predict("cat", box=(1, 2, 3, 4))
    for number in (4, 5):
        with pytest.raises(Unmatched):
            one.stubs.take(QUERY._replace(sent={}), number)
    await shared_by(one)
    rows = await (await shared_by(other)).misses.oldest(9)
    assert [json.loads(row) for row in rows] == [miss.told() for miss in one.stubs.misses]
    assert [json.loads(row)["call"] for row in rows] == [4, 5]


async def test_of_many_misses_the_newest_are_told_live(store: SqliteStore) -> None:
    (_, one), (fake, other) = await served(store), await served(store)
    one.stubs.when(image="b.jpg").predict("cat", box=(1, 2, 3, 4))
    for number in range(130):
        with pytest.raises(Unmatched):
            one.stubs.take(QUERY, number)
    await shared_by(one)
    [told] = [told for name, told in await Watched(fake, other, 0).news() if name == "misses"]
    assert ([miss["call"] for miss in told["misses"]], told["count"]) == (list(range(30, 130)), 130)


async def test_counts_are_those_of_all_servers(store: SqliteStore) -> None:
    (_, one), (_, other) = await served(store), await served(store)
    for model, times in ((one, 3), (other, 2)):
        for at in range(times):
            model.journal.add("GET", "r", 200, 0.0)
            model.received.add(QUERY, at)
        await shared_by(model)
    assert await (await shared_by(one)).counts() == (5, 5, 0)


async def test_a_model_that_begins_again_has_no_rows_on_any_server(store: SqliteStore) -> None:
    (_, one), (_, other) = await served(store), await served(store)
    for model in (one, other):
        model.journal.add("GET", "r", 200, 0.0)
        model.received.add(QUERY, 1)
    await shared_by(other)
    await one.reset()
    for model in (one, other):
        assert await (await shared_by(model)).counts() == (0, 0, 0)


async def test_the_limits_of_a_journal_hold_for_the_shared_one(store: SqliteStore) -> None:
    _, model = await served(store, limits=Limits(journal_entries=2))
    for at in range(5):
        model.journal.add("GET", f"r{at}", 200, 0.0)
    assert [told["number"] for told in await entries(model)] == [4, 5]
    assert await (await shared_by(model)).journal.size() == (5, 2)


async def test_where_nothing_is_kept_nothing_is_written(store: SqliteStore) -> None:
    _, model = await served(store, limits=Limits(journal_entries=0))
    model.journal.add("GET", "r", 200, 0.0)
    assert await (await shared_by(model)).journal.size() == (0, 0)


async def test_where_nothing_is_shared_nobody_hears_anything(store: SqliteStore) -> None:
    fake, model = await served(store, shared=False)
    assert (model.shared, fake.console.shared, model.spread_miss) == (None, None, None)
    assert (model.journal.spread, model.received.spread, fake.console.journal.spread) == (None, None, None)


async def test_a_tenant_that_both_serve_has_one_journal_under_its_own_keys(store: SqliteStore) -> None:
    (one, _), (other, _) = await served(store), await served(store)
    tenant = await one.tenancy.make({"name": "Mine"})
    found = await other.tenancy.model(tenant.session_token)
    assert found is not None
    found.journal.add("POST", f"/net/{tenant.session_token}/{tenant.api_token}", 200, 0.0)
    await shared_by(found)
    [told] = await entries(tenant.model)
    assert told["route"] == "/net/***/***"
    assert found.shared is not None
    assert found.shared.journal.key.startswith(tenant.prefix)


async def test_a_tenant_that_is_taken_away_leaves_no_rows_that_another_server_writes_late(store: SqliteStore) -> None:
    (one, _), (other, _) = await served(store), await served(store)
    tenant = await one.tenancy.make({"name": "Mine"})
    found = await other.tenancy.model(tenant.session_token)
    assert found is not None
    for model in (found, tenant.model):
        model.journal.add("POST", "r", 200, 0.0)
        model.received.add(QUERY, 1)
    await one.tenancy.remove(tenant)
    shared = await shared_by(found)
    assert await shared.counts() == (0, 0, 0)
