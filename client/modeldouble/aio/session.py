"""The face of the asynchronous client: one served model, and everything one can ask of it."""

from __future__ import annotations

import os
import weakref
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, overload

from modeldouble import asking, wire
from modeldouble.aio import many
from modeldouble.aio.connection import Connection
from modeldouble.aio.job import AsyncJob
from modeldouble.aio.transport import AsyncTransport
from modeldouble.arguments import deadline_seconds, seconds, several
from modeldouble.errors import ModelDoubleError, NoJob
from modeldouble.pictures import Picture, distinct_names, from_anything, from_path, one_of_many
from modeldouble.server import FOREVER, Read, T
from modeldouble.settings import SettingsSource, check_names, load_settings
from modeldouble.values import UNNUMBERED, FrameRange, Prediction, SessionInfo

if TYPE_CHECKING:
    from modeldouble.meta import ProjectMeta
    from modeldouble.platform import Api


class AsyncSession:
    """A connection to one served model, for one event loop. Any number of calls and jobs may be under way at once.

    The arguments are those of `modeldouble.Session`. Nothing is asked before `async with AsyncSession(...) as session`
    or `session = await AsyncSession.connect(...)`: these raise what the constructor of `Session` raises. They also
    fetch the model's meta, with which predictions are typed; `await get_model_meta()` fetches it anew.
    `transport` is an `AsyncHttpTransport`, for other timeouts and for more than 256 requests at once.
    """

    def __init__(
        self,
        api: Api | None = None,
        task_id: int | None = None,
        session_url: str | None = None,
        inference_settings: SettingsSource | None = None,
        *,
        deadline: float | None = None,
        stall_after: float = 600.0,
        transport: AsyncTransport | None = None,
    ) -> None:
        self._wanted = load_settings(inference_settings)
        self._deadline = deadline_seconds(deadline)
        self._stall_after = seconds("stall_after", stall_after)
        self._connection = Connection(api, asking.place(api, task_id, session_url), transport)
        self._token = None if api is None else api.token
        self._last_job: Callable[[], AsyncJob | None] | None = None
        self._defaults: dict[str, Any] | None = None
        self._meta: ProjectMeta | None = None
        self._settings: dict[str, Any] = {}

    @classmethod
    async def connect(cls, *args: Any, **named: Any) -> AsyncSession:
        """Make a session with the arguments of the constructor, and connect it. Close it yourself."""
        return await cls(*args, **named).__aenter__()

    async def __aenter__(self) -> AsyncSession:
        end = self._connection.clock() + (FOREVER if self._deadline is None else self._deadline)
        try:
            await self._connection.open(end)
            self._meta = await self._connection.link.call(wire.ask_model_meta(), wire.read_model_meta, end)
            if self._wanted:
                await self._set(self._wanted, end)
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """End the jobs that are not over, and close the connections, unless they came as `transport=`."""
        await self._connection.close()

    async def get_session_info(self) -> SessionInfo:
        """Ask the server what it serves."""
        return await self._call(wire.ask_session_info(), wire.read_session_info)

    async def get_model_meta(self) -> ProjectMeta:
        """Ask for the classes and tags of the model. Predictions are typed with what was told last."""
        self._meta = await self._call(wire.ask_model_meta(), wire.read_model_meta)
        return self._meta

    async def get_model_project_meta(self) -> ProjectMeta:
        """The same as `get_model_meta`, by its first name."""
        return await self.get_model_meta()

    async def get_default_inference_settings(self) -> dict[str, Any]:
        """Return the settings the model has, with their defaults. Asked once for each session."""
        return await self._default_settings(self._end())

    async def _default_settings(self, end: float) -> dict[str, Any]:
        if self._defaults is None:
            self._defaults = await self._connection.link.call(
                wire.ask_default_settings(), wire.read_default_settings, end
            )
        return load_settings(self._defaults)

    @property
    def inference_settings(self) -> dict[str, Any]:
        """A copy of the settings sent with each inference."""
        return load_settings(self._settings)

    async def update_inference_settings(self, **settings: Any) -> dict[str, Any]:
        """Change the given settings only, and return all of them.

        Raises `BadSettings` for names the model does not have.
        """
        return await self.set_inference_settings({**self._settings, **settings})

    async def set_inference_settings(self, settings: SettingsSource | None) -> dict[str, Any]:
        """Replace all settings by a dict or the content of a YAML file, and return them. Raises `BadSettings`."""
        return await self._set(load_settings(settings), self._end())

    async def _set(self, wanted: dict[str, Any], end: float) -> dict[str, Any]:
        if wanted:
            check_names(wanted, await self._default_settings(end))
        self._settings = wanted
        return self.inference_settings

    async def inference_image_path(self, image_path: str | os.PathLike[str]) -> Prediction:
        """Infer an image file. Raises `BadImage` when there is no such file, or it is empty."""
        return await self._infer_picture(from_path(image_path))

    async def inference_image_paths(self, image_paths: Iterable[str | os.PathLike[str]]) -> list[Prediction]:
        """Infer image files in one request; the answers come in the order of the paths."""
        paths = several("image_paths", image_paths, "inference_image_path")
        pictures = distinct_names(from_path(path) for path in paths)
        return await self._predictions(*asking.pictures(pictures, self._settings)) if pictures else []

    async def inference_image(self, image: Any) -> Prediction:
        """Infer a path, bytes, a binary file object, a PIL image, or an array; see `modeldouble.Session`."""
        return await self._infer_picture(from_anything(image))

    async def inference_image_id(self, image_id: int) -> Prediction:
        """Infer an image that lies on the platform. Raises `NotFound` when the server does not find it there."""
        return self._prediction(await self._call(*asking.image_id(image_id, self._settings, self._token)))

    async def inference_image_ids(self, image_ids: Iterable[int]) -> list[Prediction]:
        """Infer images that lie on the platform, in one request; the answers come in the order of the ids."""
        numbers = asking.numbers("image_ids", image_ids, "inference_image_id")
        return await self._predictions(*asking.image_ids(numbers, self._settings, self._token)) if numbers else []

    async def inference_image_url(self, url: str) -> Prediction:
        """Infer an image that the server fetches from `url` itself."""
        return self._prediction(await self._call(*asking.image_url(url, self._settings)))

    @overload
    async def infer_many(
        self, pictures: Iterable[Any], *, concurrency: int = ..., errors: Literal["raise"] = ...,
        progress: many.ProgressCb | None = ...,
    ) -> list[Prediction]: ...  # fmt: skip
    @overload
    async def infer_many(
        self, pictures: Iterable[Any], *, concurrency: int = ..., errors: many.Errors,
        progress: many.ProgressCb | None = ...,
    ) -> list[Prediction | ModelDoubleError]: ...  # fmt: skip
    async def infer_many(
        self, pictures: Iterable[Any], *, concurrency: int = 8, errors: many.Errors = "raise",
        progress: many.ProgressCb | None = None,
    ) -> Any:  # fmt: skip
        """Infer many pictures, each in a request of its own; the answers come in the order of the pictures.

        Each is what `inference_image` takes. `concurrency` at a time are in flight: only then are files opened, and
        the next is taken from an iterator. The first error cancels the rest, and its text begins with the picture's
        position and name; with `errors="return"` the error stands in the picture's place. `progress(done, total)` is
        told of each; an iterator is emptied first then, to be counted. The session's deadline bounds the call as a
        whole.
        """
        return await many.infer_many(self._each(), pictures, concurrency, errors, progress)

    def iter_many(
        self, pictures: Iterable[Any], *, concurrency: int = 8, errors: many.Errors = "raise"
    ) -> AsyncGenerator[tuple[int, Any], None]:
        """Like `infer_many`, but yield (position, prediction or error) as they come, from pictures without end too."""
        return many.iter_many(self._each(), pictures, concurrency, errors)

    async def inference_video_id_async(
        self,
        video_id: int,
        start_frame_index: int | None = None,
        frames_count: int | None = None,
        frames_direction: str | None = None,
    ) -> AsyncJob:
        """Start a job over the frames of a video on the platform, and return it when the server has begun to work.

        The arguments and errors are those of `modeldouble.Session.inference_video_id_async`.
        """
        frames = FrameRange.checked(start_frame_index, frames_count, frames_direction)
        return await self._start(asking.video_start(video_id, frames, self._settings, self._token), frames)

    async def inference_image_ids_async(self, image_ids: Iterable[int]) -> AsyncJob:
        """Start a job over images on the platform; its predictions come in the order of the ids."""
        return await self._start(asking.image_ids_start(image_ids, self._settings, self._token), UNNUMBERED)

    async def inference_project_id_async(self, project_id: int, dataset_ids: Iterable[int] | None = None) -> AsyncJob:
        """Start a job over the images of a project on the platform, or over those of some of its datasets."""
        return await self._start(asking.project_start(project_id, dataset_ids, self._settings, self._token), UNNUMBERED)

    async def inference_video_id(
        self,
        video_id: int,
        start_frame_index: int | None = None,
        frames_count: int | None = None,
        frames_direction: str | None = None,
    ) -> list[Prediction]:
        """Infer a video in one request that is answered when all is done: for short videos."""
        frames = FrameRange.checked(start_frame_index, frames_count, frames_direction)
        return await self._predictions(*asking.video(video_id, frames, self._settings, self._token))

    async def stop_async_inference(self) -> dict[str, Any]:
        """Stop the job started last on this session, and return the server's answer ({} when it is over)."""
        if self._last_job is None:
            raise NoJob("there is no job to stop: start one with inference_video_id_async")
        job = self._last_job()
        return {} if job is None else await job.stop()

    async def _start(self, ask: wire.Ask, frames: FrameRange) -> AsyncJob:
        job = await self._connection.start(ask, frames, self._end(), self._stall_after, self._prediction)
        self._last_job = weakref.ref(job)
        await job.await_start("data" if frames is UNNUMBERED else "video")
        return job

    def _each(self) -> Callable[[Any], Awaitable[Prediction]]:
        link, end, question = self._connection.link, self._end(), asking.each(self._settings)
        # One for all of them, not one that is kept with each.
        known_meta = self._known_meta

        async def infer(image: Any) -> Prediction:
            ask, read = question(one_of_many(image))
            return Prediction(await link.call(ask, read, end), known_meta)

        return infer

    async def _infer_picture(self, picture: Picture) -> Prediction:
        return self._prediction(await self._call(*asking.picture(picture, self._settings)))

    async def _predictions(self, ask: wire.Ask, read: Read[list[wire.Json]]) -> list[Prediction]:
        return [self._prediction(result) for result in await self._call(ask, read)]

    def _prediction(self, result: wire.Json) -> Prediction:
        return Prediction(result, self._known_meta)

    def _known_meta(self, refresh: bool) -> ProjectMeta:
        # A property cannot wait for a server: it is what was fetched last.
        assert self._meta is not None
        return self._meta

    async def _call(self, ask: wire.Ask, read: Read[T]) -> T:
        return await self._connection.link.call(ask, read, self._end())

    def _end(self) -> float:
        return self._connection.link.server.deadline(self._deadline)
