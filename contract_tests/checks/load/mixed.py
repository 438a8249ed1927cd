"""Mixed traffic of one asker, on a server some of whose answers are faults."""

import asyncio
import itertools
import json
import time
from collections import Counter
from typing import Any

import aiohttp

from modeldouble_server.default_world import DATA, VIDEO_ID

SCENARIO = """
models:
  - name: soaked
    pace: 0.001
    faults:
      - {fault: status, status: 503, route: "inference_*", probability: 0.02, seed: 1}
      - {fault: reset, when: lost, route: "pop_*", probability: 0.02, seed: 2}
      - {fault: reset, when: during, route: "inference_image*", probability: 0.02, seed: 3}
      - {fault: cut, at: 40, route: "get_*", probability: 0.02, seed: 4}
      - {fault: malformed_chunk, route: "get_*", probability: 0.01, seed: 5}
      - {fault: hang, seconds: 0.2, route: "inference_image_id", probability: 0.01, seed: 6}
      - {fault: stale_keep_alive, route: "get_session_info", probability: 0.02, seed: 7}
      - {fault: raise, route: "inference_image", probability: 0.02, seed: 8}
      - {fault: stalls, frame: 3, route: "*_async", probability: 0.05, seed: 9}
      - {fault: loses_job, frame: 3, route: "*_async", probability: 0.05, seed: 10}
"""
_BROKEN = (aiohttp.ClientError, asyncio.TimeoutError, ValueError)
_IMAGE = 17551748


class Mixed:
    """Asks one thing after the other, and counts what came of each."""

    def __init__(
        self, http: aiohttp.ClientSession, told: dict[str, str], number: int, outcomes: "Counter[str]"
    ) -> None:
        self._http, self._number, self._outcomes = http, number, outcomes
        self._session, self._platform = told["MODELDOUBLE_SESSION_URL"], told["SERVER_ADDRESS"]
        self._key = {"x-api-key": told["API_TOKEN"]}
        self._picture = (DATA / "demo" / "cat.jpg").read_bytes()

    async def run(self, end: float) -> None:
        """Until the monotonic clock says `end`."""
        asked = (self._info, self._by_id, self._by_file, self._job, self._uploads, self._refused, self._leaves)
        for at in itertools.count(self._number):
            if time.monotonic() >= end:
                return
            try:
                await asked[at % len(asked)]()
            except _BROKEN:
                self._outcomes["broken"] += 1

    async def _info(self) -> None:
        await self._post("get_session_info")

    async def _by_id(self) -> None:
        await self._post("inference_image_id", image_id=_IMAGE)

    async def _by_file(self) -> None:
        form = aiohttp.FormData()
        # Other bytes each time, so that nothing is known of the picture before.
        content = self._picture + self._number.to_bytes(2, "big") + time.monotonic_ns().to_bytes(8, "big")
        form.add_field("files", content, filename="cat.jpg")
        form.add_field("settings", json.dumps({"settings": {"conf_thres": 0.3}}))
        async with self._http.post(f"{self._session}/inference_image", data=form) as answer:
            self._count(answer.status, (200, 500, 503))
            await answer.read()

    async def _job(self) -> None:
        started = await self._post("inference_video_id_async", videoId=VIDEO_ID)
        uuid = (started or {}).get("inference_request_uuid")
        if uuid is None:
            return
        try:
            for _ in range(20):
                told = await self._post("pop_inference_results", inference_request_uuid=uuid)
                if told is None or told["finished"]:
                    break
        finally:
            # As clients do on every way out: a job that nobody clears is kept for an hour, as real servers keep it.
            await self._post("clear_inference_request", inference_request_uuid=uuid)

    async def _uploads(self) -> None:
        form = aiohttp.FormData()
        form.add_field("0-file", self._picture, filename="0")
        url = f"{self._platform}/public/api/v3/images.bulk.upload"
        async with self._http.post(url, data=form, headers=self._key) as answer:
            self._count(answer.status, (200,))
            await answer.read()

    async def _refused(self) -> None:
        async with self._http.post(f"{self._session}/inference_image", data=b"nothing") as answer:
            self._count(answer.status, (422, 503))
            await answer.read()

    async def _leaves(self) -> None:
        asking = asyncio.create_task(self._post("inference_image_id", image_id=_IMAGE))
        await asyncio.sleep(0.001)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)

    async def _post(self, route: str, **state: Any) -> Any:
        async with self._http.post(f"{self._session}/{route}", json={"state": state, "context": {}}) as answer:
            self._count(answer.status, (200, 404, 503))
            return await answer.json() if answer.status == 200 else await answer.read() and None

    def _count(self, status: int, expected: tuple[int, ...]) -> None:
        self._outcomes[str(status) if status in expected else f"wrong {status}"] += 1
