"""Many tenants on one server do not see each other: a short run of the load that `tox -e load` makes long."""

import asyncio

import aiohttp
import pytest

import modeldouble_server

from .load.tenant import Tenant, Visit, Wrong
from .load.tenants import Heard, Only, load


def test_many_tenants_at_once_get_what_is_theirs() -> None:
    done = load(tenants=40, rounds=1)
    assert done.requests > 40 * 12
    assert list(done.errors) == []


def test_an_answer_of_another_is_noticed() -> None:
    async def asked(tenant: Tenant) -> None:
        async with aiohttp.ClientSession() as http:
            await Visit(http, tenant).all(1)

    with modeldouble_server.serve() as server:
        model = server.add_model(info={"app_name": "tenant-1"}, classes=["tenant-2"], predictor=Only("tenant-2"))
        with model, pytest.raises(Wrong, match="tenant-2"):
            asyncio.run(asked(Tenant(1, model, model.add_video(20))))


def test_errors_of_the_log_are_heard() -> None:
    import logging

    heard, log = Heard(), logging.getLogger("modeldouble_server.heard")
    log.addHandler(heard)
    log.propagate = False
    log.error("a defect")
    log.warning("no defect")
    assert heard.errors == ["a defect"]
