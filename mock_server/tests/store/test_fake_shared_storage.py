"""A stored file of a tenant is found by its address on every server of a store, and on none when the tenant is gone."""

import hashlib
import io
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from PIL import Image

from modeldouble_server import Server

from .redis_server import RedisServer

Json = dict[str, Any]
_PATIENCE = 20.0


@pytest.fixture
def two(redis: RedisServer) -> Iterator[tuple[Server, Server]]:
    with Server(redis=redis.url) as one, Server(redis=redis.url) as other:
        yield one, other


def png(color: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), (color, 0, 0)).save(out, "PNG")
    return out.getvalue()


def platform(server: Server, token: str, method: str, **more: Any) -> Any:
    headers = {"x-api-key": token}
    answer = requests.post(
        f"{server.server_address}/public/api/v3/{method}", headers=headers, timeout=_PATIENCE, **more
    )
    assert answer.ok, answer.text
    return answer.json()


def tenant_of(server: Server) -> Json:
    answer = requests.post(f"{server.server_address}/__admin/models", json={"name": "Mine"}, timeout=_PATIENCE)
    told: Json = answer.json()
    return told


def address_of(server: Server, token: str, content: bytes) -> str:
    """Where a picture that is uploaded to a server is told to lie, without the server."""
    project = platform(server, token, "projects.add", json={"workspaceId": 662, "name": "Shared"})
    dataset = platform(server, token, "datasets.add", json={"projectId": project["id"], "name": "one"})
    [sent] = platform(server, token, "images.bulk.upload", files={"0-file": ("0", content)})
    images = [{"title": "a b/é.png".replace("/", ""), "hash": sent["hash"]}]
    [added] = platform(server, token, "images.bulk.add", json={"datasetId": dataset["id"], "images": images})
    url: str = platform(server, token, "images.info", json={"id": added["id"]})["fullStorageUrl"]
    assert url.startswith(server.server_address)
    return urlsplit(url).path


def fetched(server: Server, path: str) -> tuple[int, bytes]:
    answer = requests.get(f"{server.server_address}{path}", timeout=_PATIENCE)
    return answer.status_code, answer.content if answer.ok else b""


def remove(server: Server, tenant: Json) -> None:
    answer = requests.delete(f"{server.server_address}/__admin/models/{tenant['id']}", timeout=_PATIENCE)
    assert answer.ok, answer.text


def test_a_server_that_was_never_asked_for_the_tenant_finds_it(two: tuple[Server, Server]) -> None:
    address = address_of(two[0], tenant_of(two[0])["api_token"], png(1))
    assert [fetched(server, address) for server in reversed(two)] == [(200, png(1))] * 2


def test_a_tenant_is_not_opened_for_it(two: tuple[Server, Server]) -> None:
    address = address_of(two[0], tenant_of(two[0])["api_token"], png(1))
    assert fetched(two[1], address) == (200, png(1))
    assert (len(two[1].fake.models), len(two[0].fake.models)) == (1, 2)


def test_all_servers_tell_the_same_address(two: tuple[Server, Server]) -> None:
    tenant = tenant_of(two[0])
    address = address_of(two[0], tenant["api_token"], png(1))
    [sent] = platform(two[1], tenant["api_token"], "images.bulk.upload", files={"0-file": ("0", png(1))})
    assert sent["hash"]
    found = platform(two[1], tenant["api_token"], "projects.list", json={"workspaceId": 662})["entities"][0]
    listed = platform(two[1], tenant["api_token"], "images.list", json={"projectId": found["id"]})["entities"]
    assert [urlsplit(one["fullStorageUrl"]).path for one in listed] == [address]


@pytest.mark.parametrize("by", [0, 1])
def test_of_a_tenant_that_was_taken_away_none_is_found(by: int, two: tuple[Server, Server]) -> None:
    tenant = tenant_of(two[0])
    address = address_of(two[0], tenant["api_token"], png(1))
    assert fetched(two[1], address)[0] == 200
    remove(two[by], tenant)
    assert [fetched(server, address)[0] for server in two] == [404, 404]


def test_what_is_one_tenants_is_not_found_as_anothers(two: tuple[Server, Server]) -> None:
    mine, other = tenant_of(two[0]), tenant_of(two[0])
    address = address_of(two[0], mine["api_token"], png(1))
    assert f"/{mine['id']}/" in address
    digest = hashlib.sha256(png(1)).hexdigest()
    wrong = [address.replace(f"/{mine['id']}/", f"/{whose}/") for whose in (other["id"], 1, 0, 10**17, "", "-1", "x")]
    wrong += [address.replace(f"/{mine['id']}/", "/"), address.replace(digest, digest[:-1])]
    wrong += [address.replace(digest, digest.upper()), address.replace(digest, f"{digest}0")]
    assert [fetched(server, one)[0] for server in two for one in wrong] == [404] * 2 * len(wrong)


def test_the_operators_own_is_found_as_ever(two: tuple[Server, Server]) -> None:
    address = address_of(two[0], two[0].api_token, png(2))
    assert f"/storage/{hashlib.sha256(png(2)).hexdigest()}/" in address
    assert [fetched(server, address) for server in two] == [(200, png(2))] * 2


def test_a_tenant_of_a_server_that_shares_nothing_has_addresses_as_ever() -> None:
    with Server() as server:
        tenant = tenant_of(server)
        address = address_of(server, tenant["api_token"], png(3))
        assert f"/storage/{hashlib.sha256(png(3)).hexdigest()}/" in address
        assert fetched(server, address) == (200, png(3))
        remove(server, tenant)
        assert fetched(server, address)[0] == 404
