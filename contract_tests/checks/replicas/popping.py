"""Many jobs at once through one address, each popped by raw HTTP until it is over, whatever happens to the replicas."""

import asyncio
import itertools
from collections import Counter
from typing import Any, NamedTuple

import aiohttp

_TRIES, _PAUSE, _ASK = 400, 0.05, 30.0
_TROUBLE = (aiohttp.ClientError, asyncio.TimeoutError)
Json = dict[str, Any]


class Course(NamedTuple):
    """What came of a job: how often each frame was handed out, and which statuses pops had that were not 200."""

    frames: Counter[int]
    refused: Counter[int]
    """0: there was no answer."""


class Popping:
    """A caller that asks again where that cannot take frames twice, and notes where it might have lost some."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self._http, self._url = http, url

    async def job(self, video: int, frames: int) -> Course:
        """Start one of so many frames, and pop it to its end."""
        started = await self._until("inference_video_id_async", {"videoId": video, "framesCount": frames})
        asked = {"inference_request_uuid": started["inference_request_uuid"]}
        seen, refused = Counter[int](), Counter[int]()
        for _ in itertools.repeat(None, 100 * _TRIES):
            status, told = await self._once("pop_inference_results", asked)
            if status != 200:
                refused[status] += 1
            else:
                seen.update(one["frame_index"] for one in told["pending_results"])
                if told["finished"] and not told["is_inferring"] and not told["pending_results"]:
                    return Course(seen, refused)
            await asyncio.sleep(_PAUSE)
        raise AssertionError(f"job {asked} does not end: {len(seen)} frames")

    async def _until(self, route: str, state: Json) -> Json:
        status, told = 0, Json()
        for _ in range(_TRIES):
            status, told = await self._once(route, state)
            if status == 200:
                return told
            await asyncio.sleep(_PAUSE)
        raise AssertionError(f"{route} is not answered: {status}, {told}")

    async def _once(self, route: str, state: Json) -> tuple[int, Json]:
        try:
            limit = aiohttp.ClientTimeout(_ASK)
            async with self._http.post(f"{self._url}/{route}", json={"state": state}, timeout=limit) as answer:
                return answer.status, await answer.json()
        except _TROUBLE:
            return 0, {}


async def pop_all(url: str, video: int, jobs: int, frames: int) -> list[Course]:
    """So many jobs at once, started and popped."""
    connector = aiohttp.TCPConnector(limit=64)
    async with aiohttp.ClientSession(connector=connector, trust_env=False) as http:
        popping = Popping(http, url)
        return await asyncio.gather(*(popping.job(video, frames) for _ in range(jobs)))
