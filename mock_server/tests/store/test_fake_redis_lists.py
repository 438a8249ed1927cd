"""What lists and batches of the platform cost Redis: as many operations for forty as for two. By raw HTTP."""

import asyncio
import base64
import hashlib
import io
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from PIL import Image

from modeldouble_server import Limits, Server

from .redis_server import RedisServer
from .watched import watching

Json = dict[str, Any]
FEW, MANY = 2, 40
_PATIENCE = 20.0


@pytest.fixture
def server(redis: RedisServer) -> Iterator[Server]:
    # Without a journal, which is written beside what is asked.
    with Server(redis=redis.url, limits=Limits(journal_entries=0)) as server:
        yield server


def ask(server: Server, method: str, **more: Any) -> Any:
    answer = requests.post(
        f"{server.server_address}/public/api/v3/{method}", headers={"x-api-key": server.api_token}, timeout=_PATIENCE,
        **more,
    )  # fmt: skip
    assert answer.ok, answer.text
    return answer.json() if "json" in answer.headers["Content-Type"] else answer.content


def png(color: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 6), (color, 0, 0)).save(out, "PNG")
    return out.getvalue()


def hash_of(content: bytes) -> str:
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


HASHES = [hash_of(png(at)) for at in range(MANY)]


class Filled:
    """A project of forty datasets, the first of which has forty pictures, and forty empty projects beside it."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.project = ask(server, "projects.add", json={"workspaceId": 662, "name": "Mine"})["id"]
        for at in range(MANY):
            ask(server, "projects.add", json={"workspaceId": 662, "name": f"Mine {at}"})
        self.datasets = [
            ask(server, "datasets.add", json={"projectId": self.project, "name": str(at)})["id"] for at in range(MANY)
        ]
        ask(server, "images.bulk.upload", files={f"{at}-file": (str(at), png(at)) for at in range(MANY)})
        added = self.added(self.datasets[0], MANY)
        self.images = [one["id"] for one in added]

    def added(self, dataset: int, how_many: int) -> list[Json]:
        images = [{"title": f"{at}.png", "hash": one} for at, one in enumerate(HASHES[:how_many])]
        told: list[Json] = ask(self.server, "images.bulk.add", json={"datasetId": dataset, "images": images})
        return told


@pytest.fixture
def filled(server: Server) -> Filled:
    return Filled(server)


def hashes_list(filled: Filled, how_many: int) -> int:
    return len(ask(filled.server, "images.internal.hashes.list", json=HASHES[:how_many]))


def by_ids(filled: Filled, how_many: int) -> int:
    only = [{"field": "id", "operator": "in", "value": filled.images[:how_many]}]
    asked = {"datasetId": filled.datasets[0], "filter": only}
    return len(ask(filled.server, "images.list", json=asked)["entities"])


def of_datasets(filled: Filled, how_many: int) -> int:
    asked = {"projectId": filled.project, "per_page": how_many}
    return len(ask(filled.server, "datasets.list", json=asked)["entities"])


def of_projects(filled: Filled, how_many: int) -> int:
    return len(ask(filled.server, "projects.list", json={"workspaceId": 662, "per_page": how_many})["entities"])


def annotations(filled: Filled, how_many: int) -> int:
    asked = {"datasetId": filled.datasets[0], "imageIds": filled.images[:how_many]}
    return len(ask(filled.server, "annotations.bulk.info", json=asked))


def of_annotations(filled: Filled, how_many: int) -> int:
    asked = {"datasetId": filled.datasets[0], "per_page": how_many}
    return len(ask(filled.server, "annotations.list", json=asked)["entities"])


def annotated(filled: Filled, how_many: int) -> int:
    sent = [{"imageId": one, "annotation": {"objects": [], "tags": []}} for one in filled.images[:how_many]]
    asked = {"datasetId": filled.datasets[0], "annotations": sent}
    return len(ask(filled.server, "annotations.bulk.add", json=asked))


def added(filled: Filled, how_many: int) -> int:
    return len(filled.added(filled.datasets[how_many - 1], how_many))


def predicted(filled: Filled, how_many: int) -> int:
    asked = {"state": {"batch_ids": filled.images[:how_many]}}
    answer = requests.post(f"{filled.server.session_url}/inference_batch_ids", json=asked, timeout=_PATIENCE)
    return len(answer.json())


CALLS = [
    (hashes_list, 2), (by_ids, 5), (of_datasets, 6), (of_projects, 6), (annotations, 6), (of_annotations, 5),
    (annotated, 12), (added, 7), (predicted, 4),
]  # fmt: skip
"""What is asked, and how many operations of Redis it may cost, one for whether something was changed among them."""


@pytest.mark.parametrize(("call", "most"), CALLS, ids=[call.__name__ for call, _ in CALLS])
async def test_forty_cost_as_many_operations_as_two(call: Any, most: int, filled: Filled, redis: RedisServer) -> None:
    read = []
    async with watching(redis) as watched:
        for how_many in (FEW, MANY):
            # Those of the ledger and of the requests before come once in a while.
            await asyncio.sleep(0.3)
            await watched.asked()
            assert await asyncio.to_thread(call, filled, how_many) == how_many
            # Redis keeps a script from its first run on, for which the whole of it is sent a second time.
            read.append(len([one for one in await watched.asked() if one != "EVAL"]))
    assert read[0] <= most, read
    assert read[1] <= most, read
