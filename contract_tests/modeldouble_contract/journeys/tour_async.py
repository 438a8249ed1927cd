"""The same tour by the asynchronous client, each step awaited in an event loop of the tour's own."""

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from typing import Any, TypeVar

from modeldouble import Api, Prediction
from modeldouble.aio import AsyncSession
from modeldouble_contract.journeys.tour import STOP_AFTER, step

T = TypeVar("T")
Alone = tuple[list[Prediction], list[Prediction]]


class AsyncTour:
    """A session of the asynchronous client on the target, found as `Tour` finds it. `close` ends it."""

    def __init__(
        self, session_url: str, server_address: str | None, api_token: str | None, task_id: int | None,
        settings: Mapping[str, Any], deadline: float,
    ) -> None:  # fmt: skip
        self._loop = asyncio.new_event_loop()
        api = Api(server_address, api_token) if server_address and api_token else None
        where: dict[str, Any] = {"session_url": session_url} if api is None or not task_id else {"task_id": task_id}
        try:
            self.session = self._await(
                "connect", AsyncSession.connect(api, **where, inference_settings=dict(settings), deadline=deadline)
            )
        except BaseException:
            self._loop.close()
            raise

    def close(self) -> None:
        """Leave the target, and no job on it."""
        self._loop.run_until_complete(self.session.close())
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    def describe(self) -> tuple[Mapping[str, Any], list[str], Mapping[str, Any]]:
        """Session info, names of classes, default settings."""
        return self._await("describe", self._describe())

    async def _describe(self) -> tuple[Mapping[str, Any], list[str], Mapping[str, Any]]:
        session = self.session
        calls = session.get_model_meta(), session.get_session_info(), session.get_default_inference_settings()
        meta, info, settings = await asyncio.gather(*calls)
        return info, [one.name for one in meta.obj_classes], settings

    def files(self, paths: Sequence[str]) -> Alone:
        """Each file alone, at once, and all as a batch."""
        return self._await("files", self._files(paths))

    async def _files(self, paths: Sequence[str]) -> Alone:
        return await self.session.infer_many(paths), await self.session.inference_image_paths(paths)

    def settings(self, name: str, value: float, path: str) -> tuple[Mapping[str, Any], Prediction, Mapping[str, Any]]:
        """Change a setting, infer a file with it, and go back; the settings in between and after it."""
        return self._await("settings", self._settings(name, value, path))

    async def _settings(
        self, name: str, value: float, path: str
    ) -> tuple[Mapping[str, Any], Prediction, Mapping[str, Any]]:
        before = self.session.inference_settings
        told = await self.session.update_inference_settings(**{name: value})
        prediction = await self.session.inference_image_path(path)
        return told, prediction, await self.session.set_inference_settings(before)

    def url(self, url: str) -> Prediction:
        """A picture that the target fetches itself."""
        return self._await("url", self.session.inference_image_url(url))

    def ids(self, ids: Sequence[int]) -> Alone:
        """Each picture by id, at once, and all in one request."""
        return self._await("ids", self._ids(ids))

    async def _ids(self, ids: Sequence[int]) -> Alone:
        alone = await asyncio.gather(*[self.session.inference_image_id(one) for one in ids])
        return alone, await self.session.inference_image_ids(ids)

    def video(self, video_id: int, start: int, count: int) -> list[Prediction]:
        """Frames of a video, iterated as they come."""
        return self._await("video", self._video(video_id, start, count))

    async def _video(self, video_id: int, start: int, count: int) -> list[Prediction]:
        job = await self.session.inference_video_id_async(video_id, start_frame_index=start, frames_count=count)
        return [frame async for frame in job]

    def stopped(self, video_id: int) -> list[Prediction]:
        """The first frames of a video, which is stopped in the middle of the loop."""
        return self._await("stop", self._stopped(video_id))

    async def _stopped(self, video_id: int) -> list[Prediction]:
        seen: list[Prediction] = []
        async for frame in await self.session.inference_video_id_async(video_id):
            seen.append(frame)
            if len(seen) == STOP_AFTER:
                await self.session.stop_async_inference()
        return seen

    def at_once(self, video_id: int, count: int) -> list[Prediction]:
        """Frames of a video in one answer."""
        call = self.session.inference_video_id(video_id, start_frame_index=0, frames_count=count)
        return self._await("video-at-once", call)

    def _await(self, name: str, work: Coroutine[Any, Any, T]) -> T:
        with step(name):
            return self._loop.run_until_complete(work)
