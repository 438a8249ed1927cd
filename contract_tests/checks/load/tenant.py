"""One tenant of many on one server: what it asks, and what it must never see."""

import asyncio
import hashlib
import io
import json
from base64 import b64encode
from typing import Any, NamedTuple

import aiohttp
from PIL import Image

from modeldouble_server import ServedModel

PROJECT = "the same name"
FRAMES = 20
_LOCAL = aiohttp.ClientTimeout(total=120)


class Wrong(AssertionError):
    """An answer that was not this tenant's, or not whole."""


class Tenant(NamedTuple):
    """Where a tenant asks, and the class that only its model predicts."""

    number: int
    model: ServedModel
    video: int

    @property
    def name(self) -> str:
        """The class, and the word that stands in whatever is this tenant's."""
        return f"tenant-{self.number}"

    @property
    def picture(self) -> bytes:
        """A picture that no other tenant has."""
        shade = (self.number % 256, self.number // 256 % 256, 77)
        made = io.BytesIO()
        Image.new("RGB", (64, 48), shade).save(made, "PNG")
        return made.getvalue()


class Visit:
    """The requests of one tenant, one after the other; `requests` counts them."""

    def __init__(self, http: aiohttp.ClientSession, tenant: Tenant) -> None:
        self._http, self._tenant = http, tenant
        self.requests = 0

    async def all(self, rounds: int) -> None:
        """Everything, `rounds` times, in one project."""
        await self.info()
        dataset = await self.project()
        for at in range(rounds):
            image = await self.image(dataset, at)
            await self.predictions(image)
            await self.job()
            await self.listed(dataset, at + 1)

    async def info(self) -> None:
        """The model is this tenant's."""
        told = await self._ask("get_session_info")
        _equal(told["app_name"], self._tenant.name)

    async def project(self) -> int:
        """A project of the name that everybody takes; a second one of the name is refused. Gives its dataset."""
        fields = {"workspaceId": 662, "name": PROJECT, "description": self._tenant.name}
        made = await self._tell("projects.add", fields)
        refused = await self._tell("projects.add", fields, 400)
        if made["description"] != self._tenant.name or "NONUNIQUE" not in json.dumps(refused):
            raise Wrong(f"{self._tenant.name}: {made}, {refused}")
        return int((await self._tell("datasets.add", {"projectId": made["id"], "name": "one"}))["id"])

    async def image(self, dataset: int, at: int) -> int:
        """A picture that is uploaded, and downloaded again."""
        content = self._tenant.picture
        form = aiohttp.FormData()
        form.add_field("0-file", content, filename="0", content_type="application/octet-stream")
        [told] = await self._tell("images.bulk.upload", form)
        _equal(told["hash"], b64encode(hashlib.sha256(content).digest()).decode())
        images = [{"name": f"{self._tenant.name} {at}.png", "hash": told["hash"]}]
        [made] = await self._tell("images.bulk.add", {"datasetId": dataset, "images": images})
        async with self._platform("images.download", {"id": made["id"]}) as answer:
            _equal(await answer.read(), content)
        return int(made["id"])

    async def predictions(self, image: int) -> None:
        """Only this tenant's class is predicted, by id and by file."""
        by_id = await self._ask("inference_image_id", image_id=image)
        form = aiohttp.FormData()
        form.add_field("files", self._tenant.picture, filename="a.png")
        form.add_field("settings", json.dumps({"settings": {}}))
        by_file = await self._ask("inference_image", form)
        for one in (by_id, by_file):
            _equal({found["classTitle"] for found in one["annotation"]["objects"]}, {self._tenant.name})

    async def job(self) -> None:
        """Two takers share a job: each frame comes once, to one of them."""
        started = await self._ask("inference_video_id_async", videoId=self._tenant.video)
        uuid = started["inference_request_uuid"]
        shares = await asyncio.gather(self._taken(uuid), self._taken(uuid))
        _equal(sorted(frame for share in shares for frame in share), list(range(FRAMES)))
        await self._ask("clear_inference_request", inference_request_uuid=uuid)

    async def _taken(self, uuid: str) -> list[int]:
        frames: list[int] = []
        while True:
            told = await self._ask("pop_inference_results", inference_request_uuid=uuid)
            frames += [one["frame_index"] for one in told["pending_results"]]
            names = {found["classTitle"] for one in told["pending_results"] for found in one["annotation"]["objects"]}
            if names - {self._tenant.name}:
                raise Wrong(f"{self._tenant.name}: a job has {names}")
            if told["finished"]:
                return frames

    async def listed(self, dataset: int, count: int) -> None:
        """The dataset has this tenant's pictures and no other."""
        told = await self._tell("images.list", {"datasetId": dataset})
        _equal([one["name"] for one in told["entities"]], [f"{self._tenant.name} {at}.png" for at in range(count)])

    async def _ask(self, route: str, form: aiohttp.FormData | None = None, **state: Any) -> Any:
        sent = {"data": form} if form is not None else {"json": {"state": state, "context": {}}}
        self.requests += 1
        async with self._http.post(f"{self._tenant.model.session_url}/{route}", timeout=_LOCAL, **sent) as answer:
            return await self._read(answer, route, 200)

    async def _tell(self, method: str, fields: Any, status: int = 200) -> Any:
        async with self._platform(method, fields) as answer:
            return await self._read(answer, method, status)

    def _platform(self, method: str, fields: Any) -> Any:
        self.requests += 1
        sent = {"data": fields} if isinstance(fields, aiohttp.FormData) else {"json": fields}
        url = f"{self._tenant.model.server_address}/public/api/v3/{method}"
        return self._http.post(url, headers={"x-api-key": self._tenant.model.api_token}, timeout=_LOCAL, **sent)

    async def _read(self, answer: aiohttp.ClientResponse, what: str, status: int) -> Any:
        if answer.status != status:
            raise Wrong(f"{self._tenant.name}: {what} answered {answer.status}: {(await answer.text())[:300]}")
        return await answer.json()


def _equal(found: object, expected: object) -> None:
    if found != expected:
        raise Wrong(f"{found!r} instead of {expected!r}"[:500])
